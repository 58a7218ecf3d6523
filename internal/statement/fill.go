package statement

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxPlaceholder = 200       // bytes of a placeholder with its marks
	maxFilled      = 256 << 20 // bytes of a text with all values
	maxUndefined   = 10        // names in a refusal
)

// Fill returns the text of a file with values for its placeholders. Those of the kind "flyway" are
// ${name}, those of "goose" are the same where the file says ENVSUB ON, and "" has none. Values are put in as text, wherever a placeholder is, also in
// comments and texts. Lines keep their numbers, since no value has a line break. A placeholder without
// a value is an *Error, and the text ends there.
func Fill(src io.Reader, kind string, values map[string]string) io.Reader {
	if kind == "" {
		return src
	}
	f := newFiller(src, kind)
	for name, value := range values {
		if f.goose == nil {
			name = strings.ToLower(name)
		}
		f.values[name] = value
	}
	return f
}

func newFiller(src io.Reader, kind string) *filler {
	f := &filler{
		src: bufio.NewReaderSize(src, chunk), values: map[string]string{}, at: Position{Line: 1, Column: 1},
	}
	switch kind {
	case "flyway":
	case "goose":
		f.goose = &envsub{}
	default:
		f.err = Errorf(f.at, "There are no placeholders of the kind %s.", shorten(kind))
	}
	return f
}

// Placeholders returns the names of the variables that a text would get from Fill, each once and in
// lower case, the first at most. Its error is the reader's own, or what is wrong with a placeholder of
// goose's.
func Placeholders(text io.Reader, kind string, most int) (names []string, err error) {
	f := newFiller(text, kind)
	if f.goose != nil {
		f.names = func(name string) {
			if name = strings.ToLower(name); len(names) < most && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		_, err := io.Copy(io.Discard, f)
		return names, err
	}
	for len(names) < most && f.skipToMark() {
		name, length := f.name()
		if name = strings.ToLower(name); length > 0 && !slices.Contains(names, name) {
			names = append(names, name)
		}
		f.pass(max(length, 1))
	}
	_, err = f.src.Peek(1)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, err
}

// filler puts values into a text while it is read. It follows Flyway, for which a placeholder is
// everything from ${ to the next brace, in any place of a file.
// https://documentation.red-gate.com/fd/migration-placeholders-275218551.html
type filler struct {
	src    *bufio.Reader
	goose  *envsub           // nil for the placeholders of Flyway
	names  func(name string) // takes the names of goose's, none of which is missing then
	values map[string]string // by name, for Flyway in lower case
	at     Position          // in the file
	rest   string            // of a value that is not returned yet
	filled int64             // bytes that were returned
	err    error             // ends the text once rest is returned
}

// Read implements io.Reader.
func (f *filler) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if f.rest != "" {
			c := copy(p[n:], f.rest)
			f.rest, n = f.rest[c:], n+c
			continue
		}
		if f.err != nil {
			break
		}
		n += f.next(p[n:])
	}
	if f.filled += int64(n); f.filled > maxFilled && f.err == nil {
		f.err = Errorf(f.at, "With the values of its variables the file is longer than %d MiB. "+
			"Split it into several.", maxFilled>>20)
	}
	if n == 0 {
		return 0, f.err
	}
	return n, nil
}

// next copies text up to a placeholder, or reads one.
func (f *filler) next(p []byte) int {
	ahead, err := f.src.Peek(1)
	if len(ahead) == 0 {
		f.err = err
		return 0
	}
	if f.goose != nil && f.at.Column == 1 && f.envsubLine() {
		return 0
	}
	ahead, _ = f.src.Peek(min(f.src.Buffered(), len(p)))
	if end := bytes.IndexByte(ahead, '\n'); f.goose != nil && end >= 0 {
		ahead = ahead[:end+1]
	}
	at := bytes.IndexByte(ahead, '$')
	if f.goose != nil && !f.goose.on {
		at = -1
	}
	switch {
	case at > 0:
		ahead = ahead[:at]
	case at == 0:
		if f.goose != nil {
			f.envsubPlaceholder()
			return 0
		}
		if mark, _ := f.src.Peek(2); string(mark) == "${" {
			f.placeholder()
			return 0
		}
		ahead, _ = f.src.Peek(1) // the last look may have moved the text
	}
	n := copy(p, ahead)
	f.pass(n)
	return n
}

// pass skips n bytes of the file.
func (f *filler) pass(n int) {
	text, _ := f.src.Peek(n)
	f.at.Offset += int64(n)
	for _, c := range text {
		switch {
		case c == '\n':
			f.at.Line++
			f.at.Column = 1
		case utf8.RuneStart(c):
			f.at.Column++
		}
	}
	_, _ = f.src.Discard(n) // they are in memory
}

// placeholder reads a placeholder, and puts its value into rest.
func (f *filler) placeholder() {
	name, length := f.name()
	value, known := f.values[strings.ToLower(name)]
	switch {
	case length == 0:
		f.err = Errorf(f.at, "A placeholder begins here and does not end. Write }, or turn off "+
			"placeholders in the settings of the link.")
	case strings.Contains(name, ":"):
		f.err = Errorf(f.at, "${%s} is one of Flyway's own placeholders, which Towpath does not set. "+
			"Write its value, or use a variable of the environment.", shorten(name))
	case !known:
		f.err = f.undefined(name, length)
	default:
		f.pass(length)
		f.rest = value
	}
}

// name returns the name of the placeholder that begins here, and its length with its marks; 0 when it
// has no end.
func (f *filler) name() (name string, length int) {
	text, _ := f.src.Peek(maxPlaceholder)
	end := bytes.IndexAny(text, "}\n")
	if end < 0 || text[end] != '}' {
		return "", 0
	}
	return string(text[2:end]), end + 1
}

// undefined names all placeholders without a value, so that a person can set them at once.
func (f *filler) undefined(first string, length int) error {
	pos := f.at
	names := []string{shorten(first)}
	f.pass(length)
	for len(names) <= maxUndefined && f.skipToMark() {
		name, length := f.name()
		_, known := f.values[strings.ToLower(name)]
		name = shorten(name)
		named := slices.ContainsFunc(names, func(s string) bool { return strings.EqualFold(s, name) })
		if length > 0 && !known && !strings.Contains(name, ":") && !named {
			names = append(names, name)
		}
		f.pass(max(length, 1))
	}
	if len(names) == 1 {
		return Errorf(pos, "The environment has no variable %s. Set it in the settings of the environment, "+
			"or turn off placeholders in those of the link.", names[0])
	}
	more := ""
	if len(names) > maxUndefined {
		names, more = names[:maxUndefined], " and more"
	}
	return Errorf(pos, "The environment has no variables %s%s. Set them in the settings of the environment, "+
		"or turn off placeholders in those of the link.", strings.Join(names, ", "), more)
}

// skipToMark skips the text before the next placeholder. It reports whether there is one.
func (f *filler) skipToMark() bool {
	for {
		if _, err := f.src.Peek(2); err != nil {
			return false
		}
		ahead, _ := f.src.Peek(f.src.Buffered())
		at := bytes.Index(ahead, []byte("${"))
		if at >= 0 {
			f.pass(at)
			return true
		}
		f.pass(len(ahead) - 1)
	}
}

// AsError returns the refusal in an error of reading a text; nil when it has none.
func AsError(err error) *Error {
	var refused *Error
	errors.As(err, &refused)
	return refused
}
