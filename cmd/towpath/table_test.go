package main

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestPrintTable_alignsUnluckyNames(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	err := printTable(&b, []string{"ENVIRONMENT", "FILE"}, []row{
		{cells: []string{"Größe", "db/a  b.sql"}, notes: []string{"first\nsecond"}},
		{cells: []string{"\x1b[2Jprod", "\u202elqs.1"}},
		{cells: []string{"本番", "データ.sql"}},
		{cells: []string{"cafe\u0301", "é.sql"}},
	})
	want := "ENVIRONMENT  FILE\n" +
		"Größe        db/a  b.sql\n    first\n    second\n" +
		"\ufffd[2Jprod     \ufffdlqs.1\n" +
		"本番         データ.sql\n" + // each of these takes two columns
		"cafe\u0301         é.sql\n"
	if err != nil || b.String() != want {
		t.Errorf("got %v:\n%s\nwant:\n%s", err, b.String(), want)
	}
}

// TestWrap_losesNothing draws texts and widths.
func TestWrap_losesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, width := rapid.String().Draw(t, "text"), rapid.IntRange(1, 100).Draw(t, "width")
		lines := wrap(text, width)
		if got, want := strings.Join(lines, " "), strings.Join(strings.Fields(text), " "); got != want {
			t.Fatalf("%q, want %q", got, want)
		}
		for i, line := range lines {
			first := strings.Fields(line)[0]
			if columns(line) > width && line != first {
				t.Fatalf("line %q is longer than %d", line, width)
			}
			if i > 0 && columns(lines[i-1])+1+columns(first) <= width {
				t.Fatalf("%q has room for %q", lines[i-1], first)
			}
		}
		for _, r := range plain(text) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q is not plain", text)
			}
		}
	})
}
