package postgres_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
)

// counted counts what is sent to a server.
type counted struct {
	net.Conn
	sent *atomic.Int64
}

// Write implements net.Conn.
func (c counted) Write(p []byte) (int, error) {
	c.sent.Add(1)
	return c.Conn.Write(p)
}

// countedEngine counts the round trips of its connections.
func countedEngine() (*postgres.Engine, *atomic.Int64) {
	sent := &atomic.Int64{}
	e := postgres.New()
	e.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return counted{conn, sent}, err
	}
	return e, sent
}

func TestSchema_isReadInOneRoundTripAndTheSameFromPreparedQueries(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	e, sent := countedEngine()
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read := func() (engine.Schema, int64) {
		t.Helper()
		before := sent.Load()
		schema, err := db.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return schema, sent.Load() - before
	}
	for n, script := range []string{
		`CREATE SCHEMA "order"; CREATE TABLE "order"."größe" (id serial PRIMARY KEY, "select" text COLLATE "C")`,
		`CREATE VIEW "order".v AS SELECT "select" FROM "order"."größe"; COMMENT ON VIEW "order".v IS 'x'`,
		`ALTER TABLE "order"."größe" ADD CHECK (id > 0), ALTER "select" SET STORAGE EXTERNAL`,
		"SELECT 1",
	} {
		s := begin(t, db, options)
		if err := run(t.Context(), s, script); err != nil {
			t.Fatalf("session %d: %v", n+1, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		got, trips := read()
		want, err := open(t, target).Schema(t.Context())
		if err != nil || got != want {
			t.Errorf("after script %d, %v:\n%s\nwant\n%s", n+1, err, got.Dump, want.Dump)
		}
		if n == 3 && trips != 1 {
			t.Errorf("a reading takes %d round trips, want 1", trips)
		}
	}
}
