package mysql

import (
	"slices"
	"strings"

	"towpath/internal/statement"
)

// refuseStart accepts only statements whose first word is known to stay in the database.
func (s *reading) refuseStart(t statement.Token, word string) error {
	locked := s.file.locked
	if locked && word != "INSERT" && word != "REPLACE" && word != "UNLOCK" && word != "ALTER" &&
		word != "SET" {
		return statement.Errorf(t.Pos,
			"Between LOCK TABLES and UNLOCK TABLES only INSERT is allowed, as in a dump. "+
				"Move this after UNLOCK TABLES.")
	}
	switch word {
	case "SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", "VALUES", "TABLE", "TRUNCATE", "DO",
		"CALL",
		"SHOW", "DESCRIBE", "DESC", "EXPLAIN", "SIGNAL", "GET":
		return nil
	case "ANALYZE", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM", "CREATE", "ALTER", "DROP", "RENAME":
		return nil // define checks the rest
	case "SET":
		s.setting.state = settingName
		return nil
	case "GRANT", "REVOKE":
		s.grant.on, s.roles.verb = true, word
		return nil
	case "PREPARE", "EXECUTE", "DEALLOCATE":
		s.prepare = prepare{on: true, verb: word}
		return nil
	case "COMMIT":
		s.commits.refused = ownTransaction(t, word)
		return nil
	case "LOCK", "UNLOCK":
		s.file.locked = word == "LOCK"
		return nil
	}
	if t.Is('(') {
		return nil
	}
	return refusedStart(t, word)
}

// refusedStart explains the refusal of the words that people try.
func refusedStart(t statement.Token, word string) error {
	why := ""
	switch word {
	case "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "XA":
		return ownTransaction(t, word)
	case "USE":
		why = "a migration changes its own database only. Write a file for each database (mysqldump " +
			"without --databases)."
	case "LOAD", "IMPORT":
		why = "it reads files of a server. Write INSERT statements."
	case "SOURCE", "DELIMITER":
		return statement.Errorf(t.Pos, "%s is a command of the mysql client, known at the start of a line "+
			"at most. Remove it, or write DELIMITER at a line's start.", word)
	case "KILL", "SHUTDOWN", "RESTART", "CHANGE", "STOP", "RESET", "PURGE", "INSTALL", "UNINSTALL", "CLONE",
		"BACKUP", "HANDLER", "BINLOG", "FLUSH", "CACHE":
		why = "it affects the server, not this database. Remove it."
	case "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR", "DECLARE", "RETURN", "OPEN", "FETCH", "CLOSE":
		why = "it is only valid in a routine. Write a procedure and CALL it."
	default:
		return statement.Errorf(t.Pos,
			"Towpath knows no statement that begins with %s. A file may change data and tables, "+
				"create and call routines, and set session variables.", t.Raw)
	}
	return statement.Errorf(t.Pos, "%s is not allowed: %s", word, why)
}

// ownTransaction refuses transaction control.
func ownTransaction(t statement.Token, word string) *statement.Error {
	return statement.Errorf(t.Pos,
		"%s is not allowed: Towpath begins and ends the transaction of a file. %s", word,
		statement.LeaveOut)
}

// subject finds the kind of object in a CREATE, ALTER, DROP or RENAME.
type subject struct {
	verb  string
	pos   statement.Position
	kind  string // "" until it is known
	value bool   // the next token is the value of an option, or a host
	depth int
	prev  string
	query bool        // the table's rows come from a SELECT
	parts bool        // within the definition of its partitions
	odd   bool        // nothing more is checked
	roles *roleReader // of a whole statement; nil within a body, which may not change roles

	imports string // DISCARD or IMPORT, if it was read outside of parentheses
}

const allowedKinds = "A file may define tables, views, indexes, sequences, triggers, routines and events " +
	"of its database."

func (d *subject) add(t statement.Token, word string) error {
	switch {
	case d.verb == "":
		d.start(t, word)
		return nil
	case d.kind == "" && !d.odd:
		return d.addKind(t, word)
	}
	return d.addOption(t, word)
}

func (d *subject) start(t statement.Token, word string) {
	switch word {
	case "CREATE", "ALTER", "DROP", "RENAME", "ANALYZE", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM":
		d.verb, d.pos = word, t.Pos
		return
	}
	d.verb, d.odd = "-", true
}

