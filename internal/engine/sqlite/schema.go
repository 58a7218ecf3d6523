package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
)

// selectSchema lists what a replay needs, in an order that replays: an index or a trigger after its
// table. A virtual table creates its shadow tables, and SQLite creates its own tables.
const selectSchema = `SELECT type, name, sql FROM main.sqlite_schema
WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND lower(tbl_name) <> ?
  AND tbl_name NOT IN (SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow')
ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, name`

// Schema implements engine.DB. The fingerprint does not see blanks, comments and the case of key
// words.
func (d *database) Schema(ctx context.Context) (engine.Schema, error) {
	var dump, normal strings.Builder
	err := d.read(ctx, func(c *connection) error {
		rows, err := c.QueryContext(ctx, selectSchema, ledgerTable)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind, name, text string
			if err := rows.Scan(&kind, &name, &text); err != nil {
				return err
			}
			one, err := d.definition(text)
			if err != nil {
				return fmt.Errorf("read the definition of %s %s: %w", kind, name, err)
			}
			dump.WriteString(one.LaidOut + ";\n\n")
			normal.WriteString(one.Flat + ";\n")
		}
		return rows.Err()
	})
	if err != nil {
		return engine.Schema{}, fmt.Errorf("read the schema: %w", err)
	}
	sum := sha256.Sum256([]byte(normal.String()))
	return engine.Schema{
		Dump:        strings.TrimSuffix(dump.String(), "\n"),
		Fingerprint: hex.EncodeToString(sum[:]),
	}, nil
}

// definition normalizes a text once: most of a schema is the same before and after a change.
func (d *database) definition(text string) (dialect.Definition, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if known, ok := d.definitions[text]; ok {
		return known, nil
	}
	one, err := dialect.Normalize(text)
	if err != nil {
		return one, err
	}
	if d.definitions == nil {
		d.definitions = map[string]dialect.Definition{}
	}
	d.definitions[text] = one
	return one, nil
}
