package crashtest

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine/enginetest/mariadbserver"
	"towpath/internal/executor"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// TestGalera covers what a second node can do to a run on the first one.
func TestGalera(t *testing.T) {
	cluster, err := mariadbserver.StartCluster()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	}()
	g := &galera{first: &servers{mariadb: cluster}, second: &servers{mariadb: cluster.Second()}}
	t.Run("a commit that loses is tried again", g.loses)
	t.Run("a commit that loses for good changes nothing", g.losesForGood)
	t.Run("a file that commits by itself", g.losesBetween)
	t.Run("two servers, a node each", g.two)
	t.Run("the check", g.check)
	t.Run("reading while tables change", g.reads)
	t.Run("a session on another node", g.elsewhere)
	t.Run("a session on a node that has left", g.gone) // the last: there is one node behind it
}

// galera is a cluster, as seen from each of its nodes.
type galera struct{ first, second *servers }

func (g *galera) world(t *testing.T) *world {
	w := newWorldOn(t, g.first, towpath.EngineMySQL,
		[]string{
			"CREATE TABLE item (id INT PRIMARY KEY, qty INT)", "CREATE TABLE log (n INT)",
			"INSERT INTO item VALUES (1, 1)",
		})
	t.Cleanup(w.close)
	return w
}

// disturbed runs a file whose row changes on the other node just before each commit, for a number
// of times.
func (g *galera) disturbed(
	t *testing.T, script, place string, times, tries int,
) (w *world, task towpath.Task, seen int) {
	t.Helper()
	w = g.world(t)
	w.plan("1", script)
	c := w.child()
	c.Tries = tries
	s, err := c.service(w.store)
	if err != nil {
		t.Fatal(err)
	}
	s.Reached = func(at string) {
		if at != place {
			return
		}
		if seen++; seen <= times {
			g.level(t, w)
			g.second.mariadb.Exec(t, "UPDATE "+w.database.Name+".item SET qty = qty + 10 WHERE id = 1")
		}
	}
	return w, w.run(s, w.task), seen
}

const inTransaction = "INSERT INTO log VALUES (1);\nUPDATE item SET qty = qty + 1 WHERE id = 1;"

func (g *galera) loses(t *testing.T) {
	w, task, seen := g.disturbed(t, inTransaction, "before outcome", 2, 20)
	if task.State != towpath.TaskDone || seen != 3 {
		t.Fatalf("after %d tries the task is %s: %s", seen, task.State, task.Reason)
	}
	if got := w.query(
		"SELECT CONCAT((SELECT qty FROM item), ' ', (SELECT COUNT(*) FROM log))"); got != "22 1" {
		t.Errorf("the rows are %s", got)
	}
}

// level waits until the other node has the row as it is on the first one. A cluster may lose a write of
// one node to a write of another that has not seen it yet, whoever the clients are.
func (g *galera) level(t *testing.T, w *world) {
	t.Helper()
	until := time.Now().Add(time.Minute)
	for here, there := "", -1; here != strconv.Itoa(there); {
		if time.Now().After(until) {
			t.Fatalf("the row is %s here and %d there", here, there)
		}
		here = w.query("SELECT qty FROM item")
		g.second.mariadb.Query(t, &there, "SELECT qty FROM "+w.database.Name+".item")
	}
}

func (g *galera) losesForGood(t *testing.T) {
	w, task, _ := g.disturbed(t, inTransaction, "before outcome", 99, 2)
	if task.State != towpath.TaskFailed || !strings.Contains(wording.Text(task.Reason), "1213") {
		t.Fatalf("the task is %s: %s", task.State, task.Reason)
	}
	if _, says := w.log(); says != "Nothing of this file is in the database." {
		t.Errorf("it says: %s", says)
	}
	if got := w.query("SELECT CONCAT((SELECT qty FROM item), ' ', (SELECT COUNT(*) FROM log), ' ', " +
		"(SELECT COUNT(*) FROM towpath_ledger WHERE state = 'done' AND type = 'ddl'))"); got != "21 0 0" {
		t.Errorf("the rows are %s", got)
	}
}

func (g *galera) losesBetween(t *testing.T) {
	w, task, _ := g.disturbed(t, "CREATE TABLE made (id INT);\nUPDATE item SET qty = qty + 1 WHERE id = "+
		"1;\nCREATE TABLE last (id INT);", "after intent", 3, 20)
	if task.State != towpath.TaskDone {
		t.Fatalf("the task is %s: %s", task.State, task.Reason)
	}
	if got := w.query("SELECT qty FROM item"); got != "32" {
		t.Errorf("the row is %s", got)
	}
}

