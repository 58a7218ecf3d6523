package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/pressly/goose/v3"
)

// textColumn is a column that held English sentences and now holds reasons.
type textColumn struct{ table, column string }

// reasonColumns are the columns that migration 19 converts.
var reasonColumns = []textColumn{
	{"task", "reason"},
	{"task", "error"},
	{"attempt", "message"},
	{"manifest_file", "reason"},
	{"reading_file", "reason"},
}

// hookReasonColumns are the columns that migration 24 converts.
var hookReasonColumns = []textColumn{
	{"delivery", "reason"},
	{"repository_link", "hook_reason"},
	{"hook_removal", "reason"},
}

// linkReasonColumns are the last ones. Of a verification only the sentence stays.
var linkReasonColumns = []textColumn{
	{"repository_link", "attention_reason"},
	{`"grant"`, "broken_reason"},
	{"commit_note", "note"},
	{"verification", "message"},
}

// goMigrations are the migrations that the two databases need in different SQL.
func goMigrations(shared bool) []*goose.Migration {
	return append(reasonMigrations(shared), auditMigration(shared), actMigration(shared))
}

// auditMigration turns the rows of the audit log into events. The param "text" holds the sentence,
// which is shown unchanged.
func auditMigration(shared bool) *goose.Migration {
	params := "json_object('text', detail)"
	text := "COALESCE(json_extract(params, '$.text'), '')"
	if shared {
		params = "json_build_object('text', detail)::text"
		text = "COALESCE(params::json->>'text', '')"
	}
	const columns = "id, at, kind, audit, actor_id, member_id, project_id, link_id, rollout_id, task_id, " +
		"database_id, subject_id, from_state, to_state, times, params"
	up := []string{
		"INSERT INTO event (" + columns + ") SELECT id, at, action, TRUE, member_id, '', project_id, '', " +
			"'', '', '', subject, '', '', 1, " + params + " FROM audit_event",
		"DROP TABLE audit_event",
	}
	down := []string{
		`CREATE TABLE audit_event (
			id TEXT PRIMARY KEY, at BIGINT NOT NULL, member_id TEXT NOT NULL, action TEXT NOT NULL,
			subject TEXT NOT NULL,
			project_id TEXT NOT NULL, detail TEXT NOT NULL
		)`,
		"CREATE INDEX audit_event_project ON audit_event (project_id, id)",
		"INSERT INTO audit_event SELECT id, at, actor_id, kind, subject_id, project_id, " + text +
			" FROM event WHERE audit",
	}
	return goose.NewGoMigration(25, runAll(up), runAll(down))
}

// actMigration turns audit events with a sentence into the act "noted", with the act that it was and
// the sentence as params. It adds the causes of acts.
func actMigration(shared bool) *goose.Migration {
	noted := "json_object('act', kind, 'text', json_extract(params, '$.text'))"
	act, text := "json_extract(params, '$.act')", "json_object('text', json_extract(params, '$.text'))"
	if shared {
		noted = "json_build_object('act', kind, 'text', params::json->>'text')::text"
		act, text = "params::json->>'act'", "json_build_object('text', params::json->>'text')::text"
	}
	return goose.NewGoMigration(31, runAll([]string{
		"ALTER TABLE event ADD COLUMN causes TEXT NOT NULL DEFAULT 'null'",
		"UPDATE event SET params = " + noted + ", kind = 'noted' WHERE audit",
	}), runAll([]string{
		"ALTER TABLE event DROP COLUMN causes",
		"UPDATE event SET kind = " + act + ", params = " + text + " WHERE audit AND kind = 'noted'",
	}))
}

// runAll runs the statements of a migration in order.
func runAll(statements ...[]string) *goose.GoFunc {
	return &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		for _, text := range slices.Concat(statements...) {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				return fmt.Errorf("run %q: %w", text, err)
			}
		}
		return nil
	}}
}

// reasonMigrations turn sentences into reasons with the code "stated" and the sentence as the param
// "text". They are in Go since the two databases build JSON differently. The first one also deletes
// the verdicts, so that engines validate all texts again.
func reasonMigrations(shared bool) []*goose.Migration {
	toReason := "json_object('code', 'stated', 'params', json_object('text', %[1]s))"
	toText := "COALESCE(json_extract(%[1]s, '$.params.text'), json_extract(%[1]s, '$.code'))"
	if shared {
		toReason = "json_build_object('code', 'stated', 'params', json_build_object('text', %[1]s))::text"
		toText = "COALESCE(%[1]s::json->'params'->>'text', %[1]s::json->>'code')"
	}
	rewrite := func(columns []textColumn, expression string) (texts []string) {
		for _, s := range columns {
			texts = append(texts, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s <> ''", s.table, s.column,
				fmt.Sprintf(expression, s.column), s.column))
		}
		return texts
	}
	deleteVerdicts := []string{"DELETE FROM text_verdict"}
	oneColumn := []string{
		"UPDATE verification SET reason = message",
		"ALTER TABLE verification DROP COLUMN message",
	}
	twoColumns := []string{
		"ALTER TABLE verification ADD COLUMN message TEXT NOT NULL DEFAULT ''",
		"UPDATE verification SET message = reason, reason = CASE WHEN reason = '' THEN '' ELSE 'failed' END",
	}
	return []*goose.Migration{
		goose.NewGoMigration(19, runAll(rewrite(reasonColumns, toReason), deleteVerdicts),
			runAll(rewrite(reasonColumns, toText), deleteVerdicts)),
		goose.NewGoMigration(24, runAll(rewrite(hookReasonColumns, toReason)),
			runAll(rewrite(hookReasonColumns, toText))),
		goose.NewGoMigration(26, runAll(rewrite(linkReasonColumns, toReason), oneColumn),
			runAll(twoColumns, rewrite(linkReasonColumns, toText))),
	}
}
