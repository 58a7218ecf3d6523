package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

var _ engine.Cataloger = (*database)(nil)

// Catalog implements engine.Cataloger with a few queries to information_schema. The server opens
// each table for them, and waits for one that is being changed.
func (d *database) Catalog(ctx context.Context) (schema.Catalog, error) {
	var read *content
	err := d.read(ctx, func(ctx context.Context, c *connection) error {
		read = &content{Contents: engine.NewContents[string](), conn: c, mariadb: d.mariadb}
		read.Path = []string{d.target.Database}
		return read.load(ctx)
	})
	if err != nil {
		return schema.Catalog{}, fmt.Errorf("read the catalog: %w", err)
	}
	return read.Catalog, nil
}

// content collects what a database holds. Tables are known by their names.
type content struct {
	*engine.Contents[string]
	conn    *connection
	mariadb bool
	last    string // the name of the last table that is read
}

// limit bounds our own session while it reads a catalog, each value in seconds.
func (c *content) limit(ctx context.Context, lock string, statement string) error {
	if c.mariadb {
		lock += ", max_statement_time = " + statement
	}
	_, err := c.conn.ExecContext(ctx, "SET SESSION lock_wait_timeout = "+lock)
	return err
}

func (c *content) load(ctx context.Context) error {
	if err := c.limit(ctx, "3", "30"); err != nil {
		return err
	}
	err := engine.Load(ctx, []engine.Step{
		{What: "settings", Load: c.loadSettings},
		{What: "tables", Load: c.loadTables},
		{What: "columns", Load: c.loadColumns},
		{What: "indexes", Load: c.loadIndexes},
		{What: "foreign keys", Load: c.loadForeignKeys},
		{What: "checks", Load: c.loadChecks},
		{What: "other objects", Load: c.loadOthers},
	})
	if err != nil {
		return err
	}
	return c.limit(ctx, "DEFAULT", "DEFAULT")
}

// each calls use for each row of a query, which is in the places.
func (c *content) each(ctx context.Context, use func() error, places []any, query string, args ...any) error {
	return engine.Each(ctx, c.conn, use, places, query, args...)
}

func (c *content) loadSettings(ctx context.Context) error {
	return c.conn.QueryRowContext(ctx, `SELECT @@lower_case_table_names <> 0, default_character_set_name, default_collation_name
		FROM information_schema.schemata WHERE schema_name = DATABASE()`).Scan(&c.FoldCase, &c.Charset, &c.Collate)
}

// selectContentTables reads tables with the server's estimates, and views and sequences.
var selectContentTables = `SELECT table_name, table_type, COALESCE(engine, ''), COALESCE(table_rows, 0),
	COALESCE(data_length, 0) + COALESCE(index_length, 0), COALESCE(table_collation, ''), COALESCE(row_format, ''),
	COALESCE(create_options, '') LIKE '%partitioned%', LEFT(table_comment, ` + fmt.Sprint(engine.MaxExpression) + `)
	FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name <> '` + ledgerTable + `'
	ORDER BY BINARY table_name LIMIT ` + fmt.Sprint(2*engine.MaxTables+1)

func (c *content) loadTables(ctx context.Context) error {
	var t schema.Table
	var kind, storage, collation, format, comment string
	return c.each(ctx, func() error {
		switch kind {
		case "VIEW", "SYSTEM VIEW", "SEQUENCE":
			c.AddObject(schema.Object{
				Kind: strings.ToLower(strings.TrimPrefix(kind, "SYSTEM ")),
				Name: schema.Join([]string{t.Name}),
			})
			return nil
		}
		one := t
		one.Versioned = kind == "SYSTEM VERSIONED"
		one.Options = map[string]string{}
		charset, _, _ := strings.Cut(collation, "_")
		for name, value := range map[string]string{
			"engine": storage, "charset": charset, "collate": collation, "row_format": strings.ToLower(format), "comment": comment,
		} {
			if value != "" {
				one.Options[name] = value
			}
		}
		c.AddTable(one.Name, one)
		c.last = one.Name
		return nil
	}, []any{&t.Name, &kind, &storage, &t.Rows, &t.Bytes, &collation, &format, &t.Partitioned, &comment}, selectContentTables)
}

