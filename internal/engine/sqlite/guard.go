package sqlite

import (
	"fmt"
	"strings"

	driver "modernc.org/sqlite"

	dialect "towpath/internal/dialect/sqlite"
)

// guard decides what a connection may do. SQLite calls it on the goroutine that uses the
// connection. https://www.sqlite.org/c3ref/set_authorizer.html
type guard struct {
	own    bool   // one of our own statements runs, which may use transactions and the ledger
	left   bool   // a script has changed the connection itself: a setting, or a temporary object
	reason string // of the last refusal
}

// moduleReads names the tables that the modules rtree and fts5vocab read by themselves.
func moduleReads(name string) bool { return name == "page_size" || name == "data_version" }

func (g *guard) authorize(
	action driver.AuthorizerActionCode, arg1, arg2, _, _ string,
) driver.AuthorizerReturnCode {
	g.left = g.left || (!g.own && ofConnection(action))
	if reason := g.refusal(action, arg1, arg2); reason != "" {
		g.reason = reason
		return driver.AuthorizerDeny
	}
	return driver.AuthorizerOK
}

// ofConnection reports whether an action may affect the connection beyond its transaction.
func ofConnection(action driver.AuthorizerActionCode) bool {
	switch action {
	case driver.AuthPragma, driver.AuthCreateTempTable, driver.AuthCreateTempIndex,
		driver.AuthCreateTempTrigger, driver.AuthCreateTempView,
		driver.AuthTransaction, driver.AuthSavepoint:
		return true
	}
	return false
}

// refusal explains why an action is not allowed, "" when it is. An action on no list is refused.
// https://www.sqlite.org/c3ref/c_alter_table.html
func (g *guard) refusal(action driver.AuthorizerActionCode, arg1, arg2 string) string {
	switch action {
	case driver.AuthAnalyze, driver.AuthReindex, driver.AuthSelect, driver.AuthRecursive:
		return "" // it covers all tables, even the ledger: harmless
	case driver.AuthTransaction, driver.AuthSavepoint:
		if !g.own {
			return "A migration may not begin or end transactions: it runs in one as a whole."
		}
		return ""
	case driver.AuthPragma:
		if !g.own && !dialect.AllowedPragma(arg1) && (arg2 != "" || !moduleReads(arg1)) {
			return fmt.Sprintf("A migration may not use PRAGMA %s.", arg1)
		}
		return ""
	case driver.AuthFunction:
		if !g.own && !dialect.AllowedFunction(arg2) {
			return fmt.Sprintf("A migration may not call the function %s.", arg2)
		}
		return ""
	case driver.AuthCreateVTable:
		if !dialect.SafeModule(arg2) {
			return fmt.Sprintf("A migration may not use the module %s.", arg2)
		}
	case driver.AuthRead:
		if !g.own && !dialect.Readable(strings.ToLower(arg1)) {
			return fmt.Sprintf("A migration may not read %s, a table of SQLite itself.", arg1)
		}
	case driver.AuthInsert, driver.AuthUpdate, driver.AuthDelete, driver.AuthAlterTable,
		driver.AuthDropVTable,
		driver.AuthCreateTable, driver.AuthCreateIndex, driver.AuthCreateView, driver.AuthCreateTrigger,
		driver.AuthCreateTempTable, driver.AuthCreateTempIndex, driver.AuthCreateTempView,
		driver.AuthCreateTempTrigger,
		driver.AuthDropTable, driver.AuthDropIndex, driver.AuthDropView, driver.AuthDropTrigger,
		driver.AuthDropTempTable, driver.AuthDropTempIndex, driver.AuthDropTempView,
		driver.AuthDropTempTrigger:
	default:
		return "A migration may change data and the schema of its own database file only."
	}
	if !g.own && (isLedger(arg1) || isLedger(arg2)) {
		return "The table " + ledgerTable +
			" is where Towpath records what has run. Remove it from the file."
	}
	return ""
}

func isLedger(name string) bool { return strings.EqualFold(name, ledgerTable) }
