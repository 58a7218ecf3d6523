package sqlite

import (
	"strconv"
	"strings"

	"towpath/internal/statement"
)

// lexer reads SQLite's tokens as https://www.sqlite.org/src/file?name=src/tokenize.c does.
type lexer struct{}

// Skip implements statement.Lexer. A block comment may stay open until the end of the file.
func (lexer) Skip(r *statement.Reader) error {
	for {
		switch c := r.Peek(0); {
		case c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r':
			r.Advance(1)
		case c == '-' && r.Peek(1) == '-':
			r.Comment(2)
			r.Line()
		case c == '/' && r.Peek(1) == '*' && r.Peek(2) != 0:
			r.Comment(2)
			r.Advance(2)
			r.Through("*/")
		case c == 0xEF && r.HasPrefix("\ufeff"):
			r.Advance(3)
		default:
			return nil
		}
	}
}

// Next implements statement.Lexer.
func (lexer) Next(r *statement.Reader) (statement.TokenKind, error) {
	switch c := r.Peek(0); {
	case c == '\'':
		return statement.Text, quoted(r, c)
	case c == '"' || c == '`':
		return statement.Quoted, quoted(r, c)
	case c == '[':
		pos := r.Pos()
		if !r.Through("]") {
			return 0, unclosed(pos, r, "bracket")
		}
		return statement.Quoted, nil
	case wordByte(c):
		for wordByte(r.Peek(0)) {
			r.Advance(1)
		}
		return statement.Word, nil
	default:
		r.Advance(1)
		return statement.Symbol, nil
	}
}

// quoted passes over a quote in which the quote character is doubled.
func quoted(r *statement.Reader, quote byte) error {
	pos := r.Pos()
	r.Advance(1)
	for {
		if !r.Through(string(quote)) {
			return unclosed(pos, r, "quote")
		}
		if r.Peek(0) != quote {
			return nil
		}
		r.Advance(1)
	}
}

func unclosed(pos statement.Position, r *statement.Reader, what string) error {
	if r.Err() != nil {
		return r.Err()
	}
	return statement.Errorf(pos, "The %s that opens here is never closed.", what)
}

