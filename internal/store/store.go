// Package store keeps the metadata in SQLite or PostgreSQL, with the same SQL for both. No other
// package contains SQL for the metadata.
//
// Every change happens in Write. Its function may run again after a conflict, so it must do no
// other I/O. Methods of Tx compose; none of them begins or ends a transaction.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"towpath"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the metadata database. It is safe for concurrent use.
type Store struct {
	// Now is the clock. On PostgreSQL it is the database's clock, which all replicas share. Tests
	// replace it before they use the store. Stored times are in UTC, in microseconds.
	Now func() time.Time

	writer  *sql.DB
	reader  *sql.DB
	writing *connections // of writer; nil on PostgreSQL, whose driver keeps prepared statements
	reading *connections // of reader; nil on PostgreSQL
	file    string       // path of the SQLite file; "" on PostgreSQL
	replica *replica     // nil on SQLite
	woken   chan struct{}
	newest  int64 // version of the schema that this program makes

	trial   trial
	closing sync.Once
	feeds   feeds
}

// Open opens the metadata at a URL, "sqlite:/path/to/file" or "postgres://…", and migrates its
// schema. It refuses a schema that is newer than this program.
func Open(ctx context.Context, metadataURL string) (*Store, error) {
	s := &Store{Now: time.Now, woken: make(chan struct{}, 1)}
	var err error
	if path, ok := strings.CutPrefix(metadataURL, "sqlite:"); ok {
		err = s.openSQLite(path)
	} else if strings.HasPrefix(metadataURL, "postgres://") ||
		strings.HasPrefix(metadataURL, "postgresql://") {
		err = s.openPostgres(ctx, metadataURL)
	} else {
		err = towpath.Invalid("metadata-url", "Use sqlite:/path/to/file or postgres://user@host/database.")
	}
	if err == nil {
		err = s.upgrade(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.replica != nil {
		s.replica.start(s.receive)
	}
	return s, nil
}

func (s *Store) upgrade(ctx context.Context) error {
	if s.Shared() {
		return s.migrate(ctx)
	}
	return s.number(ctx, s.file, func() error { return s.migrate(ctx) })
}

func (s *Store) migrate(ctx context.Context) error {
	provider, err := s.migrations()
	if err != nil {
		return fmt.Errorf("prepare migrations of the metadata: %w", err)
	}
	if err := s.notNewer(ctx, provider); err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the metadata: %w", err)
	}
	return nil
}

func (s *Store) migrations() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if !s.Shared() {
		return goose.NewProvider(goose.DialectSQLite3, s.writer, files,
			goose.WithGoMigrations(goMigrations(false)...))
	}
	// replicas that start together wait for each other
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, s.writer, files, goose.WithSessionLocker(locker),
		goose.WithGoMigrations(goMigrations(true)...))
}

// Close waits briefly for running transactions and closes the database. Afterwards, a SQLite file
// is complete without its -wal. A second call does nothing.
func (s *Store) Close() (err error) {
	s.closing.Do(func() { err = s.close() })
	return err
}

func (s *Store) close() error {
	if s.replica != nil {
		s.replica.close()
	}
	switch {
	case s.writer == nil:
		return nil
	case s.Shared():
		return s.writer.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return s.closeFile(ctx)
}

// closeLimit is how long running transactions may delay Close.
const closeLimit = 10 * time.Second

// Shared reports whether other processes may work on the same metadata.
func (s *Store) Shared() bool { return s.replica != nil }

// Woken receives a signal after a transaction has enqueued jobs, in this process or in another one
// on the same PostgreSQL. A signal may be lost with a connection, so receivers must also poll.
func (s *Store) Woken() <-chan struct{} { return s.woken }

func (s *Store) wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Tx is a transaction.
type Tx struct {
	// Now is when the transaction began, in UTC.
	Now time.Time

	tx     querier
	shared bool    // on PostgreSQL
	woken  bool    // jobs were enqueued
	outbox *outbox // nil in a read
}

func (tx *Tx) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return tx.tx.ExecContext(ctx, text, cleaned(args)...)
}

// strings reads one column.
func (tx *Tx) strings(ctx context.Context, text string, args ...any) (list []string, err error) {
	rows, err := tx.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err returns the error that matters
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, rows.Err()
}

func (tx *Tx) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return tx.tx.QueryContext(ctx, text, cleaned(args)...)
}

func cleaned(args []any) []any {
	for i, arg := range args {
		if text, ok := arg.(string); ok {
			args[i] = clean(text)
		}
	}
	return args
}

// querier is the part of a *sql.Tx that Tx uses. Only Read and Write end the transaction.
type querier interface {
	ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// NewID makes an id (UUID version 7). Ids sort by the time of their creation.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// transaction is a *sql.Tx or a *compiledTx.
type transaction interface {
	querier
	Commit() error
	Rollback() error
}

// begin begins a transaction: a snapshot for reading, or a serializable one for writing.
func (s *Store) begin(ctx context.Context, write bool) (transaction, error) {
	switch {
	case !s.Shared() && write:
		return s.writing.begin(ctx, "BEGIN IMMEDIATE")
	case !s.Shared():
		return s.reading.begin(ctx, "BEGIN")
	case write:
		return s.writer.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	}
	return s.reader.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
}

// Read runs fn in a transaction that sees one state of the metadata.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	tx, err := s.begin(ctx, false)
	if err != nil {
		return fmt.Errorf("begin reading metadata: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // a read changes nothing
	return fn(&Tx{tx: tx, Now: s.now(), shared: s.Shared()})
}

// Get reads one row by its id in its own transaction: Get(ctx, s, (*Tx).Link, id).
func Get[T any](
	ctx context.Context, s *Store, read func(*Tx, context.Context, string) (T, error), id string,
) (row T, err error) {
	err = s.Read(ctx, func(tx *Tx) error {
		row, err = read(tx, ctx, id)
		return err
	})
	return row, err
}

const (
	conflictTries = 100 // how often Write restarts after PostgreSQL's serialization failures
	conflictPause = 32 * time.Millisecond
)

// Write runs fn in a serializable transaction, and commits when fn returns nil. fn may run more
// than once.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := s.writeOnce(ctx, fn)
		var pg *pgconn.PgError
		// serialization_failure, deadlock_detected
		conflict := errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
		if !conflict || try == conflictTries {
			return err
		}
		// a random pause, so that the writers do not conflict again
		pause := rand.N(min(conflictPause, time.Millisecond<<min(try, 10)))
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(*Tx) error) error {
	tx, err := s.begin(ctx, true)
	if err != nil {
		return fmt.Errorf("begin writing metadata: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // no-op after Commit
	t := &Tx{tx: tx, Now: s.now(), shared: s.Shared(), outbox: &outbox{}}
	if err := fn(t); err != nil {
		return err
	}
	if err := t.outbox.flush(ctx, t); err != nil {
		return err
	}
	emitted := t.outbox.events
	if s.Shared() && (t.woken || len(emitted) > 0) {
		payload := noticeOf(s.replica.id, t.woken, emitted).payload()
		if _, err := t.exec(ctx, "SELECT pg_notify($1, $2)", wokenChannel, payload); err != nil {
			return fmt.Errorf("notify other replicas: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		s.publish(nil, len(emitted) > 0) // the commit may have succeeded nevertheless
		return fmt.Errorf("commit metadata: %w", err)
	}
	if t.woken {
		s.wake()
	}
	s.publish(emitted, false)
	return nil
}

func (s *Store) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
