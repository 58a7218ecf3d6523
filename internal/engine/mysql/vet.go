package mysql

import (
	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Vetter = (*Engine)(nil)

// Vet implements engine.Vetter.
func (e *Engine) Vet(t engine.Target, s statement.Statement) error {
	return dialect.Validate(s, place(t))
}

// place returns the dialect's view of a target.
func place(t engine.Target) dialect.Target {
	return dialect.Target{
		Database: t.Database, User: t.Username, AllowRoles: t.AllowRoles, Scratch: engine.IsScratch(t.Database),
	}
}
