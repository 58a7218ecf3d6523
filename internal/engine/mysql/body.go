package mysql

import "towpath/internal/statement"

// block is an open compound statement.
type block int

const (
	blockBegin     block = iota
	blockCase            // the statement
	blockCaseValue       // the expression
	blockOther           // IF, LOOP, WHILE, REPEAT, FOR
)

// body follows the compound statements of a routine, so that a semicolon inside of one does not end it.
type body struct {
	on   bool
	open []block
	last string // the last word, or the last symbol
	prev string // the one before
}

// ends tells whether a semicolon ends the whole statement here.
func (b *body) ends() bool { return len(b.open) == 0 }

func (b *body) add(t statement.Token, word string) {
	if !b.on {
		return
	}
	switch word {
	case "BEGIN":
		if b.last != "." {
			b.open = append(b.open, blockBegin)
		}
	case "CASE":
		if b.last != "END" {
			b.open = append(b.open, b.caseKind())
		}
	case "IF", "LOOP", "WHILE", "REPEAT", "FOR":
		if b.startsStatement() {
			b.open = append(b.open, blockOther)
		}
	case "END":
		if len(b.open) > 0 && b.last != "." {
			b.open = b.open[:len(b.open)-1]
		}
	}
	b.prev = b.last
	if b.last = word; t.Kind != statement.Word {
		b.last = ""
		if t.Kind == statement.Symbol {
			b.last = string(t.Raw)
		}
	}
}

func (b *body) caseKind() block {
	if b.startsStatement() {
		return blockCase
	}
	return blockCaseValue
}

// startsStatement tells whether the next word begins a statement: IF, REPEAT and CASE are expressions elsewhere.
func (b *body) startsStatement() bool {
	if len(b.open) == 0 {
		// The head of the routine: its parameters, or the last of its characteristics.
		switch b.last {
		case ")", "ROW", "DO", "DETERMINISTIC", "INVOKER", "DEFINER", "DATA", "SQL", ":":
			return true
		}
		return b.prev == "FOLLOWS" || b.prev == "PRECEDES"
	}
	switch b.last {
	case ";", "BEGIN", "DO", "LOOP", "REPEAT", ":":
		return true
	case "THEN", "ELSE":
		return b.open[len(b.open)-1] != blockCaseValue
	}
	return false
}
