package mysql

import (
	"iter"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

var _ engine.Reader = (*Engine)(nil)

// Footprint implements engine.Reader.
func (e *Engine) Footprint(script iter.Seq2[statement.Statement, error]) schema.Footprint {
	return dialect.Reader().Footprint(script)
}

// Objects implements engine.Reader.
func (e *Engine) Objects(dump iter.Seq2[statement.Statement, error], path []string) map[string]bool {
	return dialect.Reader().Objects(dump, path)
}

// Names implements engine.Reader.
func (e *Engine) Names(script iter.Seq2[statement.Statement, error]) schema.Names {
	return dialect.Reader().NamesIn(script)
}

// Repair implements engine.Repairer.
func (e *Engine) Repair(before, after []statement.Statement) schema.Repair {
	return dialect.Reader().Repair(before, after)
}
