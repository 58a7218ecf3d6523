package main

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// tableWidth is how many columns a note may take. Cells are never cut or broken, so that a path can be
// copied.
const tableWidth = 80

// row is a line of a table, with notes below it.
type row struct {
	cells []string
	notes []string
}

// printTable writes a table. Its notes are indented, and wrapped between words.
func printTable(out io.Writer, header []string, rows []row) error {
	const indent = "    "
	all := append([]row{{cells: header}}, rows...)
	widths := make([]int, len(header))
	for _, r := range all {
		for j, cell := range r.cells {
			widths[j] = max(widths[j], columns(plain(cell)))
		}
	}
	var b strings.Builder
	for _, r := range all {
		var line strings.Builder
		for j, cell := range r.cells {
			cell = plain(cell)
			line.WriteString(cell + strings.Repeat(" ", widths[j]+2-columns(cell)))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		for _, note := range r.notes {
			for part := range strings.SplitSeq(note, "\n") {
				for _, l := range wrap(plain(part), tableWidth-len(indent)) {
					b.WriteString(indent + l + "\n")
				}
			}
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// wrap breaks a text between words into lines of at most width columns, where words allow that.
func wrap(text string, limit int) (lines []string) {
	line, length := "", 0
	for word := range strings.FieldsSeq(text) {
		n := columns(word)
		if line != "" && length+1+n > limit {
			lines = append(lines, line)
			line, length = "", 0
		}
		if line != "" {
			line, length = line+" ", length+1
		}
		line, length = line+word, length+n
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// columns returns how many columns of a terminal a text takes: two for a character of Chinese, Japanese
// or Korean and for most pictures, none for an accent on the character before it.
func columns(text string) (n int) {
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me):
		case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// plain makes a text harmless for a terminal: a name must neither move the cursor nor turn the
// direction of writing.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}
