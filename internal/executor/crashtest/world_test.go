package crashtest

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	driver "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib" // database/sql driver "pgx"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
	"towpath/internal/engine/postgres"
	"towpath/internal/engine/sqlite"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/store/storetest"
)

// world is a server's metadata with one task, and the target that the task is for.
type world struct {
	t        testing.TB
	servers  *servers
	dir      string
	kind     towpath.EngineType
	engine   engine.Engine
	target   engine.Target
	plain    *sql.DB // the target, as any other program opens it
	database towpath.Database
	rollout  towpath.Rollout
	store    *store.Store
	task     towpath.Task
	runs     int
}

func newWorld(t testing.TB, kind towpath.EngineType, setup []string) *world {
	t.Helper()
	return newWorldOn(t, &shared, kind, setup)
}

func newWorldOn(t testing.TB, s *servers, kind towpath.EngineType, setup []string) *world {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "world")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, servers: s, dir: dir, kind: kind}
	w.makeTarget(setup)
	w.store, err = store.Open(t.Context(), storetest.SQLite(t, w.child().Metadata))
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := secret.Open(w.child().Key)
	if err != nil {
		t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		p, e := towpath.Project{Name: "Shop"}, towpath.Environment{Name: "prod"}
		if err := errors.Join(tx.CreateProject(ctx, &p), tx.CreateEnvironment(ctx, &e)); err != nil {
			return err
		}
		i := towpath.Instance{
			ID:            store.NewID(),
			Name:          "server",
			Engine:        kind,
			EnvironmentID: e.ID,
			Address:       w.target.Address,
			Username:      w.target.Username,
			Options:       w.target.Options,
		}
		if w.target.Password != "" {
			i.EncryptedPassword = keyring.Encrypt([]byte(w.target.Password), "instance/"+i.ID+"/password")
		}
		if err := tx.CreateInstance(ctx, &i); err != nil {
			return err
		}
		w.database = towpath.Database{
			InstanceID:    i.ID,
			EnvironmentID: e.ID,
			Name:          w.target.Database,
			ProjectID:     p.ID,
		}
		w.rollout = towpath.Rollout{
			ProjectID: p.ID,
			LinkID:    "link",
			Commit:    "c0ffee",
			State:     towpath.RolloutPending,
		}
		return errors.Join(tx.CreateDatabase(ctx, &w.database), storetest.AddLink(ctx, tx, p.ID, "c0ffee"),
			tx.CreateRollout(ctx, &w.rollout))
	})
	return w
}

func (w *world) close() {
	_ = w.plain.Close() // a connection to a server that was killed cannot end in order
	if err := errors.Join(w.store.Close(), os.RemoveAll(w.dir)); err != nil {
		w.t.Error(err)
	}
}