func wordByte(c byte) bool {
	return c >= 0x80 || c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// transaction is what the whole of a file may stand in. https://www.sqlite.org/lang_transaction.html
func transaction() statement.Transaction {
	return statement.Transaction{
		Begin: []string{"BEGIN", "BEGIN TRANSACTION", "BEGIN DEFERRED", "BEGIN DEFERRED TRANSACTION", "BEGIN IMMEDIATE",
			"BEGIN IMMEDIATE TRANSACTION", "BEGIN EXCLUSIVE", "BEGIN EXCLUSIVE TRANSACTION"},
		End: []string{"COMMIT", "COMMIT TRANSACTION", "END", "END TRANSACTION"},
	}
}

// Judge implements statement.Lexer.
func (lexer) Judge() statement.Judge { return &judge{} }

// judge finds the end of a statement, a trigger's body kept whole, and what must not run.
type judge struct {
	begin   statement.Position
	verb    statement.Verb
	lead    []string // first words, EXPLAIN [QUERY PLAN] left out
	seen    int
	trigger triggerState
	last    statement.Token // Raw is not kept
	loading bool            // the last token names load_extension
	pragma  pragmaState
	keys    bool // PRAGMA foreign_keys
	keysSet bool // has a value
	keysOff bool // PRAGMA foreign_keys = OFF
}

// triggerState follows sqlite3_complete: a trigger ends with "; END ;".
type triggerState int

const (
	noTrigger triggerState = iota
	inTrigger
	afterSemicolon
	afterEnd
)

// Token implements statement.Judge.
func (j *judge) Token(t statement.Token) (bool, error) {
	if j.seen++; j.seen == 1 {
		j.begin = t.Pos
		if t.Is('.') {
			return false, &statement.Error{Pos: t.Pos, Through: "\n",
				Message: "Commands with a dot belong to the sqlite3 shell and are not SQL. Leave this line out."}
		}
	}
	if j.ends(t) {
		return true, nil
	}
	err := j.refuse(t)
	j.verb.Add(t)
	if len(j.lead) < 4 {
		j.addLead(t)
	}
	return false, err
}

func (j *judge) addLead(t statement.Token) {
	word := t.Upper()
	if len(j.lead) == 0 && (word == "EXPLAIN" || word == "QUERY" || word == "PLAN") {
		j.verb = statement.Verb{}
		return
	}
	j.lead = append(j.lead, word)
	isCreate := j.lead[0] == "CREATE"
	if isCreate && word == "TRIGGER" && (len(j.lead) == 2 || len(j.lead) == 3 && (j.lead[1] == "TEMP" || j.lead[1] == "TEMPORARY")) {
		j.trigger = inTrigger
	}
}

// ends tells whether t is the statement's terminator.
func (j *judge) ends(t statement.Token) bool {
	semicolon := t.Is(';')
	switch {
	case j.trigger == noTrigger:
		return semicolon
	case semicolon && j.trigger == afterEnd:
		return true
	case semicolon:
		j.trigger = afterSemicolon
	case j.trigger == afterSemicolon && t.Upper() == "END":
		j.trigger = afterEnd
	default:
		j.trigger = inTrigger
	}
	return false
}

// refuse tells what of a statement must not run, at the token that shows it.
func (j *judge) refuse(t statement.Token) error {
	word := t.Upper()
	if t.Names(ledgerTable) && (t.Kind != statement.Text || len(j.lead) > 0 && j.lead[0] == "ALTER") {
		return statement.Errorf(t.Pos, "The table %s belongs to the server. A migration may not use it.", ledgerTable)
	}
	if j.loading && t.Is('(') {
		return statement.Errorf(j.last.Pos, "load_extension loads code into the server. Leave it out; extensions are not available.")
	}
	j.loading = t.Kind != statement.Text && t.Names("load_extension")
	j.last = statement.Token{Kind: t.Kind, Pos: t.Pos}
	if len(j.lead) == 0 {
		if err := refusedVerb(t.Pos, word); err != nil {
			return err
		}
		if word == "PRAGMA" {
			j.pragma = pragmaName
		}
		return nil
	}
	return j.refusePragma(t)
}

// refusedVerb tells why a statement that starts with word must not run.
func refusedVerb(pos statement.Position, word string) error {
	switch word {
	case "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE":
		return statement.Errorf(pos, "%s is not allowed: each file runs in one transaction of its own. Leave it out.", word)
	case "ATTACH", "DETACH":
		return statement.Errorf(pos, "%s is not allowed: a migration changes one database only. Write a file for each database.", word)
	case "VACUUM":
		return statement.Errorf(pos, "VACUUM is not allowed: it cannot run in a transaction, and INTO writes another file. Run it by hand outside of migrations.")
	}
	return nil
}

// pragmaState follows "PRAGMA [schema .] name".
type pragmaState int

const (
	noPragma pragmaState = iota
	pragmaName
	pragmaDot // a name was read; a dot means that it was the schema's
	pragmaChecked
	pragmaKeys // the value of foreign_keys comes
)

func (j *judge) refusePragma(t statement.Token) error {
	switch {
	case j.pragma == pragmaDot && t.Is('.'):
		j.pragma = pragmaName
	case j.pragma == pragmaDot:
		j.pragma = pragmaChecked
		if j.keys {
			j.pragma = pragmaKeys
		}
	case j.pragma == pragmaKeys:
		j.pragma = pragmaChecked
		j.keysSet = true
		j.keysOff = !switchesOn(strings.Trim(string(t.Raw), "\"'`[]"))
	case j.pragma == pragmaName:
		j.pragma = pragmaDot
		name := strings.Trim(string(t.Raw), "\"'`[]")
		j.keys = strings.EqualFold(name, "foreign_keys")
		// A schema's name passes here; what stands behind its dot is asked in turn, and the guard asks again.
		if allowedPragma(name) || strings.EqualFold(name, "main") || strings.EqualFold(name, "temp") {
			return nil
		}
		return statement.Errorf(t.Pos, "PRAGMA %s is not allowed: it reaches beyond the migration or changes its limits. Leave it out.", name)
	}
	return nil
}

// switchesOn reads a value as SQLite reads those of its switches.
func switchesOn(value string) bool {
	switch strings.ToLower(value) {
	case "on", "yes", "true":
		return true
	}
	n, err := strconv.Atoi(value)
	return err == nil && n != 0
}

// Finish implements statement.Judge.
func (j *judge) Finish(s *statement.Statement, atEnd bool) error {
	if atEnd && (j.trigger == inTrigger || j.trigger == afterSemicolon) {
		return statement.Errorf(j.begin, "The trigger that begins here has no end. Close its body with \"END;\".")
	}
	s.Verb = j.verb.String()
	s.NoKeys = s.Verb == "DROP TABLE" || j.keysOff
	return nil
}
