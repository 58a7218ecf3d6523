package postgres

import (
	"slices"
	"strings"

	"towpath/internal/dialect"
	"towpath/internal/statement"
)

// roleReader reads a statement that creates, changes or removes roles, or grants and revokes
// membership in them. It refuses what its grammar does not contain, in every environment.
// https://www.postgresql.org/docs/current/sql-createrole.html
type roleReader struct {
	start statement.Position
	verb  string // "CREATE", "ALTER", "DROP", "COMMENT", "GRANT" or "REVOKE"
	kind  string // "ROLE", "USER" or "GROUP"; "" for membership
	about bool   // the statement is of this kind

	dialect.Words
	outside []statement.Outside
}

func (r *roleReader) add(p piece) error {
	if r.Full() {
		if r.about {
			return statement.Errorf(p.Pos, "This statement about roles is too long. Split it into several.")
		}
		return nil // of many rights to an object
	}
	one := dialect.Word{Pos: p.Pos, Key: p.word, Name: p.name, Text: p.Kind == statement.Text}
	if p.Kind == statement.Symbol {
		one.Symbol = p.Raw[0]
	}
	r.Add(one)
	return nil
}

// finish records the roles and the verdict in the statement.
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
	case r.kind == "USER" && r.Peek().Key == "MAPPING":
		return statement.Errorf(r.start,
			"%s USER MAPPING is not allowed: it reaches outside this database. "+
				"Ask the server's administrator.",
			r.verb)
	case r.verb == "CREATE":
		if err = r.role(); err == nil {
			r.Take("WITH")
			err = r.options()
		}
	case r.verb == "ALTER":
		err = r.alter()
	case r.verb == "DROP":
		r.Take("IF", "EXISTS")
		err = r.roles()
	case r.verb == "COMMENT":
		if err = r.role(); err == nil && (!r.Take("IS") || !(r.TakeText() || r.Take("NULL"))) {
			err = r.unknown()
		}
	default:
		err = r.membership()
	}
	if err == nil && !r.End() {
		err = r.unknown()
	}
	return err
}

// unknown shows nothing of the text: it may contain a password.
func (r *roleReader) unknown() error {
	return statement.Errorf(r.Pos(r.start),
		"This part of a statement about roles is not allowed. It may set LOGIN, INHERIT, CONNECTION LIMIT, "+
			"PASSWORD, VALID UNTIL, membership in roles, and settings of their sessions.")
}

// role reads the name of a role.
func (r *roleReader) role() error {
	if r.End() || r.Peek().Name == "" || digit(r.Peek().Name[0]) {
		return r.unknown()
	}
	t := r.Peek()
	switch {
	case t.Key == "CURRENT_USER" || t.Key == "SESSION_USER" || t.Key == "CURRENT_ROLE":
		return statement.Errorf(t.Pos,
			"%s is the user that runs the migration, which no migration may change. Name another role.",
			t.Key)
	case t.Key == "ALL" || t.Key == "PUBLIC":
		return statement.Errorf(t.Pos,
			"%s means every role, including the one that runs the migration. Name each role.", t.Key)
	case strings.HasPrefix(t.Name, "pg_"), t.Name == "postgres":
		return statement.Errorf(t.Pos,
			"%s has power over the whole server, and no migration may give, take or change it. "+
				"Ask the server's administrator.", t.Name)
	}
	r.Next()
	o := statement.Outside{Kind: statement.OutsideRole, Name: t.Name, Pos: t.Pos}
	if !slices.ContainsFunc(r.outside, o.Same) {
		r.outside = append(r.outside, o)
	}
	return nil
}

func (r *roleReader) roles() error {
	for {
		if err := r.role(); err != nil || !r.TakeSymbol(',') {
			return err
		}
	}
}

// roleFlags are options without a value. The server accepts quoted ones too.
var roleFlags = []string{
	"login", "nologin", "inherit", "noinherit", "nosuperuser", "nocreatedb", "nocreaterole", "noreplication",
	"nobypassrls", "nocreateuser",
}

