package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/store/storetest"
)

type bundle struct {
	*catalog.Service
	root    string
	project towpath.Project
	spec    catalog.InstanceSpec
}

var ada = towpath.Actor{Member: towpath.Member{ID: "ada"}}

func setup(t *testing.T, databases ...string) *bundle {
	t.Helper()
	st, err := store.Open(t.Context(), storetest.SQLite(t, filepath.Join(t.TempDir(), "metadata.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keyring, err := secret.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	b := &bundle{root: root, Service: &catalog.Service{
		Store: st, Keyring: keyring,
		Engines: map[towpath.EngineType]engine.Engine{
			towpath.EngineSQLite: sqlite.New(sqlite.Config{Root: root}),
		},
	}}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		b.project = towpath.Project{Name: "Shop"}
		e := towpath.Environment{Name: "prod"}
		b.spec = catalog.InstanceSpec{Name: "files", Engine: towpath.EngineSQLite, Address: "."}
		if err := tx.CreateProject(ctx, &b.project); err != nil {
			return err
		}
		err := tx.CreateEnvironment(ctx, &e)
		b.spec.EnvironmentID = e.ID
		return err
	})
	for _, name := range databases {
		b.exec(t, name, "CREATE TABLE item (id INTEGER)")
	}
	return b
}

func (b *bundle) write(t *testing.T, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := b.Store.Write(t.Context(),
		func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) exec(t *testing.T, name, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(b.root, name+".db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// add adds the instance and gives all its databases to the project.
func (b *bundle) add(t *testing.T) (towpath.Instance, []towpath.Database) {
	t.Helper()
	i, err := b.AddInstance(t.Context(), ada, b.spec)
	if err != nil {
		t.Fatal(err)
	}
	list, err := b.Discover(t.Context(), towpath.Actor{}, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	for n, d := range list {
		if list[n], err = b.Assign(t.Context(), ada, d.ID, b.project.ID); err != nil {
			t.Fatal(err)
		}
	}
	return i, list
}

// snapshots refreshes the project's ledgers and returns its databases by name.
func (b *bundle) snapshots(t *testing.T) map[string]towpath.LedgerSnapshot {
	t.Helper()
	if err := b.RefreshLedgers(t.Context(), b.project.ID); err != nil {
		t.Fatal(err)
	}
	byName := map[string]towpath.LedgerSnapshot{}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.ProjectDatabases(ctx, b.project.ID)
		for _, d := range list {
			byName[d.Name] = d.Ledger
		}
		return err
	})
	return byName
}

func TestDiscover_addsNewAndMarksMissing(t *testing.T) {
	t.Parallel()
	b := setup(t, "a", "b")
	i, list := b.add(t)
	if len(list) != 2 || list[0].ProjectID != b.project.ID || list[0].AssignedAt == nil {
		t.Fatalf("databases are %+v", list)
	}
	b.exec(t, "c", "CREATE TABLE item (id INTEGER)")
	if err := os.Rename(filepath.Join(b.root, "a.db"), filepath.Join(b.root, "a.gone")); err != nil {
		t.Fatal(err)
	}
	list, err := b.Discover(t.Context(), towpath.Actor{}, i.ID)
	if err != nil || len(list) != 3 || list[0].MissingAt == nil || list[1].MissingAt != nil ||
		list[2].Name != "c" || list[2].ProjectID != "" {
		t.Fatalf("databases are %+v, %v", list, err)
	}
	if err := os.Rename(filepath.Join(b.root, "a.gone"), filepath.Join(b.root, "a.db")); err != nil {
		t.Fatal(err)
	}
	if list, err = b.Discover(t.Context(), towpath.Actor{}, i.ID); err != nil || len(list) != 3 || list[0].MissingAt != nil {
		t.Fatalf("databases are %+v, %v", list, err)
	}
}

func TestRefreshLedgers_tellsEmptyPopulatedAndUnreachable(t *testing.T) {
	t.Parallel()
	b := setup(t, "populated", "gone", "ledger")
	b.exec(t, "empty", "VACUUM")
	_, list := b.add(t)
	e := b.Engines[towpath.EngineSQLite]
	db, err := e.Open(t.Context(), engine.Target{Address: ".", Database: "ledger"})
	if err != nil {
		t.Fatal(err)
	}
	session, err := db.Begin(t.Context(), engine.SessionOptions{LockTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	entry := towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL},
		State:       towpath.LedgerDone, DatabaseID: list[0].ID,
	}
	if err := session.Record(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	if err := session.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = session.Close()
	if err := os.Remove(filepath.Join(b.root, "gone.db")); err != nil {
		t.Fatal(err)
	}
	got := b.snapshots(t)
	if s := got["empty"]; s.At == nil || !s.Error.IsZero() || s.Populated || len(s.Entries) != 0 {
		t.Errorf("empty is %+v", s)
	}
	if s := got["populated"]; !s.Error.IsZero() || !s.Populated {
		t.Errorf("populated is %+v", s)
	}
	if s := got["ledger"]; !s.Error.IsZero() || s.Populated || len(s.Entries) != 1 {
		t.Errorf("ledger is %+v", s)
	}
	if s := got["gone"]; s.At == nil || !strings.Contains(s.Error.String(), "gone.db") ||
		strings.Contains(s.Error.String(), b.root) {
		t.Errorf("gone is %+v", s)
	}
}

func TestAddInstance_refusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*catalog.InstanceSpec)
		field  string
	}{
		"a nameless instance":     {func(s *catalog.InstanceSpec) { s.Name = " " }, "name"},
		"an engine nobody speaks": {func(s *catalog.InstanceSpec) { s.Engine = "oracle" }, "engine"},
		"no environment": {
			func(s *catalog.InstanceSpec) { s.EnvironmentID = "none" },
			"environmentId",
		},
		"a folder outside the root":  {func(s *catalog.InstanceSpec) { s.Address = "../.." }, "address"},
		"a folder that is not there": {func(s *catalog.InstanceSpec) { s.Address = "missing" }, "address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			c.change(&b.spec)
			_, err := b.AddInstance(t.Context(), ada, b.spec)
			var e *towpath.Error
			if !errors.As(err, &e) || e.Field != c.field {
				t.Errorf("error is %v, want one about %s", err, c.field)
			}
			b.write(t, func(ctx context.Context, tx *store.Tx) error {
				all, err := tx.Instances(ctx, store.Page{})
				if len(all) != 0 {
					t.Error("the instance was saved")
				}
				return err
			})
		})
	}
}

