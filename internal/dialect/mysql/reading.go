package mysql

import (
	"maps"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/statement"
)

// reading is one interpretation of a statement.
type reading struct {
	servers
	file       *lexer
	runs       bool // these servers run the coming tokens as code
	begin      statement.Position
	seen       int
	lead       []string // first words in upper case, "" for a token that is not a word
	define     subject
	inner      subject // of a routine's current statement
	sets       bool    // a routine's current statement is a SET
	target     bool    // and the name of its variable comes next
	with       statement.Verb
	body       body
	scope      scope
	setting    setting
	grant      grant
	roles      roleReader
	prepare    prepare
	commits    autocommit
	label      *statement.Error // a word that begins no statement of a body, unless a colon follows
	terminated bool             // a semicolon outside of a body was read
	last       string
	lastAt     statement.Position
	lastName   string // the last token if it was a name
	temporary  bool   // it creates a temporary object
	variable   variableState
}

// clone copies a reading, when servers read the rest in two ways.
func (s *reading) clone() *reading {
	c := *s
	c.lead = slices.Clone(s.lead)
	c.body.open = slices.Clone(s.body.open)
	c.scope = s.scope.clone()
	c.setting.saves = maps.Clone(s.setting.saves)
	c.roles.Words = s.roles.Words.Clone()
	c.commits.tokens = slices.Clone(s.commits.tokens)
	c.own()
	return &c
}

// own makes the parts that read statements about roles share this reading's roles.
func (s *reading) own() { s.define.roles, s.grant.roles = &s.roles, &s.roles }

// leadWords is how many words at a statement's start are kept.
const leadWords = 6

// add reads the next token. Its error is the first thing that must not run.
func (s *reading) add(t statement.Token) error {
	word := t.Upper()
	if s.seen++; len(s.lead) == 0 {
		s.begin = t.Pos
	}
	s.keeps(t, word)
	err := s.refuse(t, word)
	if len(s.lead) == 0 || s.lead[0] == "SET" || s.lead[0] == "COMMIT" {
		s.commits.add(t)
	}
	if len(s.lead) < leadWords {
		s.lead = append(s.lead, word)
	}
	s.with.Add(t)
	known := s.define.kind
	if e := s.define.add(t, word); err == nil {
		err = e
	}
	if s.define.kind != known && known == "" {
		s.body.on = s.define.withBody()
	} else {
		s.body.add(t, word)
	}
	if !s.grant.on && !s.roles.about {
		s.scope.kind = s.define.kind
		s.scope.add(t, word)
	}
	s.last = word
	s.lastAt = t.Pos
	s.lastName = ""
	if t.Kind == statement.Word || t.Kind == statement.Quoted {
		s.lastName = plainName(t)
	}
	return err
}

// refuse returns the refusal that a token causes.
func (s *reading) refuse(t statement.Token, word string) error {
	switch {
	case t.Kind != statement.Text && t.Names(towpath.LedgerTable):
		return statement.Errorf(t.Pos,
			"The table %s is where Towpath records what has run. Remove it from the file.",
			towpath.LedgerTable)
	case t.Is('\\'):
		return statement.Errorf(t.Pos,
			"Commands with a backslash belong to the mysql client and are not SQL. Remove this.")
	case len(s.lead) == 0:
		return s.refuseStart(t, word)
	case s.terminated:
		return statement.Errorf(t.Pos,
			"There are two statements before the delimiter. Put the delimiter between them.")
	case t.Is(';') && !s.body.on:
		s.terminated = true
		return nil
	case s.last == "INTO" && (word == "OUTFILE" || word == "DUMPFILE"):
		return statement.Errorf(s.lastAt, "A migration cannot use files of the database server. Remove this.")
	case t.Is('(') && administers(s.lastName):
		return statement.Errorf(s.lastAt,
			"The function %s uses the server, its files or its locks. Remove this.",
			strings.ToUpper(s.lastName))
	case s.setting.state == settingName && word == "AUTOCOMMIT" && s.commits.refused == nil:
		s.setting.state = settingValue
		s.commits.refused = statement.Errorf(t.Pos,
			"SET AUTOCOMMIT is not allowed: Towpath begins and ends the transaction of a file. "+
				"Remove it.")
		return nil
	case s.setting.state != settingOff:
		return s.setting.add(s.file, t, word)
	case s.grant.on:
		return s.grant.add(t, word)
	case s.prepare.on:
		return s.prepare.add(t, word)
	case s.body.on:
		return s.refuseInBody(t, word)
	}
	return nil
}

// finish checks what only the whole statement shows.
func (s *reading) finish() error {
	s.scope.finish()
	if o, qualified := s.grant.outside(); qualified {
		s.scope.note(o)
	}
	switch {
	case s.label != nil:
		return s.label
	case len(s.lead) == 0:
		return nil
	case s.define.verb != "" && s.define.verb != "-" && s.define.kind == "":
		return statement.Errorf(s.begin, "%s of this kind is unknown to Towpath. %s",
			s.define.verb, allowedKinds)
	case s.roles.about:
		return s.roles.read(s.begin)
	case s.grant.on:
		return s.grant.finish(s.begin)
	case s.prepare.on:
		return s.prepare.finish(s.begin)
	}
	s.setting.finish(s.file)
	return s.commits.finish(s.file)
}

func (s *reading) verb() string {
	switch {
	case len(s.lead) == 0:
		return ""
	case s.define.kind != "" && !s.define.upkeep():
		return s.define.verb + " " + s.define.kind
	}
	return s.with.String()
}

// variableState tracks how variables are set outside of a SET: "INTO @a", and "@a := 1".
type variableState int

const (
	noVariable     variableState = iota
	variableMark                 // an @ was read
	variableName                 // and a name
	variableAssign               // and a colon
)

// keeps detects temporary tables and variables outside of a body, which only runs later.
func (s *reading) keeps(t statement.Token, word string) {
	before := s.variable
	s.variable = noVariable
	switch {
	case s.body.on || len(s.lead) == 0:
	case t.Is('@') && (s.last == "INTO" || s.lead[0] == "CALL"), t.Is('=') && before == variableAssign:
		s.temporary = true
	case t.Is('@'):
		s.variable = variableMark
	case t.Is(':') && before == variableName:
		s.variable = variableAssign
	case t.Kind != statement.Symbol && before == variableMark:
		s.variable = variableName
	case word == "TEMPORARY" && (s.last == "CREATE" || s.last == "REPLACE"):
		s.temporary = true
	}
}

// state returns what the statement leaves in its session.
func (s *reading) state(verb string) statement.State {
	switch verb {
	case "SET", "PREPARE", "DEALLOCATE", "DROP PREPARE":
		return statement.Setting
	case "GET": // DIAGNOSTICS, into variables
		return statement.Temporary
	}
	if s.temporary {
		return statement.Temporary
	}
	return statement.NoState
}

// commitsItself reports whether the statement ends a transaction, as nearly all except plain DML
// do. https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
func (s *reading) commitsItself() bool {
	if len(s.lead) == 0 {
		return false
	}
	switch s.lead[0] {
	case "CREATE", "DROP":
		if len(s.lead) > 1 && s.lead[1] == "PREPARE" {
			return false
		}
		return !(len(s.lead) > 1 &&
			(s.lead[1] == "TEMPORARY" || (len(s.lead) > 3 && s.lead[3] == "TEMPORARY")))
	case "ALTER", "RENAME", "TRUNCATE", "GRANT", "REVOKE", "ANALYZE", "OPTIMIZE", "REPAIR", "CHECK",
		"CHECKSUM", "CALL", "EXECUTE":
		return true
	}
	return false
}
