package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towpath"
)

// column connects a column's name with a pointer to the field that holds it: a *string, *int,
// *int64 or *bool, or a wrapper of field.go that is both sql.Scanner and driver.Valuer.
type column struct {
	name  string
	field any
}

// table defines how an entity is stored. Its SQL consists of constants of this package; input from
// users is only ever bound to parameters.
type table[T any] struct {
	name    string
	key     int // how many of the first columns are the primary key
	columns func(*T) []column
	onRead  func(*Tx, *T) // called for each row that is read; may be nil

	names      []string
	selectFrom string
	insertInto string
	replace    string // the ON CONFLICT clause of an upsert
	set        string // the UPDATE of a whole row
}

// newTable prepares the constant SQL of a table. Its first key columns are the primary key.
func newTable[T any](name string, key int, columns func(*T) []column) *table[T] {
	t := &table[T]{name: name, key: key, columns: columns}
	var zero T
	for _, c := range columns(&zero) {
		t.names = append(t.names, c.name)
	}
	all := strings.Join(t.names, ", ")
	t.selectFrom = "SELECT " + all + " FROM " + name + " "
	t.insertInto = "INSERT INTO " + name + " (" + all + ") VALUES "
	var replace, set []string
	for i, name := range t.names[key:] {
		replace = append(replace, name+" = excluded."+name)
		set = append(set, name+" = $"+strconv.Itoa(key+i+1))
	}
	t.replace = " ON CONFLICT (" + strings.Join(t.names[:key], ", ") + ") DO UPDATE SET " +
		strings.Join(replace, ", ")
	t.set = "UPDATE " + name + " SET " + strings.Join(set, ", ") + " WHERE " + t.whereKey()
	return t
}

// whereKey matches the row whose key is bound to the first parameters.
func (t *table[T]) whereKey() string {
	terms := make([]string, t.key)
	for i := range terms {
		terms[i] = t.names[i] + " = $" + strconv.Itoa(i+1)
	}
	return strings.Join(terms, " AND ")
}

func (t *table[T]) values(v *T) []any {
	columns := t.columns(v)
	values := make([]any, len(columns))
	for i, c := range columns {
		switch f := c.field.(type) {
		case *string:
			values[i] = *f
		case *int:
			values[i] = int64(*f)
		case *int64:
			values[i] = *f
		case *bool:
			values[i] = *f
		case driver.Valuer:
			values[i] = f
			if value, err := f.Value(); err == nil { // otherwise database/sql returns the error
				values[i] = value
			}
		}
	}
	return cleaned(values)
}

func (t *table[T]) insert(ctx context.Context, tx *Tx, rows ...T) error {
	return t.wrap("insert", t.write(ctx, tx, rows, ""))
}

// upsert inserts rows or replaces those with the same key. The last one of several rows with the
// same key wins.
func (t *table[T]) upsert(ctx context.Context, tx *Tx, rows ...T) error {
	if len(rows) > 1 {
		rows = t.lastByKey(rows)
	}
	return t.wrap("upsert", t.write(ctx, tx, rows, t.replace))
}

// lastByKey removes earlier duplicates, since PostgreSQL refuses to replace a row twice in one
// statement.
func (t *table[T]) lastByKey(rows []T) []T {
	places := make(map[string]int, len(rows))
	last := make([]T, 0, len(rows))
	for i := range rows {
		key := fmt.Sprintf("%q", t.values(&rows[i])[:t.key])
		if place, known := places[key]; known {
			last[place] = rows[i]
			continue
		}
		places[key] = len(last)
		last = append(last, rows[i])
	}
	return last
}

// largestBatch bounds the rows of one statement. All batches are powers of two, so that few texts
// are prepared.
const largestBatch = 64

func (t *table[T]) write(ctx context.Context, tx *Tx, rows []T, tail string) error {
	for size := largestBatch; len(rows) > 0; {
		if size > len(rows) {
			size /= 2
			continue
		}
		args := make([]any, 0, size*len(t.names))
		for i := range rows[:size] {
			args = append(args, t.values(&rows[i])...)
		}
		if _, err := tx.exec(ctx, t.insertInto+tuples(size, len(t.names), tx.shared)+tail,
			args...); err != nil {
			return err
		}
		rows = rows[size:]
	}
	return nil
}