func TestUpdateInstance_doesNotCarryAPasswordElsewhere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := os.Mkdir(filepath.Join(b.root, "elsewhere"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.spec.Password = "hunter2"
	i, err := b.AddInstance(t.Context(), ada, b.spec)
	if err != nil || strings.Contains(string(i.EncryptedPassword), "hunter2") ||
		len(i.EncryptedPassword) == 0 {
		t.Fatalf("instance is %+v, %v", i, err)
	}
	spec := b.spec
	spec.Password, spec.Name = "", "renamed"
	if i, err = b.UpdateInstance(t.Context(), ada, i.ID, spec); err != nil || i.Name != "renamed" ||
		len(i.EncryptedPassword) == 0 {
		t.Errorf("rename: %+v, %v", i, err)
	}
	spec.Address = "elsewhere"
	if _, err := b.UpdateInstance(t.Context(), ada, i.ID,
		spec); towpath.ErrorCode(err) != towpath.CodeInvalid {
		t.Errorf("another address with the old password: %v", err)
	}
	spec.Password = "other"
	if _, err := b.UpdateInstance(t.Context(), ada, i.ID, spec); err != nil {
		t.Errorf("another address with its password: %v", err)
	}
}

func TestAssign_cancelsWhatWasStillToRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state    towpath.TaskState
		conflict bool
	}{
		"a pending task is cancelled": {towpath.TaskPending, false},
		"a failed task is cancelled":  {towpath.TaskFailed, false},
		"a running task holds":        {towpath.TaskRunning, true},
		"an unknown outcome holds":    {towpath.TaskUnknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, "a")
			i, list := b.add(t)
			task := towpath.Task{
				ProjectID:  b.project.ID,
				DatabaseID: list[0].ID,
				Action:     towpath.ActionApply,
				State:      c.state,
			}
			b.write(t, func(ctx context.Context, tx *store.Tx) error {
				r := towpath.Rollout{ProjectID: b.project.ID}
				if err := tx.CreateRollout(ctx, &r); err != nil {
					return err
				}
				task.RolloutID = r.ID
				return tx.CreateTask(ctx, &task)
			})
			d, err := b.Assign(t.Context(), ada, list[0].ID, "")
			if c.conflict {
				if towpath.ErrorCode(err) != towpath.CodeConflict {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil || d.ProjectID != "" || d.AssignedAt != nil {
				t.Fatalf("database is %+v, %v", d, err)
			}
			b.write(t, func(ctx context.Context, tx *store.Tx) error {
				if task, err = tx.Task(ctx, task.ID); err != nil || task.State != towpath.TaskCancelled {
					t.Errorf("task is %+v", task)
				}
				_, err := tx.Job(ctx, towpath.JobAdvance, task.RolloutID)
				return err
			})
			if err := b.DeleteInstance(t.Context(), ada,
				i.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
				t.Errorf("an instance with a record was deleted: %v", err)
			}
		})
	}
}

