package crashtest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/store"
)

const (
	benchFiles = 1000
	// steadyClaims makes the size of a claim depend on what is measured, not on how busy the machine is.
	steadyClaims = time.Minute
)

// line prints a figure and its goal; lower is better.
func line(name string, ours, floor time.Duration, goal float64) {
	ratio, word := float64(ours)/float64(floor), "ok"
	if ratio > goal {
		word = "short"
	}
	fmt.Printf("bench: %s ratio=%.2f goal=%.2f %s (%s, floor %s)\n", name, ratio, goal, word,
		ours.Round(time.Millisecond), floor.Round(time.Millisecond))
}

// benchScripts are small, typical migrations: mostly tables, some data.
func benchScripts() []string {
	scripts := make([]string, benchFiles)
	for n := range scripts {
		switch table := fmt.Sprintf("t%d", n/4*4); n % 4 {
		case 0:
			scripts[n] = fmt.Sprintf("CREATE TABLE %s (id INT PRIMARY KEY, name VARCHAR(40));", table)
		case 1:
			scripts[n] = fmt.Sprintf("INSERT INTO %s VALUES (1, 'a'), (2, 'b');", table)
		case 2:
			scripts[n] = fmt.Sprintf("ALTER TABLE %s ADD COLUMN note VARCHAR(40);", table)
		default:
			scripts[n] = fmt.Sprintf("UPDATE %s SET note = name;\nINSERT INTO %s VALUES (3, 'c', 'd');",
				table, table)
		}
	}
	return scripts
}

// bareLoop runs each script in a transaction with a row of history, on one connection.
func bareLoop(b *testing.B, w *world, scripts []string) time.Duration {
	b.Helper()
	ctx := context.Background()
	w.exec("CREATE TABLE history (version INT PRIMARY KEY, checksum VARCHAR(64), at VARCHAR(40))")
	began := time.Now()
	for n, script := range scripts {
		tx, err := w.plain.BeginTx(ctx, nil)
		if err != nil {
			b.Fatal(err)
		}
		for text := range strings.SplitSeq(strings.TrimSuffix(script, ";"), ";\n") {
			if _, err := tx.ExecContext(ctx, text); err != nil {
				b.Fatalf("%s: %v", text, err)
			}
		}
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO history VALUES (%d, 'c0ffee', 'now')",
			n)); err != nil {
			b.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(began)
}

// ourRun runs the same scripts as tasks of a rollout.
func ourRun(b *testing.B, w *world, scripts []string) time.Duration {
	b.Helper()
	tasks := w.planAll(scripts)
	s, err := w.child().service(w.store)
	if err != nil {
		b.Fatal(err)
	}
	s.Lease, s.ClaimTime = time.Minute, steadyClaims
	began := time.Now()
	if again, err := s.RunTask(context.Background(), tasks[0].ID); err != nil || again != nil {
		b.Fatal(again, err)
	}
	took := time.Since(began)
	w.mustBeDone(b, tasks)
	return took
}

func (w *world) mustBeDone(b *testing.B, tasks []towpath.Task) {
	b.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		var failed error
		for _, task := range tasks {
			t, err := tx.Task(ctx, task.ID)
			if err != nil || t.State != towpath.TaskDone {
				failed = errors.Join(failed, err, fmt.Errorf("%s is %s: %s", t.Version, t.State, t.Reason))
			}
		}
		return failed
	})
}

func BenchmarkApply(b *testing.B) {
	goals := map[towpath.EngineType]float64{
		towpath.EngineSQLite: 0.5, towpath.EnginePostgres: 1.0,
		towpath.EngineMySQL: 1.05,
	}
	for _, e := range engines() {
		b.Run(string(e), func(b *testing.B) {
			scripts := benchScripts()
			for range b.N {
				bare, ours := newWorld(b, e, nil), newWorld(b, e, nil)
				floor := bareLoop(b, bare, scripts)
				took := ourRun(b, ours, scripts)
				line(fmt.Sprintf("apply-%d-%s", benchFiles, e), took, floor, goals[e])
				bare.close()
				ours.close()
			}
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			fmt.Printf("bench: apply-memory-%s %d MiB\n", e, memory.Sys>>20)
		})
	}
}

const benchDatabases = 200

// BenchmarkTenants brings one change of three statements to many databases, eight at a time.
func BenchmarkTenants(b *testing.B) {
	const script = "CREATE TABLE t (id INT);\nINSERT INTO t VALUES (1);\nALTER TABLE t ADD COLUMN note TEXT;"
	for range b.N {
		w := newWorld(b, towpath.EnginePostgres, nil)
		var tasks []towpath.Task
		var targets, bare []engine.Target
		for n := range benchDatabases {
			target := w.servers.postgres.Database(b)
			d := towpath.Database{
				InstanceID:    w.database.InstanceID,
				EnvironmentID: w.database.EnvironmentID,
				Name:          target.Database,
				ProjectID:     w.database.ProjectID,
			}
			w.write(func(ctx context.Context, tx *store.Tx) error { return tx.CreateDatabase(ctx, &d) })
			w.database = d
			tasks, targets, bare = append(tasks, w.plan(fmt.Sprint(n), script)), append(targets,
				target), append(bare, w.servers.postgres.Database(b))
		}
		w.servers.settle(b)
		floor := eight(benchDatabases, func(n int) { bareChange(b, bare[n], script) })
		s, err := w.child().service(w.store)
		if err != nil {
			b.Fatal(err)
		}
		w.servers.settle(b)
		// A sync reads the ledgers before a change, and leaves its connections open.
		eight(benchDatabases, func(n int) {
			db, err := s.Engines[towpath.EnginePostgres].Open(context.Background(), targets[n])
			if err == nil {
				_, err = db.Ledger(context.Background())
				err = errors.Join(err, db.Close())
			}
			if err != nil {
				b.Error(err)
			}
		})
		took := eight(benchDatabases, func(n int) {
			if _, err := s.RunTask(context.Background(), tasks[n].ID); err != nil {
				b.Error(err)
			}
		})
		w.mustBeDone(b, tasks)
		line(fmt.Sprintf("tenants-%d-postgres", benchDatabases), took, floor, 0.7)
		w.close()
	}
}

// settle flushes what creating the databases left in memory, so that no commit waits for it.
func (s *servers) settle(b *testing.B) {
	s.postgres.Exec(b, "postgres", "CHECKPOINT")
	syscall.Sync()
}

// eight runs n calls, eight at a time.
func eight(n int, do func(int)) time.Duration {
	began := time.Now()
	numbers := make(chan int)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for i := range numbers {
				do(i)
			}
		})
	}
	for i := range n {
		numbers <- i
	}
	close(numbers)
	workers.Wait()
	return time.Since(began)
}

// bareChange opens a connection and runs a script and its row of history in a transaction.
func bareChange(b *testing.B, target engine.Target, script string) {
	b.Helper()
	ctx := context.Background()
	u := addressOf(target)
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		b.Error(err)
		return
	}
	texts := []string{
		"BEGIN",
		"CREATE TABLE IF NOT EXISTS history (version INT PRIMARY KEY, checksum VARCHAR(64), at VARCHAR(40))",
	}
	texts = append(texts, strings.Split(strings.TrimSuffix(script, ";"), ";\n")...)
	texts = append(texts, "INSERT INTO history VALUES (1, 'c0ffee', 'now')", "COMMIT")
	for _, text := range texts {
		if _, err := conn.Exec(ctx, text); err != nil {
			b.Errorf("%s: %v", text, err)
		}
	}
	if err := conn.Close(ctx); err != nil {
		b.Error(err)
	}
}
