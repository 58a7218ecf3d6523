package postgres

import (
	"strings"

	"towpath/internal/statement"
)

// lexer reads PostgreSQL's tokens: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
// Backslashes escape in E” only: standard_conforming_strings is on and a script may not turn it off.
type lexer struct{}

// Skip implements statement.Lexer. Block comments nest.
func (lexer) Skip(r *statement.Reader) error {
	for {
		switch c := r.Peek(0); {
		case c == ' ' || c >= '\t' && c <= '\r':
			r.Advance(1)
		case c == '-' && r.Peek(1) == '-':
			r.Comment(2)
			r.Line()
		case c == '/' && r.Peek(1) == '*':
			r.Comment(2)
			if err := skipBlock(r); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func skipBlock(r *statement.Reader) error {
	pos, depth := r.Pos(), 0
	for !r.End() {
		switch {
		case r.Peek(0) == '/' && r.Peek(1) == '*':
			depth++
			r.Advance(2)
		case r.Peek(0) == '*' && r.Peek(1) == '/':
			r.Advance(2)
			if depth--; depth == 0 {
				return nil
			}
		default:
			r.Advance(1)
		}
	}
	return unclosed(pos, r, "comment")
}

// Next implements statement.Lexer.
func (lexer) Next(r *statement.Reader) (statement.TokenKind, error) {
	switch c := r.Peek(0); {
	case c == '\'':
		return statement.Text, quoted(r, c)
	case c == '"':
		return statement.Quoted, quoted(r, c)
	case (c == 'e' || c == 'E') && r.Peek(1) == '\'':
		return statement.Text, escaped(r)
	case c == '$':
		return dollar(r)
	case wordByte(c):
		for wordByte(r.Peek(0)) || r.Peek(0) == '$' {
			r.Advance(1)
		}
		return statement.Word, nil
	default:
		r.Advance(1)
		return statement.Symbol, nil
	}
}

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

func escaped(r *statement.Reader) error {
	pos := r.Pos()
	r.Advance(2)
	for !r.End() {
		switch {
		case r.Peek(0) == '\\' && r.Peek(1) != 0:
			r.Advance(1)
			r.Advance(1)
		case r.Peek(0) == '\'' && r.Peek(1) == '\'':
			r.Advance(2)
		case r.Peek(0) == '\'':
			r.Advance(1)
			return nil
		default:
			r.Advance(1)
		}
	}
	return unclosed(pos, r, "quote")
}

// maxTag bounds the tag of a dollar quote; PostgreSQL's names have 63 bytes.
const maxTag = 255

// dollar reads $tag$ … $tag$, or the $ of a parameter.
func dollar(r *statement.Reader) (statement.TokenKind, error) {
	n := 1
	for n < maxTag && wordByte(r.Peek(n)) && (n > 1 || r.Peek(n) < '0' || r.Peek(n) > '9') {
		n++
	}
	if r.Peek(n) != '$' {
		r.Advance(1)
		return statement.Symbol, nil
	}
	pos := r.Pos()
	tag := make([]byte, 0, n+1)
	for i := 0; i <= n; i++ {
		tag = append(tag, r.Peek(i))
	}
	r.Advance(len(tag))
	if !r.Through(string(tag)) {
		return 0, unclosed(pos, r, "quote "+string(tag))
	}
	return statement.Text, nil
}

func unclosed(pos statement.Position, r *statement.Reader, what string) error {
	if r.Err() != nil {
		return r.Err()
	}
	return statement.Errorf(pos, "The %s that opens here is never closed.", what)
}

func wordByte(c byte) bool {
	return c >= 0x80 || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// transaction is what the whole of a file may stand in. https://www.postgresql.org/docs/current/sql-begin.html
func transaction() statement.Transaction {
	return statement.Transaction{
		Begin:  []string{"BEGIN", "BEGIN WORK", "BEGIN TRANSACTION", "START TRANSACTION"},
		End:    []string{"COMMIT", "COMMIT WORK", "COMMIT TRANSACTION", "END", "END WORK", "END TRANSACTION"},
		Strict: true,
	}
}

// Judge implements statement.Lexer.
func (lexer) Judge() statement.Judge { return &judge{} }

// leadWords is how many words at a statement's start are kept.
const leadWords = 8

// judge finds the end of a statement and what must not run.
type judge struct {
	verb   statement.Verb
	lead   []string // upper case; "" for what is no word
	seen   int
	parens int
	body   int // depth of BEGIN ATOMIC and CASE
	atomic bool
	last   string
	lastAt statement.Position
	config bool // within the arguments of set_config, before its first
	notx   bool
}

// Token implements statement.Judge.
func (j *judge) Token(t statement.Token) (bool, error) {
	if t.Is(';') && j.body == 0 && (j.parens == 0 || !j.isRule()) {
		return true, nil
	}
	word := t.Upper()
	err := j.refuse(t, word)
	j.seen++
	j.verb.Add(t)
	if len(j.lead) < leadWords {
		j.lead = append(j.lead, word)
	}
	switch {
	case t.Is('('):
		j.parens++
	case t.Is(')'):
		j.parens--
	}
	j.follow(word)
	j.last, j.lastAt = word, t.Pos
	return false, err
}

// follow keeps the depth of a body that is written as SQL, and notices CONCURRENTLY.
func (j *judge) follow(word string) {
	switch {
	case word == "ATOMIC" && j.last == "BEGIN" && j.lead[0] == "CREATE":
		j.atomic, j.body = true, 1
	case j.atomic && word == "CASE":
		j.body++
	case j.atomic && word == "END" && j.body > 0:
		j.body--
	case word == "CONCURRENTLY" && j.lead[0] != "REFRESH":
		j.notx = true
	}
}

// isRule tells whether the statement is a CREATE RULE, the only one with semicolons in parentheses.
func (j *judge) isRule() bool {
	return j.verb.String() == "CREATE RULE"
}

// Finish implements statement.Judge.
func (j *judge) Finish(s *statement.Statement, _ bool) error {
	s.Verb = j.verb.String()
	s.NoTx = j.notx || j.commitsItself(s.Verb)
	return nil
}

// commitsItself lists what PostgreSQL refuses inside a transaction.
func (j *judge) commitsItself(verb string) bool {
	switch verb {
	case "VACUUM", "ALTER SYSTEM", "CREATE DATABASE", "DROP DATABASE", "CREATE TABLESPACE", "DROP TABLESPACE",
		"CREATE SUBSCRIPTION", "DROP SUBSCRIPTION", "ALTER SUBSCRIPTION":
		return true
	case "ALTER DATABASE":
		return j.has("TABLESPACE")
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

// refuse tells what must not run, at the token that shows it.
func (j *judge) refuse(t statement.Token, word string) error {
	if t.Kind != statement.Text && t.Names(ledgerTable) {
		return statement.Errorf(t.Pos, "The table %s belongs to the server. A migration may not use it.", ledgerTable)
	}
	if t.Is('\\') {
		return &statement.Error{Pos: t.Pos, Through: "\n", Message: "Commands with a backslash belong to psql and are not SQL. Leave this line out."}
	}
	if err := j.refuseCall(t); err != nil {
		return err
	}
	switch len(j.lead) {
	case 0:
		return refusedVerb(t.Pos, word)
	case 1:
		if j.lead[0] == "START" && word == "TRANSACTION" {
			return refusedVerb(t.Pos, "START TRANSACTION")
		}
	}
	if j.lead[0] == "SET" || j.lead[0] == "RESET" {
		return j.refuseSetting(t)
	}
	return nil
}

func refusedVerb(pos statement.Position, word string) error {
	switch word {
	case "BEGIN", "START TRANSACTION", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE":
		return statement.Errorf(pos, "%s is not allowed: each file runs in one transaction of its own. Leave it out.", word)
	case "PREPARE", "EXECUTE", "DEALLOCATE":
		return statement.Errorf(pos, "%s is not allowed: write the statement itself.", word)
	case "COPY":
		return statement.Errorf(pos, "COPY is not allowed: it reads the client's input or the server's files. Write INSERT statements.")
	case "LOAD":
		return statement.Errorf(pos, "LOAD is not allowed: it loads code into the server. Leave it out.")
	case "DISCARD":
		return statement.Errorf(pos, "DISCARD is not allowed: every file starts with a fresh session. Leave it out.")
	}
	return nil
}

// refuseSetting looks at the name behind SET [SESSION | LOCAL], or RESET.
func (j *judge) refuseSetting(t statement.Token) error {
	scope := len(j.lead) == 2 && (j.lead[1] == "SESSION" || j.lead[1] == "LOCAL")
	if len(j.lead) > 1 && !scope {
		return nil
	}
	name := strings.ToLower(strings.Trim(string(t.Raw), `"`))
	if !guardedSetting(name) && !(j.lead[0] == "RESET" && name == "all") {
		return nil
	}
	return statement.Errorf(t.Pos, "%s %s is not allowed: it changes the limits, the role or the transaction that the server has set. Leave it out.",
		j.lead[0], strings.ToUpper(name))
}

// guardedSetting names what a session of ours relies on.
func guardedSetting(name string) bool {
	switch name {
	case "lock_timeout", "statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout",
		"deadlock_timeout", "role", "authorization", "session_authorization", "transaction", "characteristics", "names",
		"client_encoding", "standard_conforming_strings", "transaction_read_only", "transaction_isolation", "transaction_deferrable",
		"default_transaction_read_only", "default_transaction_isolation":
		return true
	}
	return false
}

// refuseCall looks for calls that change guarded settings or reach the server's files.
func (j *judge) refuseCall(t statement.Token) error {
	if j.config {
		j.config = false
		name := strings.ToLower(strings.Trim(string(t.Raw), "'"))
		if t.Kind != statement.Text || guardedSetting(name) {
			return statement.Errorf(t.Pos, "set_config is not allowed here: it may change the limits or the role that the server has set. Leave it out.")
		}
	}
	if !t.Is('(') {
		return nil
	}
	switch j.last {
	case "SET_CONFIG":
		j.config = true
	case "PG_READ_FILE", "PG_READ_BINARY_FILE", "PG_LS_DIR", "LO_IMPORT", "LO_EXPORT", "PG_FILE_WRITE":
		return statement.Errorf(j.lastAt, "%s is not allowed: it reaches the server's files. Leave it out.", strings.ToLower(j.last))
	}
	return nil
}
