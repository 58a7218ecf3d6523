package postgres

import (
	"slices"
	"strings"

	"towpath/internal/statement"
)

// roleReader reads a statement that makes, changes or removes roles, or gives and takes membership in
// them. What its grammar does not hold is refused, wherever the statement is to run.
// https://www.postgresql.org/docs/current/sql-createrole.html
type roleReader struct {
	start statement.Position
	verb  string // "CREATE", "ALTER", "DROP", "COMMENT", "GRANT" or "REVOKE"
	kind  string // "ROLE", "USER" or "GROUP"; "" for membership
	about bool   // it is such a statement

	tokens  []roleToken
	at      int
	outside []statement.Outside
}

// roleToken is a token without its text: a password is never kept.
type roleToken struct {
	pos    statement.Position
	word   string
	name   string
	text   bool
	symbol byte
}

// maxRoleTokens bounds a statement about roles.
const maxRoleTokens = 1000

func (r *roleReader) add(p piece) error {
	if len(r.tokens) == maxRoleTokens {
		if r.about {
			return statement.Errorf(p.Pos, "This statement about roles is too long. Write several.")
		}
		return nil // of many rights to an object
	}
	t := roleToken{pos: p.Pos, word: p.word, name: p.name, text: p.Kind == statement.Text}
	if p.Kind == statement.Symbol {
		t.symbol = p.Raw[0]
	}
	r.tokens = append(r.tokens, t)
	return nil
}

// finish tells what the statement is about.
func (r *roleReader) finish(s *statement.Statement) error {
	if !r.about {
		return nil
	}
	if err := r.read(); err != nil {
		return err
	}
	what := strings.TrimSpace(r.verb + " " + r.kind)
	switch {
	case r.kind == "":
		what += " of a role"
	case r.verb == "COMMENT":
		what = "COMMENT ON " + r.kind
	}
	s.Roles, s.Outside = refusedRole(r.start, what), r.outside
	return nil
}

func refusedRole(at statement.Position, what string) *statement.Error {
	return statement.Errorf(at, "%s is not allowed: roles belong to the whole server. "+
		"Ask its administrator, or allow roles on the environment's page.", what)
}

func (r *roleReader) read() (err error) {
	switch {
	case r.kind == "USER" && r.peek() == "MAPPING":
		return statement.Errorf(r.start, "%s USER MAPPING is not allowed: it leads out of this database. Ask the server's administrator.", r.verb)
	case r.verb == "CREATE":
		if err = r.role(); err == nil {
			r.take("WITH")
			err = r.options()
		}
	case r.verb == "ALTER":
		err = r.alter()
	case r.verb == "DROP":
		r.take("IF", "EXISTS")
		err = r.roles()
	case r.verb == "COMMENT":
		if err = r.role(); err == nil && (!r.take("IS") || !(r.text() || r.take("NULL"))) {
			err = r.unknown()
		}
	default:
		err = r.membership()
	}
	if err == nil && r.at < len(r.tokens) {
		err = r.unknown()
	}
	return err
}

// peek is the next word, "" when something else comes.
func (r *roleReader) peek() string {
	if r.at < len(r.tokens) {
		return r.tokens[r.at].word
	}
	return ""
}

// take passes over words, if all of them are next.
func (r *roleReader) take(words ...string) bool {
	if len(r.tokens)-r.at < len(words) {
		return false
	}
	for i, word := range words {
		if r.tokens[r.at+i].word != word {
			return false
		}
	}
	r.at += len(words)
	return true
}

func (r *roleReader) symbol(c byte) bool {
	if r.at < len(r.tokens) && r.tokens[r.at].symbol == c {
		r.at++
		return true
	}
	return false
}

func (r *roleReader) text() bool {
	if r.at < len(r.tokens) && r.tokens[r.at].text {
		r.at++
		return true
	}
	return false
}

// pos is the place of the next token, or of the last one at the end.
func (r *roleReader) pos() statement.Position {
	if len(r.tokens) == 0 {
		return r.start
	}
	return r.tokens[min(r.at, len(r.tokens)-1)].pos
}

// unknown shows nothing of the text: a password may stand there.
func (r *roleReader) unknown() error {
	return statement.Errorf(r.pos(), "A statement about roles may not say this. It may give LOGIN, INHERIT, CONNECTION LIMIT, PASSWORD, VALID UNTIL, "+
		"membership in roles, and settings of their sessions.")
}

