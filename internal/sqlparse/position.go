package sqlparse

import (
	"reflect"
	"strings"
	"unicode/utf8"

	"towpath/internal/ast"
)

// place is the position of a byte of a text.
func place(text string, offset int) ast.Position {
	offset = min(max(offset, 0), len(text))
	before := text[:offset]
	return ast.Position{
		Line:   1 + strings.Count(before, "\n"),
		Column: 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]),
	}
}

// shifted is a place in a text as one in the file where the text begins at base. The zero position
// is the text's first character.
func shifted(p, base ast.Position) ast.Position {
	switch {
	case p.Line <= 1:
		return ast.Position{Line: base.Line, Column: base.Column + max(p.Column, 1) - 1}
	default:
		return ast.Position{Line: base.Line + p.Line - 1, Column: p.Column}
	}
}

// shift moves all positions of a statement from its text to the file.
func shift(s *ast.Statement, base ast.Position) {
	if base.Line <= 1 && base.Column <= 1 {
		base = ast.Position{Line: 1, Column: 1}
	}
	shiftAll(reflect.ValueOf(s).Elem(), base)
}

var positionType = reflect.TypeFor[ast.Position]()

func shiftAll(v reflect.Value, base ast.Position) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			shiftAll(v.Elem(), base)
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k == reflect.Struct || k == reflect.Pointer {
			for i := range v.Len() {
				shiftAll(v.Index(i), base)
			}
		}
	case reflect.Struct:
		if v.Type() == positionType {
			p := v.Addr().Interface().(*ast.Position)
			*p = shifted(*p, base)
			return
		}
		for i := range v.NumField() {
			shiftAll(v.Field(i), base)
		}
	}
}
