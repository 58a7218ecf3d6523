package mysql_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"towpath/internal/dialect/mysql"
	"towpath/internal/statement"
)

// serverReads returns the results of a script with SELECTs only, and whether the server reads all
// of it. The results distinguish texts from comments.
func serverReads(t *testing.T, db *sql.DB, script string) (results []string, whole bool) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), script)
	if err != nil {
		return nil, false
	}
	defer rows.Close()
	for {
		columns, err := rows.Columns()
		if err != nil {
			return results, false
		}
		values := make([]sql.RawBytes, len(columns))
		targets := make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(targets...); err != nil {
				return results, false
			}
			line := ""
			for _, v := range values {
				line += string(v) + "\x00"
			}
			results = append(results, line)
		}
		if !rows.NextResultSet() {
			return results, rows.Err() == nil
		}
	}
}

// seeds are pieces on which lexers often disagree.
var seeds = []string{
	"SELECT 1", "SELECT 'a;b'", "SELECT \"a;'b\"", "SELECT `a;` FROM (SELECT 1 AS `a;`) t",
	"SELECT 1 --\x7f ; SELECT 2", "SELECT 1 --\x01;\n", "SELECT 1--1; SELECT 2", "SELECT 1 # ; \n; SELECT 2",
	"SELECT 1 -- ;\n; SELECT 2", "SELECT /* ; */ 1", "SELECT /*! 2; */ 1",
	"SELECT 1 /*!50000 + 1 */; SELECT 3", "SELECT 1 /*!99999 + 1 */", "SELECT 1 /*M!100000 + 1 */",
	"SELECT 1 /*!999999 + ' */; SELECT 2", "SELECT 'it\\'s; '; SELECT 2", "SELECT 'it''s; '; SELECT 2",
	"SELECT _utf8mb4'a;', X'41', N'b;'", "SELECT '\\\\'; SELECT 2", "SELECT @`a;b`, @'c;d'; SELECT 2",
	"SELECT 1 /*!12345678 */", "SELECT 'ü;🚀\\🚀'; SELECT 2", "SELECT /*+ x */ 1; SELECT 2",
	"SELECT 1/**/; SELECT 2/*", "SELECT 1.e; SELECT 2", "SELECT 1e--1; SELECT 2", "SELECT \\N; SELECT 2",
	"/*! SELECT 1 */; SELECT 2", "SELECT 1;;SELECT 2", "--\nSELECT 1", "SELECT 1 --", "SELECT 1 --\t;\n",
	"SELECT 1 --\v;\nSELECT 2",
}

// FuzzReading compares the splitter with the server: the pieces, run one by one, must return what
// the server returns for the whole with its own splitting.
func FuzzReading(f *testing.F) {
	for i, s := range seeds {
		f.Add(s)
		f.Add(s + ";\n" + seeds[(i*7+3)%len(seeds)])
	}
	target := server.Database(f)
	config := driver.NewConfig()
	config.Net, config.Addr, config.User, config.Passwd, config.DBName = "tcp", target.Address,
		target.Username, target.Password, target.Database
	config.Collation, config.MultiStatements = "utf8mb4_general_ci", true
	config.Params = map[string]string{"sql_mode": "'STRICT_TRANS_TABLES'"}
	all, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		f.Fatal(err)
	}
	config.MultiStatements = false
	one, err := sql.Open("mysql", config.FormatDSN())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := errors.Join(all.Close(), one.Close()); err != nil {
			f.Error(err)
		}
	})
	f.Fuzz(func(t *testing.T, script string) {
		if len(script) > 2000 || strings.Contains(strings.ToLower(script), "delimiter") || odd(script) {
			return // a word of the client, or a result that changes from run to run
		}
		var pieces []string
		for st, err := range mysql.Split(strings.NewReader(script)) {
			var refused *statement.Error
			if errors.As(err, &refused) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if st.Verb != "SELECT" {
				return
			}
			pieces = append(pieces, st.Text)
		}
		var got []string
		for _, piece := range pieces {
			results, whole := serverReads(t, one, piece)
			if !whole {
				return // another error, unrelated to the cut
			}
			got = append(got, results...)
		}
		want, whole := serverReads(t, all, script)
		// an empty statement, or two dashes before the delimiter: everything before it must still
		// agree
		if !whole {
			got = got[:min(len(got), len(want))]
		}
		if strings.Join(got, "\x01") != strings.Join(want, "\x01") {
			t.Errorf("%q is cut into %q, which returns %q; the server returns %q", script, pieces, got, want)
		}
	})
}

// odd reports whether a script reads changing values, waits, or holds a lock.
func odd(script string) bool {
	upper := strings.ToUpper(script)
	for _, word := range []string{
		"RAND", "UUID", "NOW", "TIME", "SLEEP", "LOCK", "BENCHMARK", "CONNECTION",
		"@@", "DATE", "SEQ", "LAST", "INTO", ":=",
	} {
		if strings.Contains(upper, word) {
			return true
		}
	}
	return false
}
