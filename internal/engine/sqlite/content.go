package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

var _ engine.Cataloger = (*database)(nil)

// Catalog implements engine.Cataloger. SQLite reads its schema once and answers from memory. What
// it does not list, such as checks, is in the texts of its tables.
func (d *database) Catalog(ctx context.Context) (schema.Catalog, error) {
	var read *content
	err := d.read(ctx, func(c *connection) error {
		read = &content{Contents: engine.NewContents[string](), conn: c}
		return read.load(ctx)
	})
	if err != nil {
		return schema.Catalog{}, fmt.Errorf("read the catalog: %w", err)
	}
	return read.Catalog, nil
}

// content collects what a file holds. Tables are known by their names.
type content struct {
	*engine.Contents[string]
	conn   *connection
	texts  map[string]string // the texts of tables
	rowids map[string]bool   // tables in which rowid is a number of the row
}

func (c *content) load(ctx context.Context) error {
	c.Path = []string{"main"}
	return engine.Load(ctx, []engine.Step{
		{What: "tables", Load: c.loadTables},
		{What: "columns", Load: c.loadColumns},
		{What: "indexes", Load: c.loadIndexes},
		{What: "numbers of rows", Load: c.loadRows},
		{What: "sizes", Load: c.loadBytes},
	})
}

// each calls use for each row of a query, which is in the places.
func (c *content) each(ctx context.Context, use func() error, places []any, query string, args ...any) error {
	return engine.Each(ctx, c.conn, use, places, query, args...)
}

// selectContent lists what has a name. Shadow tables belong to a virtual one, and nobody changes
// them.
const selectContent = `SELECT m.type, m.name, m.tbl_name, coalesce(m.sql, ''), coalesce(l.type, ''), coalesce(l.wr, 0) FROM main.sqlite_schema m
LEFT JOIN pragma_table_list l ON l.schema = 'main' AND l.name = m.name
WHERE m.type <> 'index' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND lower(m.tbl_name) <> ? AND coalesce(l.type, '') <> 'shadow' ORDER BY m.name`

func (c *content) loadTables(ctx context.Context) error {
	c.texts, c.rowids = map[string]string{}, map[string]bool{}
	var kind, name, on, text, form string
	var keyed bool // WITHOUT ROWID
	return c.each(ctx, func() error {
		if kind != "table" {
			o := schema.Object{Kind: kind, Name: schema.Join([]string{name})}
			if kind == "trigger" {
				o.On = schema.Join([]string{on})
			}
			c.AddObject(o)
			return nil
		}
		c.AddTable(name, schema.Table{Name: name, Unknown: form == "virtual"})
		if form != "virtual" {
			c.texts[name] = text
			c.rowids[name] = !keyed
		}
		return nil
	}, []any{&kind, &name, &on, &text, &form, &keyed}, selectContent, ledgerTable)
}

// tablesAnd reads a table-valued pragma for each table with a text: those of virtual tables run the
// code of their modules.
func tablesAnd(columns, from, order string) string {
	return `SELECT m.name, ` + columns + ` FROM main.sqlite_schema m ` + from + `
		WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY m.name, ` + order
}

func (c *content) loadColumns(ctx context.Context) error {
	var table, kind string
	var col schema.TableColumn
	var hidden int
	err := c.each(ctx, func() error {
		one := col
		one.Type, one.Args = columnType(kind)
		switch hidden {
		case 2:
			one.Generated = "virtual"
		case 3:
			one.Generated = "stored"
		}
		if strings.EqualFold(col.Name, "rowid") {
			delete(c.rowids, table)
		}
		one.Default = engine.Excerpt(one.Default)
		return c.Part(table, func(t *schema.Table) { t.Columns = append(t.Columns, one) })
	}, []any{&table, &col.Name, &kind, &col.NotNull, &col.Default, &hidden},
		tablesAnd(`x.name, x.type, x."notnull", CASE WHEN x.hidden > 1 OR lower(x.dflt_value) = 'null' THEN '' ELSE coalesce(x.dflt_value, '') END, x.hidden`,
			`JOIN pragma_table_xinfo(m.name) x`, `x.cid`))
	if err != nil {
		return err
	}
	for table, text := range c.texts {
		if t := c.Table(table); t != nil {
			written(t, text)
		}
	}
	return nil
}

