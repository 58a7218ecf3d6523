package mysql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
)

// Schema implements engine.DB. It reads tables with their columns, keys, checks, partitions and
// comments, sequences, routines, views, triggers and events. It does not read grants, which belong
// to accounts, no owners (DEFINER), no packages, and neither the sql_mode nor the connection's
// collation under which a body was made: one that was made under ANSI_QUOTES reads differently when
// it is replayed.
func (d *database) Schema(ctx context.Context) (engine.Schema, error) {
	c := &catalog{name: d.target.Database, mariadb: d.mariadb}
	if err := d.read(ctx, c.load); err != nil {
		return engine.Schema{}, fmt.Errorf("read the schema: %w", err)
	}
	return c.render(), nil
}

// definition is one object and the statement that creates it.
type definition struct {
	name string
	text string
	body bool // contains semicolons
}

// catalog is the content of a database, in the order of a dump.
type catalog struct {
	name    string // of the database
	mariadb bool
	all     []definition
}

func (c *catalog) load(ctx context.Context, conn *connection) error {
	c.all = nil
	for _, step := range []func(context.Context, *connection) error{
		c.sequences, c.tables, c.routines,
		c.views, c.triggers, c.events,
	} {
		if err := step(ctx, conn); err != nil {
			return err
		}
	}
	return nil
}

func (c *catalog) sequences(ctx context.Context, conn *connection) error {
	if !c.mariadb {
		return nil // MySQL has none
	}
	return c.show(ctx, conn, "SHOW CREATE SEQUENCE ", false, `SELECT table_name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_type = 'SEQUENCE' ORDER BY BINARY table_name`)
}

func (c *catalog) tables(ctx context.Context, conn *connection) error {
	return c.show(ctx, conn, "SHOW CREATE TABLE ", false, `SELECT table_name FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
			AND table_name <> '`+ledgerTable+`'
		ORDER BY BINARY table_name`)
}

func (c *catalog) routines(ctx context.Context, conn *connection) error {
	for _, kind := range []string{"FUNCTION", "PROCEDURE"} {
		if err := c.show(ctx, conn, "SHOW CREATE "+kind+" ", true, `SELECT routine_name
			FROM information_schema.routines
			WHERE routine_schema = DATABASE() AND routine_type = '`+kind+`'
				ORDER BY BINARY routine_name`); err != nil {
			return err
		}
	}
	return nil
}

func (c *catalog) triggers(ctx context.Context, conn *connection) error {
	return c.show(ctx, conn, "SHOW CREATE TRIGGER ", true, `SELECT trigger_name
		FROM information_schema.triggers
		WHERE trigger_schema = DATABASE() ORDER BY BINARY event_object_table, action_timing,
			event_manipulation, action_order`)
}

func (c *catalog) events(ctx context.Context, conn *connection) error {
	return c.show(ctx, conn, "SHOW CREATE EVENT ", true, `SELECT event_name FROM information_schema.events
		WHERE event_schema = DATABASE() ORDER BY BINARY event_name`)
}

// views are in an order in which each comes after the views that it reads.
func (c *catalog) views(ctx context.Context, conn *connection) error {
	views := &catalog{name: c.name, mariadb: c.mariadb}
	if err := views.show(ctx, conn, "SHOW CREATE VIEW ", false, `SELECT table_name
		FROM information_schema.views
		WHERE table_schema = DATABASE() ORDER BY BINARY table_name`); err != nil {
		return err
	}
	for len(views.all) > 0 {
		next := max(slices.IndexFunc(views.all, func(v definition) bool { return !views.reads(v) }), 0)
		c.all = append(c.all, views.all[next])
		views.all = slices.Delete(views.all, next, next+1)
	}
	return nil
}

// reads reports whether v names another of the definitions.
func (c *catalog) reads(v definition) bool {
	for _, other := range c.all {
		if other.name != v.name && strings.Contains(v.text, dialect.QuoteName(other.name)) {
			return true
		}
	}
	return false
}

