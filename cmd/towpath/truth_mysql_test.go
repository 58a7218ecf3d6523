package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	driver "github.com/go-sql-driver/mysql"

	"towpath/internal/ast"
	"towpath/internal/engine"
	"towpath/internal/sqlreview"
)

var (
	saysRewrites = regexp.MustCompile(`(is|are) (copied|built again|written again)|copies (it|the whole table)`)
	saysBlocks   = regexp.MustCompile(`is copied|takes no writes|nobody writes it meanwhile`)
)

// mysqlClaims are what the sentence of a finding says. A copy keeps writers out.
func mysqlClaims(f sqlreview.Finding) (all []effect) {
	if slices.Contains([]string{"DD05", "RU01", "ST14", "IX01"}, f.Rule) {
		all = append(all, failing)
	}
	if f.Rule == "ST15" && strings.HasPrefix(f.Message, "This INSERT") { // an UPDATE takes the last value
		all = append(all, failing)
	}
	if saysRewrites.MatchString(f.Message) {
		all = append(all, rewrites)
	}
	if saysBlocks.MatchString(f.Message) {
		all = append(all, blocks)
	}
	return all
}

// mysqlWitness asks a server to change a table without a copy while others write. When the server
// refuses that, it keeps writers out. A table that it has written again has another number.
type mysqlWitness struct {
	conn *sql.Conn
	ctx  context.Context
}

func openMySQLWitness(t *testing.T, target engine.Target, setup string) witness {
	t.Helper()
	config := driver.NewConfig()
	config.Net, config.Addr, config.User, config.Passwd = "tcp", target.Address, target.Username, target.Password
	config.DBName, config.MultiStatements = target.Database, true
	connector, err := driver.NewConnector(config)
	if err != nil {
		t.Fatal(err)
	}
	pool := sql.OpenDB(connector)
	w := &mysqlWitness{ctx: t.Context()}
	if w.conn, err = pool.Conn(w.ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(w.conn.Close(), pool.Close()) })
	if _, err := w.conn.ExecContext(w.ctx, cmp.Or(strings.TrimSpace(setup), "DO 1")); code(err) == syntaxError {
		return nil
	} else if err != nil {
		t.Fatalf("set up: %v", err)
	}
	rows, err := w.conn.QueryContext(w.ctx,
		"SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	_ = rows.Close()
	inserts := "SET SESSION sql_mode = '', foreign_key_checks = 0"
	for _, name := range names {
		var filled bool
		err := w.conn.QueryRowContext(w.ctx, "SELECT EXISTS (SELECT 1 FROM `"+name+"`)").Scan(&filled)
		if err != nil {
			t.Fatal(err)
		}
		if !filled {
			inserts += "; INSERT IGNORE INTO `" + name + "` () VALUES ()"
		}
	}
	if _, err := w.conn.ExecContext(w.ctx, inserts+"; SET SESSION sql_mode = DEFAULT, foreign_key_checks = 1"); err != nil {
		t.Fatalf("put a row into each table: %v", err)
	}
	return w
}

// numbers identify the files of a table, or those of its partitions, by their names.
func (w *mysqlWitness) numbers(table string) map[string]int64 {
	all := map[string]int64{}
	rows, err := w.conn.QueryContext(w.ctx, "SELECT name, table_id FROM information_schema.innodb_sys_tables "+
		"WHERE name = CONCAT(DATABASE(), '/', ?) OR name LIKE CONCAT(DATABASE(), '/', ?, '#P#%')", table, table)
	if err != nil {
		return all
	}
	defer rows.Close()
	var name string
	var id int64
	for rows.Next() && rows.Scan(&name, &id) == nil {
		all[name] = id
	}
	return all
}

// rewritten reports whether a file has been replaced, or all have.
func rewritten(before, after map[string]int64) bool {
	kept := 0
	for name, id := range before {
		if now, ok := after[name]; ok && now != id {
			return true
		} else if ok {
			kept++
		}
	}
	return kept == 0
}

const syntaxError = 1064

// The server's numbers for errors that the catalog foretells, and for a change that it can make
// neither without a copy nor while others write.
var (
	foretold = []uint16{1146, 1054, 1050, 1060, 1061, 1064, 1091, 1072, 1136, 1051, 1176, 1068, 1110}
	refused  = []uint16{1845, 1846}
)

func code(err error) uint16 {
	var e *driver.MySQLError
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

func (w *mysqlWitness) run(st *sqlreview.Text, fresh []string) (map[effect]bool, bool) {
	table, suffix := changed(st)
	before := w.numbers(table)
	all := map[effect]bool{}
	done, asked := false, false
	if suffix != "" && len(before) > 0 && !slices.Contains(fresh, table) {
		_, err := w.conn.ExecContext(w.ctx, strings.TrimSuffix(strings.TrimSpace(st.Text), ";")+suffix)
		done = err == nil
		asked = done || slices.Contains(refused, code(err))
		all[blocks] = slices.Contains(refused, code(err))
	}
	if !done {
		if _, err := w.conn.ExecContext(w.ctx, st.Text); err != nil {
			known := slices.Contains(foretold, code(err)) && st.Block == nil && st.Select == nil && !elsewhere(st) &&
				!(code(err) == syntaxError && st.Failed == "") // of MySQL alone
			return map[effect]bool{failing: true}, known
		}
	}
	if len(before) == 0 || st.AlterTable == nil && st.CreateIndex == nil || slices.Contains(fresh, table) {
		return all, true
	}
	all[rewrites] = rewritten(before, w.numbers(table)) && !renames(st) && !truncates(st)
	if !asked && all[rewrites] {
		all[blocks] = true // where the grammar has no place for the question, only a copy does it
	}
	return all, true
}

// changed is the table that a statement changes, and the words by which a server is asked to do that
// without a copy while others write; "" where the statement chooses itself.
func changed(st *sqlreview.Text) (table, suffix string) {
	switch {
	case st.AlterTable != nil:
		table, suffix = st.AlterTable.Table.Name, ", ALGORITHM=INPLACE, LOCK=NONE"
	case st.CreateIndex != nil:
		table, suffix = st.CreateIndex.Table.Name, " ALGORITHM=INPLACE LOCK=NONE"
	case st.Drop != nil && st.Drop.Kind == "index" && st.Drop.On != nil:
		table, suffix = st.Drop.On.Name, " ALGORITHM=INPLACE LOCK=NONE"
	}
	if chooses.MatchString(st.Text) || renames(st) {
		return table, ""
	}
	return table, suffix
}

var chooses = regexp.MustCompile(`(?i)\b(algorithm|lock)\s*=?\s*\w`)

// elsewhere reports whether a statement writes to another database.
func elsewhere(st *sqlreview.Text) bool {
	return st.Update != nil && st.Update.Tables[0].Schema != ""
}

func truncates(st *sqlreview.Text) bool {
	return st.AlterTable != nil && slices.ContainsFunc(st.AlterTable.Actions, func(a ast.Action) bool {
		return a.Kind == ast.TruncatePartition
	})
}

func renames(st *sqlreview.Text) bool {
	return st.AlterTable != nil && slices.ContainsFunc(st.AlterTable.Actions, func(a ast.Action) bool {
		return a.Kind == ast.RenameTable
	})
}
