package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	dialect "towpath/internal/dialect/postgres"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

var _ engine.Cataloger = (*database)(nil)

// Catalog implements engine.Cataloger: seven queries to the system catalogs in one snapshot, which
// lock no table, and one for exact sizes, which gives up at the first lock.
func (d *database) Catalog(ctx context.Context) (schema.Catalog, error) {
	path, err := d.SearchPath(ctx)
	if err != nil {
		return schema.Catalog{}, fmt.Errorf("read the search path: %w", err)
	}
	var read *content
	err = d.inSnapshot(ctx, func(tx pgx.Tx) error {
		read = &content{Contents: engine.NewContents[uint32](), db: d}
		read.Path = path
		return read.load(ctx, tx)
	})
	if err != nil {
		return schema.Catalog{}, fmt.Errorf("read the catalog: %w", err)
	}
	return read.Catalog, nil
}

// content collects what a database holds. Tables are known by their oids.
type content struct {
	*engine.Contents[uint32]
	db     *database
	tables []uint32
	parent map[uint32]uint32 // of each partition
}

// name is that of an object in a schema, which is left out for the schema of new objects.
func (c *content) name(in, name string) string {
	if len(c.Path) > 0 && c.Path[0] == in {
		return schema.Join([]string{name})
	}
	return schema.Qualify(in, name)
}

// dotted is a name as the tree of a statement joins it.
func (c *content) dotted(in, name string) string {
	if len(c.Path) > 0 && c.Path[0] == in {
		return name
	}
	return in + "." + name
}

