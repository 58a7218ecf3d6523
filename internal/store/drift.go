package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"reflect"
	"time"

	"towpath"
)

var schemaChecks = newTable("schema_check", 1, func(c *towpath.SchemaCheck) []column {
	return []column{
		{"database_id", &c.DatabaseID},
		{"base", &c.Base},
		{"change_id", &c.ChangeID},
		{"found", &c.Found},
		{"checked_at", maybe{&c.CheckedAt}},
		{"error", reason{&c.Error}},
		{"told", &c.Told},
	}
})

var drifts = newTable("drift", 1, func(d *towpath.Drift) []column {
	return []column{
		{"id", &d.ID},
		{"database_id", &d.DatabaseID},
		{"schema_before", &d.Before},
		{"schema_after", &d.After},
		{"change_id", &d.ChangeID},
		{"seen_at", instant{&d.SeenAt}},
		{"settled_at", maybe{&d.SettledAt}},
		{"accepted_by", &d.AcceptedBy},
		{"why", &d.Why},
	}
})

// SchemaWatch reads what is known of the schema of a database, with the changes since the last check.
func (tx *Tx) SchemaWatch(ctx context.Context, databaseID string) (w towpath.SchemaWatch, err error) {
	w.SchemaCheck, err = schemaChecks.get(ctx, tx, "database_id = $1", databaseID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return tx.newSchemaWatch(ctx, databaseID)
	}
	if err != nil {
		return w, err
	}
	w.Drifts, err = drifts.list(ctx, tx, "WHERE database_id = $1 AND settled_at IS NULL ORDER BY id", databaseID)
	if err != nil {
		return w, err
	}
	where := filter{terms: []string{"id > $1"}, args: []any{w.ChangeID}}
	where.is("database_id", databaseID)
	for h, err := range history.walk(ctx, tx, where, func(h towpath.ChangeHistory) string { return h.ID }) {
		if err != nil {
			return w, err
		}
		halfway := false
		if h.SchemaBefore != w.Base {
			if halfway, err = tx.LeftPart(ctx, h.TaskID); err != nil {
				return w, err
			}
		}
		w.Follow(h, halfway)
	}
	return w, nil
}

// schemaWatches returns what the last checks of databases saw, by id.
func (tx *Tx) schemaWatches(ctx context.Context, ids []string) (map[string]towpath.SchemaWatch, error) {
	found := make(map[string]towpath.SchemaWatch, len(ids))
	err := schemaChecks.in(ctx, tx, "database_id", ids, "", func(c towpath.SchemaCheck) {
		found[c.DatabaseID] = towpath.SchemaWatch{SchemaCheck: c}
	})
	if err != nil {
		return nil, err
	}
	return found, drifts.in(ctx, tx, "database_id", ids, "AND settled_at IS NULL ORDER BY id",
		func(d towpath.Drift) {
			w := found[d.DatabaseID]
			w.Drifts = append(w.Drifts, d)
			found[d.DatabaseID] = w
		})
}

// newSchemaWatch begins with the newest change that ran.
func (tx *Tx) newSchemaWatch(ctx context.Context, databaseID string) (w towpath.SchemaWatch, err error) {
	w.DatabaseID = databaseID
	last, err := history.list(ctx, tx, "WHERE database_id = $1 AND state = $2 ORDER BY id DESC LIMIT 1",
		databaseID, string(towpath.LedgerDone))
	if err != nil {
		return w, err
	}
	newest, err := tx.ChangeHistory(ctx, databaseID, Page{Limit: 1, NewestFirst: true})
	if len(last) > 0 {
		w.Follow(last[0], false)
	}
	if len(newest) > 0 {
		w.ChangeID = newest[0].ID
	}
	return w, err
}

// LeftPart reports whether an attempt of a task that did not succeed may have left something.
func (tx *Tx) LeftPart(ctx context.Context, taskID string) (bool, error) {
	list, err := tx.Attempts(ctx, taskID)
	for _, a := range list {
		if a.Partial() {
			return true, err
		}
	}
	return false, err
}

// SeeSchema takes a reading into account, and keeps its text, unless a file that was left halfway
// explains any difference.
func (tx *Tx) SeeSchema(ctx context.Context, w *towpath.SchemaWatch, dump string) error {
	open, err := tx.OpenTasks(ctx, w.DatabaseID)
	if err != nil {
		return err
	}
	for _, t := range open {
		part := t.State == towpath.TaskUnknown
		if !part && t.Attempts > 0 {
			if part, err = tx.LeftPart(ctx, t.ID); err != nil {
				return err
			}
		}
		if part {
			w.Error = towpath.Why(towpath.ReasonSchemaHalfway, "path", t.Path)
			return nil
		}
	}
	sum := sha256.Sum256([]byte(dump))
	w.See(hex.EncodeToString(sum[:]), tx.Now)
	return tx.PutContent(ctx, w.Found, []byte(dump))
}

