package dialecttest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/statement"
)

// common are scripts that every dialect cuts alike.
func common() []Case {
	return []Case{
		{Name: "only comments and blanks", Script: " -- a\n/* b; */\n\n", Want: nil},
		{
			Name: "empty statements are left out", Script: ";; SELECT 1;; ;SELECT 2",
			Want: []string{"1:4 SELECT", "1:16 SELECT"},
		},
		{
			Name:   "a comment before a statement is not part of it",
			Script: "-- one; two\n/* x */ SELECT 1; -- end", Want: []string{"2:9 SELECT"},
		},
		{
			Name:   "a semicolon in quotes and comments",
			Script: "SELECT ';', \"a;b\" /* ; */ -- ;\n;\nSELECT 2;",
			Want:   []string{"1:1 SELECT", "3:1 SELECT"},
		},
		{
			Name: "a doubled quote", Script: "SELECT 'it''s; so'; SELECT 2",
			Want: []string{"1:1 SELECT", "1:21 SELECT"},
		},
		{
			Name: "lines end with CRLF", Script: "SELECT 1;\r\n\r\n  SELECT 2;\r\n",
			Want: []string{"1:1 SELECT", "3:3 SELECT"},
		},
		{
			Name: "columns count characters", Script: "SELECT 'Grüße 東京 🚀'; SELECT 2",
			Want: []string{"1:1 SELECT", "1:22 SELECT"},
		},
		{Name: "a byte order mark is passed over", Script: "\ufeffSELECT 1;", Want: []string{"1:1 SELECT"}},
		{Name: "the last statement has no terminator", Script: "SELECT 1", Want: []string{"1:1 SELECT"}},
		{
			Name: "the verb of a WITH", Script: "WITH a AS (SELECT 1) DELETE FROM b;",
			Want: []string{"1:1 DELETE"},
		},
	}
}

func testPositions(t *testing.T, f Fixture) {
	for _, c := range append(common(), f.Splits...) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for s, err := range f.Cut(iotest.OneByteReader(strings.NewReader(c.Script))) {
				if err != nil {
					t.Fatal(err)
				}
				line := fmt.Sprintf("%s %s", s.Pos, s.Verb)
				if s.NoTx {
					line += " notx"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.Want, got); diff != "" {
				t.Error(diff)
			}
			if err := CheckPieces(f.Cut, c.Script); err != nil {
				t.Error(err)
			}
		})
	}
}

// endless is a script without an end that counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	const text = "INSERT INTO a VALUES (1, 'text'); -- and a comment\n"
	n := copy(p, strings.Repeat(text, len(p)/len(text)+1)[e.read%len(text):])
	e.read += n
	return n, nil
}

func testStreams(t *testing.T, f Fixture) {
	script := &endless{}
	const statements = 100_000
	count := 0
	for s, err := range f.Cut(script) {
		if err != nil {
			t.Fatal(err)
		}
		if ahead := script.read - int(s.Terminal); ahead > 1<<20 {
			t.Fatalf("%d bytes were read ahead", ahead)
		}
		if count++; count == statements {
			if s.Pos.Line != statements {
				t.Errorf("statement %d stands on line %d", count, s.Pos.Line)
			}
			break
		}
	}
}

func testTooLong(t *testing.T, f Fixture) {
	script := io.MultiReader(strings.NewReader("SELECT '"),
		bytes.NewReader(bytes.Repeat([]byte("x"), statement.MaxLength+1)))
	if e := refusal(t, f.Cut, script); !strings.Contains(e.Message, "longer than") {
		t.Errorf("refused with %v", e)
	}
}

// CheckPieces reports whether the statements of a script lie in it, in order, and their pieces add
// up to it. What Split refuses is no fault.
func CheckPieces(cut Cut, script string) error {
	var end int64
	count, whole := 0, true
	last := statement.Position{Line: 1, Column: 1}
	for s, err := range cut(strings.NewReader(script)) {
		var refused *statement.Error
		if errors.As(err, &refused) {
			if err := checkPosition(script, refused.Pos); err != nil {
				return err
			}
			whole = false
			continue
		}
		if err != nil {
			return fmt.Errorf("split: %w", err)
		}
		if s.Pos.Offset < end || s.Terminal < s.Pos.Offset+int64(len(s.Text)) ||
			s.Terminal > int64(len(script)) {
			return fmt.Errorf("%q at %+v ends at %d, the one before at %d", s.Text, s.Pos, s.Terminal, end)
		}
		if got := script[s.Pos.Offset : s.Pos.Offset+int64(len(s.Text))]; got != s.Text || s.Text == "" {
			return fmt.Errorf("at %+v stands %q, not %q", s.Pos, got, s.Text)
		}
		if err := checkPosition(script, s.Pos); err != nil {
			return err
		}
		if s.Pos.Line < last.Line {
			return fmt.Errorf("line %d comes after line %d", s.Pos.Line, last.Line)
		}
		end, last = s.Terminal, s.Pos
		count++
	}
	if !whole || count == 0 {
		return nil
	}
	return checkTail(cut, script[:end], count)
}