func (c *content) load(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '30s'"); err != nil {
		return err
	}
	for _, step := range []struct {
		what string
		load func(context.Context, pgx.Tx) error
	}{
		{"schemas", c.loadSchemas},
		{"tables", c.loadTables},
		{"columns", c.loadColumns},
		{"indexes", c.loadIndexes},
		{"constraints", c.loadConstraints},
		{"types", c.loadTypes},
		{"other objects", c.loadOthers},
		{"sizes", c.loadSizes},
	} {
		if err := step.load(ctx, tx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// each runs a query and calls use for each of its rows, which are in the places.
func each(ctx context.Context, tx pgx.Tx, use func() error, places []any, query string, args ...any) error {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, places, use)
	return err
}

func (c *content) loadSchemas(ctx context.Context, tx pgx.Tx) error {
	var name string
	return each(ctx, tx, func() error {
		c.Schemas = append(c.Schemas, name)
		return nil
	}, []any{&name}, `SELECT nspname::text FROM pg_namespace n WHERE `+userSchema+
		fmt.Sprintf(` ORDER BY 1 LIMIT %d`, engine.MaxTables))
}

// selectContentTables estimates a table's rows by its last analysis or, where more were counted
// since, by the server's statistics. Pages count from the last vacuum.
var selectContentTables = `
SELECT c.oid, n.nspname::text, c.relname::text, c.relkind = 'p', c.relrowsecurity,
  coalesce((SELECT inhparent FROM pg_inherits WHERE inhrelid = c.oid AND c.relispartition), 0::oid),
  greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint,
  current_setting('block_size')::bigint * (c.relpages + coalesce((SELECT sum(relpages) FROM pg_class WHERE oid IN
    (SELECT indexrelid FROM pg_index WHERE indrelid IN (c.oid, c.reltoastrelid) UNION ALL SELECT c.reltoastrelid)), 0))::bigint,
  coalesce(c.reloptions, '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND ` + userSchema + `
  AND NOT (n.nspname = ANY ($1) AND c.relname = $2)
ORDER BY n.nspname, c.relname LIMIT ` + fmt.Sprint(engine.MaxTables+1)

func (c *content) loadTables(ctx context.Context, tx pgx.Tx) error {
	c.parent = map[uint32]uint32{}
	var oid, parent uint32
	var t schema.Table
	var options []string
	err := each(ctx, tx, func() error {
		one := t
		one.Options = map[string]string{}
		for _, o := range options {
			name, value, _ := strings.Cut(o, "=")
			one.Options[name] = value
		}
		if one.Partitioned {
			one.Rows, one.Bytes = 0, 0 // those of its partitions, see sum
		}
		if c.AddTable(oid, one); c.Table(oid) != nil {
			c.tables = append(c.tables, oid)
			c.parent[oid] = parent
		}
		return nil
	}, []any{&oid, &t.Schema, &t.Name, &t.Partitioned, &t.RowSecurity, &parent, &t.Rows, &t.Bytes, &options},
		selectContentTables, c.db.place.schemas(), ledgerTable)
	if err != nil {
		return err
	}
	for _, oid := range c.tables {
		if parent := c.Table(c.parent[oid]); parent != nil {
			c.Table(oid).PartitionOf = c.dotted(parent.Schema, parent.Name)
		}
	}
	for i := range c.Tables {
		if t := &c.Tables[i]; len(c.Path) > 0 && t.Schema == c.Path[0] {
			t.Schema = ""
		}
	}
	return nil
}

// selectContentColumns reads columns of the tables $1.
var selectContentColumns = `
SELECT a.attrelid, a.attname::text, b.typname::text, b.typnamespace = 'pg_catalog'::regnamespace, b.oid <> t.oid,
  CASE WHEN a.atttypmod < 0 THEN '' ELSE format_type(a.atttypid, a.atttypmod) END, a.attnotnull, a.attidentity <> '',
  CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' ELSE '' END,
  CASE WHEN a.attgenerated = '' THEN ` + excerpt(`pg_get_expr(d.adbin, d.adrelid)`) + ` ELSE '' END,
  coalesce((SELECT collname::text FROM pg_collation WHERE oid = a.attcollation AND oid <> t.typcollation), ''),
  ` + excerpt(`s.description`) + `
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type b ON b.oid = coalesce((SELECT e.oid FROM pg_type e WHERE e.typarray = t.oid), t.oid)
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_description s ON s.classoid = 'pg_class'::regclass AND s.objoid = a.attrelid AND s.objsubid = a.attnum
WHERE a.attrelid = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum`

// excerpt bounds a text.
func excerpt(text string) string {
	return fmt.Sprintf("coalesce(left(%s, %d), '')", text, engine.MaxExpression)
}

func (c *content) loadColumns(ctx context.Context, tx pgx.Tx) error {
	var oid uint32
	var col schema.TableColumn
	var own bool
	var full string // the type with its arguments
	return each(ctx, tx, func() error {
		one := col
		if own {
			one.Type = dialect.TypeWord(one.Type)
			if col.Type == "char" {
				one.Type = `"char"`
			}
		}
		if _, rest, ok := strings.Cut(full, "("); ok {
			args, _, _ := strings.Cut(rest, ")")
			one.Args = strings.Split(args, ",")
		}
		return c.Part(oid, func(t *schema.Table) { t.Columns = append(t.Columns, one) })
	}, []any{
		&oid, &col.Name, &col.Type, &own, &col.Array, &full, &col.NotNull, &col.Identity, &col.Generated, &col.Default,
		&col.Collation, &col.Comment,
	}, selectContentColumns, c.tables)
}

// selectContentIndexes reads indexes of the tables $1.
var selectContentIndexes = `
SELECT i.indrelid, x.relname::text, CASE am.amname WHEN 'btree' THEN '' ELSE am.amname::text END, i.indisunique, NOT i.indisvalid,
  ` + excerpt(`pg_get_expr(i.indpred, i.indrelid)`) + `,
  ARRAY(SELECT coalesce(a.attname::text, '') FROM generate_series(0, i.indnkeyatts - 1) AS k
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k] ORDER BY k)
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am am ON am.oid = x.relam
WHERE i.indrelid = ANY ($1) ORDER BY i.indrelid, x.relname`

func (c *content) loadIndexes(ctx context.Context, tx pgx.Tx) error {
	var oid uint32
	var index schema.Index
	return each(ctx, tx, func() error {
		one := index
		one.Columns = slices.Clone(index.Columns)
		return c.Part(oid, func(t *schema.Table) { t.Indexes = append(t.Indexes, one) })
	}, []any{&oid, &index.Name, &index.Method, &index.Unique, &index.Invalid, &index.Where, &index.Columns},
		selectContentIndexes, c.tables)
}

// selectContentConstraints reads constraints of the tables $1. PostgreSQL has those of NOT NULL
// since version 18.
var selectContentConstraints = `
SELECT k.conrelid, CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check'
    WHEN 'x' THEN 'exclude' ELSE 'not null' END, k.conname::text,
  ARRAY(SELECT coalesce(a.attname::text, '') FROM unnest(k.conkey) WITH ORDINALITY AS u (num, nr)
    LEFT JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.num ORDER BY nr),
  coalesce(rn.nspname::text, ''), coalesce(r.relname::text, ''),
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (num, nr)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.num ORDER BY nr),
  CASE k.contype WHEN 'c' THEN ` + excerpt(`pg_get_expr(k.conbin, k.conrelid)`) + ` ELSE '' END, NOT k.convalidated, k.confdeltype = 'c'
FROM pg_constraint k LEFT JOIN pg_class r ON r.oid = k.confrelid LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE k.conrelid = ANY ($1) AND k.contype IN ('p', 'u', 'f', 'c', 'x', 'n') ORDER BY k.conrelid, k.conname`

func (c *content) loadConstraints(ctx context.Context, tx pgx.Tx) error {
	var oid uint32
	var k schema.Constraint
	var in, to string
	return each(ctx, tx, func() error {
		one := k
		one.Columns, one.Refers = slices.Clone(k.Columns), slices.Clone(k.Refers)
		if to != "" {
			one.Table = c.dotted(in, to)
		}
		return c.Part(oid, func(t *schema.Table) { t.Constraints = append(t.Constraints, one) })
	}, []any{&oid, &k.Kind, &k.Name, &k.Columns, &in, &to, &k.Refers, &k.Check, &k.NotValid, &k.Cascades},
		selectContentConstraints, c.tables)
}

// selectContentTypes leaves out the row types of tables, and what a range makes beside itself.
var selectContentTypes = `
SELECT n.nspname::text, t.typname::text, ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('e', 'r') OR (t.typtype = 'b' AND t.typelem = 0) OR (t.typtype = 'c' AND c.relkind = 'c')) AND ` + userSchema + `
ORDER BY 1, 2 LIMIT ` + fmt.Sprint(engine.MaxTables+1)

func (c *content) loadTypes(ctx context.Context, tx pgx.Tx) error {
	var in, name string
	var values []string
	return each(ctx, tx, func() error {
		if len(c.Types) == engine.MaxTables {
			c.Complete = false
			return nil
		}
		c.Types = append(c.Types, schema.Type{Name: c.name(in, name), Values: slices.Clone(values)})
		return nil
	}, []any{&in, &name, &values}, selectContentTypes)
}

// selectContentOthers leaves out the routines of extensions, which may be hundreds.
var selectContentOthers = `
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'sequence' END AS kind, n.nspname::text AS s, c.relname::text AS name,
  coalesce(tn.nspname::text, '') AS on_schema, coalesce(t.relname::text, '') AS on_name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend d ON c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
LEFT JOIN pg_class t ON t.oid = d.refobjid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace WHERE c.relkind IN ('v', 'm', 'S') AND c.relpersistence <> 't' AND ` + userSchema + `
UNION ALL SELECT 'domain', n.nspname, t.typname, '', '' FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype = 'd' AND ` + userSchema + `
UNION ALL SELECT DISTINCT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, n.nspname, p.proname, '', ''
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prokind <> 'a' AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype IN ('e', 'i')) AND ` + userSchema + `
UNION ALL SELECT 'trigger', n.nspname, t.tgname, n.nspname, c.relname
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND ` + userSchema + `
ORDER BY 1, 2, 3, 5 LIMIT ` + fmt.Sprint(engine.MaxTables+1)

func (c *content) loadOthers(ctx context.Context, tx pgx.Tx) error {
	var kind, in, name, onSchema, on string
	return each(ctx, tx, func() error {
		o := schema.Object{Kind: kind, Name: c.name(in, name)}
		if on != "" {
			o.On = c.name(onSchema, on)
		}
		if kind == "trigger" { // whose name is its table's alone
			o.Name = schema.Join([]string{name})
		}
		c.AddObject(o)
		return nil
	}, []any{&kind, &in, &name, &onSchema, &on}, selectContentOthers)
}

// lockNotAvailable is the server's code for a lock that was not free in time.
const lockNotAvailable = "55P03"

// loadSizes replaces estimated sizes with those of the files, which the server looks up under a
// weak lock of each table. Estimates stay where a change holds one back. A partitioned table is
// as large as its partitions.
func (c *content) loadSizes(ctx context.Context, tx pgx.Tx) error {
	weak, err := tx.Begin(ctx)
	if err != nil {
		return err
	}
	var oid uint32
	var size int64
	if _, err = weak.Exec(ctx, "SET LOCAL lock_timeout = '100ms'"); err != nil {
		return err
	}
	exact := map[uint32]int64{}
	err = each(ctx, weak, func() error {
		exact[oid] = size
		return nil
	}, []any{&oid, &size}, `SELECT oid, coalesce(pg_total_relation_size(oid), 0) FROM unnest($1::oid[]) AS oid`, c.tables)
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && refused.Code == lockNotAvailable:
		err = weak.Rollback(ctx)
	case err == nil:
		err = weak.Commit(ctx)
	}
	if err != nil {
		return err
	}
	for oid, size := range exact {
		c.Table(oid).Bytes = size
	}
	for _, oid := range c.tables {
		c.sum(oid)
	}
	return nil
}

// sum adds a partition to the tables above it.
func (c *content) sum(oid uint32) {
	part := c.Table(oid)
	if part.Partitioned {
		return
	}
	for up := c.parent[oid]; up != 0; up = c.parent[up] {
		if t := c.Table(up); t != nil {
			t.Rows += part.Rows
			t.Bytes += part.Bytes
		}
	}
}
