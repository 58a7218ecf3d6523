package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"towpath/internal/history"
)

// Historian is an optional interface of a DB that reads what other migration tools have applied.
type Historian interface {
	// ReadHistories calls use with the queries of the driver. They change nothing, and wait for no lock
	// longer than a few seconds: an *Error with Kind Locked then.
	ReadHistories(ctx context.Context, use func(HistoryQueries) error) error
}

// Histories reads the tables that have the name and the columns of another tool's, up to
// history.MaxRows rows of each.
func Histories(ctx context.Context, h Historian) (tables []history.Table, err error) {
	err = h.ReadHistories(ctx, func(q HistoryQueries) error {
		tables, err = q.histories(ctx)
		return err
	})
	return tables, err
}

// HistoryMark reads the mark of a table that Histories has returned, without its rows; "" when there is
// no such table any more.
func HistoryMark(ctx context.Context, h Historian, at history.Place) (mark string, err error) {
	err = h.ReadHistories(ctx, func(q HistoryQueries) error {
		mark, err = q.mark(ctx, at)
		return err
	})
	return mark, err
}

const (
	maxHistories    = 50   // tables of a database
	maxHistoryValue = 1000 // characters of a value
)

// HistoryColumn is a column of a table with a known name.
type HistoryColumn struct {
	Schema, Table, Name string
	Hidden              bool // our user may not read the table
}

// HistoryQueries are the parts of reading a history in which the drivers differ.
type HistoryQueries struct {
	// Columns lists the columns of all tables with one of the names, which are in lower case. Views
	// and tables of code are left out.
	Columns func(ctx context.Context, names []string) ([]HistoryColumn, error)
	// Each calls use for each row of a query, which is in the places.
	Each func(ctx context.Context, use func() error, places []any, query string) error
	// Quote quotes a name.
	Quote func(name string) string
	// Text is the expression of a quoted column's text, and Bytes of its bytes in hex.
	Text, Bytes string // with %s for the column
}

// histories reads the tables of other tools.
func (q HistoryQueries) histories(ctx context.Context) (tables []history.Table, err error) {
	columns, err := q.Columns(ctx, history.Names())
	if err != nil {
		return nil, fmt.Errorf("list the tables of other migration tools: %w", err)
	}
	for _, c := range columns {
		last := len(tables) - 1
		if last < 0 || tables[last].Schema != c.Schema || tables[last].Name != c.Table {
			tables = append(tables, history.Table{Schema: c.Schema, Name: c.Table, Hidden: c.Hidden})
			last++
		}
		tables[last].Columns = append(tables[last].Columns, c.Name)
	}
	tables = slices.DeleteFunc(tables,
		func(t history.Table) bool { return len(history.Fitting(t.Schema, t.Name, t.Columns)) == 0 })
	tables = tables[:min(len(tables), maxHistories)]
	for i := range tables {
		if err := q.fill(ctx, &tables[i]); err != nil {
			return nil, fmt.Errorf("read the table %s of another migration tool: %w", tables[i].Name, err)
		}
	}
	return tables, nil
}

// fill reads the rows of a table.
func (q HistoryQueries) fill(ctx context.Context, t *history.Table) error {
	if t.Hidden {
		return nil
	}
	form := history.Fitting(t.Schema, t.Name, t.Columns)[0]
	wanted := form.Wanted(t.Columns)
	t.Column = form.Grows(t.Columns)
	mark, err := q.readMark(ctx, history.Place{Schema: t.Schema, Table: t.Name, Column: t.Column})
	if err != nil {
		return err
	}
	t.Mark = mark // before the rows: one that comes between is newer than it
	values := make([]sql.NullString, len(wanted))
	places := make([]any, len(wanted))
	for i := range values {
		places[i] = &values[i]
	}
	return q.Each(ctx, func() error {
		if len(t.Rows) == history.MaxRows {
			t.Cut = true
			return nil
		}
		row := history.Row{}
		for i, v := range values {
			if v.Valid {
				row[strings.ToLower(wanted[i])] = v.String
			}
		}
		t.Rows = append(t.Rows, row)
		return nil
	}, places, q.selectRows(*t, form, wanted))
}

// mark reads the mark of a table. It makes sure first that the name is still that of a table, since
// reading a view may run code.
func (q HistoryQueries) mark(ctx context.Context, at history.Place) (string, error) {
	columns, err := q.Columns(ctx, []string{strings.ToLower(at.Table)})
	if err != nil {
		return "", fmt.Errorf("look for the table of another migration tool: %w", err)
	}
	known := HistoryColumn{Schema: at.Schema, Table: at.Table, Name: at.Column}
	if !slices.Contains(columns, known) {
		return "", nil
	}
	return q.readMark(ctx, at)
}

func (q HistoryQueries) readMark(ctx context.Context, at history.Place) (mark string, err error) {
	var rows int64
	var newest sql.NullString
	query := "SELECT count(*), " + fmt.Sprintf(q.Text, "max(h."+q.Quote(at.Column)+")") + " FROM " +
		q.table(at.Schema, at.Table) + " h"
	err = q.Each(ctx, func() error {
		mark = fmt.Sprintf("%d %s", rows, newest.String)
		return nil
	}, []any{&rows, &newest}, query)
	return mark, err
}

func (q HistoryQueries) table(schema, name string) string {
	if schema == "" {
		return q.Quote(name)
	}
	return q.Quote(schema) + "." + q.Quote(name)
}

// selectRows selects the wanted columns of a table. All of its names come from the form, or from the
// catalog.
func (q HistoryQueries) selectRows(t history.Table, form history.Form, wanted []string) string {
	var list, order []string
	quoted := map[string]string{}
	for _, c := range wanted {
		name := "h." + q.Quote(c)
		quoted[strings.ToLower(c)] = name
		expression := q.Text
		if slices.Contains(form.Bytes, strings.ToLower(c)) {
			expression = q.Bytes
		}
		list = append(list, fmt.Sprintf(expression, name))
	}
	for _, c := range form.Order {
		order = append(order, quoted[c])
	}
	query := "SELECT " + strings.Join(list, ", ") + " FROM " + q.table(t.Schema, t.Name) + " h"
	if len(order) > 0 {
		query += " ORDER BY " + strings.Join(order, ", ")
	}
	return fmt.Sprintf("%s LIMIT %d", query, history.MaxRows+1)
}

// HistoryText completes the expression of a text with the bound of a value.
func HistoryText(expression string) string {
	return fmt.Sprintf("substr(%s, 1, %d)", expression, maxHistoryValue)
}
