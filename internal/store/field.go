package store

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"towpath"
)

// instant stores a time as microseconds.
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

// maybe stores an optional time as microseconds or NULL.
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

// blob stores bytes; nil is stored as empty. SQLite's driver distinguishes empty from NULL only by
// a typed nil.
type blob struct{ b *[]byte }

// Value implements driver.Valuer.
func (b blob) Value() (driver.Value, error) {
	if *b.b == nil {
		return []byte{}, nil
	}
	return *b.b, nil
}

// Scan implements sql.Scanner.
func (b blob) Scan(src any) error {
	bytes, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("bytes are a %T", src)
	}
	*b.b = append([]byte{}, bytes...)
	return nil
}

// maybeBlob stores optional bytes, nil as NULL.
type maybeBlob struct{ b *[]byte }

// Value implements driver.Valuer.
func (m maybeBlob) Value() (driver.Value, error) {
	if *m.b == nil {
		return nil, nil
	}
	return blob(m).Value()
}

// Scan implements sql.Scanner.
func (m maybeBlob) Scan(src any) error {
	if src == nil {
		*m.b = nil
		return nil
	}
	return blob(m).Scan(src)
}

// jsonText stores a slice or map as JSON.
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

// reason stores a reason as JSON; no reason is an empty text.
type reason struct{ r *towpath.Reason }

// Value implements driver.Valuer.
func (r reason) Value() (driver.Value, error) {
	if r.r.IsZero() {
		return "", nil
	}
	return jsonText{r.r}.Value()
}

// Scan implements sql.Scanner.
func (r reason) Scan(src any) error {
	*r.r = towpath.Reason{}
	if src == "" {
		return nil
	}
	return jsonText{r.r}.Scan(src)
}

// mark stores a person's mark as JSON; none is an empty text.
type mark struct{ m **towpath.Mark }

// Value implements driver.Valuer.
func (m mark) Value() (driver.Value, error) {
	if *m.m == nil {
		return "", nil
	}
	return jsonText{*m.m}.Value()
}

// Scan implements sql.Scanner.
func (m mark) Scan(src any) error {
	*m.m = nil
	if src == "" {
		return nil
	}
	return jsonText{m.m}.Scan(src)
}

// order stores a person's order to undo as JSON; none is an empty text.
type order struct{ o **towpath.Undoing }

// Value implements driver.Valuer.
func (o order) Value() (driver.Value, error) {
	if *o.o == nil {
		return "", nil
	}
	return jsonText{*o.o}.Value()
}

// Scan implements sql.Scanner.
func (o order) Scan(src any) error {
	*o.o = nil
	if src == "" {
		return nil
	}
	return jsonText{o.o}.Scan(src)
}

// clean returns a text that both databases accept: PostgreSQL refuses NUL and invalid UTF-8, which
// occur in commit messages, paths and errors of other databases.
func clean(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

var _ sql.Scanner = maybe{}
