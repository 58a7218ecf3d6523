//go:build cgo

package sqlparse

import (
	"errors"

	pg "github.com/pganalyze/pg_query_go/v6"
	"github.com/pganalyze/pg_query_go/v6/parser"
)

// postgresTree parses by libpg_query itself.
func postgresTree(text string) (*pg.ParseResult, error) {
	tree, err := pg.Parse(text)
	var refused *parser.Error
	if errors.As(err, &refused) {
		return nil, &postgresError{message: refused.Message, character: refused.Cursorpos}
	}
	return tree, err //nolint:wrapcheck // the caller wraps it
}