// checkTail reports whether what lies behind the last piece adds no statement.
func checkTail(cut Cut, pieces string, want int) error {
	got := 0
	for s, err := range cut(strings.NewReader(pieces)) {
		if err != nil && strings.Contains(err.Error(), "around the whole file") {
			continue // what ends the file's own transaction belongs to no statement's piece
		}
		if err != nil && strings.Contains(err.Error(), "StatementEnd") {
			continue // nor does the marker behind its semicolon
		}
		if err != nil {
			return fmt.Errorf("the pieces alone, behind %q: %w", s.Text, err)
		}
		got++
	}
	if got != want {
		return fmt.Errorf("the pieces alone make %d statements, not %d", got, want)
	}
	return nil
}

// checkPosition recounts lines and columns the slow way.
func checkPosition(script string, p statement.Position) error {
	if p.Offset > int64(len(script)) {
		return fmt.Errorf("%+v is behind the end", p)
	}
	before := strings.TrimPrefix(script[:p.Offset], "\ufeff")
	line := strings.Count(before, "\n") + 1
	column := len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1
	if p.Line != line || p.Column != column {
		return fmt.Errorf("offset %d is %d:%d, not %s", p.Offset, line, column, p)
	}
	return nil
}

func testRefused(t *testing.T, f Fixture) {
	for _, c := range f.Refused {
		t.Run(c.Script, func(t *testing.T) {
			t.Parallel()
			e := refusal(t, f.Cut, strings.NewReader(c.Script))
			if e.Pos.String() != c.At {
				t.Errorf("refused at %s, want %s (%s)", e.Pos, c.At, e.Message)
			}
			if !strings.Contains(e.Message, c.Word) {
				t.Errorf("message %q does not name %q", e.Message, c.Word)
			}
			if err := checkPosition(c.Script, e.Pos); err != nil {
				t.Error(err)
			}
		})
	}
}

func refusal(t *testing.T, cut Cut, script io.Reader) *statement.Error {
	t.Helper()
	_, err := statement.ReadAll(cut(script))
	var refused *statement.Refusals
	if !errors.As(err, &refused) {
		t.Fatalf("error is %v", err)
	}
	return refused.First[0]
}

// told lists what a script is cut into from a line on: the place of a refusal, or "fine".
func told(t *testing.T, cut Cut, script string, line int) (list []string) {
	t.Helper()
	for _, err := range cut(strings.NewReader(script)) {
		var refused *statement.Error
		switch {
		case errors.As(err, &refused):
			list = append(list, fmt.Sprintf("%d:%d", line+refused.Pos.Line, refused.Pos.Column))
		case err != nil:
			t.Fatal(err)
		default:
			list = append(list, "fine")
		}
	}
	return list
}

// A file's refusals are told at once; what cannot be read any further ends the sequence.
func testAllRefusals(t *testing.T, f Fixture) {
	var script strings.Builder
	var want []string
	for _, c := range f.Refused {
		one := c.Script + "\n;\nSELECT 'on';\n"
		list := told(t, f.Cut, one, strings.Count(script.String(), "\n"))
		if list[len(list)-1] != "fine" || strings.Contains(strings.ToUpper(one), "DELIMITER") {
			continue // it does not end, or not with a semicolon
		}
		want = append(want, list...)
		script.WriteString(one)
	}
	script.WriteString("SELECT 'open")
	want = append(want, fmt.Sprintf("%d:8", strings.Count(script.String(), "\n")+1))
	if diff := cmp.Diff(want, told(t, f.Cut, script.String(), 0)); diff != "" ||
		len(want) < 2*len(f.Refused)-20 {
		t.Errorf("%d of %d places: %s", len(want), 2*len(f.Refused), diff)
	}
}

func testUnreadable(t *testing.T, f Fixture) {
	for _, c := range []struct{ name, script, at, word string }{
		{"UTF-16 with a mark", "\xff\xfeS\x00", "1:1", "UTF-16"},
		{"UTF-16 without a mark", "S\x00E\x00", "1:2", "0 byte"},
		{"a 0 byte in a quote", "SELECT 1;\nSELECT 'a\x00b'", "2:10", "0 byte"},
		{"Latin-1", "SELECT 'Gr\xfc\xdfe'", "1:11", "UTF-8"},
		{"an open quote", "SELECT 1;\n  SELECT 'abc;\n", "2:10", "never closed"},
		{"nothing", "", "1:1", "empty"},
		{"blanks alone", "\ufeff\r\n \t\n", "1:1", "empty"},
		{"semicolons alone", ";\n;", "1:1", "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := refusal(t, f.Cut, strings.NewReader(c.script))
			if e.Pos.String() != c.at || !strings.Contains(e.Message, c.word) {
				t.Errorf("refused with %v, want %s at %s", e, c.word, c.at)
			}
		})
	}
	t.Run("the source's own error is kept", func(t *testing.T) {
		t.Parallel()
		for _, err := range f.Cut(iotest.ErrReader(io.ErrUnexpectedEOF)) {
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("error is %v", err)
			}
		}
	})
}
