package sqlparse

import (
	"reflect"
	"sort"
	"strings"
	"unicode/utf8"

	"towpath/internal/ast"
)

// index finds the line and the column of a byte of a text, in a time that does not grow with the
// text. A statement of a single line may have a place for every few bytes.
type index struct {
	text  string
	lines []int // offsets at which lines begin
	runes []int // characters before each block of blockSize bytes
}

const blockSize = 512

func newIndex(text string) *index {
	x := &index{text: text, lines: []int{0}}
	count := 0
	for at := range len(text) {
		if at%blockSize == 0 {
			x.runes = append(x.runes, count)
		}
		if utf8.RuneStart(text[at]) {
			count++
		}
		if text[at] == '\n' {
			x.lines = append(x.lines, at+1)
		}
	}
	return x
}

// place is the position of the byte at offset.
func (x *index) place(offset int) ast.Position {
	offset = min(max(offset, 0), len(x.text))
	line := sort.SearchInts(x.lines, offset+1)
	return ast.Position{Line: line, Column: 1 + x.before(offset) - x.before(x.lines[line-1])}
}

// before is how many characters begin before the byte at offset.
func (x *index) before(offset int) int {
	if len(x.runes) == 0 {
		return 0
	}
	block := min(offset/blockSize, len(x.runes)-1)
	count := x.runes[block]
	for at := block * blockSize; at < offset; at++ {
		if utf8.RuneStart(x.text[at]) {
			count++
		}
	}
	return count
}

// place is the position of a byte of a text that is asked for once.
func place(text string, offset int) ast.Position {
	before := text[:min(max(offset, 0), len(text))]
	return ast.Position{
		Line:   1 + strings.Count(before, "\n"),
		Column: 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]),
	}
}

// shifted is a place in a text as one in the file where the text begins at base. The zero position
// is the text's first character.
func shifted(p, base ast.Position) ast.Position {
	if p.Line <= 1 {
		return ast.Position{Line: base.Line, Column: base.Column + max(p.Column, 1) - 1}
	}
	return ast.Position{Line: base.Line + p.Line - 1, Column: p.Column}
}

// shift moves all positions in v from their text to the file where the text begins at base.
func shift(v reflect.Value, base ast.Position) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			shift(v.Elem(), base)
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k == reflect.Struct || k == reflect.Pointer {
			for i := range v.Len() {
				shift(v.Index(i), base)
			}
		}
	case reflect.Struct:
		if p, ok := v.Addr().Interface().(*ast.Position); ok {
			*p = shifted(*p, base)
			return
		}
		for i := range v.NumField() {
			shift(v.Field(i), base)
		}
	}
}
