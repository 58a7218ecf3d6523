package sqlparse

import (
	"errors"
	"fmt"
	"unicode/utf8"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// postgresError is what libpg_query says of a text that it cannot read.
type postgresError struct {
	message   string
	character int // from 1; 0 for no place
}

// Error implements error.
func (e *postgresError) Error() string { return e.message }

// readPostgres reads a statement by PostgreSQL's own parser.
func readPostgres(text string) ([]ast.Statement, error) {
	tree, err := postgresTree(text)
	var refused *postgresError
	switch {
	case errors.As(err, &refused):
		return nil, &SyntaxError{Pos: placeOfCharacter(text, refused.character), Message: refused.message}
	case err != nil:
		return nil, fmt.Errorf("read PostgreSQL's tree: %w", err)
	case len(tree.Stmts) != 1:
		return nil, &NotAnalysed{Why: fmt.Sprintf("the parser sees %d statements in it", len(tree.Stmts))}
	}
	m := &postgresMapper{text: text}
	return m.statement(tree.Stmts[0].Stmt), nil
}

// placeOfCharacter is the position of the nth character of a text, from 1.
func placeOfCharacter(text string, n int) ast.Position {
	at := 0
	for ; n > 1 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return place(text, at)
}

// postgresMapper makes a tree of package ast from one of libpg_query.
type postgresMapper struct{ text string }

func (m *postgresMapper) statement(n *pg.Node) []ast.Statement {
	return []ast.Statement{{Other: &ast.Other{Verb: fmt.Sprintf("%T", n.Node)}}}
}
