package dialect

import (
	"slices"

	"towpath/internal/statement"
)

// MaxWords bounds the tokens that Words keeps of one statement.
const MaxWords = 1000

// Word is a token without its text, so that a password is never kept.
type Word struct {
	Pos    statement.Position
	Key    string // a bare word in upper case
	Name   string // what a word or a quoted name stands for; "" where it is none
	Text   bool   // it is a string
	Symbol byte   // 0 for anything else
}

// Words walks over the tokens of one statement. Its zero value has none.
type Words struct {
	list []Word
	at   int
}

// Full reports whether no more tokens can be added.
func (w *Words) Full() bool { return len(w.list) == MaxWords }

// Add puts a token behind the others.
func (w *Words) Add(one Word) { w.list = append(w.list, one) }

// Clone is a copy that shares nothing with w.
func (w *Words) Clone() Words { return Words{list: slices.Clone(w.list), at: w.at} }

// End reports whether all tokens are passed.
func (w *Words) End() bool { return w.at >= len(w.list) }

// Ahead is the token n places ahead, 0 being the next; its zero value behind the end.
func (w *Words) Ahead(n int) Word {
	if w.at+n < len(w.list) {
		return w.list[w.at+n]
	}
	return Word{}
}

// Peek is the next token; its zero value at the end.
func (w *Words) Peek() Word { return w.Ahead(0) }

// Next passes over a token.
func (w *Words) Next() { w.at++ }

// Rest passes over all that is left.
func (w *Words) Rest() { w.at = len(w.list) }

// Take passes over key words, if all of them are next.
func (w *Words) Take(keys ...string) bool {
	for i, key := range keys {
		if w.Ahead(i).Key != key {
			return false
		}
	}
	w.at += len(keys)
	return true
}

// TakeSymbol passes over a symbol, if it is next.
func (w *Words) TakeSymbol(c byte) bool {
	if w.Peek().Symbol != c {
		return false
	}
	w.at++
	return true
}

// TakeText passes over a string, if it is next.
func (w *Words) TakeText() bool {
	if !w.Peek().Text {
		return false
	}
	w.at++
	return true
}

// Pos is the place of the next token, that of the last one at the end, or start when there is none.
func (w *Words) Pos(start statement.Position) statement.Position {
	if len(w.list) == 0 {
		return start
	}
	return w.list[min(w.at, len(w.list)-1)].Pos
}
