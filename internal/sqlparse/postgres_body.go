package sqlparse

import (
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
	"towpath/internal/dialect/postgres"
)

func (m *postgresMapper) routine(d *pg.CreateFunctionStmt) *ast.CreateRoutine {
	r := &ast.CreateRoutine{
		Name:      dotted(words(d.GetFuncname())),
		Procedure: d.GetIsProcedure(),
		OrReplace: d.GetReplace(),
		Language:  "sql",
	}
	if language, ok := option(d.GetOptions(), "language"); ok {
		r.Language = strings.ToLower(language)
	}
	r.Body, _ = option(d.GetOptions(), "as")
	if d.GetSqlBody() != nil {
		ts := m.tokens()
		r.Body = ts.cut(m.text, ts.find(0, "BEGIN", "RETURN"), len(ts))
	}
	r.DynamicSQL = r.Language == "plpgsql" && dynamicSQL(r.Body)
	return r
}

func block(d *pg.DoStmt) *ast.Block {
	b := &ast.Block{Language: "plpgsql"}
	if language, ok := option(d.GetArgs(), "language"); ok {
		b.Language = strings.ToLower(language)
	}
	b.Body, _ = option(d.GetArgs(), "as")
	b.DynamicSQL = b.Language == "plpgsql" && dynamicSQL(b.Body)
	return b
}

// Bounds of what is read of a body, in expressions, and in tokens of each. They keep the time for a
// body of unclosed brackets linear.
const (
	maxExpressions = 2000
	maxExpression  = 500
)

// dynamicSQL reports whether a body of PL/pgSQL runs SQL that it has put together of values without
// quoting them. https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-QUOTE-LITERAL-EXAMPLE
func dynamicSQL(body string) bool {
	b := plpgsql{body: body, tokens: readTokens(body, postgres.Reader().Lexer())}
	b.findMade()
	for i, t := range b.tokens {
		if t.word != "EXECUTE" || b.permission(i) {
			continue
		}
		if b.unquoted(b.expression(i + 1)) {
			return true
		}
	}
	return false
}

// plpgsql is a body with the variables whose text is put together without quotes.
type plpgsql struct {
	body   string
	tokens tokens
	made   map[string]bool
	read   int // expressions
}

// permission reports whether the EXECUTE at i is none that runs SQL: a right, or the function of a
// trigger.
func (b *plpgsql) permission(i int) bool {
	next := i+1 < len(b.tokens) && b.tokens[i+1].is("FUNCTION", "PROCEDURE", "ON", "TO")
	return next || (i > 0 && b.tokens[i-1].is("GRANT", "REVOKE"))
}

// expression are the tokens from i on that stand before what ends an expression.
func (b *plpgsql) expression(i int) tokens {
	if b.read++; b.read > maxExpressions {
		return nil
	}
	end := min(len(b.tokens), i+maxExpression)
	for j := i; j < end; j++ {
		t := b.tokens[j]
		if t.symbol == ';' || t.depth < b.tokens[i].depth ||
			(t.depth == b.tokens[i].depth && t.is("USING", "INTO", "LOOP")) {
			return b.tokens[i:j]
		}
	}
	return b.tokens[min(i, end):end]
}

// findMade finds the variables that are assigned such a text.
func (b *plpgsql) findMade() {
	b.made = map[string]bool{}
	for i := 1; i+1 < len(b.tokens); i++ {
		if b.tokens[i].symbol == ':' && b.tokens[i+1].symbol == '=' && b.tokens[i-1].word != "" &&
			b.unquoted(b.expression(i+2)) {
			b.made[b.tokens[i-1].word] = true
		}
	}
}

// unquoted reports whether an expression puts a value into a text without quoting it.
func (b *plpgsql) unquoted(ts tokens) bool {
	for len(ts) > 2 && ts[0].symbol == '(' && ts.closing(0) == len(ts)-1 {
		ts = ts[1 : len(ts)-1]
	}
	parts := ts.operands()
	if len(parts) == 1 {
		return b.formatted(parts[0]) || (len(ts) == 1 && b.made[ts[0].word])
	}
	return slices.ContainsFunc(parts, func(part tokens) bool { return !b.quoted(part) })
}

// operands are what stands between || of an expression.
func (ts tokens) operands() (all []tokens) {
	from := 0
	for i := 0; i+1 < len(ts); i++ {
		if ts[i].symbol == '|' && ts[i+1].symbol == '|' && ts[i].depth == ts[0].depth {
			all = append(all, ts[from:i])
			from = i + 2
			i++
		}
	}
	return append(all, ts[min(from, len(ts)):])
}

// quoted reports whether an operand of || can only be a text that the body says, a quoted value, or
// a number.
func (b *plpgsql) quoted(ts tokens) bool {
	for len(ts) > 2 && ts[0].symbol == '(' && ts.closing(0) == len(ts)-1 {
		ts = ts[1 : len(ts)-1]
		if parts := ts.operands(); len(parts) > 1 {
			return !b.unquoted(ts)
		}
	}
	switch {
	case len(ts) == 0:
		return true
	case len(ts) == 1:
		return ts[0].text || (ts[0].word != "" && ts[0].word[0] >= '0' && ts[0].word[0] <= '9')
	case ts[0].is("QUOTE_IDENT", "QUOTE_LITERAL", "QUOTE_NULLABLE"):
		return ts[1].symbol == '(' && ts.closing(1) == len(ts)-1
	case ts[0].is("FORMAT"):
		return ts[1].symbol == '(' && !b.formatted(ts)
	}
	// A cast to a number or to the name of something that is there.
	return len(ts) > 3 && ts[len(ts)-2].symbol == ':' && ts[len(ts)-1].is("REGCLASS", "REGTYPE", "REGPROC",
		"REGPROCEDURE", "OID", "INT", "INTEGER", "BIGINT", "NUMERIC")
}

// formatted reports whether an expression is a call of format that puts in a value by %s, or whose
// pattern is no plain text.
func (b *plpgsql) formatted(ts tokens) bool {
	if len(ts) < 4 || !ts[0].is("FORMAT") || ts[1].symbol != '(' {
		return false
	}
	end := ts.end(2, true)
	plainly := false
	for _, t := range ts[2:end] {
		if !t.text && t.symbol != '|' {
			return true
		}
		plainly = plainly || (t.text && formatsPlainly(b.body[t.from:t.to]))
	}
	for last := ts.closing(1); plainly && end < last; {
		next := ts.end(end+1, true)
		if !b.quoted(ts[end+1 : next]) {
			return true
		}
		end = next
	}
	return false
}

// formatsPlainly reports whether a pattern of format has a %s, with a position or a width or
// without. https://www.postgresql.org/docs/current/functions-string.html#FUNCTIONS-STRING-FORMAT
func formatsPlainly(pattern string) bool {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			continue
		}
		for i++; i < len(pattern) && strings.IndexByte("0123456789$-*", pattern[i]) >= 0; i++ {
		}
		if i < len(pattern) && pattern[i] == 's' {
			return true
		}
	}
	return false
}
