package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"towpath"
	"towpath/internal/engine/enginetest/pgserver"
	"towpath/internal/store"
)

// server is the PostgreSQL of this test binary, with a migrated database that the tests copy. lite
// is a migrated file.
var (
	server *pgserver.Server
	lite   []byte
	copies atomic.Int64
)

const template = "metadata_template"

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	fail := func(err error) bool {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		return err != nil
	}
	var err error
	if server, err = pgserver.Start(); fail(err) {
		return code
	}
	if !fail(makeTemplates()) {
		code = m.Run()
	}
	fail(server.Stop())
	if code == 0 {
		fail(goleak.Find())
	}
	return code
}

func makeTemplates() error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "towpath-store-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	file := filepath.Join(dir, "m.db")
	// A collation unlike SQLite's: the store's promises must not depend on it.
	conn, err := pgx.Connect(ctx, postgresURL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // the server ends soon
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+template+
		" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"); err != nil {
		return err
	}
	for _, address := range []string{"sqlite:" + file, postgresURL(template)} {
		s, err := store.Open(ctx, address)
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
	lite, err = os.ReadFile(file)
	return err
}

func postgresURL(database string) string {
	target := server.Target()
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(target.Username, target.Password),
		Host:     target.Address,
		Path:     database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// newSQLite makes empty, migrated metadata and returns its address.
func newSQLite(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "metadata with space.db")
	if err := os.WriteFile(file, lite, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

// newPostgres makes empty, migrated metadata and returns its address.
func newPostgres(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("metadata%d", copies.Add(1))
	server.Create(t, name, template)
	return postgresURL(name)
}

func open(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// onBoth runs a test on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Parallel()
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   newSQLite,
		"postgres": newPostgres,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t, address(t)))
		})
	}
}

func write(t testing.TB, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	ctx := context.Background()
	if err := s.Write(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, s *store.Store, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	ctx := context.Background()
	if err := s.Read(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		t.Fatal(err)
	}
}

// refused runs fn in a transaction that must fail with a code.
func refused(
	t *testing.T, s *store.Store, code towpath.Code, fn func(ctx context.Context, tx *store.Tx) error,
) *towpath.Error {
	t.Helper()
	err := s.Write(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) })
	var words *towpath.Error
	if !errors.As(err, &words) || words.Code != code {
		t.Fatalf("got %v, want words with the code %s", err, code)
	}
	return words
}

func TestOpen_refusesOtherAddresses(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"no kind":      "/var/lib/towpath/metadata.db",
		"no file":      "sqlite:",
		"another kind": "mysql://root@localhost/towpath",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Open(t.Context(), address)
			var words *towpath.Error
			if !errors.As(err, &words) || words.Field != "metadata-url" {
				t.Errorf("got %v, want words about metadata-url", err)
			}
		})
	}
}

func TestOpen_refusesAnotherEncoding(t *testing.T) {
	t.Parallel()
	server.Exec(t, "postgres", "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
	_, err := store.Open(t.Context(), postgresURL("latin"))
	if towpath.ErrorCode(err) != towpath.CodeInvalid {
		t.Errorf("got %v, want words", err)
	}
}

func TestOpen_keepsThePasswordOutOfErrors(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"postgres://u:hunter2@127.0.0.1:1/x?sslmode=disable",
		"postgres://u:hunter2@127.0.0.1:99999/x", "postgres://u:hunter2@[/x",
	} {
		_, err := store.Open(t.Context(), address)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want an error without the password", err)
		}
	}
}

func TestOpen_makesAFileForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "m.db")
	open(t, "sqlite:"+file)
	for _, name := range []string{file, file + "-wal", file + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v", filepath.Base(name), info.Mode())
		}
	}
}

func TestOpen_byManyReplicasAtOnce(t *testing.T) {
	t.Parallel()
	server.Exec(t, "postgres", "CREATE DATABASE fresh TEMPLATE template0")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s, err := store.Open(t.Context(), postgresURL("fresh"))
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestMigrations_goUpAndDownAndUp(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		p := s.Migrations(t)
		if _, err := p.DownTo(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if err := s.Read(t.Context(),
			func(tx *store.Tx) error { _, err := tx.Meta(t.Context(), "x"); return err }); err == nil {
			t.Error("the tables are there after all migrations went down")
		}
		if _, err := p.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { _, err := tx.ServerID(ctx); return err })
	})
}

func TestRead_seesOneState(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		set := func(value string) {
			write(t, s,
				func(ctx context.Context, tx *store.Tx) error { return tx.SetMeta(ctx, "k", []byte(value)) })
		}
		set("before")
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for range 2 {
				got, err := tx.Meta(ctx, "k")
				if err != nil {
					return err
				}
				if string(got) != "before" {
					t.Errorf("sees %s", got)
				}
				set("after")
			}
			return nil
		})
	})
}

func TestRead_cannotWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		err := s.Read(t.Context(),
			func(tx *store.Tx) error { return tx.SetMeta(t.Context(), "k", []byte("v")) })
		if err == nil {
			t.Error("a reader wrote")
		}
	})
}

func TestWrite_keepsNothingOfAFailure(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		want := errors.New("no")
		err := s.Write(t.Context(), func(tx *store.Tx) error {
			return errors.Join(tx.SetMeta(t.Context(), "k", []byte("v")),
				tx.Enqueue(t.Context(), towpath.JobAdvance, "r"), want)
		})
		if !errors.Is(err, want) {
			t.Errorf("got %v", err)
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			value, err := tx.Meta(ctx, "k")
			if value != nil {
				t.Errorf("kept %s", value)
			}
			return err
		})
		select {
		case <-s.Woken():
			if !s.Shared() { // a replica polls once when it begins to listen
				t.Error("woken for work that was never enqueued")
			}
		default:
		}
	})
}

func TestWrite_losesNoUpdate(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const writers, each = 16, 8
		var group sync.WaitGroup
		for range writers {
			group.Go(func() {
				for range each {
					err := s.Write(t.Context(), func(tx *store.Tx) error {
						value, err := tx.Meta(t.Context(), "count")
						if err != nil {
							return err
						}
						return tx.SetMeta(t.Context(), "count", append(value, 'x'))
					})
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		group.Wait()
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			value, err := tx.Meta(ctx, "count")
			if len(value) != writers*each {
				t.Errorf("%d of %d updates are left", len(value), writers*each)
			}
			return err
		})
	})
}

func TestWrite_stopsWithItsContext(t *testing.T) {
	t.Parallel()
	s := open(t, newPostgres(t))
	ctx, cancel := context.WithCancel(t.Context())
	tries := 0
	err := s.Write(ctx, func(tx *store.Tx) error {
		if tries++; tries == 2 {
			cancel()
		}
		return tx.Exec(ctx,
			"DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = 'serialization_failure'; END $$")
	})
	if err == nil || tries != 2 {
		t.Errorf("got %v after %d tries, want an error after 2", err, tries)
	}
}

func TestServerID_isOneForAll(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		ids := make(chan string, 8)
		var group sync.WaitGroup
		for range cap(ids) {
			group.Go(func() {
				var id string
				err := s.Write(t.Context(), func(tx *store.Tx) (err error) {
					id, err = tx.ServerID(t.Context())
					return err
				})
				if err != nil {
					t.Error(err)
				}
				ids <- id
			})
		}
		group.Wait()
		first := <-ids
		for len(ids) > 0 {
			if id := <-ids; id != first || id == "" {
				t.Errorf("got %q and %q", first, id)
			}
		}
	})
}
