package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// addedNamesHold checks the names in double quotes of an added column. SQLite reads the changed
// table as it reads one of an older file, where such a name may be a text: only creating a table
// decides which it is.
func (c *connection) addedNamesHold(ctx context.Context, st statement.Statement) error {
	if st.Verb != "ALTER TABLE" || !strings.Contains(st.Text, `"`) {
		return nil
	}
	change := dialect.Reader().ReadChange(st)
	if change.Effect != schema.Alter || len(change.Objects) == 0 {
		return nil
	}
	parts := schema.Parts(change.Objects[0].Name)
	table := parts[len(parts)-1]
	wrong := ""
	err := c.asOwner(func() error {
		var text string
		err := c.QueryRowContext(ctx,
			"SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE",
			table).Scan(&text)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // it exists in this session only
		}
		if err != nil {
			return err
		}
		_, err = c.ExecContext(ctx, "EXPLAIN CREATE TEMP TABLE "+strings.TrimPrefix(text, "CREATE TABLE "))
		wrong = noColumn(err)
		return nil
	})
	if err != nil {
		return fmt.Errorf("look at the table %s: %w", table, err)
	}
	if wrong == "" || !strings.Contains(st.Text, `"`+wrong+`"`) {
		return nil
	}
	return &engine.Error{
		Kind: engine.Unmet,
		Message: fmt.Sprintf("The table %s has no column %s, so SQLite takes \"%[2]s\" for a text. "+
			"Correct the name, or write the text in single quotes.", table, wrong),
	}
}

// noColumn returns the name that an error reports as no column; "" for other errors.
func noColumn(err error) string {
	if err == nil {
		return ""
	}
	_, rest, _ := strings.Cut(err.Error(), `no such column: "`)
	name, _, _ := strings.Cut(rest, `" - should this be`)
	return name
}
