package sqlite

import (
	"slices"
	"strings"

	"towpath"
	"towpath/internal/statement"
)

// names tracks where a statement names tables, and refuses those outside of the database. The guard
// refuses the ones that it cannot see, such as the second table after a comma.
type names struct {
	place   place           // of the coming token
	was     place           // of the last token
	word    string          // the last token as a key word
	last    statement.Token // Raw is not kept
	outside string          // the last token if it names a function of outsideFunctions
	virtual bool            // a CREATE VIRTUAL TABLE, whose strings may be names
	alter   bool
	index   bool // a CREATE INDEX
}

// place is the use of a name at a position.
type place int

const (
	nowhere place = iota // or in an expression
	reads                // a table is read here
	writes               // a table is changed or created here; a parenthesis after it lists columns
)

// outsideFunctions reach outside of the database. SQLite's shell has most of them, its library has
// the first; the guard has the list of functions that may be called.
var outsideFunctions = []string{
	"load_extension", "fts3_tokenizer", "sqlite_log", "readfile", "writefile",
	"edit", "fsdir", "lsmode",
}

func (n *names) add(t statement.Token) error {
	err := n.refuse(t)
	word := upper(t)
	n.virtual = n.virtual || (word == "VIRTUAL" && n.word == "CREATE")
	n.alter = n.alter || (word == "ALTER" && n.last.Pos.Line == 0)
	n.index = n.index || (word == "INDEX" && (n.word == "CREATE" || n.word == "UNIQUE"))
	n.outside = ""
	if t.Kind != statement.Text && n.place != writes && slices.Contains(outsideFunctions, name(t)) {
		n.outside = name(t)
	}
	n.move(t, word)
	n.word, n.last = word, statement.Token{Kind: t.Kind, Pos: t.Pos}
	return err
}

func (n *names) refuse(t statement.Token) error {
	if n.outside != "" && t.Is('(') {
		return statement.Errorf(n.last.Pos,
			"%s uses code or files of the server. Remove it.", n.outside)
	}
	if t.Names(towpath.LedgerTable) && (t.Kind != statement.Text || n.place != nowhere || n.virtual ||
		n.alter) {
		return statement.Errorf(t.Pos,
			"The table %s is where Towpath records what has run. Remove it from the file.",
			towpath.LedgerTable)
	}
	if n.place == nowhere || t.Kind == statement.Symbol {
		return nil
	}
	said := name(t)
	if Readable(said) && (n.place == reads || !catalog(said)) {
		return nil
	}
	return statement.Errorf(t.Pos,
		"%s is a table of SQLite itself. Change the schema with CREATE, ALTER and DROP.", t.Raw)
}

// move finds the place of the next token. After a dot it stays that of the schema's name.
func (n *names) move(t statement.Token, word string) {
	before := n.was
	n.was = n.place
	switch {
	case t.Is('.'):
		n.place = before
	case word == "" || n.place == nowhere || !passed(word):
		n.place = n.after(word)
	}
}

func (n *names) after(word string) place {
	switch word {
	case "INTO", "UPDATE", "TABLE", "TO", "VIEW", "TRIGGER", "INDEX", "WITH", "RECURSIVE", "REFERENCES":
		return writes
	case "ON":
		if n.index {
			return writes
		}
		return reads
	case "FROM":
		switch n.word {
		case "DELETE":
			return writes
		case "DISTINCT": // IS DISTINCT FROM a value
			return nowhere
		}
		return reads
	case "JOIN", "IN", "ANALYZE", "REINDEX":
		return reads
	}
	return nowhere
}

// passed lists the words that may come between a key word and the name after it.
func passed(word string) bool {
	switch word {
	case "IF", "NOT", "EXISTS", "OR", "ABORT", "FAIL", "IGNORE", "REPLACE", "ROLLBACK":
		return true
	}
	return false
}

// Readable reports whether a migration may read a table of that name: all except those that SQLite
// provides to read its internals.
func Readable(name string) bool {
	pragma, ok := strings.CutPrefix(name, "pragma_")
	switch {
	case ok:
		return AllowedPragma(pragma)
	case name == "dbstat":
		return false
	case strings.HasPrefix(name, "sqlite_"):
		return catalog(name) || ownRows(name) || strings.HasPrefix(name, "sqlite_autoindex_")
	}
	return true
}

// catalog lists the tables that hold the schema.
func catalog(name string) bool {
	switch name {
	case "sqlite_schema", "sqlite_master", "sqlite_temp_schema", "sqlite_temp_master":
		return true
	}
	return false
}

// ownRows lists SQLite's tables whose rows a migration may change, as a dump does.
func ownRows(name string) bool {
	switch name {
	case "sqlite_sequence", "sqlite_stat1", "sqlite_stat4":
		return true
	}
	return false
}
