package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"

	"towpath"
)

// chainColumns are the columns of audit events that migration 38 adds.
var chainColumns = []string{
	"changes TEXT NOT NULL DEFAULT 'null'",
	"via TEXT NOT NULL DEFAULT ''",
	"credential_id TEXT NOT NULL DEFAULT ''",
	"address TEXT NOT NULL DEFAULT ''",
	"number BIGINT NOT NULL DEFAULT 0",
	"previous TEXT NOT NULL DEFAULT ''",
	"hash TEXT NOT NULL DEFAULT ''",
}

// auditIndexes serve the filters of the audit log. Each of them is in the order of its pages.
var auditIndexes = map[string]string{
	"event_act_time":    "at, number",
	"event_act_actor":   "actor_id, at, number",
	"event_act_kind":    "kind, at, number",
	"event_act_who":     "actor_id, kind, at, number",
	"event_act_subject": "subject_id, at, number",
	"event_act_project": "project_id, at, number",
}

// chainMigration adds the hash chain of the audit log, and chains the events that exist by their
// time.
func chainMigration(shared bool) *goose.Migration {
	var up, down []string
	for _, column := range chainColumns {
		up = append(up, "ALTER TABLE event ADD COLUMN "+column)
	}
	indexes := []string{
		"DROP INDEX event_audit",
		"DROP INDEX event_project_audit",
		"CREATE UNIQUE INDEX event_act_number ON event (number) WHERE audit",
	}
	down = append(down, "DROP INDEX event_act_number")
	for name, columns := range auditIndexes {
		indexes = append(indexes, "CREATE INDEX "+name+" ON event ("+columns+") WHERE audit")
		down = append(down, "DROP INDEX "+name)
	}
	down = append(down,
		"CREATE INDEX event_audit ON event (id) WHERE audit",
		"CREATE INDEX event_project_audit ON event (project_id, id) WHERE audit",
		"DELETE FROM meta WHERE key = '"+auditHeadKey+"'",
	)
	for _, name := range []string{
		"changes", "via", "credential_id", "address", "number", "previous", "hash",
	} {
		down = append(down, "ALTER TABLE event DROP COLUMN "+name)
	}
	chain := func(ctx context.Context, tx *sql.Tx) error {
		if err := runAll(up).RunTx(ctx, tx); err != nil {
			return err
		}
		if err := chainAll(ctx, tx); err != nil {
			return fmt.Errorf("chain the audit log: %w", err)
		}
		return runAll(indexes).RunTx(ctx, tx)
	}
	return goose.NewGoMigration(38, &goose.GoFunc{RunTx: chain}, runAll(down))
}

// chainAll chains all audit events, some hundred at a time.
func chainAll(ctx context.Context, tx *sql.Tx) error {
	var head towpath.AuditHead
	after := towpath.Event{}
	for first := true; ; first = false {
		list, err := unchained(ctx, tx, first, after)
		if err != nil {
			return err
		}
		for _, e := range list {
			after = e
			e = e.Chained(head)
			head = towpath.AuditHead{Number: e.Number, Hash: e.Hash}
			if _, err := tx.ExecContext(ctx, `UPDATE event SET number = $1, previous = $2, hash = $3,
				params = $4, causes = $5 WHERE id = $6`, e.Number, e.Previous, e.Hash,
				jsonText{e.Params}, jsonText{e.Causes}, after.ID); err != nil {
				return err
			}
		}
		if len(list) < chainBatch {
			break
		}
	}
	if head.Number == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ($1, $2)", auditHeadKey,
		auditHeadText(head))
	return err
}

const chainBatch = 500

// unchained reads the audit events after one, in the order of their times.
func unchained(
	ctx context.Context, tx *sql.Tx, first bool, after towpath.Event,
) (list []towpath.Event, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, at, kind, actor_id, project_id, subject_id, params, causes
		FROM event WHERE audit AND ($1 OR (at, id) > ($2, $3)) ORDER BY at, id LIMIT $4`,
		first, after.At.UnixMicro(), after.ID, chainBatch)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err returns the error that matters
	for rows.Next() {
		var e towpath.Event
		if err := rows.Scan(&e.ID, instant{&e.At}, (*string)(&e.Kind), &e.ActorID, &e.ProjectID,
			&e.SubjectID, jsonText{&e.Params}, jsonText{&e.Causes}); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
