package catalog

import (
	"context"
	"errors"
	"io"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/store"
)

// Marks reads what a text does to what a catalog of this kind shows by name; nil when that cannot
// be read. The error is the reader's own.
func (s *Service) Marks(kind towpath.EngineType, text io.Reader) ([]schema.Mark, error) {
	e := s.Engines[kind]
	r, ok := e.(engine.Reader)
	if !ok {
		return nil, nil
	}
	kept := &failing{src: text}
	marks := r.Marks(e.Split(kept))
	return marks, kept.err
}

// failing keeps the error of a reader, which a splitter may turn into one of the text.
type failing struct {
	src io.Reader
	err error
}

// Read implements io.Reader.
func (f *failing) Read(p []byte) (n int, err error) {
	n, err = f.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// Shown lists the things that a database's catalog has, as in schema.Mark. Its error is plain
// words.
func (s *Service) Shown(ctx context.Context, databaseID string) (things map[string]bool, err error) {
	var d towpath.Database
	var i towpath.Instance
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if d, err = tx.Database(ctx, databaseID); err != nil {
			return err
		}
		i, err = tx.Instance(ctx, d.InstanceID)
		return err
	})
	if err != nil {
		return nil, err
	}
	e, t, err := s.target(i)
	if err != nil {
		return nil, err
	}
	r, ok := e.(engine.Reader)
	if !ok {
		return nil, towpath.Errorf(towpath.CodeConflict,
			"Towpath cannot read the names in databases of this kind.")
	}
	t.Database = d.Name
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	dump, path, err := dumpOf(ctx, e, t)
	if err != nil {
		return nil, errors.New(words(err, t.Password))
	}
	return r.Things(e.Split(dump), path), nil
}

// dumpOf reads a database's catalog, and the schemas in which names without one are looked up.
func dumpOf(
	ctx context.Context, e engine.Engine, t engine.Target,
) (dump io.Reader, path []string, err error) {
	db, err := e.Open(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = db.Close() }() // it was only read
	if p, ok := db.(engine.Pather); ok {
		if path, err = p.SearchPath(ctx); err != nil {
			return nil, nil, err
		}
	}
	schema, err := db.Schema(ctx)
	return strings.NewReader(schema.Dump), path, err
}
