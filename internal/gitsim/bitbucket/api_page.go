package bitbucket

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// listing is a list to be answered page by page.
type listing[T any] struct {
	items    []T
	field    func(T, string) string // value of a field for q and sort; nil when neither is offered
	render   func(T) (any, error)
	pagelen  int  // default, 10 when zero
	maximum  int  // 100 when zero
	iterator bool // opaque page values, no size
}

// answer filters, sorts and cuts the list as the query asks.
func (l listing[T]) answer(s api, c *call) error {
	if l.pagelen == 0 {
		l.pagelen = 10
	}
	if l.maximum == 0 {
		l.maximum = 100
	}
	if err := l.narrow(c.query); err != nil {
		return err
	}
	pagelen, err := pageLength(c.query.Get("pagelen"), l.pagelen, l.maximum)
	if err != nil {
		return err
	}
	start, err := l.start(c.query.Get("page"), pagelen)
	if err != nil {
		return err
	}
	end := min(start+pagelen, len(l.items))
	values := make([]any, 0, end-start)
	for _, item := range l.items[start:end] {
		v, err := l.render(item)
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	body := obj{"values": values, "pagelen": pagelen}
	if !l.iterator {
		body["size"], body["page"] = len(l.items), start/pagelen+1
	}
	if end < len(l.items) {
		body["next"] = s.pageURL(c, l.pageValue(end, pagelen))
	}
	if start > 0 && !l.iterator {
		body["previous"] = s.pageURL(c, l.pageValue(start-pagelen, pagelen))
	}
	writeJSON(c.w, http.StatusOK, body)
	return nil
}

func pageLength(text string, fallback, maximum int) (int, error) {
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maximum {
		return 0, badRequest("Invalid pagelen", nil)
	}
	return n, nil
}

// cursorMark begins the page values of iterators, which are opaque.
const cursorMark = "x"

func (l listing[T]) pageValue(start, pagelen int) string {
	if l.iterator {
		return cursorMark + strconv.FormatInt(int64(start)*7919+1_000_003, 36)
	}
	return strconv.Itoa(start/pagelen + 1)
}

func (l listing[T]) start(page string, pagelen int) (int, error) {
	if page == "" || (l.iterator && page == "1") {
		return 0, nil
	}
	var start int
	if l.iterator {
		n, err := strconv.ParseInt(strings.TrimPrefix(page, cursorMark), 36, 64)
		if err != nil || (n-1_000_003)%7919 != 0 || !strings.HasPrefix(page, cursorMark) {
			return 0, badRequest("Invalid page", nil)
		}
		start = int((n - 1_000_003) / 7919)
	} else {
		n, err := strconv.Atoi(page)
		if err != nil || n < 1 {
			return 0, badRequest("Invalid page", nil)
		}
		start = (n - 1) * pagelen
	}
	if start < 0 || start > len(l.items) {
		return 0, notFound("Page not found")
	}
	return start, nil
}

// pageURL keeps the query and sets the page. The address is that of the request, with its encoding.
func (s api) pageURL(c *call, page string) string {
	query := url.Values{}
	for k, v := range c.query {
		query[k] = v
	}
	query.Set("page", page)
	return s.base + c.r.URL.EscapedPath() + "?" + query.Encode()
}

func (l *listing[T]) narrow(query url.Values) error {
	if q := query.Get("q"); q != "" && l.field != nil {
		match, err := parseQuery(q)
		if err != nil {
			return badRequest("Invalid query: "+err.Error(), nil)
		}
		kept := make([]T, 0, len(l.items))
		for _, item := range l.items {
			if match(func(field string) string { return l.field(item, field) }) {
				kept = append(kept, item)
			}
		}
		l.items = kept
	}
	if by := query.Get("sort"); by != "" && l.field != nil {
		name, descending := strings.CutPrefix(by, "-")
		l.items = slices.Clone(l.items)
		slices.SortStableFunc(l.items, func(a, b T) int {
			order := strings.Compare(l.field(a, name), l.field(b, name))
			if descending {
				return -order
			}
			return order
		})
	}
	return nil
}
