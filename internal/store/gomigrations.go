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
	return append(reasonMigrations(shared),
		auditMigration(shared), actMigration(shared), errorMigration(shared), chainMigration(shared))
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

// errorColumns are the columns that migration 32 converts.
var errorColumns = []textColumn{{`"database"`, "ledger_error"}, {"job", "last_error"}}

// notedColumns hold reasons whose code for old sentences was "stated" before migration 32.
var notedColumns = slices.Concat(reasonColumns, hookReasonColumns, linkReasonColumns)

// errorMigration turns errors, and the differences of ledgers, into reasons.
func errorMigration(shared bool) *goose.Migration {
	toReason, toText := reasonJSON(shared)
	const differs = `UPDATE "database" SET ledger_differs = `
	first := "json_extract(ledger_differs, '$[0].params.text')"
	if shared {
		first = "ledger_differs::json->0->'params'->>'text'"
	}
	rename := func(from, to string) (texts []string) {
		for _, c := range notedColumns {
			if c.table == "verification" {
				c.column = "reason"
			}
			for _, between := range []string{":", " : "} { // SQLite and PostgreSQL write JSON like this
				texts = append(texts, fmt.Sprintf(
					`UPDATE %s SET %s = REPLACE(%s, '"code"%s"%s"', '"code"%s"%s"')`,
					c.table, c.column, c.column, between, from, between, to))
			}
		}
		return texts
	}
	return goose.NewGoMigration(32,
		runAll(rename("stated", "noted"), rewrite(errorColumns, toReason), []string{
			differs + "'[' || " + fmt.Sprintf(toReason, "ledger_differs") + " || ']' WHERE ledger_differs <> ''",
			differs + "'null' WHERE ledger_differs = ''",
		}),
		runAll(rename("noted", "stated"), rewrite(errorColumns, toText),
			[]string{differs + "COALESCE(" + first + ", '')"}))
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

// reasonMigrations turn sentences into reasons with the code "noted" and the sentence as the param
// "text". They are in Go since the two databases build JSON differently. The first one also deletes
// the verdicts, so that engines validate all texts again.
func reasonMigrations(shared bool) []*goose.Migration {
	toReason, toText := reasonJSON(shared)
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

// reasonJSON are expressions that turn a text into a reason with the code "noted", and back.
func reasonJSON(shared bool) (toReason, toText string) {
	if shared {
		return "json_build_object('code', 'noted', 'params', json_build_object('text', %[1]s))::text",
			"COALESCE(%[1]s::json->'params'->>'text', %[1]s::json->>'code')"
	}
	return "json_object('code', 'noted', 'params', json_object('text', %[1]s))",
		"COALESCE(json_extract(%[1]s, '$.params.text'), json_extract(%[1]s, '$.code'))"
}

// rewrite sets each column that is not empty to an expression of it.
func rewrite(columns []textColumn, expression string) (texts []string) {
	for _, c := range columns {
		texts = append(texts, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s <> ''", c.table, c.column,
			fmt.Sprintf(expression, c.column), c.column))
	}
	return texts
}
