package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// postCondition checks that the object of a statement is as the statement describes it: the server
// skips IF NOT EXISTS with a note, and without NO_ENGINE_SUBSTITUTION it replaces the named engine
// with a warning.
// https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sqlmode_no_engine_substitution
func (s *session) postCondition(ctx context.Context, st statement.Statement) error {
	made, ok := dialect.Reader().ReadMade(st)
	if !ok {
		return nil
	}
	parts := schema.Parts(made.Name)
	name := parts[len(parts)-1]
	switch made.Kind {
	case "trigger":
		return s.madeTrigger(ctx, name, made.On)
	case "table", "view", "sequence":
		return s.madeTable(ctx, name, made)
	case "index":
		return s.madeIndex(ctx, name, made)
	}
	return nil
}

// madeIndex finds an index, whose name is unique within its table.
func (s *session) madeIndex(ctx context.Context, name string, made schema.Made) error {
	if len(made.Columns) == 0 {
		return nil
	}
	parts := schema.Parts(made.On)
	of := " FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = " +
		literal(parts[len(parts)-1]) + " AND index_name = " + literal(name)
	var unique bool
	if err := s.conn.QueryRowContext(ctx, "SELECT COALESCE(MIN(non_unique), 1) = 0"+
		of).Scan(&unique); err != nil {
		return fmt.Errorf("look for the index %s: %w", name, err)
	}
	columns, err := s.names(ctx, "SELECT COALESCE(column_name, '…')"+of+" ORDER BY seq_in_index")
	switch why := made.Differs(columns, unique, strings.EqualFold); {
	case err != nil:
		return fmt.Errorf("look for the index %s: %w", name, err)
	case len(columns) == 0:
		return unmet("The statement ended without an error, but there is no index %s on %s.", name, made.On)
	case why != "":
		return unmet("The index %s was not made: there is one of that name, and %s. Give the index another "+
			"name, or drop the other.", name, why)
	}
	return nil
}

// names reads the only column of a query.
func (s *session) names(ctx context.Context, query string) (names []string, err error) {
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

func unmet(format string, args ...any) error {
	return &engine.Error{Kind: engine.Unmet, Message: fmt.Sprintf(format, args...)}
}

func (s *session) madeTrigger(ctx context.Context, name, on string) error {
	parts, table := schema.Parts(on), ""
	err := s.conn.QueryRowContext(ctx,
		"SELECT event_object_table FROM information_schema.triggers "+
			"WHERE trigger_schema = DATABASE() AND trigger_name = "+
			literal(name)).Scan(&table)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return unmet("The statement ended without an error, but there is no trigger %s on the table %s.",
			name, on)
	case err != nil:
		return fmt.Errorf("look for the trigger %s: %w", name, err)
	case !strings.EqualFold(table, parts[len(parts)-1]):
		return unmet("The trigger %s was not made: there is a trigger of that name on the table %s. Give "+
			"it another name.", name, table)
	}
	return nil
}

func (s *session) madeTable(ctx context.Context, name string, made schema.Made) error {
	var kind string
	var storage sql.NullString
	err := s.conn.QueryRowContext(ctx,
		"SELECT table_type, engine FROM information_schema.tables "+
			"WHERE table_schema = DATABASE() AND table_name = "+
			literal(name)).Scan(&kind, &storage)
	if errors.Is(err, sql.ErrNoRows) {
		return unmet("The statement ended without an error, but there is no %s %s.", made.Kind, name)
	}
	if err != nil {
		return fmt.Errorf("look for the %s %s: %w", made.Kind, name, err)
	}
	if kind = strings.ToLower(kind); kind != "view" && kind != "sequence" {
		kind = "table"
	}
	if kind != made.Kind {
		return unmet("The %s %s was not made: there is a %s of that name. Give it another name, or remove "+
			"what is there.", made.Kind, name, kind)
	}
	if made.Engine != "" && !strings.EqualFold(storage.String, engineName(made.Engine)) {
		return unmet("The table %s has the storage engine %s and not %s: the server does not have that "+
			"one, or the table was there before. "+
			"Name an engine that the server has.", name, storage.String, made.Engine)
	}
	if err := s.madeForeign(ctx, name, storage.String, made); err != nil || len(made.Columns) == 0 {
		return err
	}
	columns, err := s.names(ctx, "SELECT column_name FROM information_schema.columns WHERE table_schema = "+
		"DATABASE() AND table_name = "+literal(name))
	if err != nil {
		return fmt.Errorf("look for the table %s: %w", name, err)
	}
	if why := made.Differs(columns, false, strings.EqualFold); why != "" {
		return unmet("The table %s was not made: there is one of that name, and %s. Change it with ALTER "+
			"TABLE, or give the new one another name.", name, why)
	}
	return nil
}

// madeForeign looks for foreign keys. Some storage engines pass over them, and MySQL before version 9
// over those that stand behind a column.
// https://dev.mysql.com/doc/refman/8.4/en/ansi-diff-foreign-keys.html
func (s *session) madeForeign(ctx context.Context, name, storage string, made schema.Made) error {
	if len(made.Foreign) == 0 {
		return nil
	}
	have, err := s.names(ctx,
		"SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position SEPARATOR '\n') "+
			"FROM information_schema.key_column_usage "+
			"WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL AND table_name = "+
			literal(name)+" GROUP BY constraint_name")
	if err != nil {
		return fmt.Errorf("look for the foreign keys of %s: %w", name, err)
	}
	for _, columns := range made.Foreign {
		want := strings.Join(columns, "\n")
		if !slices.ContainsFunc(have, func(one string) bool { return strings.EqualFold(one, want) }) {
			return unmet(
				"The foreign key on (%s) of the table %s was not made: the server ignores it in a "+
					"table of the storage engine %s, or behind a column. "+
					"Write FOREIGN KEY in a table of InnoDB.",
				strings.Join(columns, ", "), name, storage)
		}
	}
	return nil
}

// engineName is the server's name of an engine in a statement.
func engineName(name string) string {
	switch strings.ToLower(name) {
	case "innobase":
		return "InnoDB"
	case "heap":
		return "MEMORY"
	case "merge":
		return "MRG_MYISAM"
	case "maria":
		return "Aria"
	case "ndb":
		return "ndbcluster"
	}
	return name
}
