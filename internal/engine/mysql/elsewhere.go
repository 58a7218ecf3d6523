package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// elsewhere looks for a table, view or routine of another database where a name with a dot can be nothing else: behind
// INTO, UPDATE, FROM, JOIN, TABLE and the like, and as the first of three parts. What stands behind a comma of a list, or
// behind CALL, may be a column or a package and is let through: the user's rights are what keeps a migration at home.
type elsewhere struct {
	lexer    lexer
	database string
	found    string
	words    [3]string // the last, newest first; "" for what is no word
	names    []string  // parts of the name that is read
	dotted   bool      // the last token was a dot behind a name
	certain  bool      // a qualified name here is that of an object
	verb     string
	parens   []string // the words before the open parentheses
}

// otherDatabase returns the name of another database that the statement reaches, "" when none is sure.
func otherDatabase(text, database string) string {
	if !strings.Contains(text, ".") {
		return ""
	}
	e := &elsewhere{database: database}
	e.lexer.delimiter = "\x01"
	for range statement.Split(strings.NewReader(text), e) {
		continue // what cannot be read is the server's to refuse
	}
	return e.found
}

// Skip implements statement.Lexer.
func (e *elsewhere) Skip(r *statement.Reader) error { return e.lexer.Skip(r) }

// Next implements statement.Lexer.
func (e *elsewhere) Next(r *statement.Reader) (statement.TokenKind, error) { return e.lexer.Next(r) }

// Judge implements statement.Lexer.
func (e *elsewhere) Judge() statement.Judge { return e }

// Token implements statement.Judge.
func (e *elsewhere) Token(t statement.Token) (bool, error) {
	name := t.Kind == statement.Quoted || t.Kind == statement.Word
	switch {
	case t.Is('.') && len(e.names) > 0:
		e.dotted = true
		return false, nil
	case name && e.dotted:
		e.names = append(e.names, plainName(t))
		e.dotted = false
		return false, nil
	}
	e.judge()
	switch {
	case t.Is('('):
		e.parens = append(e.parens, e.words[0])
	case t.Is(')') && len(e.parens) > 0:
		e.parens = e.parens[:len(e.parens)-1]
	}
	word := t.Upper()
	if e.verb == "" {
		e.verb = word
	}
	if e.names = e.names[:0]; name && (t.Kind == statement.Quoted || t.Raw[0] < '0' || t.Raw[0] > '9') {
		e.certain = e.introduces()
		e.names = append(e.names, plainName(t))
	}
	e.words = [3]string{word, e.words[0], e.words[1]}
	return false, nil
}

// introduces tells whether the words so far announce an object.
func (e *elsewhere) introduces() bool {
	switch e.words[0] {
	case "TABLE", "JOIN", "REFERENCES", "VIEW", "SEQUENCE":
		return true
	case "EXISTS":
		return e.words[1] == "IF" || e.words[2] == "IF"
	case "INTO":
		return e.words[1] == "INSERT" || e.words[1] == "REPLACE" || e.words[1] == "IGNORE"
	case "UPDATE":
		return e.words[1] == "" // not ON DUPLICATE KEY UPDATE, FOR UPDATE, AFTER UPDATE
	case "FROM":
		return len(e.parens) == 0 || !splitsText(e.parens[len(e.parens)-1])
	}
	return e.verb == "DROP" || e.verb == "RENAME" || e.verb == "TRUNCATE"
}

// splitsText names the functions with a FROM between their arguments.
func splitsText(word string) bool {
	switch word {
	case "EXTRACT", "TRIM", "SUBSTRING", "SUBSTR", "MID", "OVERLAY":
		return true
	}
	return false
}

// judge decides about the name that has just ended.
func (e *elsewhere) judge() {
	if e.found != "" || len(e.names) < 2 || !(e.certain || len(e.names) > 2) {
		return
	}
	switch first := strings.ToLower(e.names[0]); first {
	case strings.ToLower(e.database), "information_schema", "performance_schema", "new", "old":
	default:
		e.found = e.names[0]
	}
}

func plainName(t statement.Token) string {
	if t.Kind == statement.Quoted {
		return strings.ReplaceAll(string(t.Raw[1:len(t.Raw)-1]), "``", "`")
	}
	return string(t.Raw)
}

// Finish implements statement.Judge.
func (e *elsewhere) Finish(*statement.Statement, bool) error {
	e.judge()
	return nil
}
