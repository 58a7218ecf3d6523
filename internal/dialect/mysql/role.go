package mysql

import (
	"errors"
	"slices"
	"strings"

	"towpath/internal/dialect"
	"towpath/internal/statement"
)

// roleReader reads a statement that creates, changes or removes users and roles, or grants and
// revokes membership. It refuses what its grammar does not contain, in every environment.
// https://dev.mysql.com/doc/refman/8.4/en/create-user.html, https://mariadb.com/kb/en/create-user/
type roleReader struct {
	verb  string // "CREATE", "ALTER", "DROP", "GRANT" or "REVOKE"
	kind  string // "USER" or "ROLE"; "" for membership
	about bool   // the statement is of this kind

	dialect.Words
	outside []statement.Outside
}

func (r *roleReader) add(t statement.Token, word string) error {
	if r.Full() {
		if r.about {
			return statement.Errorf(t.Pos, "This statement about users is too long. Split it into several.")
		}
		return nil // of many rights to an object
	}
	// A name with escapes or quotes is not kept.
	one := dialect.Word{Pos: t.Pos, Key: word, Name: name(t), Text: t.Kind == statement.Text}
	if one.Text && strings.ContainsAny(one.Name, `'"\`) {
		one.Name = ""
	}
	if t.Kind == statement.Symbol {
		one.Symbol = t.Raw[0]
	}
	r.Add(one)
	return nil
}

// refusal explains why the statement must not run where users may not be changed; nil when it
// changes none.
func (r *roleReader) refusal(begin statement.Position) *statement.Error {
	if !r.about {
		return nil
	}
	what := r.verb + " " + r.kind
	if r.kind == "" {
		what += "of a role"
	}
	return statement.Errorf(begin, "%s is not allowed: users and roles belong to the whole server. "+
		"Ask its administrator, or allow roles on the environment's page.", what)
}

func (r *roleReader) read(begin statement.Position) (err error) {
	if r.verb == "CREATE" || r.verb == "REVOKE" || r.verb == "DROP" || r.verb == "ALTER" {
		_ = r.Take("IF", "NOT", "EXISTS") || r.Take("IF", "EXISTS")
	}
	switch {
	case r.kind == "ROLE" && r.verb == "ALTER":
		return statement.Errorf(begin, "There is no ALTER ROLE here. Use ALTER USER.")
	case r.kind == "", r.kind == "ROLE", r.verb == "DROP":
		err = r.plain()
	default:
		err = r.users()
	}
	if errors.Is(err, errUnknown) || (err == nil && !r.End()) {
		return r.unknown(begin)
	}
	return err
}

// errUnknown reports that the grammar does not contain the next token.
var errUnknown = errors.New("unknown")

// unknown shows nothing of the text: it may contain a password.
func (r *roleReader) unknown(begin statement.Position) *statement.Error {
	return statement.Errorf(r.Pos(begin),
		"This part of a statement about users is not allowed. It may set a password, limits, "+
			"REQUIRE, ACCOUNT LOCK, "+
			"DEFAULT ROLE and membership in roles. Write names without escapes.")
}

// account reads the name of a user or a role, and its host.
func (r *roleReader) account() error {
	t := r.Peek()
	called := r.Ahead(1).Symbol == '('
	switch {
	case t.Key == "CURRENT_USER" || t.Key == "CURRENT_ROLE" || t.Key == "SESSION_USER" || called:
		return statement.Errorf(t.Pos,
			"%s is the user that runs the migration, which no migration may change. Name another one.", t.Key)
	case t.Key == "PUBLIC" || t.Key == "ALL" || t.Key == "NONE":
		return statement.Errorf(t.Pos,
			"%s means every user or role, and no migration may change all of them. Name each.", t.Key)
	case (t.Text && t.Name == "") || t.Symbol != 0 || t == (dialect.Word{}):
		return errUnknown
	case ofServer(t.Name):
		return statement.Errorf(t.Pos,
			"This user belongs to the server, and no migration may change it. "+
				"Ask the server's administrator.")
	}
	r.Next()
	if o := (statement.Outside{Kind: statement.OutsideRole, Name: t.Name, Pos: t.Pos}); !slices.ContainsFunc(
		r.outside, o.Same) {
		r.outside = append(r.outside, o)
	}
	if !r.TakeSymbol('@') {
		return nil
	}
	if host := r.Peek(); host.Name == "" && !host.Text {
		return errUnknown
	}
	r.Next()
	for r.TakeSymbol('.') {
		r.Next()
	}
	return nil
}

// ofServer lists users that servers keep for themselves and for administrators. Trailing blanks are
// not part of a name.
func ofServer(name string) bool {
	name = strings.ToLower(strings.TrimRight(name, " "))
	return name == "" || name == "root" || name == "debian-sys-maint" || strings.HasPrefix(name, "mysql") ||
		strings.HasPrefix(name, "mariadb")
}

// sameUser compares names as the server does: case matters, trailing blanks do not.
func sameUser(a, b string) bool { return strings.TrimRight(a, " ") == strings.TrimRight(b, " ") }

func (r *roleReader) accounts() error {
	for {
		if err := r.account(); err != nil || !r.TakeSymbol(',') {
			return err
		}
	}
}

// plain reads statements that contain only names: DROP, roles, and membership.
func (r *roleReader) plain() error {
	to := ""
	switch r.verb {
	case "GRANT":
		to = "TO"
	case "REVOKE":
		to = "FROM"
		r.Take("ADMIN", "OPTION", "FOR")
	}
	if err := r.accounts(); err != nil {
		return err
	}
	switch {
	case to == "":
		return nil
	case !r.Take(to):
		return errUnknown
	}
	if err := r.accounts(); err != nil {
		return err
	}
	if r.verb == "GRANT" {
		r.Take("WITH", "ADMIN", "OPTION")
	}
	return nil
}

// users reads accounts with their options.
func (r *roleReader) users() error {
	for {
		if err := r.account(); err != nil {
			return err
		}
		for !r.End() && r.Peek().Symbol != ',' {
			if err := r.option(); err != nil {
				return err
			}
		}
		if !r.TakeSymbol(',') {
			return nil
		}
	}
}

// userWords are the words of options that affect only the account itself. The server checks their
// order.
var userWords = []string{
	"REQUIRE", "NONE", "SSL", "X509", "AND", "WITH", "PASSWORD", "EXPIRE", "DEFAULT", "NEVER", "INTERVAL",
	"DAY", "HISTORY", "REUSE", "CURRENT", "OPTIONAL", "ACCOUNT", "LOCK", "UNLOCK", "UNBOUNDED",
	"FAILED_LOGIN_ATTEMPTS", "PASSWORD_LOCK_TIME", "MAX_QUERIES_PER_HOUR", "MAX_UPDATES_PER_HOUR",
	"MAX_CONNECTIONS_PER_HOUR", "MAX_USER_CONNECTIONS", "MAX_STATEMENT_TIME",
}

// plugins check passwords, and nothing else.
var plugins = []string{"mysql_native_password", "caching_sha2_password", "sha256_password", "ed25519"}

func (r *roleReader) option() error {
	t := r.Peek()
	switch {
	case r.Take("IDENTIFIED", "BY", "PASSWORD"), r.Take("IDENTIFIED", "BY"):
		if r.TakeText() {
			return nil
		}
	case r.Take("IDENTIFIED", "WITH"), r.Take("IDENTIFIED", "VIA"):
		return r.plugin()
	case r.Take("DEFAULT", "ROLE"):
		if r.Take("NONE") || r.Take("ALL") {
			return nil
		}
		return r.accounts()
	case r.Take("CIPHER"), r.Take("ISSUER"), r.Take("SUBJECT"), r.Take("COMMENT"), r.Take("ATTRIBUTE"):
		if r.TakeText() {
			return nil
		}
	case slices.Contains(userWords, t.Key), t.Key != "" && numeral(t.Key):
		r.Next()
		return nil
	}
	return errUnknown
}

func (r *roleReader) plugin() error {
	if !slices.Contains(plugins, strings.ToLower(r.Peek().Name)) {
		return errUnknown
	}
	r.Next()
	switch {
	case r.Take("USING", "PASSWORD") && r.TakeSymbol('(') && r.TakeText() && r.TakeSymbol(')'):
		return nil
	case r.Take("BY"), r.Take("AS"), r.Take("USING"):
		if !r.TakeText() {
			return errUnknown
		}
	}
	return nil
}
