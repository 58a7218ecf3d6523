package sqlite

import (
	"slices"
	"strings"
)

// AllowedPragma lists the PRAGMAs that a migration may use: they read, they mark the file, or they
// affect this session only.
func AllowedPragma(name string) bool {
	switch strings.ToLower(name) {
	case "application_id", "user_version", // in the file's header, part of the transaction
		// of the session; table rebuilds use them
		"foreign_keys", "defer_foreign_keys", "legacy_alter_table", "recursive_triggers",
		"foreign_key_check", "integrity_check", "quick_check", "analysis_limit", "optimize",
		"foreign_key_list", "index_info", "index_list", "index_xinfo", "table_info", "table_list",
		"table_xinfo",
		"collation_list", "function_list":
		return true
	}
	return false
}

// modules lists the modules of virtual tables that stay inside the file.
var modules = []string{"fts5", "fts5vocab", "rtree", "rtree_i32", "geopoly"}

// SafeModule reports whether a virtual table of this module stays inside the file.
func SafeModule(name string) bool { return slices.Contains(modules, strings.ToLower(name)) }
