package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

var _ engine.Historian = (*database)(nil)

// selectHistoryColumns lists the columns of ordinary tables. A column with a type that somebody made
// has no name here, and a table with row security is left out: reading either may run their code.
const selectHistoryColumns = `
SELECT n.nspname::text, c.relname::text,
  CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN a.attname::text ELSE '' END,
  NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND NOT c.relrowsecurity AND lower(c.relname) = ANY ($1)
  AND ` + userSchema + `
ORDER BY n.nspname, c.relname, a.attnum LIMIT 10000`

// ReadHistories implements engine.Historian. Reading a table takes the weakest lock that there is.
func (d *database) ReadHistories(ctx context.Context, use func(engine.HistoryQueries) error) error {
	return d.inSnapshot(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '30s'")
		if err != nil {
			return err
		}
		return use(engine.HistoryQueries{
			Columns: func(ctx context.Context, names []string) (list []engine.HistoryColumn, err error) {
				var one engine.HistoryColumn
				err = each(ctx, tx, func() error {
					list = append(list, one)
					return nil
				}, []any{&one.Schema, &one.Table, &one.Name, &one.Hidden}, selectHistoryColumns, names)
				return list, err
			},
			Each: func(ctx context.Context, use func() error, places []any, query string) error {
				return each(ctx, tx, use, places, query)
			},
			Quote: func(name string) string { return pgx.Identifier{name}.Sanitize() },
			Text:  engine.HistoryText("%s::text"),
			Bytes: "encode(%s, 'hex')",
		})
	})
}