// role reads the name of one.
func (r *roleReader) role() error {
	if r.at == len(r.tokens) || r.tokens[r.at].name == "" || digit(r.tokens[r.at].name[0]) {
		return r.unknown()
	}
	t := r.tokens[r.at]
	switch {
	case t.word == "CURRENT_USER" || t.word == "SESSION_USER" || t.word == "CURRENT_ROLE":
		return statement.Errorf(t.pos, "%s is the user that runs the migration, which no migration may change. Name another role.", t.word)
	case t.word == "ALL" || t.word == "PUBLIC":
		return statement.Errorf(t.pos, "%s stands for every role, the one that runs the migration too. Name each role.", t.word)
	case strings.HasPrefix(t.name, "pg_"), t.name == "postgres":
		return statement.Errorf(t.pos, "%s has power over the whole server, and no migration may give, take or change it. Ask the server's administrator.", t.name)
	}
	r.at++
	o := statement.Outside{Kind: statement.OutsideRole, Name: t.name, Pos: t.pos}
	if !slices.ContainsFunc(r.outside, o.Same) {
		r.outside = append(r.outside, o)
	}
	return nil
}

func (r *roleReader) roles() error {
	for {
		if err := r.role(); err != nil || !r.symbol(',') {
			return err
		}
	}
}

// roleFlags are options without a value. The server takes quoted ones too.
var roleFlags = []string{
	"login", "nologin", "inherit", "noinherit", "nosuperuser", "nocreatedb", "nocreaterole", "noreplication", "nobypassrls", "nocreateuser",
}

// powers are options that reach beyond any database.
var powers = []string{"superuser", "createdb", "createrole", "createuser", "replication", "bypassrls"}

func (r *roleReader) options() error {
	for r.at < len(r.tokens) {
		if err := r.option(); err != nil {
			return err
		}
	}
	return nil
}

func (r *roleReader) option() error {
	t := r.tokens[r.at]
	switch {
	case slices.Contains(roleFlags, t.name):
		r.at++
		return nil
	case slices.Contains(powers, t.name):
		return statement.Errorf(t.pos, "%s reaches beyond the databases, and no migration may give it. Ask the server's administrator.", strings.ToUpper(t.name))
	case r.take("ENCRYPTED", "PASSWORD"), r.take("PASSWORD"):
		if r.text() || r.take("NULL") {
			return nil
		}
	case r.take("VALID", "UNTIL"):
		if r.text() {
			return nil
		}
	case r.take("CONNECTION", "LIMIT"):
		r.symbol('-')
		if word := r.peek(); word != "" && digit(word[0]) {
			r.at++
			return nil
		}
	case r.take("IN", "ROLE"), r.take("IN", "GROUP"), r.take("ROLE"), r.take("USER"), r.take("ADMIN"):
		return r.roles()
	}
	return r.unknown()
}

// alter reads ALTER ROLE behind its kind.
func (r *roleReader) alter() error {
	if err := r.role(); err != nil {
		return err
	}
	switch {
	case r.take("RENAME", "TO"):
		return r.role()
	case r.take("ADD", "USER"), r.take("DROP", "USER"):
		return r.roles()
	case r.take("IN", "DATABASE"):
		if r.at == len(r.tokens) || r.tokens[r.at].name == "" {
			return r.unknown()
		}
		t := r.tokens[r.at]
		r.at++
		r.outside = append(r.outside, statement.Outside{Kind: statement.OutsideDatabase, Name: t.name, Pos: t.pos})
		if r.peek() != "SET" && r.peek() != "RESET" {
			return r.unknown()
		}
	}
	if r.peek() == "SET" || r.peek() == "RESET" {
		return r.setting()
	}
	r.take("WITH")
	return r.options()
}

// setting lets sessions of a role begin with what a migration may set for itself.
func (r *roleReader) setting() error {
	verb := r.peek()
	if r.at++; r.at == len(r.tokens) || r.tokens[r.at].name == "" {
		return r.unknown()
	}
	t := r.tokens[r.at]
	r.at++
	if custom := r.symbol('.'); !custom && !allowedSetting(t.name) {
		return statement.Errorf(t.pos, "%s %s is not allowed for a role: it may change limits, role or transaction. Ask the server's administrator.",
			verb, strings.ToUpper(t.name))
	}
	r.at = len(r.tokens) // the statement holds nothing but values behind it
	return nil
}

// membership reads GRANT and REVOKE of roles.
func (r *roleReader) membership() error {
	to := "TO"
	if r.verb == "REVOKE" {
		to = "FROM"
		for _, option := range []string{"ADMIN", "INHERIT", "SET"} {
			if r.take(option, "OPTION", "FOR") {
				break
			}
		}
	}
	if err := r.roles(); err != nil {
		return err
	}
	if !r.take(to) {
		return r.unknown()
	}
	if err := r.roles(); err != nil {
		return err
	}
	return r.terms()
}

// terms are what may stand behind the members.
func (r *roleReader) terms() error {
	for r.take("WITH") || r.symbol(',') {
		if !slices.Contains([]string{"ADMIN", "INHERIT", "SET"}, r.peek()) {
			return r.unknown()
		}
		if r.at++; !r.take("OPTION") && !r.take("TRUE") && !r.take("FALSE") {
			return r.unknown()
		}
	}
	if r.take("GRANTED", "BY") {
		if err := r.role(); err != nil {
			return err
		}
	}
	_ = r.take("CASCADE") || r.take("RESTRICT")
	return nil
}
