package crashtest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine/postgres"
	"towpath/internal/store"
)

// firstFiles is the size of a history with which a team moves in.
const firstFiles = 160

// firstScripts are a real-shaped history: tables with keys, alters, rows, views and functions.
func firstScripts() []string {
	scripts := make([]string, firstFiles)
	for n := range scripts {
		table := n/5 + 1
		switch n % 5 {
		case 0:
			scripts[n] = firstTable(table)
		case 1:
			scripts[n] = fmt.Sprintf("ALTER TABLE big_t%d ADD COLUMN extra text;\n"+
				"ALTER TABLE big_t%[1]d ADD CONSTRAINT big_t%[1]d_chk CHECK (c0 >= 0);", table)
		case 2:
			scripts[n] = fmt.Sprintf("INSERT INTO big_t%d (c0, c1) "+
				"SELECT g, 'row ' || g FROM generate_series(1, 20) g;", table)
		case 3:
			scripts[n] = fmt.Sprintf("CREATE VIEW big_v%d AS SELECT id, c1, extra FROM big_t%[1]d "+
				"WHERE c0 > 0;", table)
		default:
			scripts[n] = fmt.Sprintf("CREATE FUNCTION big_f%d(a bigint) RETURNS text LANGUAGE plpgsql AS "+
				"$$ BEGIN RETURN (SELECT c1 FROM big_t%[1]d WHERE id = a); END $$;\n"+
				"CREATE UNIQUE INDEX big_t%[1]d_u ON big_t%[1]d (id, c1);", table)
		}
	}
	return scripts
}

func firstTable(n int) string {
	var columns strings.Builder
	for c := range 10 {
		kind := "text"
		if c%3 == 0 {
			kind = "integer NOT NULL DEFAULT 0"
		}
		fmt.Fprintf(&columns, "c%d %s, ", c, kind)
	}
	if n > 1 {
		fmt.Fprintf(&columns, "parent bigint REFERENCES big_t%d (id), ", n-1)
	}
	return fmt.Sprintf("CREATE TABLE big_t%d (id bigserial PRIMARY KEY, %smade timestamptz NOT NULL "+
		"DEFAULT now());\nCREATE INDEX big_t%[1]d_c1 ON big_t%[1]d (c1);\n"+
		"COMMENT ON TABLE big_t%[1]d IS 'table %[1]d';", n, columns.String())
}

// BenchmarkHistory applies files on PostgreSQL and keeps the schema around each, as a first rollout does.
// Time depends on the machine's disk; the server's CPU and the round trips do not.
func BenchmarkHistory(b *testing.B) {
	for name, c := range map[string]struct {
		scripts []string
		goal    float64
	}{
		"apply": {benchScripts(), 1.0}, "first-rollout": {firstScripts(), 1.5},
	} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				bare, ours := newWorld(b, towpath.EnginePostgres, nil), newWorld(b, towpath.EnginePostgres, nil)
				before := bare.serverCPU()
				floor := bareLoop(b, bare, c.scripts)
				between := bare.serverCPU()
				took, trips := ours.runWithHistory(b, c.scripts)
				after := bare.serverCPU()
				name := fmt.Sprintf("%s-%d-history-postgres", name, len(c.scripts))
				line(name, took, floor, c.goal)
				line(name+"-server-cpu", after-between, between-before, c.goal)
				fmt.Printf("bench: %s-trips %.1f a file\n", name, float64(trips)/float64(len(c.scripts)))
				bare.close()
				ours.close()
			}
		})
	}
}

// runWithHistory is ourRun with the schema kept around each task. It counts the round trips.
func (w *world) runWithHistory(b *testing.B, scripts []string) (took time.Duration, trips int64) {
	b.Helper()
	tasks := w.planAll(scripts)
	s, err := w.child().service(w.store)
	if err != nil {
		b.Fatal(err)
	}
	wire := &countedWires{}
	pg := postgres.New()
	pg.Dial = wire.dial
	s.Engines[towpath.EnginePostgres] = pg
	s.Lease, s.ClaimTime, s.SnapshotSchemas = time.Minute, steadyClaims, true
	began := time.Now()
	if again, err := s.RunTask(context.Background(), tasks[0].ID); err != nil || again != nil {
		b.Fatal(again, err)
	}
	took = time.Since(began)
	w.mustBeDone(b, tasks)
	return took, wire.trips.Load()
}

// planAll plans scripts as tasks in sequence.
func (w *world) planAll(scripts []string) (tasks []towpath.Task) {
	w.t.Helper()
	for n, script := range scripts {
		task := w.plan(fmt.Sprint(n+1), script)
		task.Sequence = n
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
		tasks = append(tasks, task)
	}
	return tasks
}

// countedWires counts round trips: readings that follow a writing.
type countedWires struct{ trips atomic.Int64 }

type countedWire struct {
	net.Conn
	wires *countedWires
	wrote atomic.Bool
}

func (c *countedWires) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &countedWire{Conn: conn, wires: c}, nil
}

func (c *countedWire) Write(p []byte) (int, error) {
	c.wrote.Store(true)
	return c.Conn.Write(p)
}

func (c *countedWire) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 && c.wrote.Swap(false) {
		c.wires.trips.Add(1)
	}
	return n, err
}

// serverCPU is the CPU time of the server's processes, those that have ended included.
func (w *world) serverCPU() (total time.Duration) {
	w.t.Helper()
	first := w.query("SELECT pg_catalog.split_part(pg_catalog.pg_read_file('postmaster.pid'), E'\n', 1)")
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || len(files) == 0 {
		w.t.Fatalf("the processes cannot be read: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
		_, rest, _ := bytes.Cut(text, []byte(") "))
		fields := strings.Fields(string(rest))
		if len(fields) < 15 {
			continue
		}
		own, ended := ticks(fields[11])+ticks(fields[12]), ticks(fields[13])+ticks(fields[14])
		switch first {
		case filepath.Base(filepath.Dir(file)):
			total += ended
		case fields[1]: // its parent
			total += own
		}
	}
	return total
}

// ticks converts hundredths of a second.
func ticks(text string) time.Duration {
	n, _ := strconv.ParseInt(text, 10, 64)
	return time.Duration(n) * 10 * time.Millisecond
}
