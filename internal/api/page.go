package api

import "towpath/internal/store"

// Paging selects a part of a list.
type Paging struct {
	PageSize  int    `query:"pageSize" minimum:"1" maximum:"500" default:"50" doc:"How many items at most."`
	PageToken string `query:"pageToken" maxLength:"200" doc:"The nextPageToken of the previous page."`
}

func (p Paging) oldest() store.Page { return store.Page{After: p.PageToken, Limit: p.PageSize} }

func (p Paging) newest() store.Page {
	return store.Page{After: p.PageToken, Limit: p.PageSize, NewestFirst: true}
}

// list is a part of a list, or all of it.
type list[T any] struct {
	Items         []T    `json:"items" nullable:"false"`
	NextPageToken string `json:"nextPageToken,omitempty" doc:"Returns the next page, as pageToken; left out when there is none."`
}

// all converts a whole list.
func all[From, To any](rows []From, convert func(From) To) list[To] {
	l := list[To]{Items: make([]To, len(rows))}
	for i, row := range rows {
		l.Items[i] = convert(row)
	}
	return l
}

// page converts a part of a list. When it is full, the id of its last row is the token of the next.
func page[From, To any](p Paging, rows []From, id func(From) string, convert func(From) To) list[To] {
	l := all(rows, convert)
	if n := len(rows); n > 0 && n == p.PageSize {
		l.NextPageToken = id(rows[n-1])
	}
	return l
}

// orEmpty returns an empty list for nil, which JSON would write as null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
