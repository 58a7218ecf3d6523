//go:build !cgo

package sqlparse

import (
	"errors"

	pg "github.com/pganalyze/pg_query_go/v6"
	wasm "github.com/wasilibs/go-pgquery"
	"github.com/wasilibs/go-pgquery/parser"
)

// postgresTree parses by libpg_query as WebAssembly, where there is no C compiler.
func postgresTree(text string) (*pg.ParseResult, error) {
	tree, err := wasm.Parse(text)
	var refused *parser.Error
	if errors.As(err, &refused) {
		return nil, &postgresError{message: refused.Message, character: refused.Cursorpos}
	}
	return tree, err //nolint:wrapcheck // the caller wraps it
}
