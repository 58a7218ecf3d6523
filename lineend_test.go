package towpath_test

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"towpath"
)

func sumsOf(text string, pieces int) *towpath.TextSums {
	s := towpath.NewTextSums()
	for len(text) > pieces {
		_, _ = s.Write([]byte(text[:pieces]))
		text = text[pieces:]
	}
	_, _ = s.Write([]byte(text))
	return s
}

func TestTextSums(t *testing.T) {
	t.Parallel()
	const text = "CREATE TABLE ä (\n  id INT,\n\tname TEXT\n);\n"
	want := sumsOf(text, 1000)
	for name, same := range map[string]string{
		"carriage returns":           strings.ReplaceAll(text, "\n", "\r\n"),
		"some carriage returns":      strings.Replace(text, "\n", "\r\n", 2),
		"blanks at line ends":        strings.ReplaceAll(text, "\n", " \t \n"),
		"blanks and carriage return": strings.ReplaceAll(text, "\n", "  \r\n"),
		"no line end at the end":     strings.TrimRight(text, "\n"),
		"line ends at the end":       text + "\n\r\n \n",
	} {
		for _, pieces := range []int{1, 2, 3, 1000} {
			if got := sumsOf(same, pieces); got.Plain() != want.Plain() {
				t.Errorf("%s, in pieces of %d: counts as another text", name, pieces)
			}
		}
	}
	for name, other := range map[string]string{
		"another word":            strings.Replace(text, "TEXT", "text", 1),
		"blanks at a line's head": strings.Replace(text, "  id", " id", 1),
		"a line less":             strings.Replace(text, "\n", " ", 1),
		"an empty line more":      strings.Replace(text, "\n", "\n\n", 1),
		"a carriage return alone": strings.Replace(text, "\n", "\r", 1),
	} {
		if sumsOf(other, 1000).Plain() == want.Plain() {
			t.Errorf("%s: counts as the same text", name)
		}
	}
}

func TestTextSums_variantsAreWhatGitMayWrite(t *testing.T) {
	t.Parallel()
	lf := "SELECT 1;\n\nSELECT '\r';\n"
	crlf := strings.ReplaceAll(lf, "\n", "\r\n")
	for _, text := range []string{lf, crlf} {
		for _, pieces := range []int{1, 5, 1000} {
			got := sumsOf(text, pieces).Variants()
			for _, want := range []string{lf, crlf} {
				sum := sha256.Sum256([]byte(want))
				if !slices.Contains(got, hex.EncodeToString(sum[:])) {
					t.Errorf("the variants of %q in pieces of %d lack %q", text, pieces, want)
				}
			}
		}
	}
	if got := sumsOf("a\r", 1).Variants(); len(got) != 1 {
		t.Errorf("a text that ends with a carriage return has the variants %v", got)
	}
}
