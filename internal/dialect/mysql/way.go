package mysql

import (
	"slices"
	"strings"

	"towpath/internal/statement"
)

// Altered reads which table a statement changes, where a server has several ways to do it; "" for
// any other statement. asks is what separates ALGORITHM and LOCK from what is before them, "" where
// the statement has no place for them: it says itself how it wants to be run, or renames its table.
// https://mariadb.com/kb/en/alter-table/#algorithm
func Altered(s statement.Statement) (table, asks string) {
	words := tableWords(s)
	at := 0
	skip := func(keys ...string) {
		for at < len(words) && slices.Contains(keys, words[at].key) {
			at++
		}
	}
	skip("ALTER", "CREATE", "DROP", "OR", "REPLACE", "ONLINE", "OFFLINE", "IGNORE", "UNIQUE", "FULLTEXT",
		"SPATIAL", "VECTOR")
	asks = ", "
	if at < len(words) && words[at].key == "INDEX" {
		asks = " "
		for at < len(words) && words[at].key != "ON" {
			at++
		}
	}
	skip("TABLE", "ON", "IF", "EXISTS")
	if at >= len(words) {
		return "", ""
	}
	if table = words[at].name; at+2 < len(words) && words[at+1].key == "." {
		table = words[at+2].name
	}
	for i, w := range words[at:] {
		next := ""
		if at+i+1 < len(words) {
			next = words[at+i+1].key
		}
		if w.key == "TRUNCATE" && next == "PARTITION" {
			return "", "" // which writes nothing again
		}
		if w.key == "ALGORITHM" || w.key == "LOCK" ||
			(w.key == "RENAME" && !slices.Contains([]string{"COLUMN", "INDEX", "KEY"}, next)) {
			asks = ""
		}
	}
	return table, asks
}

// tableWord is a bare word in upper case or a symbol, and a name without quotes.
type tableWord struct{ key, name string }

// tableWords are the words of a statement that changes a table or an index, without texts; nil of any
// other, and of one with a part that some servers skip.
func tableWords(s statement.Statement) (words []tableWord) {
	if s.Verb != "ALTER TABLE" && !strings.HasSuffix(s.Verb, " INDEX") {
		return nil
	}
	for t, err := range statement.Tokens(s.Text, &lexer{}) {
		raw := string(t.Raw)
		switch {
		case err != nil, t.Kind == statement.Symbol && len(raw) > 1:
			return nil
		case t.Kind == statement.Word:
			words = append(words, tableWord{key: strings.ToUpper(raw), name: raw})
		case t.Kind == statement.Quoted:
			words = append(words, tableWord{name: strings.ReplaceAll(raw[1:len(raw)-1], "``", "`")})
		case t.Kind == statement.Symbol:
			words = append(words, tableWord{key: raw})
		}
	}
	return words
}
