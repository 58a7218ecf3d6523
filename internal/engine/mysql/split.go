package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// transaction is what the whole of a file may stand in. https://dev.mysql.com/doc/refman/8.4/en/commit.html
func transaction() statement.Transaction {
	return statement.Transaction{Begin: []string{"START TRANSACTION", "BEGIN", "BEGIN WORK"}, End: []string{"COMMIT", "COMMIT WORK"}}
}

// judge looks at a statement as a server does that runs conditional comments, and as one that passes over them. Both
// must find it harmless, and both must see its end at the same place.
type judge struct {
	lexer   *lexer
	all     reading
	plain   reading
	within  bool // in a conditional comment
	comment statement.Position
}

// Token implements statement.Judge.
func (j *judge) Token(t statement.Token) (bool, error) {
	if t.Kind == statement.Symbol && len(t.Raw) > 1 && string(t.Raw) != j.lexer.delimiter {
		if j.within = j.lexer.conditional != nil; j.within {
			j.comment = t.Pos
		}
		j.all.seen++
		return false, nil
	}
	delimiter := t.Kind == statement.Symbol && string(t.Raw) == j.lexer.delimiter
	if !j.within && delimiter && j.ends() {
		if j.all.body.ends() != j.plain.body.ends() && j.lexer.delimiter == ";" {
			return true, statement.Errorf(j.comment, "This conditional comment decides where the statement ends. Write the statement without the comment.")
		}
		return true, nil
	}
	err := j.all.add(t)
	if !j.within {
		if plain := j.plain.add(t); err == nil {
			err = plain
		}
	}
	return false, err
}

// ends tells whether a delimiter ends the statement: a semicolon does not inside of a body.
func (j *judge) ends() bool {
	return j.lexer.delimiter != ";" || j.all.body.ends() || j.plain.body.ends()
}

// Finish implements statement.Judge.
func (j *judge) Finish(s *statement.Statement, atEnd bool) error {
	if atEnd && j.lexer.conditional != nil {
		return statement.Errorf(*j.lexer.conditional, "The conditional comment that opens here is never closed.")
	}
	if atEnd && !j.all.body.ends() {
		return statement.Errorf(j.all.begin, "The body that begins here has no end. Close it with END, or use DELIMITER.")
	}
	s.Verb = j.all.verb()
	s.NoTx = j.all.commitsItself() || j.plain.commitsItself()
	return nil
}

// reading is one way to see a statement.
type reading struct {
	begin   statement.Position
	seen    int
	lead    []string // first words in upper case, "" for what is no word
	kind    string   // of object that a CREATE, ALTER or DROP is about
	with    statement.Verb
	body    body
	setting setting
	last    string
	lastAt  statement.Position
}

// leadWords is how many words at a statement's start are kept.
const leadWords = 6

func (s *reading) add(t statement.Token) error {
	word := t.Upper()
	if s.seen++; len(s.lead) == 0 {
		s.begin = t.Pos
	}
	err := s.refuse(t, word)
	if len(s.lead) < leadWords {
		s.lead = append(s.lead, word)
	}
	s.with.Add(t)
	if s.kind == "" && s.isDefinition() && objectKind(word) {
		s.kind = word
		s.body.on = s.lead[0] == "CREATE" && hasBody(word) || s.lead[0] == "ALTER" && word == "EVENT"
	} else {
		s.body.add(t, word)
	}
	s.last, s.lastAt = word, t.Pos
	return err
}

func (s *reading) isDefinition() bool {
	return s.lead[0] == "CREATE" || s.lead[0] == "ALTER" || s.lead[0] == "DROP" || s.lead[0] == "RENAME"
}

func objectKind(word string) bool {
	switch word {
	case "TABLE", "VIEW", "INDEX", "DATABASE", "SCHEMA", "USER", "ROLE", "SEQUENCE", "SERVER", "TABLESPACE", "LOGFILE", "INSTANCE":
		return true
	}
	return hasBody(word)
}

func hasBody(word string) bool {
	switch word {
	case "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE":
		return true
	}
	return false
}

func (s *reading) verb() string {
	switch {
	case len(s.lead) == 0:
		return ""
	case s.isDefinition() && s.kind != "":
		return s.lead[0] + " " + s.kind
	}
	return s.with.String()
}

// commitsItself tells whether the statement ends a transaction, as nearly all but plain DML do.
// https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
func (s *reading) commitsItself() bool {
	if len(s.lead) == 0 {
		return false
	}
	switch s.lead[0] {
	case "CREATE", "DROP":
		return !(len(s.lead) > 1 && (s.lead[1] == "TEMPORARY" || len(s.lead) > 3 && s.lead[3] == "TEMPORARY"))
	case "ALTER", "RENAME", "TRUNCATE", "GRANT", "REVOKE", "ANALYZE", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM", "CACHE", "FLUSH",
		"CALL", "IMPORT":
		return true
	}
	return false
}

// refuse tells what must not run, at the token that shows it.
func (s *reading) refuse(t statement.Token, word string) error {
	switch {
	case t.Kind != statement.Text && t.Names(ledgerTable):
		return statement.Errorf(t.Pos, "The table %s belongs to the server. A migration may not use it.", ledgerTable)
	case t.Is('\\'):
		return statement.Errorf(t.Pos, "Commands with a backslash belong to the mysql client and are not SQL. Leave this out.")
	case len(s.lead) == 0:
		if word == "SET" {
			s.setting.state = settingName
		}
		return refusedVerb(t.Pos, word)
	case s.last == "INTO" && (word == "OUTFILE" || word == "DUMPFILE"), t.Is('(') && s.last == "LOAD_FILE":
		return statement.Errorf(s.lastAt, "Files of the database server are out of reach. Leave this out.")
	case s.kind == "" && s.isDefinition() && (word == "DATABASE" || word == "SCHEMA"):
		return statement.Errorf(s.begin, "%s %s is not allowed: a migration changes its own database only.", s.lead[0], word)
	case s.setting.state != settingOff && !s.body.on:
		return s.setting.add(t, word)
	}
	return nil
}

