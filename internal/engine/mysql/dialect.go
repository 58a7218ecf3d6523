package mysql

import (
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Reader = (*Engine)(nil)

// Dialect implements engine.Reader.
func (e *Engine) Dialect() statement.Dialect { return statement.Dialect{Lexer: &lexer{}, Keys: true} }
