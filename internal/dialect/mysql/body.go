package mysql

import "towpath/internal/statement"

// block is an open compound statement.
type block int

const (
	blockBegin     block = iota
	blockCase            // the statement
	blockCaseValue       // the expression
	blockOther           // IF, LOOP, WHILE, REPEAT, FOR
)

// body tracks the compound statements of a routine, so that a semicolon inside of one does not end
// it.
type body struct {
	on   bool
	open []block
	last string // the last word, or the last symbol
	prev string // the one before
}

// ends reports whether a semicolon ends the whole statement here.
func (b *body) ends() bool { return len(b.open) == 0 }

func (b *body) add(t statement.Token, word string) {
	if !b.on {
		return
	}
	switch word {
	case "BEGIN":
		if b.last != "." {
			b.open = append(b.open, blockBegin)
		}
	case "CASE":
		if b.last != "END" {
			b.open = append(b.open, b.caseKind())
		}
	case "IF", "LOOP", "WHILE", "REPEAT", "FOR":
		if b.startsStatement() {
			b.open = append(b.open, blockOther)
		}
	case "END":
		if len(b.open) > 0 && b.last != "." {
			b.open = b.open[:len(b.open)-1]
		}
	}
	b.prev = b.last
	if b.last = word; t.Kind != statement.Word {
		b.last = ""
		if t.Kind == statement.Symbol {
			b.last = string(t.Raw)
		}
	}
}

func (b *body) caseKind() block {
	if b.startsStatement() {
		return blockCase
	}
	return blockCaseValue
}

// startsStatement reports whether the next word begins a statement: elsewhere IF, REPEAT and CASE
// are expressions.
func (b *body) startsStatement() bool {
	if len(b.open) == 0 {
		// Only the head of the routine comes before: its parameters, or the last of its
		// characteristics.
		switch b.last {
		case ")", "ROW", "DO", "DETERMINISTIC", "INVOKER", "DEFINER", "DATA", "SQL", ":":
			return true
		}
		return b.prev == "FOLLOWS" || b.prev == "PRECEDES"
	}
	switch b.last {
	case "LOOP", "REPEAT":
		return b.prev != "END"
	case ";", "BEGIN", "DO", ":":
		return true
	case "THEN", "ELSE":
		return b.open[len(b.open)-1] != blockCaseValue
	}
	return false
}

// refuseInBody checks the statements of a routine.
func (s *reading) refuseInBody(t statement.Token, word string) error {
	if label := s.label; label != nil {
		if s.label = nil; !t.Is(':') {
			return label
		}
	}
	switch {
	case s.target && (word == "GLOBAL" || word == "PERSIST" || word == "PERSIST_ONLY" || word == "PASSWORD" ||
		word == "STATEMENT"):
		return statement.Errorf(t.Pos,
			"SET %s is not allowed: it changes limits, rights or the whole server. Remove it.", word)
	case t.Is(','):
		s.target = s.sets
	case t.Is('='), t.Is(';'):
		s.target = false
	}
	if word == "" || !s.body.startsStatement() {
		return s.inner.add(t, word)
	}
	s.inner, s.sets = subject{}, word == "SET"
	s.target = s.sets
	switch word {
	case "KILL", "SHUTDOWN", "RESTART", "CHANGE", "STOP", "RESET", "PURGE", "INSTALL", "UNINSTALL", "CLONE",
		"BACKUP", "BINLOG", "FLUSH", "CACHE",
		"USE", "LOAD", "LOCK", "UNLOCK", "XA", "GRANT", "REVOKE", "IMPORT":
		return statement.Errorf(t.Pos,
			"%s is not allowed in a routine: it reaches outside this database. Remove it.", word)
	}
	if len(s.body.open) > 0 && !inBody(word) {
		s.label = statement.Errorf(t.Pos, "Towpath knows no statement of a routine that begins with %s.",
			t.Raw)
	}
	return s.inner.add(t, word)
}

// inBody lists the words that may begin a routine's statements.
func inBody(word string) bool {
	switch word {
	case "SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", "VALUES", "TABLE", "TRUNCATE", "DO",
		"CALL", "SHOW", "DESCRIBE", "DESC", "EXPLAIN",
		"ANALYZE", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM", "CREATE", "ALTER", "DROP", "RENAME", "SET",
		"BEGIN", "DECLARE", "IF", "ELSEIF", "ELSE", "CASE", "WHEN", "LOOP", "WHILE", "REPEAT", "UNTIL", "FOR",
		"LEAVE", "ITERATE", "RETURN", "END",
		"OPEN", "FETCH", "CLOSE", "SIGNAL", "RESIGNAL", "GET", "PREPARE", "EXECUTE", "DEALLOCATE",
		"START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "EXCEPTION", "GOTO", "NULL", "EXIT",
		"CONTINUE", "PROCEDURE", "FUNCTION", "NOT":
		return true
	}
	return false
}
