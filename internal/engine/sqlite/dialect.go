package sqlite

import (
	"iter"

	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

var _ engine.Reader = (*Engine)(nil)

// Marks implements engine.Reader.
func (e *Engine) Marks(script iter.Seq2[statement.Statement, error]) []schema.Mark {
	return dialect.Reader().Marks(script)
}

// Objects implements engine.Reader.
func (e *Engine) Objects(dump iter.Seq2[statement.Statement, error], path []string) map[string]bool {
	return dialect.Reader().Objects(dump, path)
}

// Names implements engine.Reader.
func (e *Engine) Names(script iter.Seq2[statement.Statement, error]) schema.Names {
	return dialect.Reader().NamesIn(script)
}
