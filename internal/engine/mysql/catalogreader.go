package mysql

import (
	"context"
	"errors"
	"fmt"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

var _ engine.CatalogReader = (*database)(nil)

// Change implements engine.CatalogReader.
func (d *database) Change(s statement.Statement) schema.Change {
	return dialect.Reader().ReadChange(s)
}

// Definitions implements engine.CatalogReader.
func (d *database) Definitions(
	ctx context.Context, objects []schema.Object,
) (all []engine.Definition, err error) {
	if len(objects) == 0 {
		return nil, nil
	}
	err = d.read(ctx, func(ctx context.Context, c *connection) error {
		all = nil
		for _, o := range objects {
			text, err := d.define(ctx, c, o)
			if err != nil {
				return fmt.Errorf("read the definition of %s %s: %w", o.Kind, o.Name, err)
			}
			all = append(all, engine.Definition{Text: engine.Brief(text)})
		}
		return nil
	})
	return all, err
}

// define is "" for an object that does not exist. For an index it is the line of its table.
func (d *database) define(ctx context.Context, c *connection, o schema.Object) (string, error) {
	kind, name := strings.ToUpper(o.Kind), o.Name
	if kind == "SEQUENCE" && !d.mariadb {
		return "", nil // MySQL has none, and does not know the word
	}
	if kind == "INDEX" {
		kind, name = "TABLE", o.On
	}
	text, err := showCreate(ctx, c, "SHOW CREATE "+kind+" "+quotePath(name))
	if err != nil {
		if isMissing(err) {
			return "", nil
		}
		return "", err
	}
	if o.Kind == "index" {
		return keyLine(text, o.Name), nil
	}
	return autoIncrement.ReplaceAllString(text, "$1"), nil
}

// keyLine finds a key in the text of a table.
func keyLine(table, name string) string {
	for line := range strings.Lines(table) {
		if isKeyLine(line) &&
			strings.Contains(strings.ToLower(line), "key "+strings.ToLower(dialect.QuoteName(name))+" ") {
			return strings.TrimRight(line, ",\n")
		}
	}
	return ""
}

// quotePath quotes a name with its qualifiers.
func quotePath(name string) string {
	parts := schema.Parts(name)
	for i, part := range parts {
		parts[i] = dialect.QuoteName(part)
	}
	return strings.Join(parts, ".")
}

// isMissing reports whether the server says that an object is not there: unknown table, trigger,
// view, routine, event, sequence.
func isMissing(err error) bool {
	var e *driver.MySQLError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Number {
	case 1146, 1360, 1305, 1539, 1347, 1049, 4091, 4089, 1051:
		return true
	}
	return false
}
