package executor_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/executor"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/store/storetest"
)

// bundle is a project with one database, "shop", and one rollout.
type bundle struct {
	*executor.Service
	folder   string
	meta     string // the metadata's file
	database towpath.Database
	rollout  towpath.Rollout
}

func setup(t *testing.T) *bundle {
	t.Helper()
	folder, meta := t.TempDir(), filepath.Join(t.TempDir(), "metadata.db")
	st, err := store.Open(t.Context(), storetest.SQLite(t, meta))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keyring, err := secret.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{folder: folder, meta: meta, Service: &executor.Service{
		// Claims grow as on an idle machine.
		ClaimTime: time.Hour,
		Store:     st, Keyring: keyring, Owner: "first", ServerID: "server",
		Logger: slog.New(slog.DiscardHandler), LockTimeout: 20 * time.Millisecond, Backoff: time.Millisecond,
		Engines: map[towpath.EngineType]engine.Engine{
			towpath.EngineSQLite: sqlite.New(sqlite.Config{Root: folder}),
		},
	}}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		p, e := towpath.Project{Name: "Shop"}, towpath.Environment{Name: "prod"}
		if err := tx.CreateProject(ctx, &p); err != nil {
			return err
		}
		if err := tx.CreateEnvironment(ctx, &e); err != nil {
			return err
		}
		i := towpath.Instance{
			ID:            store.NewID(),
			Name:          "files",
			Engine:        towpath.EngineSQLite,
			EnvironmentID: e.ID,
			Address:       ".",
		}
		if err := tx.CreateInstance(ctx, &i); err != nil {
			return err
		}
		b.database = towpath.Database{InstanceID: i.ID, EnvironmentID: e.ID, Name: "shop", ProjectID: p.ID}
		if err := tx.CreateDatabase(ctx, &b.database); err != nil {
			return err
		}
		b.rollout = towpath.Rollout{
			ProjectID: p.ID,
			LinkID:    "link",
			Commit:    "c0ffee",
			Author:    "Ada",
			State:     towpath.RolloutPending,
		}
		return errors.Join(storetest.AddLink(ctx, tx, p.ID, "c0ffee"), tx.CreateRollout(ctx, &b.rollout))
	})
	if err := os.WriteFile(b.file("shop"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bundle) file(name string) string { return filepath.Join(b.folder, name+".db") }

// another returns the same server in another process, or after a restart.
func (b *bundle) another(owner string) *executor.Service {
	s := *b.Service
	s.Owner = owner
	return &s
}

func (b *bundle) write(t *testing.T, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := b.Store.Write(t.Context(),
		func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) migration(version, script string) towpath.Migration {
	sum := sha256.Sum256([]byte(script))
	return towpath.Migration{
		MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL},
		Label:       version,
		Path:        version + ".sql",
		Checksum:    hex.EncodeToString(sum[:]),
		Environment: "prod",
		Database:    "shop",
	}
}

// task adds a pending task that applies a script.
func (b *bundle) task(t *testing.T, version, script string) towpath.Task {
	t.Helper()
	task := towpath.Task{
		RolloutID:  b.rollout.ID,
		ProjectID:  b.database.ProjectID,
		DatabaseID: b.database.ID,
		Action:     towpath.ActionApply,
		State:      towpath.TaskPending,
		Migration:  b.migration(version, script),
		Commit:     "c0ffee",
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.PutContent(ctx, task.Checksum, []byte(script)); err != nil {
			return err
		}
		return tx.CreateTask(ctx, &task)
	})
	return task
}

// set changes a task without the executor. It can write any state, as a restored backup does.
func (b *bundle) set(t *testing.T, id string, change func(*towpath.Task)) {
	t.Helper()
	before, _, _ := b.read(t, id)
	after := before
	if change(&after); before.State != after.State && !before.State.MayBecome(after.State) {
		metadata := open(t, b.meta)
		if _, err := metadata.Exec("PRAGMA busy_timeout = 5000; UPDATE task SET state = ? WHERE id = ?",
			string(after.State), id); err != nil {
			t.Fatal(err)
		}
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &after) })
}

func (b *bundle) read(
	t *testing.T, id string,
) (task towpath.Task, attempts []towpath.Attempt, history []towpath.ChangeHistory) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if task, err = tx.Task(ctx, id); err != nil {
			return err
		}
		if attempts, err = tx.Attempts(ctx, id); err != nil {
			return err
		}
		history, err = tx.ChangeHistory(ctx, b.database.ID, store.Page{})
		return err
	})
	return task, attempts, history
}

func run(t *testing.T, s *executor.Service, id string) {
	t.Helper()
	if again, err := s.RunTask(t.Context(), id); err != nil || again != nil {
		t.Fatalf("run task: again %v, error %v", again, err)
	}
}

// want runs a task and checks its state.
func (b *bundle) want(t *testing.T, id string, state towpath.TaskState) towpath.Task {
	t.Helper()
	run(t, b.Service, id)
	task, _, _ := b.read(t, id)
	if task.State != state {
		t.Fatalf("task is %s (%s), want %s", task.State, task.Reason, state)
	}
	return task
}

// plain opens a target as another program would.
func (b *bundle) plain(t *testing.T, name string) *sql.DB {
	t.Helper()
	return open(t, b.file(name))
}

func open(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (b *bundle) query(t *testing.T, query string) (text string) {
	t.Helper()
	if err := b.plain(t, "shop").QueryRowContext(t.Context(), query).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

const tables = "SELECT coalesce(group_concat(name, ' '), '') FROM (SELECT name FROM sqlite_schema WHERE " +
	"type = 'table' AND name <> 'towpath_ledger' ORDER BY name)"

func (b *bundle) ledger(t *testing.T) []towpath.LedgerEntry {
	t.Helper()
	db, err := b.Engines[towpath.EngineSQLite].Open(t.Context(),
		engine.Target{Address: ".", Database: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := db.Ledger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l.Entries
}

// record writes rows into the target's ledger, as another server or an earlier run does.
func (b *bundle) record(t *testing.T, entries ...towpath.LedgerEntry) {
	t.Helper()
	db, err := b.Engines[towpath.EngineSQLite].Open(t.Context(),
		engine.Target{Address: ".", Database: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Begin(t.Context(), engine.SessionOptions{LockTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), entries...); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) wanted(t *testing.T, kind towpath.JobKind, subject string) (found bool) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Job(ctx, kind, subject)
		found = err == nil
		return nil
	})
	return found
}
