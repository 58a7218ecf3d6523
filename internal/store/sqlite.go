package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // database/sql driver "sqlite"

	"towpath"
)

const readers = 8

// openSQLite opens one connection for writing and several for reading. SQLite allows one writer at
// a time anyway, and waiting in Go is fair. Every commit is synced to the disk: the ledger in a
// target must never be ahead of lost metadata.
func (s *Store) openSQLite(path string) error {
	if path == "" {
		return towpath.Invalid("metadata-url", "Name a file: sqlite:/path/to/file.")
	}
	path, err := filepath.Abs(path) // a bare ":memory:" would be one database per connection
	if err != nil {
		return fmt.Errorf("open metadata: %w", err)
	}
	if err := checkWAL(path); err != nil {
		return err
	}
	s.file = path
	// SQLite gives its journals the file's mode. Nobody else may read password hashes and encrypted
	// secrets.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open metadata: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("open metadata: %w", err)
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
	if s.writer, err = sql.Open("sqlite", dsn); err != nil {
		return fmt.Errorf("open metadata: %w", err)
	}
	if s.reader, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)"); err != nil {
		err = errors.Join(fmt.Errorf("open metadata: %w", err), s.writer.Close())
		s.writer = nil
		return err
	}
	s.writing, s.reading = newConnections(s.writer, 1), newConnections(s.reader, readers)
	return nil
}
