// Package store keeps the metadata, in SQLite or PostgreSQL, with one SQL text for both. No other package holds SQL for it.
//
// Every change happens in Write, whose function may run again after a conflict and so does no I/O of its own.
// Methods of Tx compose; none of them begins or ends a transaction.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // database/sql driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // database/sql driver "sqlite"

	"towpath"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the metadata database. It is safe for concurrent use.
type Store struct {
	// Now is the clock; times are kept in microseconds, UTC.
	Now func() time.Time

	writer   *sql.DB
	reader   *sql.DB
	postgres bool
	woken    chan struct{}
}

// Open opens the metadata at a URL, "sqlite:/path/to/file" or "postgres://…", and brings its schema up to date.
func Open(ctx context.Context, metadataURL string) (*Store, error) {
	s := &Store{Now: time.Now, woken: make(chan struct{}, 1)}
	var err error
	if path, ok := strings.CutPrefix(metadataURL, "sqlite:"); ok {
		err = s.openSQLite(path)
	} else if strings.HasPrefix(metadataURL, "postgres://") || strings.HasPrefix(metadataURL, "postgresql://") {
		err = s.openPostgres(metadataURL)
	} else {
		return nil, towpath.Invalid("metadata-url", "Use sqlite:/path/to/file or postgres://user@host/database.")
	}
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openSQLite uses one connection for writing, since SQLite has one writer anyway and waiting in Go is fair, and several
// for reading. Every commit reaches the disk: the ledger in a target must never be ahead of a state that was lost.
func (s *Store) openSQLite(path string) error {
	dsn := func(mode string) string {
		return "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" + mode
	}
	var err error
	if s.writer, err = sql.Open("sqlite", dsn("&_txlock=immediate")); err != nil {
		return fmt.Errorf("open metadata: %w", err)
	}
	s.writer.SetMaxOpenConns(1)
	if s.reader, err = sql.Open("sqlite", dsn("&_pragma=query_only(1)")); err != nil {
		return fmt.Errorf("open metadata: %w", err)
	}
	s.reader.SetMaxOpenConns(8)
	s.reader.SetMaxIdleConns(8)
	return nil
}

func (s *Store) openPostgres(metadataURL string) error {
	db, err := sql.Open("pgx", metadataURL)
	if err != nil {
		return fmt.Errorf("open metadata: %w", err)
	}
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	db.SetConnMaxIdleTime(5 * time.Minute)
	s.writer, s.reader, s.postgres = db, db, true
	return nil
}

func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{}
	if s.postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return fmt.Errorf("make migration lock: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, s.writer, files, options...)
	if err != nil {
		return fmt.Errorf("prepare migrations of the metadata: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate the metadata: %w", err)
	}
	return nil
}

// Close closes the database.
func (s *Store) Close() error {
	if s.reader == s.writer {
		return s.writer.Close()
	}
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// Ping tells whether the metadata can be read.
func (s *Store) Ping(ctx context.Context) error { return s.reader.PingContext(ctx) }

// Shared tells whether other processes may work on the same metadata.
func (s *Store) Shared() bool { return s.postgres }

// Woken receives after a transaction of this process has enqueued work.
func (s *Store) Woken() <-chan struct{} { return s.woken }

// Tx is a transaction.
type Tx struct {
	// Now is the time of the transaction's start.
	Now time.Time

	tx    *sql.Tx
	woken bool
}

// NewID makes an id. Ids sort by the time of their making.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Read runs fn in a transaction that sees one state of the metadata.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if s.postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	tx, err := s.reader.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin reading metadata: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // a read has nothing to keep
	return fn(&Tx{tx: tx, Now: s.now()})
}

// conflictTries bounds how often Write starts over when PostgreSQL cannot put transactions in an order.
const conflictTries = 20

// Write runs fn in a transaction that is as if alone, and commits when fn returns nil. fn may run more than once.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := s.writeOnce(ctx, fn)
		var pg *pgconn.PgError
		conflict := errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
		if !conflict || try == conflictTries || ctx.Err() != nil {
			return err
		}
		time.Sleep(time.Duration(try) * time.Millisecond)
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(*Tx) error) error {
	o := &sql.TxOptions{}
	if s.postgres {
		o.Isolation = sql.LevelSerializable
	}
	tx, err := s.writer.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin writing metadata: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // no-op after Commit
	t := &Tx{tx: tx, Now: s.now()}
	if err := fn(t); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit metadata: %w", err)
	}
	if t.woken {
		select {
		case s.woken <- struct{}{}:
		default:
		}
	}
	return nil
}

func (s *Store) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
