package sqlparse

import (
	"sort"
	"strings"

	"towpath/internal/statement"
)

// token is one of a statement's tokens, for what a parser's tree does not say: where an action
// begins, and how an expression is written.
type token struct {
	from, to int    // bytes of the text
	word     string // a bare word in upper case
	symbol   byte   // of any other single character
	text     bool   // a string
	depth    int    // of brackets around it; a bracket has that of its outside
}

// tokens are those of one text.
type tokens []token

// readTokens reads a text up to what is no token.
func readTokens(text string, lexer statement.Lexer) (all tokens) {
	r := statement.NewTextReader(text)
	lexer.Validator() // a lexer wants one before each statement
	depth := 0
	for lexer.Skip(r) == nil && !r.End() {
		from := int(r.Pos().Offset)
		kind, err := lexer.Next(r)
		if err != nil {
			return all
		}
		t := token{from: from, to: int(r.Pos().Offset), depth: depth, text: kind == statement.Text}
		switch raw := text[from:t.to]; {
		case kind == statement.Word:
			t.word = strings.ToUpper(raw)
		case kind != statement.Symbol:
		case raw == "(" || raw == "[":
			t.symbol = raw[0]
			depth++
		case raw == ")" || raw == "]":
			t.symbol = raw[0]
			depth = max(depth-1, 0)
			t.depth = depth
		default:
			t.symbol = raw[0]
		}
		all = append(all, t)
	}
	return all
}

// at is the index of the first token that begins at offset or behind it.
func (ts tokens) at(offset int) int {
	return sort.Search(len(ts), func(i int) bool { return ts[i].from >= offset })
}

// find is the index of the first token from i on that is the word outside of brackets that open
// behind i; -1 where there is none before the brackets around i close.
func (ts tokens) find(i int, words ...string) int {
	for j := i; j < len(ts) && ts[j].depth >= ts[i].depth; j++ {
		if ts[j].depth == ts[i].depth && ts[j].is(words...) {
			return j
		}
	}
	return -1
}

func (t token) is(words ...string) bool {
	if t.word == "" {
		return false
	}
	for _, w := range words {
		if t.word == w {
			return true
		}
	}
	return false
}

// end is the index behind the tokens from i on that stand before one of the words, before a comma,
// or before the brackets around i close.
func (ts tokens) end(i int, comma bool, words ...string) int {
	for j := i; j < len(ts); j++ {
		t := ts[j]
		if t.depth < ts[i].depth ||
			(t.depth == ts[i].depth && (t.is(words...) || (comma && t.symbol == ','))) {
			return j
		}
	}
	return len(ts)
}

// closing is the index of the bracket that closes the one at i.
func (ts tokens) closing(i int) int {
	for j := i + 1; j < len(ts); j++ {
		if ts[j].depth == ts[i].depth {
			return j
		}
	}
	return len(ts)
}

// cut is the text of the tokens from i on and before j.
func (ts tokens) cut(text string, i, j int) string {
	if i < 0 || i >= j || j > len(ts) {
		return ""
	}
	return text[ts[i].from:ts[j-1].to]
}
