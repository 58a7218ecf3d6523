package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	dialect "towpath/internal/dialect/postgres"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

var _ engine.CatalogReader = (*database)(nil)

// Change implements engine.CatalogReader.
func (d *database) Change(s statement.Statement) schema.Change {
	return dialect.Reader().ReadChange(s)
}

// Definitions implements engine.CatalogReader. Of a table it reads its indexes: nothing else of one
// changes without a transaction.
func (d *database) Definitions(
	ctx context.Context, objects []schema.Object,
) (all []engine.Definition, err error) {
	if len(objects) == 0 {
		return nil, nil
	}
	conn, err := d.connection(ctx)
	if err != nil {
		return nil, err
	}
	defer d.release(conn)
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	for _, o := range objects {
		one, err := define(ctx, conn.Conn, o)
		if err != nil {
			return nil, fmt.Errorf("read the definition of %s %s: %w", o.Kind, o.Name, mapError(err))
		}
		all = append(all, one)
	}
	return all, nil
}

// indexTexts lists indexes with their validity. An index that is being built now does not count as
// broken.
const indexTexts = `SELECT ` + indexDefinition + ` || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END,
	CASE WHEN i.indisvalid OR EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p
		WHERE p.index_relid = i.indexrelid) THEN ''
		ELSE pg_catalog.format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, x.relname) END
	FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
		JOIN pg_catalog.pg_namespace n ON n.oid = x.relnamespace `

// rebuilt is an index and what its rebuild left:
// https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY
const rebuilt = `WHERE i.indexrelid = pg_catalog.to_regclass($1) OR NOT i.indisvalid
	AND x.relname ~ '_cc(new|old)[0-9]*$'
	AND i.indrelid = (SELECT indrelid FROM pg_catalog.pg_index
	WHERE indexrelid = pg_catalog.to_regclass($1)) ORDER BY x.relname`

// ofTable returns all indexes of a table, with that of its TOAST table.
const ofTable = `WHERE i.indrelid = pg_catalog.to_regclass($1)
	OR i.indrelid = (SELECT reltoastrelid FROM pg_catalog.pg_class WHERE oid = pg_catalog.to_regclass($1))
	ORDER BY x.relname`

func define(ctx context.Context, conn *pgx.Conn, o schema.Object) (engine.Definition, error) {
	name := qualified(o.Name)
	switch o.Kind {
	case "index":
		// An index is in its table's schema, whatever the search path is.
		if o.On != "" && len(name) == 1 {
			return readDefinition(ctx, conn, indexTexts+"WHERE i.indrelid = pg_catalog.to_regclass($1) AND "+
				"x.relname = $2::pg_catalog.text::pg_catalog.name", qualified(o.On).Sanitize(), name[0])
		}
		return readDefinition(ctx, conn, indexTexts+rebuilt, name.Sanitize())
	case "table":
		return readDefinition(ctx, conn, indexTexts+ofTable, name.Sanitize())
	case "database":
		return readDefinition(ctx, conn, "SELECT datname, '' FROM pg_catalog.pg_database WHERE datname = $1",
			o.Name)
	case "tablespace":
		return readDefinition(ctx, conn,
			"SELECT spcname, '' FROM pg_catalog.pg_tablespace WHERE spcname = $1", o.Name)
	case "subscription":
		return readDefinition(ctx, conn, `SELECT subname, '' FROM pg_catalog.pg_subscription s
			JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
			WHERE d.datname = pg_catalog.current_database() AND subname = $1`, o.Name)
	}
	return readDefinition(ctx, conn,
		`SELECT oid::regclass::text || ' ' || relkind::text, '' FROM pg_catalog.pg_class
			WHERE oid = pg_catalog.to_regclass($1)`, name.Sanitize())
}

func readDefinition(
	ctx context.Context, conn *pgx.Conn, query string, args ...any,
) (engine.Definition, error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return engine.Definition{}, err
	}
	var lines, leftovers []string
	var whole engine.Definition
	var text, broken string
	_, err = pgx.ForEachRow(rows, []any{&text, &broken}, func() error {
		lines = append(lines, text)
		if broken != "" {
			leftovers = append(leftovers, broken)
		}
		return nil
	})
	whole.Broken = strings.Join(leftovers, "\n")
	whole.Text = engine.Brief(strings.Join(lines, "\n"))
	return whole, err
}

// qualified splits a name into its parts.
func qualified(name string) pgx.Identifier { return pgx.Identifier(strings.Split(name, ".")) }