// powers are options with effect beyond one database.
var powers = []string{"superuser", "createdb", "createrole", "createuser", "replication", "bypassrls"}

func (r *roleReader) options() error {
	for !r.End() {
		if err := r.option(); err != nil {
			return err
		}
	}
	return nil
}

func (r *roleReader) option() error {
	t := r.Peek()
	switch {
	case slices.Contains(roleFlags, t.Name):
		r.Next()
		return nil
	case slices.Contains(powers, t.Name):
		return statement.Errorf(t.Pos, "%s has power beyond databases, and no migration may grant it. Ask "+
			"the server's administrator.", strings.ToUpper(t.Name))
	case r.Take("ENCRYPTED", "PASSWORD"), r.Take("PASSWORD"):
		if r.TakeText() || r.Take("NULL") {
			return nil
		}
	case r.Take("VALID", "UNTIL"):
		if r.TakeText() {
			return nil
		}
	case r.Take("CONNECTION", "LIMIT"):
		r.TakeSymbol('-')
		if word := r.Peek().Key; word != "" && digit(word[0]) {
			r.Next()
			return nil
		}
	case r.Take("IN", "ROLE"), r.Take("IN", "GROUP"), r.Take("ROLE"), r.Take("USER"), r.Take("ADMIN"):
		return r.roles()
	}
	return r.unknown()
}

// alter reads ALTER ROLE after its kind.
func (r *roleReader) alter() error {
	if err := r.role(); err != nil {
		return err
	}
	switch {
	case r.Take("RENAME", "TO"):
		return r.role()
	case r.Take("ADD", "USER"), r.Take("DROP", "USER"):
		return r.roles()
	case r.Take("IN", "DATABASE"):
		if r.End() || r.Peek().Name == "" {
			return r.unknown()
		}
		t := r.Peek()
		r.Next()
		r.outside = append(r.outside, statement.Outside{
			Kind: statement.OutsideDatabase, Name: t.Name,
			Pos: t.Pos,
		})
		if r.Peek().Key != "SET" && r.Peek().Key != "RESET" {
			return r.unknown()
		}
	}
	if r.Peek().Key == "SET" || r.Peek().Key == "RESET" {
		return r.setting()
	}
	r.Take("WITH")
	return r.options()
}

// setting accepts for the sessions of a role what a migration may set for itself.
func (r *roleReader) setting() error {
	verb := r.Peek().Key
	if r.Next(); r.End() || r.Peek().Name == "" {
		return r.unknown()
	}
	t := r.Peek()
	r.Next()
	if custom := r.TakeSymbol('.'); !custom && !allowedSetting(t.Name) {
		return statement.Errorf(t.Pos,
			"%s %s is not allowed for a role: it may change limits, role or transaction. "+
				"Ask the server's administrator.",
			verb, strings.ToUpper(t.Name))
	}
	r.Rest() // only values follow in the statement
	return nil
}

// membership reads GRANT and REVOKE of roles.
func (r *roleReader) membership() error {
	to := "TO"
	if r.verb == "REVOKE" {
		to = "FROM"
		for _, option := range []string{"ADMIN", "INHERIT", "SET"} {
			if r.Take(option, "OPTION", "FOR") {
				break
			}
		}
	}
	if err := r.roles(); err != nil {
		return err
	}
	if !r.Take(to) {
		return r.unknown()
	}
	if err := r.roles(); err != nil {
		return err
	}
	return r.terms()
}

// terms reads the options after the members.
func (r *roleReader) terms() error {
	for r.Take("WITH") || r.TakeSymbol(',') {
		if !slices.Contains([]string{"ADMIN", "INHERIT", "SET"}, r.Peek().Key) {
			return r.unknown()
		}
		if r.Next(); !r.Take("OPTION") && !r.Take("TRUE") && !r.Take("FALSE") {
			return r.unknown()
		}
	}
	if r.Take("GRANTED", "BY") {
		if err := r.role(); err != nil {
			return err
		}
	}
	_ = r.Take("CASCADE") || r.Take("RESTRICT")
	return nil
}
