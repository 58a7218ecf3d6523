package mysql

import (
	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Reader = (*Engine)(nil)

// Dialect implements engine.Reader.
func (e *Engine) Dialect() statement.Dialect { return dialect.Reader() }