// show reads the definitions of all names that the query lists.
func (c *catalog) show(
	ctx context.Context, conn *connection, command string, body bool, names string,
) error {
	list, err := column(ctx, conn.Conn, names)
	if err != nil {
		return err
	}
	for _, name := range list {
		text, err := showCreate(ctx, conn, command+dialect.QuoteName(name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if text, err = c.portable(text, !body && !c.mariadb); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.all = append(c.all, definition{name: name, text: text, body: body})
	}
	return nil
}

// showCreate returns the column with the statement; its position and the number of columns differ
// by kind.
func showCreate(ctx context.Context, conn *connection, query string) (string, error) {
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return "", err
	}
	values := make([]any, len(columns))
	text := new(*string)
	for i, name := range columns {
		values[i] = new(any)
		if strings.HasPrefix(name, "Create ") || name == "SQL Original Statement" {
			values[i] = text
		}
	}
	if !rows.Next() {
		return "", fmt.Errorf("the server shows no definition: %w", rows.Err())
	}
	if err := rows.Scan(values...); err != nil {
		return "", err
	}
	if *text == nil {
		return "", &engine.Error{
			Kind: engine.Failed,
			Message: "the definition is hidden: the user needs the right SHOW CREATE ROUTINE, " +
				"or SELECT on mysql.proc",
		}
	}
	return **text, rows.Err()
}

// autoIncrement matches a counter's state, which is not part of a schema.
var autoIncrement = regexp.MustCompile(`(?m)^(\) ENGINE=\S+) AUTO_INCREMENT=\d+`)

// byteDefault matches a column's default in MariaDB, whose bytes may not be text.
var byteDefault = regexp.MustCompile(`(?s) DEFAULT '((?:[^'\\]|''|\\.)*)'`)

// asText writes defaults that are not text in hexadecimal, so that a dump is UTF-8 and replays.
func asText(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	plain := strings.NewReplacer(`''`, `'`, `\\`, `\`, `\0`, "\x00", `\n`, "\n", `\r`, "\r")
	text = byteDefault.ReplaceAllStringFunc(text, func(clause string) string {
		if utf8.ValidString(clause) {
			return clause
		}
		return fmt.Sprintf(" DEFAULT x'%x'", plain.Replace(byteDefault.FindStringSubmatch(clause)[1]))
	})
	return strings.ToValidUTF8(text, "\uFFFD")
}

// portable removes the definer, the name of the database, counters, and character sets that a
// collation implies.
func (c *catalog) portable(text string, charsets bool) (string, error) {
	text, err := dialect.Portable(asText(text), c.name, charsets)
	if err != nil {
		return "", err
	}
	return autoIncrement.ReplaceAllString(strings.TrimRight(text, " \n;"), "$1"), nil
}

func (c *catalog) render() engine.Schema {
	var dump strings.Builder
	var normal []string
	if slices.ContainsFunc(c.all,
		func(d definition) bool { return strings.Contains(d.text, " FOREIGN KEY (") }) {
		dump.WriteString("SET SESSION foreign_key_checks = 0;\n\n")
	}
	for _, d := range c.all {
		normal = append(normal, sortKeys(d.text))
		if d.body {
			dump.WriteString("DELIMITER ;;\n" + d.text + ";;\nDELIMITER ;\n\n")
		} else {
			dump.WriteString(dialect.Layout(d.text) + ";\n\n")
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(normal, "\x00")))
	return engine.Schema{
		Dump:        strings.TrimSuffix(dump.String(), "\n"),
		Fingerprint: hex.EncodeToString(sum[:]),
	}
}

// sortKeys sorts a table's keys and constraints, whose order has no meaning.
func sortKeys(text string) string {
	lines := strings.Split(text, "\n")
	first := -1
	for i, line := range lines {
		switch {
		case isKeyLine(line):
			if first < 0 {
				first = i
			}
			lines[i] = strings.TrimSuffix(line, ",")
		case first >= 0:
			slices.Sort(lines[first:i])
			return strings.Join(lines, "\n")
		}
	}
	return text
}

func isKeyLine(line string) bool {
	for _, start := range []string{
		"  KEY ", "  UNIQUE KEY ", "  FULLTEXT KEY ", "  SPATIAL KEY ",
		"  CONSTRAINT ",
	} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}