func refusedVerb(pos statement.Position, word string) error {
	switch word {
	case "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA":
		return statement.Errorf(pos, "%s is not allowed: the server begins and ends the transaction of a file. Leave it out.", word)
	case "LOCK", "UNLOCK":
		return statement.Errorf(pos, "%s TABLES is not allowed: it commits what was done and holds locks without a limit. Leave it out.", word)
	case "PREPARE", "EXECUTE", "DEALLOCATE":
		return statement.Errorf(pos, "%s is not allowed: write the statement itself.", word)
	case "USE":
		return statement.Errorf(pos, "USE is not allowed: a migration changes its own database only. Write a file for each database.")
	case "LOAD":
		return statement.Errorf(pos, "LOAD is not allowed: it reads files. Write INSERT statements.")
	case "SOURCE", "DELIMITER":
		return statement.Errorf(pos, "%s is a command of the mysql client and does not work here. Leave it out.", word)
	case "KILL", "SHUTDOWN", "RESTART", "CHANGE", "STOP", "RESET", "PURGE", "INSTALL", "UNINSTALL", "CLONE", "BACKUP", "HANDLER", "BINLOG":
		return statement.Errorf(pos, "%s is not allowed: it is about the server, not about this database. Leave it out.", word)
	}
	return nil
}

// settingState follows a SET with several assignments.
type settingState int

const (
	settingOff   settingState = iota
	settingName               // a name comes
	settingUser               // an @ was read: a user's variable, or another @
	settingValue              // within a value
	settingEqual              // a guarded name whose value decides
)

type setting struct {
	state settingState
	name  string
	depth int
}

// add looks at the names that are set; those that change limits, transactions, or the reading of SQL are refused.
func (s *setting) add(t statement.Token, word string) error {
	switch s.state {
	case settingName:
		return s.addName(t, word)
	case settingUser:
		if s.state = settingValue; t.Is('@') {
			s.state = settingName
		}
	case settingEqual:
		return s.addGuardedValue(t)
	case settingValue:
		switch {
		case t.Is('('):
			s.depth++
		case t.Is(')'):
			s.depth--
		case t.Is(',') && s.depth == 0:
			s.state = settingName
		}
	}
	return nil
}

func (s *setting) addName(t statement.Token, word string) error {
	if t.Kind == statement.Quoted {
		word = strings.ToUpper(strings.Trim(string(t.Raw), "`"))
	}
	switch word {
	case "SESSION", "LOCAL":
		return nil
	case "":
		if t.Is('@') {
			s.state = settingUser
		}
		return nil // a dot
	case "SQL_MODE", "NAMES", "CHARACTER", "CHARSET", "CHARACTER_SET_CLIENT", "CHARACTER_SET_CONNECTION", "COLLATION_CONNECTION":
		s.state, s.name = settingEqual, word
		return nil
	}
	if s.state = settingValue; guardedSetting(word) {
		return statement.Errorf(t.Pos, "SET %s is not allowed: it changes limits, transactions, rights or the whole server. Leave it out.", word)
	}
	return nil
}

func guardedSetting(word string) bool {
	switch word {
	case "GLOBAL", "PERSIST", "PERSIST_ONLY", "AUTOCOMMIT", "TRANSACTION", "TRANSACTION_ISOLATION", "TX_ISOLATION", "TRANSACTION_READ_ONLY",
		"TX_READ_ONLY", "LOCK_WAIT_TIMEOUT", "INNODB_LOCK_WAIT_TIMEOUT", "MAX_STATEMENT_TIME", "MAX_EXECUTION_TIME", "WAIT_TIMEOUT",
		"INTERACTIVE_TIMEOUT", "PASSWORD", "ROLE", "DEFAULT", "STATEMENT", "SQL_LOG_BIN", "COMPLETION_TYPE", "IDLE_TRANSACTION_TIMEOUT",
		"IDLE_WRITE_TRANSACTION_TIMEOUT", "RESOURCE", "WSREP_ON", "WSREP_OSU_METHOD", "PSEUDO_THREAD_ID":
		return true
	}
	return false
}

// addGuardedValue lets modes and character sets pass under which SQL is read as here.
func (s *setting) addGuardedValue(t statement.Token) error {
	word := t.Upper()
	if t.Is('=') || t.Is(':') || word == "SET" && s.name == "CHARACTER" {
		return nil
	}
	s.state = settingValue
	value := strings.ToUpper(strings.Trim(string(t.Raw), "'\""))
	if s.name == "SQL_MODE" {
		if t.Kind == statement.Text && plainMode(value) == value {
			return nil
		}
		return statement.Errorf(t.Pos, "This sql_mode is not allowed: it may change how quotes and backslashes are read. Write the modes as a literal, without ANSI_QUOTES and NO_BACKSLASH_ESCAPES.")
	}
	if value == "DEFAULT" || strings.HasPrefix(value, "UTF8") || value == "@" {
		return s.userVariable(t)
	}
	return statement.Errorf(t.Pos, "Only utf8mb4 is allowed here: files are UTF-8. Leave this line out.")
}

// userVariable refuses a value that is not known before it runs.
func (s *setting) userVariable(t statement.Token) error {
	if t.Is('@') {
		return statement.Errorf(t.Pos, "Write %s as a literal: what a variable holds is not known here.", strings.ToLower(s.name))
	}
	return nil
}
