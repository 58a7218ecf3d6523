package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"towpath"
)

// column joins a column's name with the field it is kept in: a *string, *int, *int64, *bool or *[]byte,
// or one of the wrappers below, which are sql.Scanner and driver.Valuer both.
type column struct {
	name  string
	field any
}

// table tells how an entity is kept. Its texts are constants of this package; what users send only ever binds to $n.
type table[T any] struct {
	name    string
	columns func(*T) []column
}

func (t table[T]) names() []string {
	var zero T
	columns := t.columns(&zero)
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

func (t table[T]) values(v *T) []any {
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
		case *[]byte:
			values[i] = *f
		default:
			values[i] = f
		}
	}
	return values
}

func (t table[T]) insert(ctx context.Context, tx *Tx, v *T) error {
	names := t.names()
	_, err := tx.tx.ExecContext(ctx, "INSERT INTO "+t.name+" ("+strings.Join(names, ", ")+") VALUES ("+placeholders(1, len(names))+")", t.values(v)...)
	return t.wrap("insert", err)
}

// upsert inserts, or replaces the row with the same key, which is made of the first n columns.
func (t table[T]) upsert(ctx context.Context, tx *Tx, v *T, n int) error {
	names := t.names()
	set := make([]string, 0, len(names))
	for _, name := range names[n:] {
		set = append(set, name+" = excluded."+name)
	}
	_, err := tx.tx.ExecContext(ctx, "INSERT INTO "+t.name+" ("+strings.Join(names, ", ")+") VALUES ("+placeholders(1, len(names))+
		") ON CONFLICT ("+strings.Join(names[:n], ", ")+") DO UPDATE SET "+strings.Join(set, ", "), t.values(v)...)
	return t.wrap("upsert", err)
}

// update writes the whole row found by its first column.
func (t table[T]) update(ctx context.Context, tx *Tx, v *T) error {
	names := t.names()
	set := make([]string, 0, len(names))
	for i, name := range names[1:] {
		set = append(set, name+" = $"+strconv.Itoa(i+2))
	}
	result, err := tx.tx.ExecContext(ctx, "UPDATE "+t.name+" SET "+strings.Join(set, ", ")+" WHERE "+names[0]+" = $1", t.values(v)...)
	if err != nil {
		return t.wrap("update", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(t.missing(), err)
	}
	return nil
}

// get reads the one row that the condition picks; a *towpath.Error with CodeNotFound when there is none.
func (t table[T]) get(ctx context.Context, tx *Tx, where string, args ...any) (T, error) {
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

// list reads the rows that the tail of the query picks, in its order.
func (t table[T]) list(ctx context.Context, tx *Tx, tail string, args ...any) ([]T, error) {
	rows, err := tx.tx.QueryContext(ctx, "SELECT "+strings.Join(t.names(), ", ")+" FROM "+t.name+" "+tail, args...)
	if err != nil {
		return nil, t.wrap("list", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err tells what matters
	var list []T
	for rows.Next() {
		var v T
		columns := t.columns(&v)
		fields := make([]any, len(columns))
		for i, c := range columns {
			fields[i] = c.field
		}
		if err := rows.Scan(fields...); err != nil {
			return nil, t.wrap("scan", err)
		}
		list = append(list, v)
	}
	return list, t.wrap("list", rows.Err())
}

// page reads at most p.Limit rows that the condition picks, oldest first or newest first, from p.After on.
func (t table[T]) page(ctx context.Context, tx *Tx, p Page, where string, args ...any) ([]T, error) {
	order, compare := "id", "id > "
	if p.NewestFirst {
		order, compare = "id DESC", "id < "
	}
	if p.After != "" {
		args = append(args, p.After)
		where += " AND " + compare + "$" + strconv.Itoa(len(args))
	}
	args = append(args, p.limit())
	return t.list(ctx, tx, "WHERE "+where+" ORDER BY "+order+" LIMIT $"+strconv.Itoa(len(args)), args...)
}

func (t table[T]) delete(ctx context.Context, tx *Tx, where string, args ...any) error {
	_, err := tx.tx.ExecContext(ctx, "DELETE FROM "+t.name+" WHERE "+where, args...)
	return t.wrap("delete", err)
}

func (t table[T]) missing() error {
	return towpath.Errorf(towpath.CodeNotFound, "There is no such %s, or it is not yours to see.", strings.ReplaceAll(strings.Trim(t.name, `"`), "_", " "))
}

func (t table[T]) wrap(verb string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %s: %w", verb, t.name, err)
}

// Page picks a part of a list that is ordered by id, that is by age.
type Page struct {
	After       string // id of the last row of the page before; "" for the first page
	Limit       int    // 1 to 1000; 0 is 100
	NewestFirst bool
}

func (p Page) limit() int {
	if p.Limit <= 0 {
		return 100
	}
	return min(p.Limit, 1000)
}

func placeholders(from, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(from+i)
	}
	return strings.Join(marks, ", ")
}

// instant keeps a time as microseconds.
type instant struct{ t *time.Time }

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) { return i.t.UnixMicro(), nil }

// Scan implements sql.Scanner.
func (i instant) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("time is a %T", src)
	}
	*i.t = time.UnixMicro(n).UTC()
	return nil
}

// maybe keeps an optional time as microseconds or NULL.
type maybe struct{ t **time.Time }

// Value implements driver.Valuer.
func (m maybe) Value() (driver.Value, error) {
	if *m.t == nil {
		return nil, nil
	}
	return (*m.t).UnixMicro(), nil
}

// Scan implements sql.Scanner.
func (m maybe) Scan(src any) error {
	if src == nil {
		*m.t = nil
		return nil
	}
	var t time.Time
	*m.t = &t
	return instant{&t}.Scan(src)
}

// list keeps a slice or map as JSON.
type jsonText struct{ v any }

// Value implements driver.Valuer.
func (j jsonText) Value() (driver.Value, error) {
	text, err := json.Marshal(j.v)
	return string(text), err
}

// Scan implements sql.Scanner.
func (j jsonText) Scan(src any) error {
	switch text := src.(type) {
	case string:
		return json.Unmarshal([]byte(text), j.v)
	case []byte:
		return json.Unmarshal(text, j.v)
	}
	return fmt.Errorf("JSON is a %T", src)
}

// isUnique tells whether err is a violated unique index.
func isUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == 2067 || lite.Code() == 1555) // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
}

// taken turns a violated unique index into words about the field that holds the name.
func taken(err error, field, format string, args ...any) error {
	if isUnique(err) {
		e := towpath.Invalid(field, format, args...)
		e.Code = towpath.CodeConflict
		return e
	}
	return err
}

var _ sql.Scanner = maybe{}
