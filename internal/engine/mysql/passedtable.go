package mysql

import (
	"context"
	"regexp"
	"slices"
	"strings"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

// placed is the place of a new column among the others.
var placed = regexp.MustCompile("(?i)\\s+(?:FIRST|AFTER\\s+(?:`(?:[^`]|``)+`|\\S+))\\s*$")

const dropBeside = "DROP TEMPORARY TABLE IF EXISTS " + besideName

// bothTables compares columns and keys: as a whole, else the types alone.
func (s *session) bothTables(
	ctx context.Context, c schema.Conditional, name string,
) (wanted, have []engine.Part, note string, err error) {
	if c.Query != "" {
		return nil, nil, "it is filled by a query, which does not run twice", nil
	}
	if dialect.Reader().Names(c.Rest, "REFERENCES") {
		note = "foreign keys are not compared"
	}
	said := collationSaid(c.Rest)
	if have, err = s.partsOfTable(ctx, name, said); err != nil {
		return nil, nil, "", err
	}
	err = s.beside(ctx, dropBeside, "CREATE TEMPORARY TABLE "+besideName+" "+c.Rest, func() error {
		wanted, err = s.partsOfTable(ctx, besideName, said)
		return err
	})
	if err == nil {
		return wanted, have, note, nil
	}
	return s.bothTyped(ctx, c, have, err)
}

// bothTyped compares the types of columns alone, where the server refuses a like table for a
// reason. Its error is the reason where there are no types either.
func (s *session) bothTyped(
	ctx context.Context, c schema.Conditional, have []engine.Part, reason error,
) (wanted, there []engine.Part, note string, err error) {
	var typed []string
	for _, column := range c.Columns {
		if column.Type != "" {
			typed = append(typed, dialect.QuoteName(column.Name)+" "+column.Type)
		}
	}
	refused := mapError(reason)
	if refused.Kind != engine.Failed || len(typed) == 0 {
		return nil, nil, "", reason
	}
	err = s.beside(ctx, dropBeside, "CREATE TEMPORARY TABLE "+besideName+" ("+strings.Join(typed, ", ")+")",
		func() error {
			wanted, err = s.partsOfTable(ctx, besideName, "")
			return err
		})
	wanted = slices.DeleteFunc(wanted,
		func(p engine.Part) bool { return !strings.HasPrefix(p.Subject, "the type of ") })
	return wanted, have, "only the columns and their types are the same as it says (" +
		refused.Message + ")", err
}

// bothAltered compares what ALTER TABLE was to add: in a like table it takes the place of what is
// there.
func (s *session) bothAltered(
	ctx context.Context, c schema.Conditional, name string,
) (wanted, have []engine.Part, note string, err error) {
	var drops, adds []string
	for _, one := range c.Adds {
		drop := dropOf(one)
		if drop == "" {
			note = "foreign keys, partitions and keys without a name are not compared"
			continue
		}
		drops = append(drops, drop)
		adds = append(adds, placed.ReplaceAllString(one.Text, ""))
	}
	if len(drops) == 0 {
		return nil, nil, note, nil
	}
	said := collationSaid(strings.Join(adds, ", "))
	if have, err = s.partsOfTable(ctx, name, said); err != nil {
		return nil, nil, "", err
	}
	err = s.beside(ctx, dropBeside, "CREATE TEMPORARY TABLE "+besideName+" LIKE "+name, func() error {
		const alter = "ALTER TABLE " + besideName + " "
		if _, err := s.conn.ExecContext(ctx, alter+"ADD COLUMN "+besideName+" INT, "+
			strings.Join(drops, ", ")); err != nil { // a table has a column at all times
			return err
		}
		without, err := s.partsOfTable(ctx, besideName, said)
		if err != nil {
			return err
		}
		if _, err := s.conn.ExecContext(ctx, alter+strings.Join(adds, ", ")); err != nil {
			return err
		}
		wanted, err = s.partsOfTable(ctx, besideName, said)
		wanted = slices.DeleteFunc(wanted, func(p engine.Part) bool { return slices.Contains(without, p) })
		return err
	})
	if err != nil {
		return s.bothTyped(ctx, c, have, err)
	}
	return wanted, have, note, nil
}

// dropOf is the clause that drops what another adds; "" where that has no name.
func dropOf(one schema.Adding) string {
	switch {
	case one.Kind == "primary key":
		return "DROP PRIMARY KEY"
	case one.Name == "" || one.Kind == "":
		return ""
	}
	return "DROP " + strings.ToUpper(one.Kind) + " " + dialect.QuoteName(one.Name)
}

// collationSaid says how much of the collations a text names: all, the character set, or nothing.
func collationSaid(text string) string {
	read := dialect.Reader()
	switch {
	case read.Names(text, "COLLATE"):
		return "the collation of "
	case read.Names(text, "CHARSET", "CHARACTER", "ASCII", "UNICODE", "NATIONAL", "NCHAR", "NVARCHAR"):
		return "the character set of "
	}
	return ""
}

// partsOfTable are the columns of a table, and its keys and checks. Foreign keys are left out,
// which a temporary table has none of. said is of collationSaid.
func (s *session) partsOfTable(ctx context.Context, name, said string) (parts []engine.Part, err error) {
	rows, err := s.conn.QueryContext(ctx, "SHOW FULL COLUMNS FROM "+name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var column, kind, null, key, extra, privileges, comment string
		var value, collation *string
		if err := rows.Scan(&column, &kind, &collation, &null, &key, &value, &extra, &privileges,
			&comment); err != nil {
			return nil, err
		}
		column = dialect.QuoteName(strings.ToLower(column))
		parts = append(parts, engine.Part{Subject: "the type of " + column, Value: kind})
		if null == "NO" {
			parts = append(parts, engine.Part{Subject: column + " NOT NULL"})
		}
		if value != nil {
			parts = append(parts, engine.Part{Subject: "the default of " + column, Value: *value})
		}
		if extra != "" {
			parts = append(parts, engine.Part{Subject: column + " " + extra})
		}
		if comment != "" {
			parts = append(parts, engine.Part{Subject: "the comment of " + column, Value: comment})
		}
		if collation != nil && said != "" {
			of := *collation
			if strings.Contains(said, "character") {
				of, _, _ = strings.Cut(of, "_")
			}
			parts = append(parts, engine.Part{Subject: said + column, Value: of})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	text, err := showCreate(ctx, s.conn, "SHOW CREATE TABLE "+name)
	return append(parts, partsOfText(text)...), err
}

// partsOfText are those that the text of a table alone shows.
func partsOfText(text string) (parts []engine.Part) {
	columns, _ := dialect.Reader().Columns(text)
	for _, of := range columns {
		name := dialect.QuoteName(strings.ToLower(of.Name))
		source := "what is inserted"
		if of.Source != "" {
			source = "the expression " + of.Source
		}
		parts = append(parts, engine.Part{Subject: "the source of " + name, Value: source})
		for _, check := range of.Checks {
			parts = append(parts, engine.Part{Subject: name + " CHECK (" + check + ")"})
		}
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, ",\n"); strings.Contains(line, " FOREIGN KEY (") {
			continue
		}
		if isKeyLine(line) || strings.HasPrefix(line, "  PRIMARY KEY ") {
			parts = append(parts, engine.Part{Subject: strings.TrimSpace(line)})
		}
	}
	return parts
}