// KeepSchemaWatch keeps what is known of a schema, and asks for a look of those who depend on it when
// its drifts have another key than before.
func (tx *Tx) KeepSchemaWatch(ctx context.Context, w towpath.SchemaWatch, before string) error {
	if err := tx.PutSchemaWatch(ctx, w); err != nil || w.Key() == before {
		return err
	}
	if err := tx.WakeRollouts(ctx); err != nil {
		return err
	}
	return tx.WantNotify(ctx, towpath.JobNotifyDatabase, w.DatabaseID, tx.Now)
}

// SettleDrifts keeps what changes since the last check mean for the open drifts of a database: one may
// have taken a difference back.
func (tx *Tx) SettleDrifts(ctx context.Context, databaseID string) error {
	open, err := drifts.list(ctx, tx, "WHERE database_id = $1 AND settled_at IS NULL ORDER BY id", databaseID)
	if err != nil || len(open) == 0 {
		return err
	}
	before := towpath.SchemaWatch{Drifts: open}.Key()
	w, err := tx.SchemaWatch(ctx, databaseID)
	if err != nil || w.Key() == before {
		return err
	}
	return tx.KeepSchemaWatch(ctx, w, before)
}

// PutSchemaWatch keeps what is known of the schema of a database. Only another time of the check is no
// event.
func (tx *Tx) PutSchemaWatch(ctx context.Context, w towpath.SchemaWatch) error {
	d, err := tx.Database(ctx, w.DatabaseID)
	if err != nil {
		return err
	}
	for i := range w.Drifts {
		if w.Drifts[i].ID == "" {
			w.Drifts[i].ID = NewID()
		}
	}
	before, err := schemaChecks.get(ctx, tx, "database_id = $1", w.DatabaseID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	before.CheckedAt, before.Told = w.CheckedAt, w.Told
	if err := schemaChecks.upsert(ctx, tx, w.SchemaCheck); err != nil {
		return err
	}
	if !reflect.DeepEqual(before, w.SchemaCheck) {
		tx.Emit(databaseEvent(towpath.EventDatabaseChanged, d))
	}
	return drifts.upsert(ctx, tx, w.Drifts...)
}

// Drifts lists the differences in the schema of a database.
func (tx *Tx) Drifts(ctx context.Context, databaseID string, p Page) ([]towpath.Drift, error) {
	var where filter
	where.is("database_id", databaseID)
	return drifts.page(ctx, tx, p, where)
}

// Drift reads one; CodeNotFound when the database has none with the id.
func (tx *Tx) Drift(ctx context.Context, databaseID, id string) (towpath.Drift, error) {
	return drifts.get(ctx, tx, "id = $1 AND database_id = $2", id, databaseID)
}

// Drifted returns since when databases have a schema that no change made, by id.
func (tx *Tx) Drifted(ctx context.Context) (map[string]time.Time, error) {
	found := map[string]time.Time{}
	err := tx.scan(ctx, "SELECT database_id, min(seen_at) FROM drift WHERE settled_at IS NULL GROUP BY database_id",
		nil, func(rows *sql.Rows) error {
			var id string
			var at time.Time
			err := rows.Scan(&id, instant{&at})
			found[id] = at
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read which schemas drifted: %w", err)
	}
	return found, nil
}

// Unwatched lists the databases of projects whose schema nothing is going to check until a time, 1000 at
// most.
func (tx *Tx) Unwatched(ctx context.Context, until time.Time) ([]string, error) {
	return tx.strings(ctx, `SELECT id FROM "database" AS d WHERE project_id <> '' AND missing_at IS NULL
		AND NOT EXISTS (SELECT 1 FROM job WHERE kind = $1 AND subject = d.id
			AND generation > observed_generation AND due_at <= $2) ORDER BY id LIMIT 1000`,
		string(towpath.JobCheckSchema), until.UnixMicro())
}

// driftsKept is how many settled differences of each database stay.
const driftsKept = 100

// pruneDrifts removes old differences that were settled.
func (tx *Tx) pruneDrifts(ctx context.Context) (int, error) {
	old, err := tx.strings(ctx, `SELECT id FROM (
			SELECT id, row_number() OVER (PARTITION BY database_id ORDER BY id DESC) AS place
				FROM drift WHERE settled_at IS NOT NULL
		) AS settled WHERE place > $1 ORDER BY id LIMIT $2`, driftsKept, pruneBatch)
	if err != nil {
		return 0, drifts.wrap("find old", err)
	}
	for _, id := range old {
		if err := drifts.delete(ctx, tx, "id = $1", id); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}
