// Package sqlite drives SQLite files as target databases. All files lie below one folder, and every
// connection carries a guard that keeps a migration inside its own file.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"sort"

	"towpath"
	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// Config has the places of the files.
type Config struct {
	Root string // absolute; the only folder for targets
	// absolute folders that never hold targets, such as the data directory, even below Root
	Forbidden []string
}

// Engine is the SQLite engine. A target's Address is a folder relative to Root ("." is Root
// itself), its Database the name of a file in it without the ending.
type Engine struct {
	config Config
}

var _ engine.Engine = (*Engine)(nil)

// New returns the engine; it opens nothing before its first use.
func New(config Config) *Engine {
	_ = BoundMemory() // an earlier caller has opened a database, and got the error
	return &Engine{config: config}
}

// Split implements engine.Engine.
func (e *Engine) Split(script io.Reader) iter.Seq2[statement.Statement, error] {
	return dialect.Split(script)
}

// Canonical implements engine.Canonicalizer.
func (e *Engine) Canonical(s statement.Statement) string { return dialect.Canonical(s.Text) }

// Discover implements engine.Engine: the files of the folder with a known ending.
func (e *Engine) Discover(ctx context.Context, t engine.Target) ([]string, error) {
	dir, err := e.config.folder(t.Address)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the folder: %w", err)
	}
	seen := map[string]bool{}
	for _, entry := range entries {
		if name, ok := databaseName(entry.Name()); ok && e.config.isFile(dir, entry.Name()) {
			seen[name] = true
		}
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names, ctx.Err()
}

// Create creates an empty database as <name>.db. A database of that name is a CodeConflict.
func (e *Engine) Create(ctx context.Context, t engine.Target) error {
	dir, err := e.config.folder(t.Address)
	if err != nil {
		return err
	}
	if err := validName(t.Database); err != nil {
		return err
	}
	if found := e.config.candidates(dir, t.Database); len(found) > 0 {
		return towpath.Errorf(towpath.CodeConflict, "The database %s is there already.", t.Database)
	}
	path := dir + string(os.PathSeparator) + t.Database + endings[0]
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrExist) {
		return towpath.Errorf(towpath.CodeConflict, "The database %s is there already.", t.Database)
	}
	if err != nil {
		return fmt.Errorf("create the database file: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("create the database file: %w", err)
	}
	return ctx.Err()
}

// Open implements engine.Engine. It never makes a file, and leaves the journal mode as it is.
func (e *Engine) Open(ctx context.Context, t engine.Target) (engine.DB, error) {
	path, err := e.config.file(t)
	if err != nil {
		return nil, err
	}
	db := &database{path: path}
	if err := db.probe(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("open %s: %w", t.Database, unavailable(t, err))
	}
	return db, nil
}

func unavailable(t engine.Target, err error) error {
	return towpath.Errorf(towpath.CodeUnavailable, "The database %s cannot be opened: %s.", t.Database,
		mapError(err).Message)
}
