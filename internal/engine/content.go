package engine

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"towpath/internal/schema"
)

// Cataloger is an optional interface of a DB that reads what a database holds, as the SQL review
// needs it.
type Cataloger interface {
	// Catalog reads tables, views, types and what else has a name, without the ledger, and the
	// server's own estimates of the tables' sizes. It reads no rows, and waits for no lock longer
	// than a few seconds: an *Error with Kind Locked then. A database with more than MaxTables
	// tables, or as many other objects, gives a catalog that is not complete; one with more than
	// MaxParts columns, indexes and constraints in its tables an *Error with Kind Failed.
	Catalog(ctx context.Context) (schema.Catalog, error)
}

const (
	MaxTables = 20_000    // tables of a catalog, and other objects
	MaxParts  = 1_000_000 // columns, indexes and constraints of a catalog

	// MaxExpression is how many bytes of a default, a check or a condition a catalog keeps.
	MaxExpression = 1000
)

// Excerpt returns the text of an expression, or its beginning.
func Excerpt(text string) string {
	if len(text) <= MaxExpression {
		return text
	}
	return strings.ToValidUTF8(text[:MaxExpression], "")
}

// Contents collects a catalog from the rows of a driver's queries, within the bounds of Catalog. Key
// identifies a table in these rows.
type Contents[Key comparable] struct {
	schema.Catalog
	at    map[Key]int // in Tables
	parts int
}

// NewContents begins with an empty database, of which everything is known.
func NewContents[Key comparable]() *Contents[Key] {
	return &Contents[Key]{Catalog: schema.Catalog{Complete: true}, at: map[Key]int{}}
}

// Load runs the steps that read a catalog, and names the step in an error.
func Load(ctx context.Context, steps []Step) error {
	for _, step := range steps {
		if err := step.Load(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.What, err)
		}
	}
	return nil
}

// Step reads a part of a catalog.
type Step struct {
	What string // such as "columns"
	Load func(context.Context) error
}

// Each runs a query of database/sql, and calls use for each of its rows, which are in the places.
func Each(
	ctx context.Context, conn interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	}, use func() error, places []any, query string, args ...any,
) error {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		if err := use(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// AddTable adds a table. One that is too many is left out, and the catalog is not complete then.
func (c *Contents[Key]) AddTable(key Key, t schema.Table) {
	if len(c.Tables) == MaxTables {
		c.Complete = false
		return
	}
	c.at[key] = len(c.Tables)
	c.Tables = append(c.Tables, t)
}

// AddObject adds what is no table and no type. A view belongs among the views.
func (c *Contents[Key]) AddObject(o schema.Object) {
	switch {
	case len(c.Views)+len(c.Others) == MaxTables:
		c.Complete = false
	case o.Kind == "view" || o.Kind == "materialized view":
		c.Views = append(c.Views, o)
	default:
		c.Others = append(c.Others, o)
	}
}

// Table returns a table that was added; nil for any other, such as one that was left out.
func (c *Contents[Key]) Table(key Key) *schema.Table {
	if i, ok := c.at[key]; ok {
		return &c.Tables[i]
	}
	return nil
}

// Part adds something to a table that was added.
func (c *Contents[Key]) Part(key Key, add func(*schema.Table)) error {
	t := c.Table(key)
	if t == nil {
		return nil
	}
	if c.parts++; c.parts > MaxParts {
		return &Error{
			Kind: Failed,
			Message: fmt.Sprintf("the tables have more than %d columns, indexes and constraints together, "+
				"which is more than a review reads", MaxParts),
		}
	}
	add(t)
	return nil
}