func TestDeleteInstance_wantsItsDatabasesUnassigned(t *testing.T) {
	t.Parallel()
	b := setup(t, "a")
	i, list := b.add(t)
	if err := b.DeleteInstance(t.Context(), ada, i.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("error is %v", err)
	}
	if _, err := b.Assign(t.Context(), ada, list[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	if err := b.DeleteInstance(t.Context(), ada, i.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.CheckInstance(t.Context(), towpath.Actor{}, i.ID); towpath.ErrorCode(err) != towpath.CodeNotFound {
		t.Errorf("it is still there: %v", err)
	}
}

func TestCheckInstance_keepsWhatItFound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := os.Mkdir(filepath.Join(b.root, "shops"), 0o700); err != nil {
		t.Fatal(err)
	}
	b.spec.Address = "shops"
	i, _ := b.add(t)
	if err := os.Remove(filepath.Join(b.root, "shops")); err != nil {
		t.Fatal(err)
	}
	report, err := b.CheckInstance(t.Context(), towpath.Actor{}, i.ID)
	if err != nil || report.OK {
		t.Fatalf("report is %+v, %v", report, err)
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		i, err := tx.Instance(ctx, i.ID)
		if i.CheckError == "" || i.CheckedAt == nil {
			t.Errorf("instance is %+v", i)
		}
		return err
	})
}

// TestRefreshLedgers_tellsOnceWhatTheMetadataHasLost: metadata from an old backup knows nothing of
// what the ledger has.
func TestRefreshLedgers_tellsOnceWhatTheMetadataHasLost(t *testing.T) {
	t.Parallel()
	b := setup(t, "shop")
	_, list := b.add(t)
	d := list[0]
	entry := func(version, databaseID string, state towpath.LedgerState) towpath.LedgerEntry {
		return towpath.LedgerEntry{
			MigrationID:    towpath.MigrationID{Version: version, Type: towpath.TypeDDL},
			State:          state,
			Path:           version + ".sql",
			Checksum:       "c" + version,
			Commit:         "abc",
			DatabaseID:     databaseID,
			StartedAt:      time.UnixMicro(int64(len(version))),
			StatementsDone: 1,
		}
	}
	record := func(entries ...towpath.LedgerEntry) {
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
		if err := errors.Join(s.Record(t.Context(), entries...), s.Commit(t.Context()), s.Close(),
			db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	told := func(want ...string) {
		t.Helper()
		b.snapshots(t)
		var got []string
		b.write(t, func(ctx context.Context, tx *store.Tx) error {
			got = nil
			history, err := tx.ChangeHistory(ctx, d.ID, store.Page{})
			for _, h := range history {
				got = append(got,
					strings.Join([]string{
						h.Version, string(h.State), h.Path, h.Commit, h.Environment,
						h.Database, h.TaskID,
					}, " "))
			}
			return err
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	record(entry("10", d.ID, towpath.LedgerBaselined), entry("1", d.ID, towpath.LedgerDone),
		entry("11", d.ID, towpath.LedgerFailed))
	told("1 done 1.sql abc prod shop ", "10 baselined 10.sql abc prod shop ")
	told("1 done 1.sql abc prod shop ", "10 baselined 10.sql abc prod shop ")

	// The snapshot was lost alone: the history has it all.
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.SetLedger(ctx, d.ID, towpath.LedgerSnapshot{At: &tx.Now})
	})
	told("1 done 1.sql abc prod shop ", "10 baselined 10.sql abc prod shop ")

	// What was written for another database is not this one's history.
	record(entry("12", "another", towpath.LedgerDone))
	told("1 done 1.sql abc prod shop ", "10 baselined 10.sql abc prod shop ")

	// Who holds the lease writes down what it does.
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		_, _, err := tx.ClaimTarget(ctx, d.ID, "somebody", tx.Now.Add(time.Hour))
		return err
	})
	record(entry("13", d.ID, towpath.LedgerDone))
	told("1 done 1.sql abc prod shop ", "10 baselined 10.sql abc prod shop ")
}

func TestPasswordFrom_isReadAndNotKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	there := true
	b.Secrets = secret.References{
		Prefix: "DB_",
		Lookup: func(string) (string, bool) { return "hunter2hunter2", there },
	}
	b.spec.PasswordFrom = "env:DB_FILES"
	i, err := b.AddInstance(t.Context(), ada, b.spec)
	if err != nil || i.PasswordFrom != "env:DB_FILES" || len(i.EncryptedPassword) > 0 {
		t.Fatalf("instance is %+v, %v", i, err)
	}
	fails := func(spec catalog.InstanceSpec, code towpath.Code, field, words string) {
		t.Helper()
		_, err := b.UpdateInstance(t.Context(), ada, i.ID, spec)
		var e *towpath.Error
		if !errors.As(err, &e) || e.Code != code || e.Field != field || !strings.Contains(e.Message, words) {
			t.Errorf("%q: %v, want %s about %s with %q", spec.PasswordFrom, err, code, field, words)
		}
	}
	spec := b.spec
	spec.Password = "other-password"
	fails(spec, towpath.CodeInvalid, "passwordFrom", "either a password")
	spec.Password, spec.PasswordFrom = "", "env:PATH"
	fails(spec, towpath.CodeInvalid, "passwordFrom", "begin with DB_")
	there = false
	_, err = b.Discover(t.Context(), ada, i.ID)
	if towpath.ErrorCode(err) != towpath.CodeUnavailable || !strings.Contains(err.Error(), "DB_FILES is not set") {
		t.Errorf("a variable that is gone: %v", err)
	}
	spec.PasswordFrom, spec.Password = "", "other-password"
	if i, err = b.UpdateInstance(t.Context(), ada, i.ID, spec); err != nil || i.PasswordFrom != "" ||
		len(i.EncryptedPassword) == 0 {
		t.Errorf("back to a stored password: %+v, %v", i, err)
	}
}