const selectContentColumns = `SELECT table_name, column_name, data_type, column_type, is_nullable = 'NO', column_default, extra,
	COALESCE(character_set_name, ''), COALESCE(collation_name, ''), column_comment
	FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY BINARY table_name, ordinal_position`

func (c *content) loadColumns(ctx context.Context) error {
	var table, kind, full, extra string
	var fallback sql.NullString // the default
	var col schema.TableColumn
	return c.each(ctx, func() error {
		one := col
		one.Type, one.Args, one.Values, one.Unsigned = columnType(kind, full)
		extra = strings.ToUpper(extra)
		one.AutoIncrement = strings.Contains(extra, "AUTO_INCREMENT")
		one.Invisible = strings.Contains(extra, "INVISIBLE")
		switch {
		case strings.Contains(extra, "STORED") || strings.Contains(extra, "PERSISTENT"):
			one.Generated = "stored"
		case strings.Contains(extra, "VIRTUAL"):
			one.Generated = "virtual"
		}
		if fallback.Valid && !(c.mariadb && fallback.String == "NULL") && one.Generated == "" {
			one.Default = c.expression(fallback.String)
			if !c.mariadb && one.Default == "" {
				one.Default = "''" // MySQL gives texts without their quotes
			}
		}
		return c.Part(table, func(t *schema.Table) { t.Columns = append(t.Columns, one) })
	}, []any{
		&table, &col.Name, &kind, &full, &col.NotNull, &fallback, &extra, &col.Charset, &col.Collation, &col.Comment,
	}, selectContentColumns)
}

// expression is the text of one without the name of the database, in which the server writes
// sequences.
func (c *content) expression(text string) string {
	return engine.Excerpt(strings.ReplaceAll(text, dialect.QuoteName(c.Path[0])+".", ""))
}

// columnType reads the server's name of a type with its arguments. The width of an integer has no
// meaning, but that of a boolean.
func columnType(kind, full string) (name string, args, values []string, unsigned bool) {
	name = strings.ToLower(kind)
	head, rest, ok := strings.Cut(full, "(")
	switch name {
	case "int":
		name = "integer"
	case "enum", "set":
		return name, nil, enumValues(full[len(head):]), false
	}
	unsigned = strings.Contains(strings.ToLower(full), " unsigned")
	if !ok {
		return name, nil, nil, unsigned
	}
	list, _, _ := strings.Cut(rest, ")")
	if strings.HasSuffix(name, "int") || name == "integer" || name == "year" {
		if list != "1" {
			return name, nil, nil, unsigned
		}
	}
	return name, strings.Split(list, ","), nil, unsigned
}

// enumValues reads the texts of ('a','it”s').
func enumValues(list string) (values []string) {
	list = strings.TrimSuffix(strings.TrimPrefix(list, "("), ")")
	for list != "" {
		list = strings.TrimPrefix(list, "'")
		var value strings.Builder
		for list != "" {
			if strings.HasPrefix(list, "''") {
				value.WriteByte('\'')
				list = list[2:]
				continue
			}
			if list[0] == '\'' {
				break
			}
			value.WriteByte(list[0])
			list = list[1:]
		}
		values = append(values, value.String())
		list = strings.TrimPrefix(strings.TrimPrefix(list, "'"), ",")
	}
	return values
}

// loadIndexes reads indexes, and keys with them.
func (c *content) loadIndexes(ctx context.Context) error {
	hidden := "is_visible = 'NO'"
	if c.mariadb {
		hidden = "ignored = 'YES'"
	}
	var table, kind, column string
	var length int
	var index schema.Index
	return c.each(ctx, func() error {
		one := index
		switch kind {
		case "BTREE", "RTREE":
		default:
			one.Method = strings.ToLower(kind)
		}
		return c.Part(table, func(t *schema.Table) {
			if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != one.Name {
				t.Indexes = append(t.Indexes, one)
			}
			last := &t.Indexes[len(t.Indexes)-1]
			last.Columns, last.Lengths = append(last.Columns, column), append(last.Lengths, length)
		})
	}, []any{&table, &index.Name, &index.Unique, &column, &length, &kind, &index.Invisible},
		`SELECT table_name, index_name, non_unique = 0, COALESCE(column_name, ''), COALESCE(sub_part, 0), index_type, `+hidden+`
		FROM information_schema.statistics WHERE table_schema = DATABASE() ORDER BY BINARY table_name, BINARY index_name, seq_in_index`)
}

