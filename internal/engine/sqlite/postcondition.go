package sqlite

import (
	"context"
	"fmt"
	"strings"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// postCondition looks whether what a statement makes is there as it says: IF NOT EXISTS passes over another kind of thing that
// has the name, and over an index or a trigger of another table. https://www.sqlite.org/lang_createtable.html
func (c *connection) postCondition(ctx context.Context, st statement.Statement) error {
	made, ok := statement.Dialect{Lexer: lexer{}}.ReadMade(st)
	if !ok || made.Rebuilt != "" {
		return nil
	}
	parts, on := statement.Parts(made.Name), statement.Parts(made.On)
	if strings.EqualFold(parts[0], "temp") && len(parts) > 1 {
		return nil
	}
	name, found := parts[len(parts)-1], ""
	err := c.asOwner(func() error {
		rows, err := c.QueryContext(ctx, "SELECT type, tbl_name FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE", name)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind, table string
			if err := rows.Scan(&kind, &table); err != nil {
				return err
			}
			switch {
			case kind != made.Kind:
				found = "a " + kind + " of that name"
			case made.On != "" && !strings.EqualFold(table, on[len(on)-1]):
				found = "one of that name on the table " + table
			default:
				found = ""
				return rows.Close()
			}
		}
		if found == "" {
			found = "nothing of that name"
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("look for the %s %s: %w", made.Kind, name, err)
	}
	if found == "" {
		return nil
	}
	return &engine.Error{Kind: engine.Unmet, Message: fmt.Sprintf("The %s %s was not made: there is %s. Give it another name, or remove what is there.", made.Kind, name, found)}
}
