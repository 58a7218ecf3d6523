package mysql

import (
	"errors"
	"slices"
	"strings"

	"towpath/internal/statement"
)

// roleReader reads a statement that makes, changes or removes users and roles, or gives and takes
// membership. What its grammar does not hold is refused, wherever the statement is to run.
// https://dev.mysql.com/doc/refman/8.4/en/create-user.html, https://mariadb.com/kb/en/create-user/
type roleReader struct {
	verb  string // "CREATE", "ALTER", "DROP", "GRANT" or "REVOKE"
	kind  string // "USER" or "ROLE"; "" for membership
	about bool   // it is such a statement

	tokens  []roleToken
	at      int
	outside []statement.Outside
}

// roleToken is a token without its text, of which it keeps what may be a name.
type roleToken struct {
	pos    statement.Position
	word   string
	name   string // "" where it is none, or hard to read
	text   bool
	symbol byte
}

// maxRoleTokens bounds a statement about users.
const maxRoleTokens = 1000

func (r *roleReader) add(t statement.Token, word string) error {
	if len(r.tokens) == maxRoleTokens {
		if r.about {
			return statement.Errorf(t.Pos, "This statement about users is too long. Write several.")
		}
		return nil // of many rights to an object
	}
	one := roleToken{pos: t.Pos, word: word, name: name(t), text: t.Kind == statement.Text}
	if one.text && strings.ContainsAny(one.name, `'"\`) {
		one.name = ""
	}
	if t.Kind == statement.Symbol {
		one.symbol = t.Raw[0]
	}
	r.tokens = append(r.tokens, one)
	return nil
}

// refusal is why the statement must not run where users may not be changed; nil when it changes none.
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
		_ = r.take("IF", "NOT", "EXISTS") || r.take("IF", "EXISTS")
	}
	switch {
	case r.kind == "ROLE" && r.verb == "ALTER":
		return statement.Errorf(begin, "ALTER ROLE is no statement that is known here. Use ALTER USER.")
	case r.kind == "", r.kind == "ROLE", r.verb == "DROP":
		err = r.plain()
	default:
		err = r.users()
	}
	if errors.Is(err, errUnknown) || (err == nil && r.at < len(r.tokens)) {
		return r.unknown(begin)
	}
	return err
}

// errUnknown is something that the grammar here does not hold, at the next token.
var errUnknown = errors.New("unknown")

// unknown shows nothing of the text: a password may stand there.
func (r *roleReader) unknown(begin statement.Position) *statement.Error {
	if len(r.tokens) > 0 {
		begin = r.tokens[min(r.at, len(r.tokens)-1)].pos
	}
	return statement.Errorf(begin, "A statement about users may not say this. It may give a password, limits, REQUIRE, ACCOUNT LOCK, DEFAULT ROLE and membership in roles. "+
		"Write names without escapes.")
}

func (r *roleReader) peek() roleToken {
	if r.at < len(r.tokens) {
		return r.tokens[r.at]
	}
	return roleToken{}
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
	if r.peek().symbol == c {
		r.at++
		return true
	}
	return false
}

func (r *roleReader) text() bool {
	if r.peek().text {
		r.at++
		return true
	}
	return false
}

// account reads the name of a user or a role, and its host.
func (r *roleReader) account() error {
	t := r.peek()
	called := r.at+1 < len(r.tokens) && r.tokens[r.at+1].symbol == '('
	switch {
	case t.word == "CURRENT_USER" || t.word == "CURRENT_ROLE" || t.word == "SESSION_USER" || called:
		return statement.Errorf(t.pos, "%s is the user that runs the migration, which no migration may change. Name another one.", t.word)
	case t.word == "PUBLIC" || t.word == "ALL" || t.word == "NONE":
		return statement.Errorf(t.pos, "%s stands for every user or role, and no migration may change all of them. Name each.", t.word)
	case t.text && t.name == "" || t.symbol != 0 || t == roleToken{}:
		return errUnknown
	case ofServer(t.name):
		return statement.Errorf(t.pos, "This user belongs to the server, and no migration may change it. Ask the server's administrator.")
	}
	r.at++
	if o := (statement.Outside{Kind: statement.OutsideRole, Name: t.name, Pos: t.pos}); !slices.ContainsFunc(r.outside, o.Same) {
		r.outside = append(r.outside, o)
	}
	if !r.symbol('@') {
		return nil
	}
	if host := r.peek(); host.name == "" && !host.text {
		return errUnknown
	}
	r.at++
	for r.symbol('.') {
		r.at++
	}
	return nil
}

// ofServer lists users that servers have for themselves and their administrators. Names end before
// their last blanks.
func ofServer(name string) bool {
	name = strings.ToLower(strings.TrimRight(name, " "))
	return name == "" || name == "root" || name == "debian-sys-maint" || strings.HasPrefix(name, "mysql") || strings.HasPrefix(name, "mariadb")
}

// sameUser compares names as the server does: letters count, and blanks at the end do not.
func sameUser(a, b string) bool { return strings.TrimRight(a, " ") == strings.TrimRight(b, " ") }

func (r *roleReader) accounts() error {
	for {
		if err := r.account(); err != nil || !r.symbol(',') {
			return err
		}
	}
}

// plain reads what holds nothing but names: DROP, roles, and membership.
func (r *roleReader) plain() error {
	to := ""
	switch r.verb {
	case "GRANT":
		to = "TO"
	case "REVOKE":
		to = "FROM"
		r.take("ADMIN", "OPTION", "FOR")
	}
	if err := r.accounts(); err != nil {
		return err
	}
	switch {
	case to == "":
		return nil
	case !r.take(to):
		return errUnknown
	}
	if err := r.accounts(); err != nil {
		return err
	}
	if r.verb == "GRANT" {
		r.take("WITH", "ADMIN", "OPTION")
	}
	return nil
}

// users reads accounts with what they get.
func (r *roleReader) users() error {
	for {
		if err := r.account(); err != nil {
			return err
		}
		for r.at < len(r.tokens) && r.peek().symbol != ',' {
			if err := r.option(); err != nil {
				return err
			}
		}
		if !r.symbol(',') {
			return nil
		}
	}
}

// userWords are of options that only their own account knows. The server says how they may follow each
// other.
var userWords = []string{
	"REQUIRE", "NONE", "SSL", "X509", "AND", "WITH", "PASSWORD", "EXPIRE", "DEFAULT", "NEVER", "INTERVAL", "DAY", "HISTORY", "REUSE", "CURRENT",
	"OPTIONAL", "ACCOUNT", "LOCK", "UNLOCK", "UNBOUNDED", "FAILED_LOGIN_ATTEMPTS", "PASSWORD_LOCK_TIME", "MAX_QUERIES_PER_HOUR",
	"MAX_UPDATES_PER_HOUR", "MAX_CONNECTIONS_PER_HOUR", "MAX_USER_CONNECTIONS", "MAX_STATEMENT_TIME",
}

// plugins check passwords, and nothing else.
var plugins = []string{"mysql_native_password", "caching_sha2_password", "sha256_password", "ed25519"}

func (r *roleReader) option() error {
	t := r.peek()
	switch {
	case r.take("IDENTIFIED", "BY", "PASSWORD"), r.take("IDENTIFIED", "BY"):
		if r.text() {
			return nil
		}
	case r.take("IDENTIFIED", "WITH"), r.take("IDENTIFIED", "VIA"):
		return r.plugin()
	case r.take("DEFAULT", "ROLE"):
		if r.take("NONE") || r.take("ALL") {
			return nil
		}
		return r.accounts()
	case r.take("CIPHER"), r.take("ISSUER"), r.take("SUBJECT"), r.take("COMMENT"), r.take("ATTRIBUTE"):
		if r.text() {
			return nil
		}
	case slices.Contains(userWords, t.word), t.word != "" && numeral(t.word):
		r.at++
		return nil
	}
	return errUnknown
}

func (r *roleReader) plugin() error {
	if !slices.Contains(plugins, strings.ToLower(r.peek().name)) {
		return errUnknown
	}
	r.at++
	switch {
	case r.take("USING", "PASSWORD") && r.symbol('(') && r.text() && r.symbol(')'):
		return nil
	case r.take("BY"), r.take("AS"), r.take("USING"):
		if !r.text() {
			return errUnknown
		}
	}
	return nil
}
