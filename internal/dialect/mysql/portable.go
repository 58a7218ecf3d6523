package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// Portable removes the parts of an object's text that belong to one place: the definer, the default
// algorithm, and the name of its database. With charsets it also removes character sets that follow
// from a collation.
func Portable(text, database string, charsets bool) (string, error) {
	p := &portable{database: QuoteName(database), charsets: charsets}
	for _, err := range statement.Split(strings.NewReader(text), p) {
		if err != nil {
			return "", err
		}
	}
	var out strings.Builder
	var at int64
	for _, cut := range p.cuts {
		out.WriteString(text[at:cut[0]])
		at = cut[1]
	}
	return out.String() + text[at:], nil
}

// portable finds the parts of a definition that belong to one place: "DEFINER=`a`@`b`",
// "ALGORITHM=UNDEFINED", and the database's name before a dot. It refuses nothing, since the server
// has accepted what is in a catalog.
type portable struct {
	lexer    lexer
	database string
	cuts     [][2]int64 // from, to
	clause   string     // DEFINER or ALGORITHM while inside of it
	from     int64
	count    int
	keep     bool  // the algorithm is not the default one
	name     int64 // the place of the database's name, if it was the last token
	named    bool
	charsets bool     // remove a column's character set that its collation implies: MySQL's tables
	last     []string // up to three words, in upper case
	set      int64    // where CHARACTER SET began
}

// Skip implements statement.Lexer.
func (p *portable) Skip(r *statement.Reader) error { return p.lexer.Skip(r) }

// Next implements statement.Lexer.
func (p *portable) Next(r *statement.Reader) (statement.TokenKind, error) { return p.lexer.Next(r) }

// Validator implements statement.Lexer.
func (p *portable) Validator() statement.Validator { return p }

// head is the maximum number of tokens before a definer: CREATE OR REPLACE ALGORITHM = x DEFINER.
const head = 12

// Token implements statement.Validator.
func (p *portable) Token(t statement.Token) (bool, error) {
	p.count++
	word := t.Upper()
	p.charset(t, word)
	p.keep = p.keep || (p.clause == "ALGORITHM" && (word == "MERGE" || word == "TEMPTABLE"))
	if p.clause != "" && p.closes(word) {
		if !p.keep {
			p.cuts = append(p.cuts, [2]int64{p.from, t.Pos.Offset})
		}
		p.clause, p.keep = "", false
	}
	if p.count < head && p.clause == "" && (word == "DEFINER" || word == "ALGORITHM") {
		p.clause, p.from = word, t.Pos.Offset
	}
	if p.named && t.Is('.') {
		p.cuts = append(p.cuts, [2]int64{p.name, t.Pos.Offset + 1})
	}
	p.named = t.Kind == statement.Quoted && string(t.Raw) == p.database && p.clause == ""
	p.name = t.Pos.Offset
	return false, nil
}

// charset cuts "CHARACTER SET x" off "CHARACTER SET x COLLATE x_y". MySQL shows it if somebody
// wrote it, even when the collation after it implies it, so that equal tables have two texts.
func (p *portable) charset(t statement.Token, word string) {
	if !p.charsets {
		return
	}
	if word == "CHARACTER" {
		p.set = t.Pos.Offset
	}
	if n := len(p.last); n == 3 && word == "COLLATE" && p.last[0] == "CHARACTER" && p.last[1] == "SET" &&
		p.last[2] != "" {
		p.cuts = append(p.cuts, [2]int64{p.set, t.Pos.Offset})
	}
	if p.last = append(p.last, word); len(p.last) > 3 {
		p.last = p.last[1:]
	}
}

// closes reports whether a key word ends the clause.
func (p *portable) closes(word string) bool {
	switch word {
	case "SQL", "VIEW", "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "AGGREGATE":
		return true
	case "DEFINER":
		return p.clause == "ALGORITHM"
	}
	return false
}

// Finish implements statement.Validator.
func (p *portable) Finish(*statement.Statement, bool) error { return nil }
