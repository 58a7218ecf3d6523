package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// settingState is the position in a SET with several assignments.
type settingState int

const (
	settingOff   settingState = iota
	settingName               // a name comes
	settingUser               // an @ was read: a user's variable, or another @
	settingOwn                // the name of a user's variable was read
	settingValue              // inside of a value
	settingEqual              // a guarded name whose value must be checked
	settingSaved              // a guarded name is set to a user variable, whose name comes
)

type setting struct {
	state settingState
	name  string // of the guarded setting
	at    statement.Position
	depth int
	own   string            // the user variable that is set
	value []string          // the first tokens of its value
	saves map[string]string // settings that user variables save, by their names
}

// add checks the names that are set: only listed ones pass, which change neither limits,
// transactions, rights, nor the reading of SQL.
func (s *setting) add(file *lexer, t statement.Token, word string) error {
	switch s.state {
	case settingName:
		return s.addName(t, word)
	case settingUser:
		if t.Is('@') {
			s.state = settingName
			return nil
		}
		s.state = settingOwn
		s.own = strings.ToLower(name(t))
		s.value = nil
	case settingEqual:
		return s.addGuardedValue(t)
	case settingSaved:
		s.state = settingValue
		if kept := file.saved[strings.ToLower(name(t))]; kept == "" || (kept != s.name && s.name != "NAMES") {
			return statement.Errorf(s.at, "Write %s as a literal, or save it in this file first, as a dump "+
				"does: Towpath does not know the value of the variable.", strings.ToLower(s.name))
		}
	case settingOwn, settingValue:
		switch {
		case t.Is('('):
			s.depth++
		case t.Is(')'):
			s.depth--
		case t.Is(',') && s.depth == 0:
			s.keep()
			s.state = settingName
			return nil
		}
		if s.own != "" && !t.Is('=') && !t.Is(':') && len(s.value) < 6 {
			s.value = append(s.value, strings.ToUpper(string(t.Raw)))
		}
	}
	return nil
}

func (s *setting) addName(t statement.Token, word string) error {
	if t.Kind == statement.Quoted {
		word = strings.ToUpper(plainName(t))
	}
	switch word {
	case "SESSION", "LOCAL":
		if t.Kind == statement.Word {
			return nil
		}
	case "":
		switch {
		case t.Is('@'):
			s.state = settingUser
			return nil
		case t.Is('.'):
			return nil
		}
	case "SQL_MODE", "NAMES", "CHARACTER", "CHARSET", "CHARACTER_SET_CLIENT", "CHARACTER_SET_CONNECTION",
		"CHARACTER_SET_RESULTS", "COLLATION_CONNECTION",
		"DEFAULT_STORAGE_ENGINE", "STORAGE_ENGINE", "DEFAULT_TMP_STORAGE_ENGINE":
		s.state, s.name = settingEqual, word
		return nil
	case "SQL_LOG_BIN", "GTID_PURGED", "GTID_NEXT":
		s.state = settingValue
		return statement.Errorf(t.Pos,
			"SET %s is not allowed: it controls the replication of the whole server. "+
				"Make the dump with mysqldump --set-gtid-purged=OFF, or remove the lines with it.", word)
	}
	if s.state = settingValue; !freeSetting(word) {
		return statement.Errorf(t.Pos, "SET %s is not allowed: it changes limits, transactions, rights or "+
			"the whole server, or Towpath does not know it. Remove it.", strings.ToUpper(string(t.Raw)))
	}
	return nil
}