// quoteName quotes a name.
func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// columnType cuts a type as it is written, such as VARCHAR (20).
func columnType(text string) (name string, args []string) {
	head, rest, ok := strings.Cut(text, "(")
	name = strings.ToLower(strings.Join(strings.Fields(head), " "))
	if !ok {
		return name, nil
	}
	list, _, _ := strings.Cut(rest, ")")
	for arg := range strings.SplitSeq(list, ",") {
		args = append(args, strings.TrimSpace(arg))
	}
	return name, args
}

// written adds what only the text of a table says.
func written(t *schema.Table, text string) {
	reader := dialect.Reader()
	columns, _ := reader.Columns(text)
	for _, said := range columns {
		for i := range t.Columns {
			if c := &t.Columns[i]; strings.EqualFold(c.Name, said.Name) {
				c.Collation, c.AutoIncrement = strings.ToLower(said.Collation), said.Counts
			}
		}
	}
	for _, k := range reader.Constraints(text) {
		k.Check = engine.Excerpt(k.Check)
		t.Constraints = append(t.Constraints, k)
	}
}

// loadIndexes reads indexes. A key that is another word for the rowid has none of its own: the table
// itself is in its order, which is an index without a name here.
func (c *content) loadIndexes(ctx context.Context) error {
	var table, origin, column, text string
	var partial bool
	var index schema.Index
	keyed := map[string]bool{} // tables with an index for their primary key
	err := c.each(ctx, func() error {
		one := index
		if partial {
			one.Where = cmp.Or(engine.Excerpt(dialect.Reader().Condition(text)), "?")
		}
		keyed[table] = keyed[table] || origin == "pk"
		return c.Part(table, func(t *schema.Table) {
			if n := len(t.Indexes); n == 0 || t.Indexes[n-1].Name != one.Name {
				t.Indexes = append(t.Indexes, one)
			}
			last := &t.Indexes[len(t.Indexes)-1]
			last.Columns = append(last.Columns, column)
		})
	}, []any{&table, &index.Name, &index.Unique, &origin, &partial, &column, &text},
		tablesAnd(`i.name, i."unique", i.origin, i.partial, coalesce(x.name, ''), coalesce(s.sql, '')`,
			`JOIN pragma_index_list(m.name) i JOIN pragma_index_xinfo(i.name) x ON x.key
			LEFT JOIN main.sqlite_schema s ON s.type = 'index' AND s.name = i.name`, `i.name, x.seqno`))
	if err != nil {
		return err
	}
	for i := range c.Tables {
		t := &c.Tables[i]
		for _, k := range t.Constraints {
			if k.Kind == "primary key" && !keyed[t.Name] {
				t.Indexes = append(t.Indexes, schema.Index{Columns: k.Columns, Unique: true})
			}
		}
	}
	return nil
}

// loadRows takes the number of rows from the last ANALYZE, or else the largest rowid, which a look
// at the end of a table finds.
func (c *content) loadRows(ctx context.Context) error {
	var analyzed bool
	err := c.conn.QueryRowContext(ctx,
		"SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1')").Scan(&analyzed)
	if err != nil {
		return err
	}
	var table, text string
	if analyzed {
		err = c.each(ctx, func() error {
			if t := c.Table(table); t != nil {
				first, _, _ := strings.Cut(text, " ")
				t.Rows, _ = strconv.ParseInt(first, 10, 64)
			}
			return nil
		}, []any{&table, &text}, "SELECT tbl, coalesce(stat, '') FROM main.sqlite_stat1")
	}
	for i := range c.Tables {
		t := &c.Tables[i]
		if err != nil || t.Rows > 0 || !c.rowids[t.Name] {
			continue
		}
		var last sql.NullInt64
		err = c.conn.QueryRowContext(ctx, "SELECT max(rowid) FROM main."+quoteName(t.Name)).Scan(&last)
		t.Rows = max(last.Int64, 0)
	}
	return err
}

// fewPages is up to how many pages of a file are counted for the sizes of its tables: that reads
// them all.
const fewPages = 10_000

func (c *content) loadBytes(ctx context.Context) error {
	var pages int
	err := c.conn.QueryRowContext(ctx, "PRAGMA main.page_count").Scan(&pages)
	if err != nil || pages > fewPages {
		return err
	}
	var table string
	var size int64
	return c.each(ctx, func() error {
		if t := c.Table(table); t != nil {
			t.Bytes = size
		}
		return nil
	}, []any{&table, &size}, `SELECT m.tbl_name, sum(d.pgsize) FROM dbstat d JOIN main.sqlite_schema m ON m.name = d.name
		WHERE d.aggregate GROUP BY m.tbl_name`)
}
