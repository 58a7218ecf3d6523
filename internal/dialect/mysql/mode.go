package mysql

import "strings"

// PlainMode returns a sql_mode without the parts that change how SQL is read.
func PlainMode(mode string) string {
	var kept []string
	for _, one := range strings.Split(mode, ",") {
		if one != "" && !lexicalMode(one) {
			kept = append(kept, one)
		}
	}
	return strings.Join(kept, ",")
}

func lexicalMode(mode string) bool {
	switch strings.ToUpper(strings.TrimSpace(mode)) {
	case "ANSI", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ORACLE", "DB2", "MAXDB", "MSSQL", "POSTGRESQL",
		"PIPES_AS_CONCAT", "IGNORE_SPACE":
		return true
	}
	return false
}
