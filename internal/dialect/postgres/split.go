package postgres

import (
	"slices"
	"strings"

	"towpath"
	"towpath/internal/dialect"
	"towpath/internal/statement"
)

// transaction lists the statements that may enclose a whole file.
// https://www.postgresql.org/docs/current/sql-begin.html
func transaction() statement.Transaction {
	return statement.Transaction{
		Begin:  []string{"BEGIN", "BEGIN WORK", "BEGIN TRANSACTION", "START TRANSACTION"},
		End:    []string{"COMMIT", "COMMIT WORK", "COMMIT TRANSACTION", "END", "END WORK", "END TRANSACTION"},
		Strict: true,
	}
}

// Validator implements statement.Lexer.
func (l *lexer) Validator() statement.Validator {
	l.begun = false
	return &validator{lexer: l}
}

// leadWords is how many words at a statement's start are kept.
const leadWords = 8

// validator finds the end of a statement, and checks that a migration may contain its kind.
type validator struct {
	lexer  *lexer
	start  statement.Position
	verb   statement.Verb
	lead   []string // the first words, in upper case; "" for a token that is not a word
	seen   int
	parens int
	body   int // depth of BEGIN ATOMIC
	last   piece
	rule   rule // checks the tokens after the first word
	roles  roleReader
	reach  reach
	psql   variables
	notx   bool
	temp   bool // it creates a temporary object
}

// piece is a token as the checks see it.
type piece struct {
	statement.Token
	word  string // a bare word in upper case
	name  string // the name in a word or a quoted name
	depth int    // of parentheses

	isSemicolon bool
}

func read(t statement.Token, depth int) piece {
	p := piece{Token: t, depth: depth, isSemicolon: t.Is(';')}
	switch t.Kind {
	case statement.Word:
		p.name = fold(string(t.Raw))
		p.word = unfold(p.name)
	case statement.Quoted:
		p.name = strings.ReplaceAll(string(t.Raw[1:len(t.Raw)-1]), `""`, `"`)
	}
	return p
}

// fold lowers ASCII letters only, as the server does. A long s does not become an S.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, name)
}

// unfold returns the key word of a bare name; key words have only ASCII letters.
func unfold(name string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' {
			r += 'A' - 'a'
		}
		return r
	}, name)
}

// Token implements statement.Validator.
func (v *validator) Token(t statement.Token) (bool, error) {
	if t.Is(';') && v.body == 0 && (v.parens == 0 || !v.isRule()) {
		return true, nil
	}
	if v.seen == 0 {
		v.start, v.lexer.begun = t.Pos, true
	}
	p := read(t, v.parens)
	err := v.refuse(p)
	v.seen++
	v.verb.Add(t)
	if len(v.lead) < leadWords {
		v.lead = append(v.lead, p.word)
	}
	switch {
	case t.Is('('):
		v.parens++
	case t.Is(')'):
		v.parens--
	}
	v.follow(p)
	v.last = p
	v.last.Raw = nil // the next token reuses its memory
	return false, err
}

// follow tracks the depth of a body that is written as SQL, and detects CONCURRENTLY. Each
// statement of a body has its semicolon, so the END of a body follows one, and no other END does.
func (v *validator) follow(p piece) {
	switch {
	case p.word == "ATOMIC" && v.last.word == "BEGIN" && v.lead[0] == "CREATE" && v.parens == 0:
		v.body++
	case p.word == "END" && v.body > 0 && (v.last.isSemicolon || v.last.word == "ATOMIC"):
		v.body--
	case p.word == "TEMP" || p.word == "TEMPORARY":
		v.temp = v.temp || slices.Contains([]string{"CREATE", "REPLACE", "GLOBAL", "LOCAL", "INTO"},
			v.last.word)
	case p.word == "CONCURRENTLY" && v.lead[0] != "REFRESH":
		v.notx = true
	}
}

// isRule reports whether the statement is a CREATE RULE, the only one with semicolons in
// parentheses.
func (v *validator) isRule() bool {
	return v.verb.String() == "CREATE RULE"
}

// Finish implements statement.Validator.
func (v *validator) Finish(s *statement.Statement, _ bool) error {
	s.Verb = v.verb.String()
	s.NoTx = v.notx || v.commitsItself(s.Verb)
	s.Commits = s.Verb == "CALL" || s.Verb == "DO"
	s.Whole = dialect.FailsWhole(s.Verb)
	s.State = v.state(s.Verb)
	if v.rule != nil {
		if err := v.rule.end(); err != nil {
			return err
		}
	}
	return v.roles.finish(s)
}

// state returns what the statement leaves in its session.
func (v *validator) state(verb string) statement.State {
	switch {
	case verb == "SET" || verb == "RESET":
		return statement.Setting
	case v.reach.configures && v.configuresOnly():
		return statement.Setting
	case v.temp || v.reach.configures:
		return statement.Temporary
	}
	return statement.NoState
}

// configuresOnly reports whether the statement is only a call of set_config with three plain
// values, as pg_dump writes it: SELECT pg_catalog.set_config('search_path', ”, false).
func (v *validator) configuresOnly() bool {
	switch v.seen {
	case 9:
		return v.lead[0] == "SELECT" && v.lead[1] == "SET_CONFIG"
	case 11:
		return v.lead[0] == "SELECT" && v.lead[1] == "PG_CATALOG"
	}
	return false
}

// commitsItself lists the statements that PostgreSQL refuses inside a transaction.
func (v *validator) commitsItself(verb string) bool {
	switch verb {
	case "VACUUM":
		return true
	case "REINDEX":
		return v.has("DATABASE") || v.has("SYSTEM") || v.has("SCHEMA")
	case "CLUSTER":
		return v.seen == 1
	}
	return false
}

func (v *validator) has(word string) bool {
	for _, one := range v.lead {
		if one == word {
			return true
		}
	}
	return false
}

// refuse returns the refusal that a token causes. The first word decides the kind of the statement,
// and with it the further checks.
func (v *validator) refuse(p piece) error {
	if p.Kind != statement.Text && p.Names(towpath.LedgerTable) {
		return statement.Errorf(p.Pos,
			"The table %s is where Towpath records what has run. "+
				"Remove it from the file (pg_dump --exclude-table=*.%[1]s).", towpath.LedgerTable)
	}
	if p.Is('\\') {
		return &statement.Error{
			Pos: p.Pos, Through: "\n",
			Message: "Commands with a backslash belong to psql and are not SQL. Remove this line.",
		}
	}
	if err := v.psql.add(p); err != nil {
		return err
	}
	if err := v.reach.add(p, v.last); err != nil {
		return err
	}
	if v.seen == 0 {
		return v.first(p)
	}
	if v.rule == nil || v.body > 0 {
		return nil
	}
	return v.rule.add(p)
}
