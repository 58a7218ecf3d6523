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

// Judge implements statement.Lexer.
func (l *lexer) Judge() statement.Judge {
	l.begun = false
	return &judge{lexer: l}
}

// leadWords is how many words at a statement's start are kept.
const leadWords = 8

// judge finds the end of a statement, and checks that a migration may contain its kind.
type judge struct {
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

// Token implements statement.Judge.
func (j *judge) Token(t statement.Token) (bool, error) {
	if t.Is(';') && j.body == 0 && (j.parens == 0 || !j.isRule()) {
		return true, nil
	}
	if j.seen == 0 {
		j.start, j.lexer.begun = t.Pos, true
	}
	p := read(t, j.parens)
	err := j.refuse(p)
	j.seen++
	j.verb.Add(t)
	if len(j.lead) < leadWords {
		j.lead = append(j.lead, p.word)
	}
	switch {
	case t.Is('('):
		j.parens++
	case t.Is(')'):
		j.parens--
	}
	j.follow(p)
	j.last = p
	j.last.Raw = nil // the next token reuses its memory
	return false, err
}

// follow tracks the depth of a body that is written as SQL, and detects CONCURRENTLY. Each
// statement of a body has its semicolon, so the END of a body follows one, and no other END does.
func (j *judge) follow(p piece) {
	switch {
	case p.word == "ATOMIC" && j.last.word == "BEGIN" && j.lead[0] == "CREATE" && j.parens == 0:
		j.body++
	case p.word == "END" && j.body > 0 && (j.last.isSemicolon || j.last.word == "ATOMIC"):
		j.body--
	case p.word == "TEMP" || p.word == "TEMPORARY":
		j.temp = j.temp || slices.Contains([]string{"CREATE", "REPLACE", "GLOBAL", "LOCAL", "INTO"},
			j.last.word)
	case p.word == "CONCURRENTLY" && j.lead[0] != "REFRESH":
		j.notx = true
	}
}

// isRule reports whether the statement is a CREATE RULE, the only one with semicolons in
// parentheses.
func (j *judge) isRule() bool {
	return j.verb.String() == "CREATE RULE"
}

// Finish implements statement.Judge.
func (j *judge) Finish(s *statement.Statement, _ bool) error {
	s.Verb = j.verb.String()
	s.NoTx = j.notx || j.commitsItself(s.Verb)
	s.Commits = s.Verb == "CALL" || s.Verb == "DO"
	s.Whole = dialect.FailsWhole(s.Verb)
	s.State = j.state(s.Verb)
	if j.rule != nil {
		if err := j.rule.end(); err != nil {
			return err
		}
	}
	return j.roles.finish(s)
}

// state returns what the statement leaves in its session.
func (j *judge) state(verb string) statement.State {
	switch {
	case verb == "SET" || verb == "RESET":
		return statement.Setting
	case j.reach.configures && j.configuresOnly():
		return statement.Setting
	case j.temp || j.reach.configures:
		return statement.Temporary
	}
	return statement.NoState
}

// configuresOnly reports whether the statement is only a call of set_config with three plain
// values, as pg_dump writes it: SELECT pg_catalog.set_config('search_path', ”, false).
func (j *judge) configuresOnly() bool {
	switch j.seen {
	case 9:
		return j.lead[0] == "SELECT" && j.lead[1] == "SET_CONFIG"
	case 11:
		return j.lead[0] == "SELECT" && j.lead[1] == "PG_CATALOG"
	}
	return false
}

// commitsItself lists the statements that PostgreSQL refuses inside a transaction.
func (j *judge) commitsItself(verb string) bool {
	switch verb {
	case "VACUUM":
		return true
	case "REINDEX":
		return j.has("DATABASE") || j.has("SYSTEM") || j.has("SCHEMA")
	case "CLUSTER":
		return j.seen == 1
	}
	return false
}

func (j *judge) has(word string) bool {
	for _, one := range j.lead {
		if one == word {
			return true
		}
	}
	return false
}

// refuse returns the refusal that a token causes. The first word decides the kind of the statement,
// and with it the further checks.
func (j *judge) refuse(p piece) error {
	if p.Kind != statement.Text && p.Names(towpath.LedgerTable) {
		return statement.Errorf(p.Pos, "The table %s is where Towpath records what has run. Leave it out "+
			"of the file (pg_dump --exclude-table=*.%[1]s).", towpath.LedgerTable)
	}
	if p.Is('\\') {
		return &statement.Error{
			Pos: p.Pos, Through: "\n",
			Message: "Commands with a backslash belong to psql and are not SQL. Leave this line out.",
		}
	}
	if err := j.psql.add(p); err != nil {
		return err
	}
	if err := j.reach.add(p, j.last); err != nil {
		return err
	}
	if j.seen == 0 {
		return j.first(p)
	}
	if j.rule == nil || j.body > 0 {
		return nil
	}
	return j.rule.add(p)
}
