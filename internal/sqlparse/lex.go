package sqlparse

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/statement"
)

// lex reads the lexemes of a text. A dialect's lexer cuts it as finely as splitting needs; here
// signs that stand side by side become one operator, number or variable. conditional is whether
// the text in MySQL's conditional comments counts.
func lex(text string, lexer statement.Lexer, conditional bool) ([]lexeme, error) {
	lexemes := make([]lexeme, 0, 16+len(text)/6)
	inside := false
	for t, err := range statement.Tokens(text, lexer) {
		if err != nil {
			return nil, lexFault(err)
		}
		if t.Kind == statement.Symbol && len(t.Raw) > 1 {
			if opens := string(t.Raw[:2]); opens == "/*" || opens == "*/" {
				inside = opens == "/*"
				continue
			}
		}
		if inside && !conditional {
			continue
		}
		lexemes = joined(text, lexemes, lexemeOf(t))
	}
	return lexemes, nil
}

func lexemeOf(t statement.Token) lexeme {
	l := lexeme{
		from: int32(t.Pos.Offset), to: int32(t.Pos.Offset) + int32(len(t.Raw)),
		pos: ast.Position{Line: t.Pos.Line, Column: t.Pos.Column},
	}
	switch t.Kind {
	case statement.Word:
		l.kind = lexWord
		if l.key = upperWord(t.Raw); numeric(l.key) {
			l.kind, l.key = lexNumber, ""
		}
	case statement.Quoted:
		l.kind = lexName
	case statement.Text:
		l.kind = lexText
	case statement.Symbol:
		l.kind, l.key = lexSymbol, symbolOf(t.Raw)
		if len(t.Raw) > 1 {
			l.kind, l.key = lexVariable, ""
		}
	}
	return l
}

// signs avoids a text of its own for each sign.
const signs = "()[]{},.;=<>!+-*/%^&|~@:?$#\\"

func symbolOf(raw []byte) string {
	if i := strings.IndexByte(signs, raw[0]); i >= 0 && len(raw) == 1 {
		return signs[i : i+1]
	}
	return string(raw)
}

func upperWord(raw []byte) string { return strings.ToUpper(string(raw)) }

// numeric reports whether a word is a number, perhaps with an exponent whose sign follows.
func numeric(key string) bool {
	if key[0] < '0' || key[0] > '9' {
		return false
	}
	digits := strings.TrimLeft(key, "0123456789_")
	switch {
	case digits == "":
		return true
	case key[0] == '0' && (digits[0] == 'X' || digits[0] == 'B') && len(digits) > 1:
		return strings.Trim(digits[1:], "0123456789ABCDEF_") == ""
	case digits[0] == 'E':
		return strings.Trim(digits[1:], "0123456789") == ""
	}
	return false
}

// operators are the symbols of several signs.
var operators = []string{
	"<=", ">=", "<>", "!=", ":=", "||", "&&", "<<", ">>", "->", "==", "<=>", "->>",
}

// joined puts a lexeme behind the others, or makes one of it and those in front of it.
func joined(text string, list []lexeme, l lexeme) []lexeme {
	if len(list) == 0 {
		return append(list, l)
	}
	last := &list[len(list)-1]
	if last.to != l.from {
		return append(list, l)
	}
	switch {
	case last.kind == lexSymbol && l.kind == lexSymbol && slices.Contains(operators, last.key+l.key):
		last.key += l.key
		last.to = l.to
		return list
	case partOfVariable(last, l):
		last.kind, last.key, last.to = lexVariable, "", l.to
		return list
	}
	return joinNumber(text, list, l)
}

// partOfVariable reports whether a lexeme goes on with @, @@ or @@global.
func partOfVariable(last *lexeme, l lexeme) bool {
	named := l.kind == lexWord || l.kind == lexName || l.kind == lexText || l.kind == lexNumber
	switch {
	case last.kind == lexSymbol && last.key == "@":
		return named || l.key == "@"
	case last.kind == lexVariable:
		return (named && l.kind != lexText) || l.key == "."
	}
	return false
}

// joinNumber joins the parts of a number such as 1.5e-3. A number behind a name and a dot is a name.
func joinNumber(text string, list []lexeme, l lexeme) []lexeme {
	last := &list[len(list)-1]
	if last.kind == lexSymbol && last.key == "." && l.kind == lexNumber {
		if len(list) > 1 && list[len(list)-2].to == last.from && list[len(list)-2].kind != lexSymbol {
			l.kind, l.key = lexWord, text[l.from:l.to]
			return append(list, l)
		}
		last.kind, last.key, last.to = lexNumber, "", l.to // .5
		return list
	}
	if last.kind != lexNumber {
		return append(list, l)
	}
	raw := text[last.from:last.to]
	exponent := raw[len(raw)-1]|0x20 == 'e' && !strings.HasPrefix(raw, "0x")
	switch {
	case l.key == "." && !strings.ContainsAny(raw, ".eExX"):
	case l.kind == lexNumber && (raw[len(raw)-1] == '.' || raw[len(raw)-1] == '+' || raw[len(raw)-1] == '-'):
	case (l.key == "+" || l.key == "-") && exponent:
	case l.kind == lexWord && raw[len(raw)-1] == '.' && strings.HasPrefix(l.key, "E") &&
		strings.Trim(l.key[1:], "0123456789") == "": // 1.e5
	default:
		return append(list, l)
	}
	last.to = l.to
	return list
}
