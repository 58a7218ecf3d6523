package sqlparse

import (
	pg "github.com/pganalyze/pg_query_go/v6"
)

// The tree says where an expression begins at best, so that its text is found by the words around
// it.

// bracketText is what the brackets behind a word hold. The word is the first one such from a place
// on.
func (m *postgresMapper) bracketText(from int32, word string) string {
	return m.innerText(m.tokens().at(int(from)), word)
}

// innerText is the same from a token on.
func (m *postgresMapper) innerText(i int, word string) string {
	ts := m.tokens()
	if i < 0 {
		return ""
	}
	at := ts.find(i, word)
	if at < 0 || at+1 >= len(ts) || ts[at+1].symbol != '(' {
		return ""
	}
	return ts.cut(m.text, at+2, ts.closing(at+1))
}

// partText is what follows a word, up to the end of an action that begins with a token.
func (m *postgresMapper) partText(part int, word string) string {
	ts := m.tokens()
	if part < 0 {
		return ""
	}
	at := ts.find(part, word)
	if at < 0 {
		return ""
	}
	return ts.cut(m.text, at+1, ts.end(at+1, true))
}

// conditionText is what follows the WHERE of a condition.
func (m *postgresMapper) conditionText(condition *pg.Node) string {
	if condition.GetNode() == nil {
		return ""
	}
	ts := m.tokens()
	for i := min(ts.at(int(firstPlace(condition))), len(ts)-1); i >= 0; i-- {
		if ts[i].is("WHERE", "HAVING", "ON") {
			return ts.cut(m.text, i+1, ts.end(i+1, false, "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT",
				"OFFSET", "FETCH", "FOR", "UNION", "INTERSECT", "EXCEPT", "RETURNING", "WHERE"))
		}
	}
	return ""
}

// defaultText is what follows a DEFAULT, up to what else may stand at a column.
func (m *postgresMapper) defaultText(from int32) string {
	ts := m.tokens()
	first := ts.find(ts.at(int(from)), "DEFAULT") + 1
	if first == 0 {
		return ""
	}
	end := first + 1
	for ; end < len(ts) && ts[end].depth >= ts[first].depth; end++ {
		if ts[end].depth > ts[first].depth {
			continue
		}
		if ts[end].symbol == ',' || ts[end].is("CONSTRAINT", "UNIQUE", "PRIMARY", "CHECK", "DEFAULT",
			"REFERENCES", "GENERATED", "COLLATE", "DEFERRABLE", "INITIALLY") ||
			(ts[end].is("NOT") && !ts[end-1].is("IS")) || (ts[end].is("NULL") && ts[end-1].operand()) {
			break
		}
	}
	return ts.cut(m.text, first, end)
}

// operand reports whether an expression may end with a token.
func (t token) operand() bool {
	return t.symbol == 0 || t.symbol == ')' || t.symbol == ']'
}
