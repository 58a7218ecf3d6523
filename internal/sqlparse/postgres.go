package sqlparse

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
	"towpath/internal/dialect/postgres"
	"towpath/internal/statement"
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
		return nil, refused.result(text)
	case err != nil:
		// Protobuf follows its messages 10,000 deep and says no more than that it failed.
		return nil, &NotAnalyzed{Why: "it is nested too deeply"}
	}
	if n := len(tree.GetStmts()); n != 1 {
		return nil, &NotAnalyzed{Why: fmt.Sprintf("the parser sees %d statements in it", n)}
	}
	m := &postgresMapper{text: text}
	return m.statement(tree.GetStmts()[0].GetStmt()), nil
}

// result decides what an error means. The parser's limits are no error of the statement.
func (e *postgresError) result(text string) error {
	at := offsetOfCharacter(text, e.character)
	switch {
	case strings.Contains(e.message, "stack depth limit"), strings.Contains(e.message, "memory exhausted"):
		return &NotAnalyzed{Why: "it is nested too deeply"}
	case strings.Contains(e.message, "out of memory"), strings.Contains(e.message, "memory alloc"):
		return &NotAnalyzed{Why: "the parser ran out of memory"}
	}
	if ts := readTokens(text, postgres.Reader().Lexer()); ts.newer(ts.at(at)) {
		return &NotAnalyzed{
			Pos: place(text, at),
			Why: "the parser knows PostgreSQL 17, and this may be of a newer version: " + e.message,
		}
	}
	return &SyntaxError{Pos: place(text, at), Message: e.message}
}

// newer reports whether the parser, which is that of version 17, stops at what version 18 reads.
// https://www.postgresql.org/docs/18/release-18.html
func (ts tokens) newer(i int) bool {
	word := func(n int, words ...string) bool { return n >= 0 && n < len(ts) && ts[n].is(words...) }
	if word(i, "ENFORCED", "PERIOD") || (word(i, "WITHOUT") && word(i+1, "OVERLAPS")) ||
		(word(i, "NOT") && word(i+1, "NULL") && (word(i-1, "ADD") || word(i-2, "CONSTRAINT"))) ||
		(word(i, "NO") && word(i+1, "INHERIT") && word(i-1, "NULL")) ||
		(word(i, "WITH") && word(i-1, "RETURNING")) {
		return true
	}
	if i < 1 || i > len(ts) || ts[i-1].symbol != ')' {
		return false
	}
	open := i - 2
	for open > 0 && ts[open].depth > ts[i-1].depth {
		open--
	}
	return word(open-1, "AS") && word(open-2, "ALWAYS") // a generated column that is not stored
}

// offsetOfCharacter is where the nth character of a text begins, from 1.
func offsetOfCharacter(text string, n int) (at int) {
	for ; n > 1 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}

// postgresMapper makes a tree of package ast from one of libpg_query.
type postgresMapper struct {
	text   string
	places *index
	lexed  tokens
}

// place is the position of a node.
func (m *postgresMapper) place(offset int32) ast.Position {
	if m.places == nil {
		m.places = newIndex(m.text)
	}
	return m.places.place(int(offset))
}

// tokens are those of the text.
func (m *postgresMapper) tokens() tokens {
	if m.lexed == nil {
		m.lexed = readTokens(m.text, postgres.Reader().Lexer())
	}
	return m.lexed
}

// statement maps a statement, and behind it those that it holds and runs.
func (m *postgresMapper) statement(n *pg.Node) []ast.Statement {
	var own *ast.Statement
	for _, mapped := range []func(*pg.Node) *ast.Statement{m.data, m.table, m.object, m.change, m.session} {
		if own = mapped(n); own != nil {
			break
		}
	}
	if own == nil {
		own = &ast.Statement{Other: &ast.Other{Verb: m.verb()}}
	}
	return append([]ast.Statement{*own}, m.held(n)...)
}

// held maps the statements that another one holds and runs: those of a WITH that change data, those
// of CREATE SCHEMA, and the one of EXPLAIN ANALYZE.
func (m *postgresMapper) held(n *pg.Node) (all []ast.Statement) {
	switch o := n.GetNode().(type) {
	case *pg.Node_CreateSchemaStmt:
		for _, e := range o.CreateSchemaStmt.GetSchemaElts() {
			for _, s := range m.inner(e) {
				all = append(all, inSchema(s, o.CreateSchemaStmt.GetSchemaname()))
			}
		}
	case *pg.Node_ExplainStmt:
		if switched(o.ExplainStmt.GetOptions(), "analyze") {
			all = m.inner(o.ExplainStmt.GetQuery())
		}
	}
	for _, cte := range withOf(n).GetCtes() {
		c := cte.GetCommonTableExpr()
		switch c.GetCtequery().GetNode().(type) {
		case *pg.Node_InsertStmt, *pg.Node_UpdateStmt, *pg.Node_DeleteStmt, *pg.Node_MergeStmt:
			all = append(all, m.inner(c.GetCtequery())...)
		}
	}
	return all
}

// inner maps a statement within another one. It begins with the nearest verb before the first name
// in it.
func (m *postgresMapper) inner(n *pg.Node) []ast.Statement {
	ts := m.tokens()
	at := min(ts.at(int(firstPlace(n))), len(ts)-1)
	for first := at; at > 0; at-- {
		if ts[at].depth == ts[first].depth &&
			ts[at].is("CREATE", "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "GRANT", "WITH") {
			break
		}
	}
	all := m.statement(n)
	for i := range all {
		if all[i].Pos.Line == 0 && at >= 0 {
			all[i].Pos = m.place(int32(ts[at].from)) //nolint:gosec // a statement has at most a MiB
		}
	}
	return all
}

// inSchema gives what CREATE SCHEMA makes its schema.
func inSchema(s ast.Statement, schema string) ast.Statement {
	var name *ast.Name
	switch {
	case s.CreateTable != nil:
		name = &s.CreateTable.Name
	case s.CreateView != nil:
		name = &s.CreateView.Name
	case s.CreateSequence != nil:
		name = &s.CreateSequence.Name
	case s.CreateIndex != nil:
		name = &s.CreateIndex.Table
	case s.CreateTrigger != nil:
		name = &s.CreateTrigger.Table
	}
	if name != nil && name.Schema == "" {
		name.Schema = schema
	}
	return s
}

// verb is the leading words of the text.
func (m *postgresMapper) verb() string {
	var v statement.Verb
	for _, t := range m.tokens() {
		next := statement.Token{Kind: statement.Symbol, Raw: []byte(m.text[t.from:t.to])}
		if t.word != "" {
			next.Kind = statement.Word
		}
		v.Add(next)
	}
	return v.String()
}
