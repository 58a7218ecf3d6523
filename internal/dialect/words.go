package dialect

import (
	"slices"

	"towpath/internal/statement"
)

// MaxWords bounds the tokens that Words keeps of one statement.
const MaxWords = 1000

// Word is a token without a string's text, so that a password is never kept.
type Word struct {
	Pos    statement.Position
	Key    string // a bare word in upper case
	Name   string // the name in a word or a quoted name; "" for other tokens
	Text   bool   // it is a string
	Symbol byte   // 0 for anything else
}

// Words iterates over the tokens of one statement. Its zero value has none.
type Words struct {
	list []Word
	at   int
}

// Full reports whether no more tokens can be added.
func (w *Words) Full() bool { return len(w.list) == MaxWords }

// Add appends a token.
func (w *Words) Add(one Word) { w.list = append(w.list, one) }

// Clone returns a copy that shares nothing with w.
func (w *Words) Clone() Words { return Words{list: slices.Clone(w.list), at: w.at} }

// End reports whether all tokens were read.
func (w *Words) End() bool { return w.at >= len(w.list) }

// Ahead returns the token n places ahead, 0 being the next; its zero value after the end.
func (w *Words) Ahead(n int) Word {
	if w.at+n < len(w.list) {
		return w.list[w.at+n]
	}
	return Word{}
}

// Peek returns the next token; its zero value at the end.
func (w *Words) Peek() Word { return w.Ahead(0) }

// Next skips a token.
func (w *Words) Next() { w.at++ }

// Rest skips all remaining tokens.
func (w *Words) Rest() { w.at = len(w.list) }

// Take skips key words if all of them are next.
func (w *Words) Take(keys ...string) bool {
	for i, key := range keys {
		if w.Ahead(i).Key != key {
			return false
		}
	}
	w.at += len(keys)
	return true
}

// TakeSymbol skips a symbol if it is next.
func (w *Words) TakeSymbol(c byte) bool {
	if w.Peek().Symbol != c {
		return false
	}
	w.at++
	return true
}

// TakeText skips a string if it is next.
func (w *Words) TakeText() bool {
	if !w.Peek().Text {
		return false
	}
	w.at++
	return true
}

// Pos returns the place of the next token, that of the last one at the end, or start when there is
// none.
func (w *Words) Pos(start statement.Position) statement.Position {
	if len(w.list) == 0 {
		return start
	}
	return w.list[min(w.at, len(w.list)-1)].Pos
}
