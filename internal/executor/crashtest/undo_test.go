package crashtest

import (
	"context"
	"slices"
	"testing"

	"towpath"
	"towpath/internal/store"
)

// wayBack is a file whose way back fails when a part of it runs twice.
const wayBack = "-- +goose Up\nCREATE TABLE `größe` (x INT);\n" +
	"-- +goose Down\nDROP TABLE `größe`;\nCREATE TABLE `order` (x INT);\nINSERT INTO log VALUES (1);\n"

// Statements of a way back commit by themselves on MariaDB. A process that dies between them leaves one
// that goes on, and the version is undone with the last of them.
func TestUndo_goesOnAfterAKill(t *testing.T) {
	t.Parallel()
	if !tried(towpath.EngineMySQL) {
		return
	}
	for name, c := range map[string]child{
		"behind the first statement":        {Place: "after statement", Nth: 1},
		"before the second one":             {Place: "after intent", Nth: 2},
		"behind the row":                    {Place: "after outcome", Nth: 1},
		"between the ledger and the report": {Place: "before metadata", Nth: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, towpath.EngineMySQL, []string{"CREATE TABLE log (n INT)"})
			defer w.close()
			w.planUndo()
			first := w.child()
			first.How, first.Place, first.Nth = "kill", c.Place, c.Nth
			cmd, _ := w.start(first)
			if err := cmd.Wait(); !isKilled(err) {
				t.Fatalf("the first run ended with %v", err)
			}
			if s, reason := w.finish(); s != towpath.TaskDone {
				t.Fatalf("the task is %s: %s", s, reason)
			}
			const tables = "SELECT GROUP_CONCAT(table_name ORDER BY table_name) FROM information_schema.tables " +
				"WHERE table_schema = DATABASE() AND table_name NOT LIKE 'towpath%'"
			const rows = "SELECT GROUP_CONCAT(version, ' ', state ORDER BY version) FROM towpath_ledger " +
				"WHERE type IN ('ddl', 'undo')"
			got := []string{w.query(tables), w.query("SELECT COUNT(*) FROM log"), w.query(rows)}
			if want := []string{"log,order", "1", "1 undone,u.1.ddl.1 done"}; !slices.Equal(got, want) {
				t.Errorf("it ends with %q, want %q", got, want)
			}
		})
	}
}

// planUndo applies a file, and adds the task that undoes it.
func (w *world) planUndo() {
	w.t.Helper()
	file := w.plan("1", wayBack)
	if s, reason := w.finish(); s != towpath.TaskDone {
		w.t.Fatalf("the file is %s: %s", s, reason)
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		d, err := tx.Database(ctx, w.database.ID)
		if err != nil {
			return err
		}
		d.Ledger.At = &tx.Now
		if err := tx.UpdateDatabase(ctx, &d); err != nil {
			return err
		}
		w.task = file
		w.task.ID, w.task.State, w.task.MigrationID = "", towpath.TaskPending, file.Undo(1)
		w.task.Undoing = &towpath.Undoing{MemberID: "m", By: "Ada", Why: "Orders are lost"}
		return tx.CreateTask(ctx, &w.task)
	})
}