// freeSetting lists the settings that a file may set in its session.
func freeSetting(name string) bool {
	switch name {
	case "FOREIGN_KEY_CHECKS", "UNIQUE_CHECKS", "CHECK_CONSTRAINT_CHECKS", "SQL_NOTES", "SQL_WARNINGS",
		"NOTE_VERBOSITY", "SQL_SAFE_UPDATES",
		"SQL_AUTO_IS_NULL", "SQL_BIG_SELECTS", "SQL_SELECT_LIMIT", "SQL_QUOTE_SHOW_CREATE", "TIME_ZONE",
		"TIMESTAMP",
		"INSERT_ID", "LAST_INSERT_ID", "IDENTITY", "RAND_SEED1", "RAND_SEED2", "AUTO_INCREMENT_INCREMENT",
		"AUTO_INCREMENT_OFFSET",
		"GROUP_CONCAT_MAX_LEN", "SORT_BUFFER_SIZE", "JOIN_BUFFER_SIZE", "READ_BUFFER_SIZE",
		"BULK_INSERT_BUFFER_SIZE", "MYISAM_SORT_BUFFER_SIZE",
		"TMP_TABLE_SIZE", "MAX_HEAP_TABLE_SIZE", "CTE_MAX_RECURSION_DEPTH", "MAX_RECURSIVE_ITERATIONS",
		"MAX_SP_RECURSION_DEPTH",
		"DIV_PRECISION_INCREMENT", "DEFAULT_WEEK_FORMAT", "LC_TIME_NAMES", "LC_MESSAGES",
		"EXPLICIT_DEFAULTS_FOR_TIMESTAMP",
		"INNODB_STRICT_MODE", "INNODB_FT_ENABLE_STOPWORD", "OPTIMIZER_SWITCH", "OPTIMIZER_SEARCH_DEPTH",
		"ALTER_ALGORITHM", "OLD_ALTER_TABLE",
		"SYSTEM_VERSIONING_ALTER_HISTORY", "SYSTEM_VERSIONING_ASOF", "SYSTEM_VERSIONING_INSERT_HISTORY",
		"UPDATABLE_VIEWS_WITH_LIMIT",
		"INFORMATION_SCHEMA_STATS_EXPIRY", "SQL_GENERATE_INVISIBLE_PRIMARY_KEY", "SQL_REQUIRE_PRIMARY_KEY",
		"RESTRICT_FK_ON_NON_STANDARD_KEY",
		"PRINT_IDENTIFIED_WITH_AS_HEX", "SHOW_CREATE_TABLE_VERBOSITY",
		"SHOW_CREATE_TABLE_SKIP_SECONDARY_ENGINE", "USE_SECONDARY_ENGINE",
		"WINDOWING_USE_HIGH_PRECISION", "BLOCK_ENCRYPTION_MODE", "PROFILING", "INNODB_COMPRESSION_DEFAULT",
		"INNODB_DEFAULT_ENCRYPTION_KEY_ID":
		return true
	}
	return false
}

// addGuardedValue accepts the modes, character sets and engines with which SQL is read, and tables
// are stored, as in this package.
func (s *setting) addGuardedValue(t statement.Token) error {
	word := t.Upper()
	if t.Is('=') || t.Is(':') || (word == "SET" && s.name == "CHARACTER") {
		return nil
	}
	if t.Is('@') {
		s.state, s.at = settingSaved, t.Pos
		return nil
	}
	s.state, s.own = settingValue, ""
	value := strings.ToUpper(name(t))
	switch s.name {
	case "SQL_MODE":
		if t.Kind == statement.Text && PlainMode(value) == strings.TrimRight(value, ",") {
			return nil
		}
		return statement.Errorf(t.Pos, "This sql_mode is not allowed: it may change how quotes and "+
			"backslashes are read. Write the modes as a literal, "+
			"without ANSI_QUOTES and NO_BACKSLASH_ESCAPES.")
	case "DEFAULT_STORAGE_ENGINE", "STORAGE_ENGINE", "DEFAULT_TMP_STORAGE_ENGINE":
		return refusedEngine(t, false)
	case "CHARACTER_SET_RESULTS":
		if value == "NULL" || value == "BINARY" {
			return nil
		}
	}
	if value == "DEFAULT" || strings.HasPrefix(value, "UTF8") {
		return nil
	}
	return statement.Errorf(t.Pos, "Only utf8mb4 is allowed here: files are UTF-8. Remove this line.")
}

// keep notes the setting that a user variable saves: exactly "@old = @@sql_mode".
func (s *setting) keep() {
	if s.own == "" {
		return
	}
	value := strings.TrimPrefix(strings.TrimPrefix(strings.Join(s.value, ""), "@@SESSION."), "@@LOCAL.")
	if s.saves == nil {
		s.saves = map[string]string{}
	}
	s.saves[s.own] = ""
	if saved, ok := strings.CutPrefix(value, "@@"); ok {
		s.saves[s.own] = saved
	} else if value != strings.Join(s.value, "") {
		s.saves[s.own] = value
	}
	s.own = ""
}

// finish keeps the settings that the whole SET has saved, for the statements that follow.
func (s *setting) finish(file *lexer) {
	s.keep()
	for variable, saved := range s.saves {
		if file.saved == nil {
			file.saved = map[string]string{}
		}
		file.saved[variable] = saved
	}
}
