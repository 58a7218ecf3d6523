package plan

import (
	"slices"
	"strings"

	"towpath"
)

// engineWords are the words that {{ENGINE}} matches in file names and folders. Those of an engine that
// Towpath does not have are "": their files are left out by their names.
var engineWords = map[string]towpath.EngineType{
	"postgres": towpath.EnginePostgres, "postgresql": towpath.EnginePostgres, "pgsql": towpath.EnginePostgres,
	"pg": towpath.EnginePostgres, "psql": towpath.EnginePostgres,
	"mysql": towpath.EngineMySQL, "mariadb": towpath.EngineMySQL,
	"sqlite": towpath.EngineSQLite, "sqlite3": towpath.EngineSQLite,

	"oracle": "", "mssql": "", "sqlserver": "", "h2": "", "hsqldb": "", "derby": "", "db2": "",
	"cockroach": "", "cockroachdb": "", "crdb": "", "clickhouse": "", "redshift": "", "snowflake": "",
	"firebird": "", "informix": "", "sybase": "", "tidb": "", "vertica": "", "yugabyte": "", "duckdb": "",
}

// enginePattern is the regular expression of {{ENGINE}}, with longer words first.
func enginePattern() string {
	words := make([]string, 0, len(engineWords))
	for word := range engineWords {
		words = append(words, word)
	}
	slices.SortFunc(words, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return "(?i:" + strings.Join(words, "|") + ")"
}

// separatorBefore returns the separator that is left out together with {{ENGINE}}, and the literal
// before it. ok is false where the engine cannot be left out: at the start of a name, or after
// something else.
func separatorBefore(pieces []piece, i int) (literal, separator string, ok bool) {
	if i+1 >= len(pieces) || pieces[i+1].place != engineName || pieces[i].literal == "" || i == 0 {
		return "", "", false
	}
	literal = pieces[i].literal
	last := literal[len(literal)-1:]
	if !strings.Contains("._-", last) {
		return "", "", false
	}
	return literal[:len(literal)-1], last, true
}

// specificOnly leaves out the files for all engines where a database has one for its own: with
// 1_a.sql and 1_a.mysql.sql, MySQL gets the second. Such a file is noted as ignored there.
func (b *builder) specificOnly(t target) {
	type key struct {
		link string
		id   towpath.MigrationID
	}
	specific := map[key]string{} // path
	for _, c := range b.claims[t.ID] {
		if c.Engine != "" {
			specific[key{c.link, c.MigrationID}] = c.Path
		}
	}
	if len(specific) == 0 {
		return
	}
	b.claims[t.ID] = slices.DeleteFunc(b.claims[t.ID], func(c claim) bool {
		path, known := specific[key{c.link, c.MigrationID}]
		replaced := known && c.Engine == ""
		if replaced && c.own {
			b.aside = append(b.aside, Item{
				Migration: c.Migration, State: ItemIgnored,
				Reason: towpath.Why(towpath.ReasonSpecificFile, "path", path),
			})
		}
		return replaced
	})
}

// isKind reports whether a file is for databases of the kind of one.
func (b *builder) isKind(m towpath.Migration, databaseID string) bool {
	return m.Engine == "" || m.Engine == b.in.Engines[databaseID]
}
