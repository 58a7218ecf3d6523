package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"

	"towpath"
	"towpath/internal/store"
)

// filled opens metadata in a new folder and adds projects to it.
func filled(t *testing.T, projects int) (s *store.Store, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "m ü.db")
	s = opened(t, path)
	addProjects(t, s, projects)
	return s, path
}

func opened(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func addProjects(t *testing.T, s *store.Store, n int) {
	t.Helper()
	err := s.Write(t.Context(), func(tx *store.Tx) error {
		for range n {
			if err := tx.CreateProject(t.Context(), &towpath.Project{Name: store.NewID()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func countProjects(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	err := s.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Projects(t.Context(), "", store.Page{Limit: 1000})
		n = len(list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func beside(t *testing.T, path string) (names []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f != path {
			names = append(names, filepath.Base(f))
		}
	}
	return names
}

// crashed copies open metadata as a crash would leave it, and returns the path of the copy.
func crashed(t *testing.T, path string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(path))); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, filepath.Base(path))
}

func TestClose_leavesOneWholeFile(t *testing.T) {
	t.Parallel()
	s, path := filled(t, 300)
	if n := countProjects(t, s); n != 300 {
		t.Fatalf("%d projects", n)
	}
	reading := make(chan error)
	running := make(chan struct{})
	go func() {
		reading <- s.Read(t.Context(), func(*store.Tx) error {
			close(running)
			time.Sleep(50 * time.Millisecond) // still runs when Close begins
			return nil
		})
	}()
	<-running
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-reading; err != nil {
		t.Errorf("a transaction that ran was cut off: %v", err)
	}
	if left := beside(t, path); len(left) != 0 {
		t.Errorf("beside the file lie %q", left)
	}
	alone := filepath.Join(t.TempDir(), "alone.db")
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(alone, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	again := opened(t, alone)
	defer func() { _ = again.Close() }()
	if n := countProjects(t, again); n != 300 {
		t.Errorf("the file alone has %d projects, want 300", n)
	}
	if err := s.Write(t.Context(), func(*store.Tx) error { return nil }); err == nil ||
		!strings.Contains(err.Error(), "closed") {
		t.Errorf("writing after the end: %v", err)
	}
}

func TestOpen_recoversAfterACrash(t *testing.T) {
	t.Parallel()
	s, path := filled(t, 20)
	defer func() { _ = s.Close() }()
	for range 3 { // the folder as a whole may be copied, restored, and crash again
		path = crashed(t, path)
		again := opened(t, path)
		if n := countProjects(t, again); n != 20 {
			t.Errorf("%d projects after a crash, want 20", n)
		}
		defer func() { _ = again.Close() }()
	}
}

// backups are the ways in which people copy the metadata.
var backups = map[string]func(t *testing.T, path, to string){
	"towpath metadata backup": func(t *testing.T, path, to string) {
		t.Helper()
		if err := store.Backup(t.Context(), path, to); err != nil {
			t.Fatal(err)
		}
	},
	"VACUUM INTO": func(t *testing.T, path, to string) {
		t.Helper()
		bare(t, path, func(conn *sql.Conn) error {
			_, err := conn.ExecContext(t.Context(), "VACUUM INTO ?", to)
			return err
		})
	},
	"SQLite's backup": func(t *testing.T, path, to string) { // .backup in its shell
		t.Helper()
		bare(t, path, func(conn *sql.Conn) error {
			return conn.Raw(func(driver any) error {
				backup, err := driver.(interface {
					NewBackup(to string) (*sqlite.Backup, error)
				}).NewBackup(to)
				if err != nil {
					return err
				}
				_, err = backup.Step(-1)
				return errors.Join(err, backup.Finish())
			})
		})
	},
}

// bare opens a SQLite file as any other program does.
func bare(t *testing.T, path string, do func(*sql.Conn) error) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := do(conn); err != nil {
		t.Fatal(err)
	}
}

func TestOpen_neverAppliesAForeignLog(t *testing.T) {
	t.Parallel()
	for name, backup := range backups {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := filled(t, 3)
			defer func() { _ = s.Close() }()
			copied := filepath.Join(t.TempDir(), "copy.db")
			backup(t, path, copied)
			addProjects(t, s, 400)
			path = crashed(t, path)
			data, err := os.ReadFile(copied)
			if err == nil {
				err = os.WriteFile(path, data, 0o600) // in place: the file keeps its inode
			}
			if err != nil {
				t.Fatal(err)
			}
			_, err = store.Open(t.Context(), "sqlite:"+path)
			if err == nil || !strings.Contains(err.Error(), "-wal was not written for") ||
				!strings.Contains(err.Error(), "move") {
				t.Fatalf("opened beside a foreign log: %v", err)
			}
			for _, suffix := range []string{"-wal", "-shm"} {
				if err := os.Rename(path+suffix, path+suffix+".away"); err != nil {
					t.Fatal(err)
				}
			}
			again := opened(t, path)
			defer func() { _ = again.Close() }()
			if n := countProjects(t, again); n != 3 {
				t.Errorf("%d projects, want those of the backup, 3", n)
			}
		})
	}
}

func TestOpen_refusesALogThatCameLater(t *testing.T) {
	t.Parallel()
	s, path := filled(t, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	other, otherPath := filled(t, 400)
	defer func() { _ = other.Close() }()
	data, err := os.ReadFile(otherPath + "-wal")
	if err == nil {
		err = os.WriteFile(path+"-wal", data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), "sqlite:"+path); err == nil ||
		!strings.Contains(err.Error(), "not applied") {
		t.Errorf("opened: %v", err)
	}
}

func TestRestore(t *testing.T) {
	t.Parallel()
	s, path := filled(t, 3)
	defer func() { _ = s.Close() }()
	backup := filepath.Join(t.TempDir(), "backup.db")
	if err := store.Backup(t.Context(), path, backup); err != nil {
		t.Fatal(err)
	}
	if err := store.Backup(t.Context(), path, backup); towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("a backup over another one: %v", err)
	}
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	addProjects(t, s, 400)
	path = crashed(t, path)
	kept, err := store.Restore(t.Context(), backup, path, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]int{path: 3, kept: 403} {
		again := opened(t, file)
		if n := countProjects(t, again); n != want {
			t.Errorf("%s has %d projects, want %d", file, n, want)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
	if c, err := store.Check(t.Context(), path); err != nil || c.Schema == 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestCheck_findsWhatIsWrong(t *testing.T) {
	t.Parallel()
	s, path := filled(t, 300)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"cut":       {whole[:len(whole)/2], "Restore a backup"},
		"no SQLite": {[]byte(strings.Repeat("text ", 2000)), "Restore a backup"},
		"empty":     {nil, "no metadata"},
		"overwritten": {append(append(bytes.Clone(whole[:8192]), bytes.Repeat([]byte{0xff}, 8192)...),
			whole[16384:]...), "Restore a backup"},
	} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(bad, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Check(t.Context(), bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := store.Restore(context.Background(), bad, path, time.Now()); err == nil {
			t.Errorf("%s was restored", name)
		}
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, whole) {
		t.Errorf("a refused backup changed the metadata: %v", err)
	}
}

func TestOpen_refusesMetadataOfANewerProgram(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   newSQLite,
		"postgres": newPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := address(t)
			s := open(t, where)
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				if err := tx.SetProgram(ctx, "v9.1.0"); err != nil {
					return err
				}
				return tx.Exec(ctx,
					"INSERT INTO goose_db_version (version_id, is_applied) VALUES (900, true)")
			})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			_, err := store.Open(t.Context(), where)
			for _, want := range []string{"version 900", "v9.1.0", "up to", "backup"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want %q in it", err, want)
				}
			}
		})
	}
}
