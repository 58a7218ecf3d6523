package catalog

import (
	"context"
	"errors"
	"io"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// Footprint returns what a text leaves in the catalog of a database of this kind; none when the
// engine cannot tell. The error is one of reading the text.
func (s *Service) Footprint(kind towpath.EngineType, text io.Reader) (f schema.Footprint, err error) {
	e := s.Engines[kind]
	r, ok := e.(engine.Reader)
	if !ok {
		return f, nil
	}
	recorder := &errorRecorder{src: text}
	f = r.Footprint(e.Split(recorder))
	return f, recorder.err
}

// Names returns what a text makes and mentions in a database of this kind; none when the engine cannot
// tell. The error is one of reading the text.
func (s *Service) Names(kind towpath.EngineType, text io.Reader) (schema.Names, error) {
	e := s.Engines[kind]
	r, ok := e.(engine.Reader)
	if !ok {
		return schema.Names{}, nil
	}
	recorder := &errorRecorder{src: text}
	names := r.Names(e.Split(recorder))
	return names, recorder.err
}

// errorRecorder records the error of a reader, which a splitter may report as an error of the text.
type errorRecorder struct {
	src io.Reader
	err error
}

// Read implements io.Reader.
func (f *errorRecorder) Read(p []byte) (n int, err error) {
	n, err = f.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// Objects returns the named objects that a database has, as in schema.Mark. Its error has a message
// for people. CodeConflict when the engine cannot list them.
func (s *Service) Objects(ctx context.Context, databaseID string) (objects map[string]bool, err error) {
	_, e, t, err := s.databaseTarget(ctx, databaseID)
	if err != nil {
		return nil, err
	}
	r, ok := e.(engine.Reader)
	if !ok {
		return nil, towpath.Errorf(towpath.CodeConflict,
			"Towpath cannot read the names in databases of this kind.")
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	dump, path, err := readDump(ctx, e, t)
	if err != nil {
		return nil, unavailable(err, t.Password)
	}
	return r.Objects(e.Split(dump), path), nil
}

// readDump reads the schema of a database, and its search path.
func readDump(
	ctx context.Context, e engine.Engine, t engine.Target,
) (dump io.Reader, path []string, err error) {
	db, err := e.Open(ctx, t)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	if p, ok := db.(engine.Pather); ok {
		if path, err = p.SearchPath(ctx); err != nil {
			return nil, nil, err
		}
	}
	schema, err := db.Schema(ctx)
	return statement.Dump{Reader: strings.NewReader(schema.Dump)}, path, err
}
