package executor_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// both is a file with a way back that fails when it runs twice.
const both = "-- +goose Up\nCREATE TABLE größe (x);\n-- +goose Down\nDROP TABLE größe;\n"

// undoing applies a file, and adds the task that undoes it.
func (b *bundle) undoing(t *testing.T, script string) towpath.Task {
	t.Helper()
	file := b.task(t, "1", script)
	b.want(t, file.ID, towpath.TaskDone)
	undo := b.task(t, "2", script)
	b.set(t, undo.ID, func(k *towpath.Task) {
		k.Migration = file.Migration
		k.MigrationID = file.Undo(1)
		k.Undoing = &towpath.Undoing{MemberID: "m", By: "Ada", Why: "Orders are lost"}
	})
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		d, err := tx.Database(ctx, b.database.ID)
		if err != nil {
			return err
		}
		d.Ledger.At = &tx.Now
		return tx.UpdateDatabase(ctx, &d)
	})
	return undo
}

// rows are the rows of the ledger.
func (b *bundle) rows(t *testing.T) (list []string) {
	t.Helper()
	for _, e := range b.ledger(t) {
		list = append(list, e.Version+" "+string(e.State))
	}
	slices.Sort(list)
	return list
}

func TestRunTask_undoesOnce(t *testing.T) {
	t.Parallel()
	for name, committed := range map[string]bool{
		"a crash after the commit": true, "a crash before the commit": false,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			undo := b.undoing(t, both)
			if committed {
				b.want(t, undo.ID, towpath.TaskDone)
				b.restore(t, undo.ID)
			}
			b.crash(t, undo.ID, time.Hour)
			b.crashEnds(t)
			b.want(t, undo.ID, towpath.TaskDone)
			if got := b.rows(t); !slices.Equal(got, []string{"1 undone", "u.1.ddl.1 done"}) {
				t.Errorf("the ledger has %q", got)
			}
			if got := b.query(t, tables); got != "" {
				t.Errorf("tables are %q", got)
			}
			_, _, history := b.read(t, undo.ID)
			history = slices.DeleteFunc(history, func(h towpath.ChangeHistory) bool { return h.Undoing == nil })
			if len(history) != 1 || history[0].Undoing.Why != "Orders are lost" {
				t.Errorf("the history is %+v", history)
			}
		})
	}
}

// Each statement of such a way back commits by itself, and the last row still has both.
func TestRunTask_undoesStatementByStatement(t *testing.T) {
	t.Parallel()
	b := setup(t)
	undo := b.undoing(t, "-- +goose NO TRANSACTION\n"+both+"CREATE TABLE left_behind (x);\n")
	b.want(t, undo.ID, towpath.TaskDone)
	if got := b.rows(t); !slices.Equal(got, []string{"1 undone", "u.1.ddl.1 done"}) {
		t.Errorf("the ledger has %q", got)
	}
	if got := b.query(t, tables); got != "left_behind" {
		t.Errorf("tables are %q", got)
	}
}

// An order may wait for days, so what it is about is looked at again when its turn comes.
func TestRunTask_undoesOnlyWhatIsTheNewest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	undo := b.undoing(t, both)
	b.set(t, undo.ID, func(k *towpath.Task) { k.State = towpath.TaskHeld })
	b.want(t, b.task(t, "3", "CREATE TABLE more (x);").ID, towpath.TaskDone)
	b.set(t, undo.ID, func(k *towpath.Task) { k.State = towpath.TaskPending })
	run(t, b.Service, undo.ID)
	if got, _, _ := b.read(t, undo.ID); got.State != towpath.TaskHeld ||
		got.Reason.Code != towpath.ReasonUndoMoved {
		t.Errorf("it is %s, %+v", got.State, got.Reason)
	}
	if got := b.query(t, tables); got != "größe more" {
		t.Errorf("tables are %q", got)
	}
}

// What waits in the database is held until a plan has seen that a version is gone that it may need.
func TestRunTask_holdsWhatWaitsBehindAnUndo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	undo := b.undoing(t, both)
	next := b.task(t, "4", "CREATE TABLE more (x);")
	b.set(t, next.ID, func(k *towpath.Task) { k.Sequence = 9 })
	b.want(t, undo.ID, towpath.TaskDone)
	if got, _, _ := b.read(t, next.ID); got.State != towpath.TaskHeld ||
		got.Reason.Code != towpath.ReasonWaitsForUndo {
		t.Errorf("it is %s, %+v", got.State, got.Reason)
	}
	if !b.wanted(t, towpath.JobReconcile, "link") {
		t.Error("no plan was asked for")
	}
}