// tuples makes the parameters of n rows: $1, $2, … when numbered, for PostgreSQL, or ?, ?, … for
// SQLite. SQLite looks up each $1 by name among all others, so hundreds of them are slower than as
// many statements.
func tuples(n, columns int, numbered bool) string {
	var text strings.Builder
	for i := range n * columns {
		switch {
		case i == 0:
			text.WriteString("(")
		case i%columns == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		text.WriteString(parameter(i+1, numbered))
	}
	return text.String() + ")"
}

func parameter(n int, numbered bool) string {
	if numbered {
		return "$" + strconv.Itoa(n)
	}
	return "?"
}

// update writes a whole row, found by its key.
func (t *table[T]) update(ctx context.Context, tx *Tx, v T) error {
	return t.updateWhere(ctx, tx, v, "")
}

// updateWhere writes a whole row that also meets a condition; CodeNotFound when there is none.
func (t *table[T]) updateWhere(ctx context.Context, tx *Tx, v T, condition string) error {
	text := t.set
	if condition != "" {
		text += " AND " + condition
	}
	result, err := tx.exec(ctx, text, t.values(&v)...)
	if err != nil {
		return t.wrap("update", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(t.missing(), err)
	}
	return nil
}

// get reads the first row that matches the condition; CodeNotFound when there is none.
func (t *table[T]) get(ctx context.Context, tx *Tx, where string, args ...any) (T, error) {
	list, err := t.list(ctx, tx, "WHERE "+where, args...)
	if err == nil && len(list) == 0 {
		err = t.missing()
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return list[0], nil
}

// list reads the rows that match the tail of the query, in its order.
func (t *table[T]) list(ctx context.Context, tx *Tx, tail string, args ...any) ([]T, error) {
	var list []T
	err := t.each(ctx, tx, tail, args, func(v T) error {
		list = append(list, v)
		return nil
	})
	return list, err
}

// each calls do for each row that matches the tail of the query, in its order, while it reads.
func (t *table[T]) each(ctx context.Context, tx *Tx, tail string, args []any, do func(T) error) error {
	rows, err := tx.query(ctx, t.selectFrom+tail, args...)
	if err != nil {
		return t.wrap("read", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err returns the error that matters
	var v, zero T
	fields := make([]any, len(t.names))
	for i, c := range t.columns(&v) {
		fields[i] = c.field
	}
	for rows.Next() {
		v = zero
		if err := rows.Scan(fields...); err != nil {
			return t.wrap("scan", err)
		}
		if t.onRead != nil {
			t.onRead(tx, &v)
		}
		if err := do(v); err != nil {
			return err
		}
	}
	return t.wrap("read", rows.Err())
}

// in calls do with each row whose column has one of some values, in the order of the tail of the query
// for at most maxLookup of them.
func (t *table[T]) in(
	ctx context.Context, tx *Tx, column string, values []string, tail string, do func(T),
) error {
	for some := range slices.Chunk(values, maxLookup) {
		args := make([]any, len(some))
		for i, value := range some {
			args[i] = value
		}
		err := t.each(ctx, tx, "WHERE "+column+" IN "+tuples(1, len(args), tx.shared)+" "+tail, args,
			func(row T) error {
				do(row)
				return nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// inPairs calls do with each row whose two columns have the values of a pair. SQLite uses no index for
// a list of pairs, but does for each of many alternatives.
func (t *table[T]) inPairs(
	ctx context.Context, tx *Tx, first, second string, pairs []pair, do func(T),
) error {
	for some := range slices.Chunk(pairs, maxLookup) {
		terms, args := make([]string, len(some)), make([]any, 0, 2*len(some))
		for i, p := range some {
			args = append(args, p[0], p[1])
			terms[i] = first + " = " + parameter(2*i+1, tx.shared) + " AND " + second + " = " +
				parameter(2*i+2, tx.shared)
		}
		err := t.each(ctx, tx, "WHERE "+strings.Join(terms, " OR "), args, func(row T) error {
			do(row)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *table[T]) delete(ctx context.Context, tx *Tx, where string, args ...any) error {
	_, err := tx.exec(ctx, "DELETE FROM "+t.name+" WHERE "+where, args...)
	return t.wrap("delete", err)
}

func (t *table[T]) missing() error {
	return towpath.Errorf(towpath.CodeNotFound, "There is no such %s, or it is not yours to see.",
		strings.ReplaceAll(strings.Trim(t.name, `"`), "_", " "))
}

func (t *table[T]) wrap(verb string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", verb, t.name, err)
}