func (w *world) makeTarget(setup []string) {
	w.t.Helper()
	var err error
	switch w.kind {
	case towpath.EngineSQLite:
		root := w.child().Root
		file := filepath.Join(root, "shop.db")
		if err := errors.Join(os.Mkdir(root, 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
			w.t.Fatal(err)
		}
		w.engine, w.target = sqlite.New(sqlite.Config{Root: root}), engine.Target{
			Address:  ".",
			Database: "shop",
		}
		w.plain, err = sql.Open("sqlite", file+"?_pragma=busy_timeout(5000)")
	case towpath.EnginePostgres:
		w.engine, w.target = postgres.New(), w.servers.postgres.Database(w.t)
		u := url.URL{
			Scheme:   "postgres",
			User:     url.UserPassword(w.target.Username, w.target.Password),
			Host:     w.target.Address,
			Path:     w.target.Database,
			RawQuery: "sslmode=disable",
		}
		w.plain, err = sql.Open("pgx", u.String())
	case towpath.EngineMySQL:
		w.engine, w.target = mysql.New(), w.servers.mariadb.Database(w.t)
		c := driver.NewConfig()
		c.Net, c.Addr, c.User, c.Passwd, c.DBName = "tcp", w.target.Address, w.target.Username,
			w.target.Password, w.target.Database
		w.plain, err = sql.Open("mysql", c.FormatDSN())
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.plain.SetMaxIdleConns(1)
	for _, text := range setup {
		w.exec(text)
	}
}

func (w *world) exec(text string) {
	w.t.Helper()
	if _, err := w.plain.ExecContext(w.t.Context(), text); err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
}

func (w *world) query(text string) (value string) {
	w.t.Helper()
	if err := w.plain.QueryRowContext(w.t.Context(), text).Scan(&value); err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	return value
}

func (w *world) write(fn func(context.Context, *store.Tx) error) {
	w.t.Helper()
	if err := w.store.Write(w.t.Context(),
		func(tx *store.Tx) error { return fn(w.t.Context(), tx) }); err != nil {
		w.t.Fatal(err)
	}
}

// plan adds a task that applies a script.
func (w *world) plan(version, script string) towpath.Task {
	w.t.Helper()
	return w.planText(version, strings.NewReader(script))
}

func (w *world) planText(version string, script io.Reader) towpath.Task {
	w.t.Helper()
	checksum, _, err := w.store.KeepContent(w.t.Context(), script)
	if err != nil {
		w.t.Fatal(err)
	}
	w.task = towpath.Task{
		RolloutID:  w.rollout.ID,
		ProjectID:  w.database.ProjectID,
		DatabaseID: w.database.ID,
		Action:     towpath.ActionApply,
		State:      towpath.TaskPending,
		Commit:     "c0ffee",
		Migration: towpath.Migration{
			MigrationID: towpath.MigrationID{
				Version: version,
				Type:    towpath.TypeDDL,
			},
			Label: version, Path: version + ".sql", Checksum: checksum, Environment: "prod",
			Database: w.database.Name,
		},
	}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.CreateTask(ctx, &w.task) })
	return w.task
}

// child returns a process on this world's metadata.
func (w *world) child() child {
	w.runs++
	return child{
		Metadata: filepath.Join(w.dir, "metadata.db"),
		Key:      filepath.Join(w.dir, "key"),
		Root:     filepath.Join(w.dir, "targets"),
		Task:     w.task.ID,
		Owner:    fmt.Sprint("process ", w.runs),
		Nth:      1,
	}
}

// start starts a process; its output is complete when it has ended.
func (w *world) start(c child) (*exec.Cmd, *bytes.Buffer) {
	w.t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	program, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd, out := exec.Command(program, "child", string(text)), &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	return cmd, out
}

// finish runs an undisturbed process and returns the task's state.
func (w *world) finish() (towpath.TaskState, string) {
	w.t.Helper()
	cmd, out := w.start(w.child())
	if err := cmd.Wait(); err != nil {
		w.t.Errorf("%s: %v: %s", w.kind, err, out)
	}
	state, reason, _ := strings.Cut(out.String(), "\n")
	return towpath.TaskState(state), strings.TrimSpace(reason)
}

// state is the target's final schema and the data that matter.
type state struct{ schema, dump, data string }

func (w *world) state(k kind) state {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer cancel()
	db, err := w.engine.Open(ctx, w.target)
	if err != nil {
		w.t.Fatal(err)
	}
	schema, err := db.Schema(ctx)
	if err := errors.Join(err, db.Close()); err != nil {
		w.t.Fatal(err)
	}
	s := state{schema: schema.Fingerprint, dump: schema.Dump}
	if w.kind == towpath.EnginePostgres {
		s.schema += w.query("SELECT 'invalid: ' || count(*) FROM pg_index WHERE NOT indisvalid")
	}
	if k.check != "" {
		check := k.check
		if w.kind == towpath.EngineSQLite {
			check = strings.NewReplacer("CONCAT(", "(", "), ' ',", ") || ' ' ||").Replace(check)
		}
		s.data = w.query(check)
	}
	return s
}