// addKind skips modifiers and options up to the kind. It refuses any other word.
func (d *subject) addKind(t statement.Token, word string) error {
	value := d.value
	if d.value = t.Is('=') || t.Is('@'); d.value || value || word == "" {
		return nil
	}
	switch word {
	case "OR", "REPLACE", "TEMPORARY", "UNIQUE", "FULLTEXT", "SPATIAL", "VECTOR", "ONLINE", "OFFLINE",
		"IGNORE", "AGGREGATE", "ALGORITHM", "DEFINER",
		"SQL", "SECURITY", "INVOKER", "CURRENT_USER", "CURRENT_ROLE", "NO_WRITE_TO_BINLOG", "LOCAL":
		return nil
	case "TABLE", "TABLES":
		d.kind = "TABLE"
		return nil
	case "VIEW", "INDEX", "SEQUENCE", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE", "PREPARE":
		if !d.upkeep() || word == "VIEW" {
			d.kind = word
			return nil
		}
	case "USER", "ROLE":
		if d.roles != nil && (d.verb == "CREATE" || d.verb == "DROP" || d.verb == "ALTER") {
			d.kind = word
			d.roles.about, d.roles.verb, d.roles.kind = true, d.verb, word
			return nil
		}
	case "DATABASE", "SCHEMA":
		if d.verb == "ALTER" {
			d.kind = word
			return nil
		}
		d.odd = true
		return statement.Errorf(d.pos, "%s %s is not allowed: a migration changes its own database only. "+
			"Remove it (mysqldump without --databases).", d.verb, word)
	}
	d.odd = true
	return statement.Errorf(d.pos,
		"%s %s is not allowed: it affects the server, or Towpath does not know it. %s",
		d.verb, word, allowedKinds)
}

// upkeep reports whether the statement maintains tables and defines nothing.
func (d *subject) upkeep() bool {
	switch d.verb {
	case "ANALYZE", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM":
		return true
	}
	return false
}

func (d *subject) withBody() bool {
	switch d.kind {
	case "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE":
		return d.verb == "CREATE" || (d.verb == "ALTER" && d.kind == "EVENT")
	}
	return false
}

// addOption checks for options of an object that reach outside of the database.
func (d *subject) addOption(t statement.Token, word string) error {
	prev := d.prev
	switch {
	case t.Is('('):
		d.depth++
	case t.Is(')'):
		d.depth--
	}
	switch d.prev = word; {
	case t.Is('='):
		if d.prev = prev; prev == "ENGINE" {
			d.prev = "ENGINE ="
		} else if prev != "" {
			d.prev = prev + " ="
		}
	case t.Kind == statement.Quoted:
		d.prev = "`"
	}
	switch d.kind {
	case "USER", "ROLE":
		return d.roles.add(t, word)
	case "TABLE":
		return d.refuseTableOption(t, word, prev)
	case "DATABASE", "SCHEMA":
		return d.refuseDatabaseOption(t, word)
	case "FUNCTION":
		if word == "SONAME" {
			return statement.Errorf(t.Pos,
				"A function of a library runs outside the database. Write the function in SQL.")
		}
	}
	return nil
}

// tableOptions are those that keep a table in its database, by the word before their equals sign.
// TABLESPACE, CONNECTION, DIRECTORY, ENGINE, UNION and RENAME have their own checks.
var tableOptions = []string{
	"ALGORITHM", "AUTOEXTEND_SIZE", "AUTO_INCREMENT", "AVG_ROW_LENGTH", "CHARSET", "CHECKSUM", "COLLATE",
	"COMMENT", "COMPRESSION", "CONNECTION", "DELAY_KEY_WRITE", "DIRECTORY", "ENCRYPTED", "ENCRYPTION",
	"ENCRYPTION_KEY_ID", "ENGINE", "IETF_QUOTES", "INSERT_METHOD", "KEY_BLOCK_SIZE", "LOCK", "MAX_ROWS",
	"MIN_ROWS", "PACK_KEYS", "PAGE_CHECKSUM", "PAGE_COMPRESSED", "PAGE_COMPRESSION_LEVEL", "RENAME",
	"ROW_FORMAT", "SEQUENCE", "SET", "STATS_AUTO_RECALC", "STATS_PERSISTENT", "STATS_SAMPLE_PAGES",
	"TABLESPACE", "TABLE_CHECKSUM", "TRANSACTIONAL", "UNION",
}

