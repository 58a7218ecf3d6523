package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Inspection is what metadata says about itself.
type Inspection struct {
	Schema  int64  // the version of its schema; 0 when there is no metadata yet
	Newest  int64  // the version that this program brings it to
	Program string // the version of the program that used it last; "" when unknown

	KeyProof  []byte    // see KeyProof; nil when there is none
	Now       time.Time // the clock of a PostgreSQL server; zero for a file
	MayCreate bool      // whether this account may make tables there

	BrokenGrants int // sign-ins at Git providers that no longer work
}

// Inspect reads metadata without changing it, also while servers run on it. Metadata that is not
// there yet has the version 0. Its error has CodeConflict when the metadata is newer than this
// program.
func Inspect(ctx context.Context, metadataURL string) (i Inspection, err error) {
	db, shared, err := inspected(ctx, metadataURL)
	if err != nil || db == nil {
		return Inspection{MayCreate: true}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if i.Schema, i.Program, err = schemaOf(ctx, db, shared); err != nil {
		return i, err
	}
	s := &Store{writer: db}
	if shared {
		s.replica = &replica{}
	}
	provider, err := s.migrations()
	if err != nil {
		return i, fmt.Errorf("prepare migrations of the metadata: %w", err)
	}
	sources := provider.ListSources()
	i.Newest = sources[len(sources)-1].Version
	if err := s.notNewer(ctx, provider); err != nil {
		return i, err
	}
	i.MayCreate = true
	if shared {
		err := db.QueryRowContext(ctx, "SELECT now(), COALESCE(has_schema_privilege(current_schema(), 'CREATE'), "+
			"false)").Scan(&i.Now, &i.MayCreate)
		if err != nil {
			return i, fmt.Errorf("read the rights on the metadata: %w", err)
		}
	}
	if i.Schema == 0 {
		return i, nil
	}
	err = db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = $1", KeyProof).Scan(&i.KeyProof)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return i, fmt.Errorf("read which key encrypts the metadata: %w", err)
	}
	err = db.QueryRowContext(ctx,
		`SELECT COUNT(*) FROM "grant" WHERE broken_reason <> ''`).Scan(&i.BrokenGrants)
	if err != nil {
		return i, fmt.Errorf("count sign-ins at Git providers: %w", err)
	}
	return i, nil
}

// inspected opens metadata for reading; nil for a file that does not exist.
func inspected(ctx context.Context, metadataURL string) (db *sql.DB, shared bool, err error) {
	path, isFile := FilePath(metadataURL)
	if !isFile {
		config, err := pgx.ParseConfig(metadataURL)
		if err != nil {
			return nil, true, fmt.Errorf("read the metadata's address: %w", err) // pgx leaves the password out
		}
		config.RuntimeParams["application_name"] = "towpath"
		config.RuntimeParams["default_transaction_read_only"] = "on"
		db := stdlib.OpenDB(*config)
		if err := db.PingContext(ctx); err != nil {
			return nil, true, errors.Join(fmt.Errorf("connect to the metadata: %w", err), db.Close())
		}
		return db, true, nil
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, false, nil
	} else if err != nil {
		return nil, false, fmt.Errorf("open metadata: %w", err)
	}
	db, err = readFile(path)
	return db, false, err
}
