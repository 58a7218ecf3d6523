package executor_test

import (
	"context"
	"testing"

	"towpath"
	"towpath/internal/store"
)

// A change by hand that no check has seen goes to the gate, and what was accepted runs.
func TestRunTask_asksAboutADriftThatNobodyHasSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.SnapshotSchemas = true
	b.want(t, b.task(t, "1", `CREATE TABLE "order" (id INTEGER);`).ID, towpath.TaskDone)
	watch := func(change func(*towpath.SchemaWatch)) (w towpath.SchemaWatch) {
		b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
			if w, err = tx.SchemaWatch(ctx, b.database.ID); err != nil || change == nil {
				return err
			}
			change(&w)
			return tx.PutSchemaWatch(ctx, w)
		})
		return w
	}
	watch(func(*towpath.SchemaWatch) {}) // as a check that finds no difference
	fine := b.task(t, "2", "CREATE TABLE fine (id INTEGER);")
	b.gated(t, fine.ID, towpath.Gate{AskDrift: true})
	b.want(t, fine.ID, towpath.TaskDone)
	watch(func(*towpath.SchemaWatch) {})

	task := b.task(t, "3", "CREATE TABLE größe (id INTEGER);")
	b.gated(t, task.ID, towpath.Gate{AskDrift: true})
	if _, err := b.plain(t, "shop").ExecContext(t.Context(), `ALTER TABLE "order" ADD COLUMN hand TEXT`); err != nil {
		t.Fatal(err)
	}
	b.want(t, task.ID, towpath.TaskPending) // it ran nothing
	if got := b.query(t, "SELECT count(*) FROM sqlite_master WHERE name = 'größe'"); got != "0" {
		t.Errorf("the file ran: %s", got)
	}
	b.want(t, task.ID, towpath.TaskHeld)
	w := watch(nil)
	if state, _ := w.State(); state != towpath.DriftSeen {
		t.Errorf("the watch is %+v", w)
	}
	watch(func(w *towpath.SchemaWatch) { w.Accept("Ada", "ours", b.Store.Now()) })
	b.set(t, task.ID, func(task *towpath.Task) { task.State = towpath.TaskPending })
	b.gated(t, task.ID, towpath.Gate{AskDrift: true})
	b.want(t, task.ID, towpath.TaskDone)
}
