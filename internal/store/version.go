package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"

	"towpath"
)

// programKey holds the version of the program that last used the metadata.
const programKey = "program"

// notNewer is NotNewer for a program with these migrations.
func (s *Store) notNewer(ctx context.Context, provider *goose.Provider) error {
	sources := provider.ListSources()
	s.newest = sources[len(sources)-1].Version
	return s.NotNewer(ctx)
}

// NotNewer refuses metadata whose schema is newer than this program, since the program would
// misread it. The error has CodeConflict. Other replicas may upgrade the metadata while this one runs.
func (s *Store) NotNewer(ctx context.Context) error {
	has, program, err := schemaOf(ctx, s.writer, s.Shared())
	if err != nil {
		return err
	}
	if has <= s.newest {
		return nil
	}
	if program != "" {
		program = " (" + program + ")"
	}
	return towpath.Errorf(towpath.CodeConflict,
		"The metadata has schema version %d, made by a newer Towpath%s; "+
			"this program knows versions up to %d and would misread it. "+
			"Start the newer program again, or restore the backup that was made before the upgrade.", has,
		program, s.newest)
}

// schemaOf returns the version of the metadata's schema and the version of the program that last
// used it. They are 0 and "" when unknown.
func schemaOf(ctx context.Context, db *sql.DB, shared bool) (schema int64, program string, err error) {
	var tables int
	find := "SELECT COUNT(*) FROM sqlite_master WHERE name = $1"
	if shared {
		find = "SELECT COUNT(to_regclass($1))"
	}
	if err := db.QueryRowContext(ctx, find, goose.DefaultTablename).Scan(&tables); err != nil {
		return 0, "", fmt.Errorf("look for the metadata's version: %w", err)
	}
	if tables == 0 {
		return 0, "", nil
	}
	if err := db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM "+
		goose.DefaultTablename).Scan(&schema); err != nil {
		return 0, "", fmt.Errorf("read the metadata's version: %w", err)
	}
	if schema == 0 {
		return 0, "", nil
	}
	var value []byte
	err = db.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = $1", programKey).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return schema, "", fmt.Errorf("read which program used the metadata: %w", err)
	}
	return schema, string(value), nil
}

// SetProgram stores which program uses the metadata, for the error message of an older one.
func (tx *Tx) SetProgram(ctx context.Context, version string) error {
	return tx.SetMeta(ctx, programKey, []byte(version))
}
