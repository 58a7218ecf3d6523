package sqlite

import (
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
)

// guard decides what a connection may do. It belongs to one connection and is asked on the goroutine that uses it.
// https://www.sqlite.org/c3ref/set_authorizer.html
type guard struct {
	own    bool   // our own statement runs: transactions and the ledger are open
	left   bool   // a script has changed the connection itself: a setting, or something temporary
	reason string // of the last refusal
}

// allowedPragma names those that a migration may use: they read, they mark the file, or they matter to this session only.
func allowedPragma(name string) bool {
	switch strings.ToLower(name) {
	case "application_id", "user_version", // in the file's header, part of the transaction
		"foreign_keys", "defer_foreign_keys", "legacy_alter_table", "recursive_triggers", // of the session; table rebuilds use them
		"foreign_key_check", "integrity_check", "quick_check", "analysis_limit", "optimize",
		"foreign_key_list", "index_info", "index_list", "index_xinfo", "table_info", "table_list", "table_xinfo",
		"collation_list", "function_list":
		return true
	}
	return false
}

// moduleReads names those that virtual tables ask for by themselves, rtree and fts5vocab.
func moduleReads(name string) bool { return name == "page_size" || name == "data_version" }

func (g *guard) authorize(action driver.AuthorizerActionCode, arg1, arg2, _, _ string) driver.AuthorizerReturnCode {
	g.left = g.left || !g.own && ofConnection(action)
	if reason := g.refusal(action, arg1, arg2); reason != "" {
		g.reason = reason
		return driver.AuthorizerDeny
	}
	return driver.AuthorizerOK
}

// ofConnection tells whether an action may reach beyond its transaction to what else the connection does.
func ofConnection(action driver.AuthorizerActionCode) bool {
	switch action {
	case driver.AuthPragma, driver.AuthCreateTempTable, driver.AuthCreateTempIndex, driver.AuthCreateTempTrigger, driver.AuthCreateTempView,
		driver.AuthTransaction, driver.AuthSavepoint:
		return true
	}
	return false
}

func (g *guard) refusal(action driver.AuthorizerActionCode, arg1, arg2 string) string {
	switch action {
	case driver.AuthAttach, driver.AuthDetach:
		return "A migration may not open another database file."
	case driver.AuthFunction:
		if strings.EqualFold(arg2, "load_extension") {
			return "A migration may not load code into the server."
		}
	case driver.AuthPragma:
		if !g.own && !allowedPragma(arg1) && !(arg2 == "" && moduleReads(arg1)) {
			return fmt.Sprintf("A migration may not use PRAGMA %s.", arg1)
		}
	case driver.AuthTransaction, driver.AuthSavepoint:
		if !g.own {
			return "A migration may not begin or end transactions: it runs in one as a whole."
		}
	case driver.AuthAnalyze, driver.AuthReindex:
		return "" // of all tables, the ledger's too: harmless
	case driver.AuthCreateVTable:
		if !safeModule(arg2) {
			return fmt.Sprintf("A migration may not use the module %s.", arg2)
		}
	}
	if !g.own && (isLedger(arg1) || isLedger(arg2)) {
		return "The table " + ledgerTable + " belongs to the server."
	}
	return ""
}

// safeModule lists the virtual tables that stay inside the file.
func safeModule(name string) bool {
	switch strings.ToLower(name) {
	case "fts3", "fts4", "fts5", "fts5vocab", "rtree", "rtree_i32", "geopoly":
		return true
	}
	return false
}

func isLedger(name string) bool { return strings.EqualFold(name, ledgerTable) }