// two runs the same version from two servers that do not share their metadata.
func (g *galera) two(t *testing.T) {
	for name, script := range map[string]string{
		"in a transaction":    "INSERT INTO log VALUES (1);",
		"committed by itself": "ALTER TABLE item ADD INDEX (qty);\nINSERT INTO log VALUES (1);",
	} {
		t.Run(name, func(t *testing.T) {
			a, b := g.world(t), newWorldOn(t, g.second, towpath.EngineMySQL, nil)
			t.Cleanup(b.close)
			b.write(func(ctx context.Context, tx *store.Tx) error {
				b.database.Name = a.database.Name
				return tx.UpdateDatabase(ctx, &b.database)
			})
			var tasks [2]towpath.Task
			var both sync.WaitGroup
			for i, w := range []*world{a, b} {
				w.plan("1", script)
				s, _ := w.here()
				both.Go(func() { tasks[i] = w.settled(s) })
			}
			both.Wait()
			// The node has the other's rows a moment later, so its one connection waits for them.
			a.plain.SetMaxOpenConns(1)
			if _, err := a.plain.ExecContext(t.Context(), "SET SESSION wsrep_sync_wait = 15"); err != nil {
				t.Fatal(err)
			}
			done := 0
			for _, task := range tasks {
				if task.State == towpath.TaskDone {
					done++
				} else if !strings.Contains(wording.Text(task.Reason), "belongs to another database") {
					t.Errorf("the other is %s: %s", task.State, task.Reason)
				}
			}
			if rows := a.query("SELECT COUNT(*) FROM log"); done != 1 || rows != "1" {
				t.Errorf("%d are done, and there are %s rows", done, rows)
			}
			if strings.Contains(script, "INDEX") {
				g.wantOneIndex(a)
			}
		})
	}
}

func (g *galera) check(t *testing.T) {
	w := g.world(t)
	report, err := w.engine.Check(t.Context(), w.target)
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, f := range report.Findings {
		if strings.Contains(f.Message, "a node of a Galera cluster") &&
			strings.Contains(f.Fix, "the address of one node") {
			said++
		}
	}
	if said != 1 {
		t.Errorf("it says so %d times: %+v", said, report.Findings)
	}
}

// reads reads the catalog while the other node changes its tables.
func (g *galera) reads(t *testing.T) {
	w := g.world(t)
	db, err := w.engine.Open(t.Context(), w.target)
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	for range 40 {
		changes = append(changes, "ALTER TABLE "+w.database.Name+".item ADD COLUMN x INT, ALGORITHM=COPY",
			"ALTER TABLE "+w.database.Name+".item DROP COLUMN x, ALGORITHM=COPY")
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		g.second.mariadb.Exec(t, changes...)
	}()
	for reading := true; reading; {
		select {
		case <-over:
			reading = false
		default:
		}
		if _, err := db.Schema(t.Context()); err != nil {
			t.Error(err)
			break
		}
	}
	<-over
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// lead points the instance at a node.
func (w *world) lead(to *servers) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		i, err := tx.Instance(ctx, w.database.InstanceID)
		if err != nil {
			return err
		}
		i.Address = to.mariadb.Target().Address
		return tx.UpdateInstance(ctx, &i)
	})
}

// settledOn runs the task on a node until it no longer waits for another lease.
func (w *world) settledOn(to *servers) towpath.Task {
	w.t.Helper()
	w.lead(to)
	s, _ := w.here()
	return w.settled(s)
}

// settled runs the task until it no longer waits for another lease.
func (w *world) settled(s *executor.Service) (task towpath.Task) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(
		50 * time.Millisecond) {
		if task = w.run(s, w.task); task.State != towpath.TaskRunning && task.State != towpath.TaskPending {
			return task
		}
	}
	w.t.Fatalf("the task stays %s: %s", task.State, task.Reason)
	return task
}

// stopped stops a process on a node, where its session may still build an index.
func (g *galera) stopped(t *testing.T, on *servers) (w *world, goOn func()) {
	w = g.world(t)
	w.lead(on)
	w.plan("1", "ALTER TABLE item ADD INDEX (qty);") // without a name it could be there twice
	c := w.child()
	c.Place, c.How = "after intent", "stop"
	cmd, _ := w.start(c)
	if !stopped(cmd.Process.Pid) {
		t.Fatal("the process did not come to its place")
	}
	return w, func() {
		if err := cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was taken over
		g.wantOneIndex(w)
	}
}

// elsewhere runs on the other node while the session of an earlier run waits on the first one.
func (g *galera) elsewhere(t *testing.T) {
	w, goOn := g.stopped(t, g.first)
	if task := w.settledOn(g.second); task.State != towpath.TaskUnknown ||
		!strings.Contains(wording.Text(task.Reason), "Give the instance the address of one node") {
		t.Errorf("on the other node the task is %s: %s", task.State, task.Reason)
	}
	w.lead(g.first)
	s, _ := w.here()
	w.run(s, w.task) // looks again
	if task := w.settledOn(g.first); task.State != towpath.TaskDone {
		t.Errorf("on its own node the task is %s: %s", task.State, task.Reason)
	}
	goOn()
}

func (g *galera) gone(t *testing.T) {
	w, goOn := g.stopped(t, g.second)
	if err := g.first.mariadb.Leave(); err != nil {
		t.Fatal(err)
	}
	if task := w.settledOn(g.first); task.State != towpath.TaskDone {
		t.Errorf("the task is %s: %s", task.State, task.Reason)
	}
	goOn()
}

func (g *galera) wantOneIndex(w *world) {
	w.t.Helper()
	n := w.query("SELECT COUNT(DISTINCT index_name) FROM information_schema.statistics WHERE table_schema " +
		"= DATABASE() AND table_name = 'item' AND column_name = 'qty'")
	if n != "1" {
		w.t.Errorf("the table has %s indexes", n)
	}
}
