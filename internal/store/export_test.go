package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"
)

// Probe is a table for the tests.
type Probe interface {
	Title() string
	// RoundTrip fills a row, writes it, changes it by an upsert when change is set, and reads it
	// back.
	RoundTrip(ctx context.Context, tx *Tx, fill func(column string, field any)) (got, want any, err error)
	// Rows reads everything in the order of the key.
	Rows(ctx context.Context, tx *Tx) (any, error)
}

// ForgetTrial makes the next Writable try a write.
func (s *Store) ForgetTrial() { s.trial.at = time.Time{} }

// SetMaxPages limits the pages of a SQLite file. A file with more pages keeps them.
func (s *Store) SetMaxPages(t *testing.T, n int) {
	t.Helper()
	tx, err := s.writing.begin(t.Context(), "BEGIN")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing changed
	var set int
	if err := tx.QueryRowContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", n)).Scan(
		&set); err != nil {
		t.Fatal(err)
	}
}

// Probes lists all tables.
func Probes() []Probe {
	probes := make([]Probe, len(tables))
	for i, t := range tables {
		probes[i] = t.(Probe)
	}
	return probes
}

func (t *table[T]) Title() string { return t.title() }

func (t *table[T]) Rows(ctx context.Context, tx *Tx) (any, error) {
	return t.list(ctx, tx, "ORDER BY "+strings.Join(t.names[:t.key], ", "))
}

func (t *table[T]) RoundTrip(ctx context.Context, tx *Tx, fill func(string, any)) (any, any, error) {
	var first, second T
	for _, v := range []*T{&first, &second} {
		for i, c := range t.columns(v) {
			if v == &second && i < t.key {
				continue
			}
			field := c.field
			switch f := field.(type) {
			case instant:
				field = f.t
			case maybe:
				field = f.t
			case mark:
				field = f.m
			case order:
				field = f.o
			case blob:
				field = f.b
			case maybeBlob:
				field = f.b
			case jsonText:
				field = f.v
			case reason:
				field = f.r
			}
			fill(c.name, field)
		}
	}
	if err := t.insert(ctx, tx, first); err != nil {
		return nil, nil, err
	}
	read := func() (T, error) { return t.get(ctx, tx, t.whereKey(), t.values(&first)[:t.key]...) }
	got, err := read()
	if err != nil {
		return nil, nil, err
	}
	second = withKey(t, second, first)
	if err := t.upsert(ctx, tx, second); err != nil {
		return nil, nil, err
	}
	replaced, err := read()
	if err != nil {
		return nil, nil, err
	}
	if err := t.update(ctx, tx, first); err != nil {
		return nil, nil, err
	}
	updated, err := read()
	return []T{got, replaced, updated}, []T{first, second, first}, err
}

// withKey returns v with the key of another row.
func withKey[T any](t *table[T], v, other T) T {
	from, to := t.columns(&other), t.columns(&v)
	for i := range t.key {
		switch f := to[i].field.(type) {
		case *string:
			*f = *from[i].field.(*string)
		case *int:
			*f = *from[i].field.(*int)
		}
	}
	return v
}

// Exec runs a statement of a test.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) error {
	_, err := tx.exec(ctx, text, args...)
	return err
}

// Query runs a query of a test.
func (tx *Tx) Query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return tx.query(ctx, text, args...)
}

// Migrations returns a provider of the schema's migrations.
func (s *Store) Migrations(t *testing.T) *goose.Provider {
	t.Helper()
	p, err := s.migrations()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ShiftClock makes the clock of a replica wrong.
func (s *Store) ShiftClock(by time.Duration) {
	s.replica.clock.Lock()
	defer s.replica.clock.Unlock()
	s.replica.databaseTime = s.replica.databaseTime.Add(by)
}

// SetClock synchronizes a replica's clock, as it does periodically.
func (s *Store) SetClock(ctx context.Context) error { return s.replica.check(ctx) }

// ear is a transaction that reports its queries.
type ear struct {
	querier
	hear func(text string, args []any)
}

func (e ear) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	e.hear(text, args)
	return e.querier.ExecContext(ctx, text, args...)
}

func (e ear) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	e.hear(text, args)
	return e.querier.QueryContext(ctx, text, args...)
}

func (e ear) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	e.hear(text, args)
	return e.querier.QueryRowContext(ctx, text, args...)
}

// Heard returns a transaction that calls a function before each query.
func (tx *Tx) Heard(hear func(text string, args []any)) *Tx {
	heard := *tx
	heard.tx = ear{tx.tx, hear}
	return &heard
}