const selectContentForeignKeys = `SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema = DATABASE(),
	k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name, r.delete_rule = 'CASCADE'
	FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
		ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
	WHERE k.table_schema = DATABASE() AND r.constraint_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
	ORDER BY BINARY k.table_name, BINARY k.constraint_name, k.ordinal_position`

// loadForeignKeys reads foreign keys, behind the other keys that the indexes show.
func (c *content) loadForeignKeys(ctx context.Context) error {
	for i := range c.Tables {
		t := &c.Tables[i]
		for _, index := range t.Indexes {
			if !index.Unique {
				continue
			}
			kind := "unique"
			if index.Name == "PRIMARY" {
				kind = "primary key"
			}
			t.Constraints = append(t.Constraints, schema.Constraint{Kind: kind, Name: index.Name, Columns: index.Columns})
		}
	}
	var table, name, column, in, to, refers string
	var ours, cascades bool
	return c.each(ctx, func() error {
		one := schema.Constraint{Kind: "foreign key", Name: name, Table: to, Cascades: cascades}
		if !ours {
			one.Table = in + "." + to
		}
		return c.Part(table, func(t *schema.Table) {
			n := len(t.Constraints)
			if n == 0 || t.Constraints[n-1].Name != name || t.Constraints[n-1].Kind != one.Kind {
				t.Constraints = append(t.Constraints, one)
			}
			last := &t.Constraints[len(t.Constraints)-1]
			last.Columns, last.Refers = append(last.Columns, column), append(last.Refers, refers)
		})
	}, []any{&table, &name, &column, &ours, &in, &to, &refers, &cascades}, selectContentForeignKeys)
}

func (c *content) loadChecks(ctx context.Context) error {
	query := `SELECT k.table_name, k.constraint_name, c.check_clause FROM information_schema.table_constraints k
		JOIN information_schema.check_constraints c ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name
		WHERE k.table_schema = DATABASE() AND k.constraint_type = 'CHECK' ORDER BY BINARY k.table_name, BINARY k.constraint_name`
	if c.mariadb { // where names of checks are those of a table or a column
		query = `SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints
			WHERE constraint_schema = DATABASE() ORDER BY BINARY table_name, BINARY constraint_name`
	}
	var table, name, check string
	return c.each(ctx, func() error {
		if t := c.Table(table); t != nil && c.mariadb && json(t, check) {
			return nil
		}
		return c.Part(table, func(t *schema.Table) {
			t.Constraints = append(t.Constraints, schema.Constraint{Kind: "check", Name: name, Check: c.expression(check)})
		})
	}, []any{&table, &name, &check}, query)
}

// json gives a column the type that its check stands for: JSON is MariaDB's word for a long text
// that is checked.
func json(t *schema.Table, check string) bool {
	for i := range t.Columns {
		col := &t.Columns[i]
		if col.Type == "longtext" && check == "json_valid("+dialect.QuoteName(col.Name)+")" {
			col.Type, col.Charset, col.Collation = "json", "", ""
			return true
		}
	}
	return false
}

const selectContentOthers = `SELECT LOWER(routine_type), routine_name, '' FROM information_schema.routines WHERE routine_schema = DATABASE()
	UNION ALL SELECT 'trigger', trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = DATABASE()
	UNION ALL SELECT 'event', event_name, '' FROM information_schema.events WHERE event_schema = DATABASE()`

func (c *content) loadOthers(ctx context.Context) error {
	var kind, name, on string
	return c.each(ctx, func() error {
		o := schema.Object{Kind: kind, Name: schema.Join([]string{name})}
		if on != "" {
			o.On = schema.Join([]string{on})
		}
		c.AddObject(o)
		return nil
	}, []any{&kind, &name, &on}, selectContentOthers+" LIMIT "+strconv.Itoa(engine.MaxTables+1))
}
