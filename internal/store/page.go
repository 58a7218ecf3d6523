package store

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// Page selects a part of a list that is ordered by id, which is by age.
type Page struct {
	After       string // id of the last row of the previous page; "" for the first page
	Limit       int    // 1 to 1000; 0 is 100
	NewestFirst bool
}

// maxPage is the maximum number of rows of a page.
const maxPage = 1000

func (p Page) limit() int {
	if p.Limit <= 0 {
		return 100
	}
	return min(p.Limit, maxPage)
}

// filter collects conditions that must all hold. Unused conditions are left out of the text, since
// SQLite finds no index for "$1 = ” OR …".
type filter struct {
	terms []string
	args  []any
}

// bind adds a parameter and returns its placeholder.
func (f *filter) bind(arg any) string {
	f.args = append(f.args, arg)
	return "$" + strconv.Itoa(len(f.args))
}

// is requires a column to have a value.
func (f *filter) is(column, value string) {
	f.terms = append(f.terms, column+" = "+f.bind(value))
}

// ifSet requires a column to have a value, unless the value is "".
func (f *filter) ifSet(column, value string) {
	if value != "" {
		f.is(column, value)
	}
}

// ofMember requires a project of the member, unless the member is "".
func (f *filter) ofMember(column, memberID string) {
	if memberID != "" {
		f.terms = append(f.terms, column+" IN (SELECT project_id FROM project_member WHERE member_id = "+
			f.bind(memberID)+")")
	}
}

// where returns the WHERE clause, or "" without conditions.
func (f *filter) where() string {
	if len(f.terms) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(f.terms, " AND ") + " "
}

// page reads at most p.Limit rows that match the filter after p.After, oldest or newest first.
func (t *table[T]) page(ctx context.Context, tx *Tx, p Page, f filter) ([]T, error) {
	order, compare := "id", "id > "
	if p.NewestFirst {
		order, compare = "id DESC", "id < "
	}
	if p.After != "" {
		f.terms = append(f.terms, compare+f.bind(p.After))
	}
	return t.list(ctx, tx, f.where()+"ORDER BY "+order+" LIMIT "+f.bind(p.limit()), f.args...)
}

// walk iterates over all rows that match the filter, oldest first. It reads page by page, so that
// the loop may write meanwhile.
func (t *table[T]) walk(ctx context.Context, tx *Tx, f filter, id func(T) string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for p := (Page{Limit: maxPage}); ; {
			rows, err := t.page(ctx, tx, p, filter{slices.Clone(f.terms), slices.Clone(f.args)})
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			if len(rows) < maxPage {
				return
			}
			p.After = id(rows[len(rows)-1])
		}
	}
}

// All collects the values of an iterator, up to its first error.
func All[T any](walk iter.Seq2[T, error]) (list []T, err error) {
	for row, err := range walk {
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, nil
}
