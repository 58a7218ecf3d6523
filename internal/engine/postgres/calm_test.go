package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
)

func TestFollow_asksNothingAfterASessionThatOnlyWritesRows(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	e, sent := countedEngine()
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	in := func(script string) {
		t.Helper()
		s := begin(t, db, options)
		if err := run(t.Context(), s, script); err != nil {
			t.Fatalf("%s: %v", script, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	follow := func(asks bool) {
		t.Helper()
		before := sent.Load()
		got, err := db.(engine.Follower).Follow(t.Context())
		if trips := sent.Load() - before; (trips > 0) != asks {
			t.Errorf("%d round trips, asks should be %t", trips, asks)
		}
		want, failed := open(t, target).Schema(t.Context())
		if err != nil || failed != nil || got != want {
			t.Errorf("%v, %v:\n%s\nwant\n%s", err, failed, got.Dump, want.Dump)
		}
	}
	const write = `INSERT INTO "größe" ("select") VALUES (1);
		UPDATE "größe" SET "select" = 2; DELETE FROM "größe"`
	in(`CREATE TABLE "größe" ("select" int)`)
	in("SELECT 1")
	follow(true)
	in(write) // at once, while the server still has the numbers of the session before
	follow(false)
	in(write)
	follow(false)
	in(`ALTER TABLE "größe" ADD note text`)
	in(write) // what came before it counts
	follow(true)
	in(`DO $$ BEGIN EXECUTE 'COMMENT ON TABLE "größe" IS ''x'''; END $$`)
	follow(true)
	in(`CREATE TABLE gone (id int); DROP TABLE gone`)
	follow(true)
	in(write)
	follow(false)
	server.Exec(t, target.Database, fmt.Sprintf("ALTER DATABASE %q SET track_counts = off", target.Database))
	if db, err = e.Open(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	follow(true)
	in(`CREATE TABLE uncounted (id int)`)
	follow(true)
}

// recorded keeps what is sent to a server.
type recorded struct {
	net.Conn
	mu   *sync.Mutex
	text *bytes.Buffer
}

// Write implements net.Conn.
func (r recorded) Write(p []byte) (int, error) {
	r.mu.Lock()
	r.text.Write(p)
	r.mu.Unlock()
	return r.Conn.Write(p)
}

func TestFollow_countsChangesOfEachCatalogThatItReads(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	e, sent := postgres.New(), recorded{mu: &sync.Mutex{}, text: &bytes.Buffer{}}
	e.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return recorded{conn, sent.mu, sent.text}, err
	}
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var counted []string
	for range 2 { // the whole schema, and what is new in it
		s := begin(t, db, options)
		if err := run(t.Context(), s, "SELECT 1"); err != nil {
			t.Fatal(err)
		}
		counted = regexp.MustCompile(`unnest\('\{(826[0-9, ]+)\}'`).FindStringSubmatch(sent.text.String())
		sent.text.Reset()
		server.Exec(t, target.Database, `CREATE TABLE t (id serial, "user" text)`,
			"CREATE VIEW v AS TABLE t", "ALTER TABLE t RENAME TO t_2", "ALTER VIEW v RENAME TO v_2")
		if _, err := db.(engine.Follower).Follow(t.Context()); err != nil {
			t.Fatal(err)
		}
		server.Exec(t, target.Database, "DROP TABLE t_2 CASCADE")
	}
	names := regexp.MustCompile(`\bpg_[a-z_]+`).FindAllString(sent.text.String(), -1)
	if len(counted) != 2 || len(names) < 50 {
		t.Fatalf("counted are %q, and %d names are read", counted, len(names))
	}
	slices.Sort(names)
	var missing string
	server.Query(t, target.Database, &missing, `SELECT coalesce(string_agg(relname, ', '), '') FROM pg_class
		WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'
		AND relname = ANY ('{`+strings.Join(slices.Compact(names), ",")+`}')
		AND oid <> ALL ('{`+counted[1]+`}'::oid[])`)
	if missing != "" {
		t.Errorf("these are read, and their changes are not counted: %s", missing)
	}
}
