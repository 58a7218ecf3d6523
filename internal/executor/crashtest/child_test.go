package crashtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
	"towpath/internal/engine/postgres"
	"towpath/internal/engine/sqlite"
	"towpath/internal/executor"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// lease is short, so that a trial does not wait long for a dead process, but longer than a stall.
const lease = 1500 * time.Millisecond

// child is a server process that runs one task, and may be stopped on the way.
type child struct {
	Metadata, Key, Root string
	Task, Owner         string

	Place string        // where it stops; "" for nowhere
	Nth   int           // at which visit of the place
	Wait  time.Duration // after that
	Lock  time.Duration // lock timeout; 0 is 2 s
	Tries int           // tries; 0 is 20
	Flag  string        // a file to create at the place
	// kill, stop (until continued), cut (connections), wait (until the flag is gone), flag
	How string

	Peak string // the file to write the process's peak of memory to
	Keep int64  // store a script of so many bytes instead of running a task
}

// run prints the task's state at the end.
func (c child) run() error {
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	st, err := c.open(ctx)
	if err != nil {
		return err
	}
	if c.Keep > 0 {
		_, _, err := st.KeepContent(ctx, &largeScript{left: c.Keep})
		return errors.Join(err, c.writePeak())
	}
	s, err := c.service(st)
	if err != nil {
		return err
	}
	for {
		again, err := s.RunTask(ctx, c.Task)
		if err != nil && ctx.Err() != nil {
			return err
		}
		// A process that stopped within a transaction blocks the metadata; try again later.
		var t towpath.Task
		unread := st.Read(ctx, func(tx *store.Tx) error {
			found, err := tx.Task(ctx, c.Task)
			t = found
			return err
		})
		if unread == nil && err == nil && again == nil && t.State != towpath.TaskRunning &&
			t.State != towpath.TaskPending {
			fmt.Printf("%s\n%s\n", t.State, wording.Text(t.Reason))
			return c.writePeak()
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("the task stays %s: %s", t.State, t.Reason), unread)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// open opens the metadata. A process that stopped within a transaction blocks others until it
// continues, so a failed start is retried, as a supervisor does.
func (c child) open(ctx context.Context) (*store.Store, error) {
	for {
		st, err := store.Open(ctx, "sqlite:"+c.Metadata)
		if err == nil {
			return st, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (c child) service(st *store.Store) (*executor.Service, error) {
	keyring, err := secret.Open(c.Key)
	if err != nil {
		return nil, err
	}
	wires := &wires{}
	pg, my := postgres.New(), mysql.New()
	pg.Dial, my.Dial = wires.dial, wires.dial
	s := &executor.Service{
		Store:            st,
		Keyring:          keyring,
		Owner:            c.Owner,
		ServerID:         "server",
		Lease:            lease,
		LockTimeout:      cmp.Or(c.Lock, 2*time.Second),
		StatementTimeout: 30 * time.Second,
		LockTries:        cmp.Or(c.Tries, 20),
		Backoff:          50 * time.Millisecond,
		Logger:           slog.New(slog.DiscardHandler),
		Engines: map[towpath.EngineType]engine.Engine{
			towpath.EngineSQLite: sqlite.New(sqlite.Config{Root: c.Root}), towpath.EnginePostgres: pg,
			towpath.EngineMySQL: my,
		},
	}
	if c.Place != "" {
		s.Reached = c.reached(wires)
	}
	return s, nil
}

// reached does what How says at the child's place.
func (c child) reached(wires *wires) func(string) {
	count := 0
	end := map[string]func(){
		"kill": func() { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) },
		"stop": func() { _ = syscall.Kill(os.Getpid(), syscall.SIGSTOP) },
		"cut":  wires.cut,
		"flag": c.raise,
		"wait": func() {
			c.raise()
			for range 3000 {
				if _, err := os.Stat(c.Flag); err != nil {
					return
				}
				time.Sleep(10 * time.Millisecond)
			}
		},
	}[c.How]
	return func(place string) {
		if place != c.Place {
			return
		}
		if count++; count != c.Nth {
			return
		}
		if c.Wait > 0 {
			time.AfterFunc(c.Wait, end)
			return
		}
		end()
	}
}

func (c child) raise() {
	if err := os.WriteFile(c.Flag, nil, 0o600); err != nil {
		panic(err)
	}
}

// wires are connections to database servers that a test can cut.
type wires struct {
	mu  sync.Mutex
	all []net.Conn
}

func (w *wires) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err == nil {
		w.mu.Lock()
		w.all = append(w.all, conn)
		w.mu.Unlock()
	}
	return conn, err
}

func (w *wires) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, conn := range w.all {
		_ = conn.Close()
	}
	w.all = nil
}

// jitter spreads a wait over a statement's duration.
func jitter(d time.Duration) time.Duration {
	return time.Millisecond + rand.N(max(d, time.Millisecond))
}

// isKilled reports whether a process ended by SIGKILL.
func isKilled(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return false
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