func (d *subject) refuseTableOption(t statement.Token, word, prev string) error {
	d.query = d.query || word == "SELECT"
	d.parts = d.parts || word == "PARTITION"
	switch {
	case t.Is('=') && d.depth == 0 && !d.query && !slices.Contains(tableOptions, prev):
		return statement.Errorf(t.Pos,
			"This table option may reach outside the database. Remove it.")
	case prev == "SECONDARY_ENGINE" && d.depth == 0 && d.verb == "CREATE":
		return refusedEngine(t, false)
	case prev == "ENGINE =", prev == "ENGINE" && d.depth == 0 && d.verb == "CREATE", prev == "ENGINE" &&
		remote(name(t)):
		return refusedEngine(t, d.depth > 0)
	case word == "DIRECTORY" && (prev == "DATA" || prev == "INDEX"):
		return statement.Errorf(t.Pos,
			"The server decides where a table's files are. Remove %s DIRECTORY.",
			prev)
	case (prev == "CONNECTION =" || (prev == "CONNECTION" && d.depth == 0)) && t.Kind == statement.Text:
		return statement.Errorf(t.Pos,
			"A migration cannot use a table on another server. Remove CONNECTION.")
	case (word == "DISCARD" || word == "IMPORT") && d.depth == 0 && d.verb == "ALTER":
		d.imports = word
	case word == "TABLESPACE" && d.imports != "" && d.depth == 0:
		return statement.Errorf(t.Pos,
			"%s TABLESPACE is not allowed: a migration cannot use files of the database server.", d.imports)
	case ((prev == "TABLESPACE" && d.depth == 0) || (prev == "TABLESPACE =" && (d.depth == 0 || d.parts))) &&
		name(t) != "" && !strings.HasPrefix(strings.ToLower(name(t)), "innodb_"):
		return statement.Errorf(t.Pos, "Tablespaces belong to the server. Remove TABLESPACE.")
	}
	return nil
}

// refusedEngine accepts engines that keep their rows on this server. In parentheses the word may be
// a column's name, so only engines that reach outside are refused there.
func refusedEngine(t statement.Token, column bool) error {
	switch value := strings.ToUpper(name(t)); value {
	case "", "INNODB", "MYISAM", "ARIA", "MEMORY", "HEAP", "ARCHIVE", "CSV", "BLACKHOLE", "MERGE",
		"MRG_MYISAM", "ROCKSDB", "COLUMNSTORE",
		"NDB", "NDBCLUSTER", "SEQUENCE", "TOKUDB", "MROONGA", "OQGRAPH", "DEFAULT":
		return nil
	default:
		if column && !remote(value) {
			return nil
		}
		return statement.Errorf(t.Pos,
			"The storage engine %s is not allowed: it may keep its rows outside this server. Use InnoDB.",
			value)
	}
}

func remote(engine string) bool {
	switch strings.ToUpper(engine) {
	case "FEDERATED", "FEDERATEDX", "CONNECT", "SPIDER", "S3", "CASSANDRA", "SPHINX", "HANDLERSOCKET",
		"LIGHTNING", "SECONDARY_ENGINE":
		return true
	}
	return false
}

// refuseDatabaseOption accepts only changes of a database's character set.
func (d *subject) refuseDatabaseOption(t statement.Token, word string) error {
	switch word {
	case "READ", "ENCRYPTION", "UPGRADE":
		return statement.Errorf(t.Pos,
			"Only the character set and the collation of the database may be altered. Remove %s.", word)
	}
	return nil
}

// name returns the name in a word, a quoted name or a string.
func name(t statement.Token) string {
	switch t.Kind {
	case statement.Word, statement.Quoted:
		return plainName(t)
	case statement.Text:
		return string(t.Raw[1 : len(t.Raw)-1])
	}
	return ""
}

// administers reports whether a function reads files, locks resources of the server's own sessions,
// or controls the server.
func administers(function string) bool {
	for _, pattern := range []string{
		"LOAD_FILE", "RELEASE_ALL_LOCKS", "MASTER_POS_WAIT", "MASTER_GTID_WAIT", "SOURCE_POS_WAIT",
		"GROUP_REPLICATION_*", "ASYNCHRONOUS_CONNECTION_FAILOVER_*", "AUDIT_LOG_*", "KEYRING_*",
		"MYSQL_FIREWALL_*", "SPIDER_*", "SERVICE_*",
	} {
		if matches(function, pattern) {
			return true
		}
	}
	return false
}

// matches compares a name with a pattern, whose star matches any end. Servers ignore accents when
// they look up functions, so a letter that is not ASCII matches any.
func matches(name, pattern string) bool {
	letters := []rune(strings.ToUpper(name))
	stem, open := strings.CutSuffix(pattern, "*")
	if len(letters) < len(stem) || (!open && len(letters) > len(stem)) {
		return false
	}
	for i, c := range stem {
		if letters[i] != c && letters[i] < 0x80 {
			return false
		}
	}
	return true
}
