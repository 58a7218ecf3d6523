package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// postCondition checks that the object of a statement is as the statement describes it: IF NOT
// EXISTS skips another kind of object with the name, and an index or a trigger of another table.
// https://www.sqlite.org/lang_createtable.html
func (c *connection) postCondition(ctx context.Context, st statement.Statement) error {
	made, ok := dialect.Reader().ReadMade(st)
	if !ok || made.Rebuilt != "" {
		return nil
	}
	parts, on := schema.Parts(made.Name), schema.Parts(made.On)
	if strings.EqualFold(parts[0], "temp") && len(parts) > 1 {
		return nil
	}
	name, found := parts[len(parts)-1], ""
	err := c.asOwner(func() error {
		rows, err := c.QueryContext(ctx,
			"SELECT type, tbl_name FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE", name)
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
				found, err = c.differs(ctx, name, made)
				return errors.Join(err, rows.Close())
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
	return &engine.Error{
		Kind: engine.Unmet,
		Message: fmt.Sprintf("The %s %s was not made: there is %s. Give it another name, or remove what "+
			"is there.", made.Kind, name, found),
	}
}

// leftOf finds a table or a view that has the name of an index that DROP INDEX IF EXISTS has passed
// over. SQLite itself refuses the other way round.
func (c *connection) leftOf(ctx context.Context, st statement.Statement) (left []string, err error) {
	if st.Verb != "DROP INDEX" {
		return nil, nil
	}
	change := dialect.Reader().ReadChange(st)
	err = c.asOwner(func() error {
		for _, o := range change.Objects {
			parts := schema.Parts(o.Name)
			var kind string
			err := c.QueryRowContext(ctx,
				"SELECT coalesce(max(type), '') FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE",
				parts[len(parts)-1]).Scan(&kind)
			if err != nil {
				return fmt.Errorf("look for the index %s: %w", o.Name, err)
			}
			if kind != "" {
				left = append(left, o.Name+" is a "+kind)
			}
		}
		return nil
	})
	return left, err
}

// differs describes how the existing object of the same kind and name differs; "" when it does not
// in what is read.
func (c *connection) differs(ctx context.Context, name string, made schema.Made) (string, error) {
	if len(made.Columns) == 0 {
		return "", nil
	}
	query := "SELECT name, 0 FROM pragma_table_xinfo(?)"
	if made.Kind == "index" {
		query = "SELECT coalesce(k.name, '…'), l.\"unique\" FROM main.sqlite_schema s, " +
			"pragma_index_list(s.tbl_name) l, pragma_index_info(l.name) k" +
			" WHERE s.type = 'index' AND l.name = s.name AND s.name = ? COLLATE NOCASE ORDER BY k.seqno"
	}
	rows, err := c.QueryContext(ctx, query, name)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var columns []string
	var unique bool
	for rows.Next() {
		var column string
		if err := rows.Scan(&column, &unique); err != nil {
			return "", err
		}
		columns = append(columns, column)
	}
	if why := made.Differs(columns, unique, strings.EqualFold); why != "" {
		return "one of that name, and " + why, rows.Err()
	}
	return "", rows.Err()
}
