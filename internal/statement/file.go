package statement

import (
	"io"
	"iter"
	"slices"
	"strings"
)

// Transaction is how a dialect begins and ends a transaction, as words with single blanks: "BEGIN",
// "START TRANSACTION".
type Transaction struct {
	Begin []string
	End   []string
	// Strict is for a server that refuses statements inside of a transaction which commit by
	// themselves.
	Strict bool
}

// LeaveOut is the way out of transaction control that is refused.
const LeaveOut = "Leave it out: only one plain pair such as BEGIN and COMMIT may stand around the whole file."

// SplitFile cuts a file as Split does. One pair of statements around the whole file that makes it a
// transaction is left out, for a file runs in one anyway; the dialect's judge refuses them
// everywhere else. A part for going back is refused, and so is a file of blanks alone: somebody
// forgot to save it, and what is saved later would be an edit of what has run.
func SplitFile(script io.Reader, lexer Lexer, t Transaction) iter.Seq2[Statement, error] {
	return func(yield func(Statement, error) bool) {
		r := NewReader(script)
		own := &ownTransaction{Transaction: t}
		blank := true
		for {
			p, err := next(r, lexer)
			if err != nil {
				yield(Statement{}, err)
				return
			}
			if !p.found {
				break
			}
			blank = false
			told, leftOut := own.take(&p)
			if e := r.goingBack(p); e != nil {
				told = append(told, e)
			}
			for _, e := range told {
				if !yield(Statement{}, e) {
					return
				}
			}
			if !leftOut && !p.tell(yield) {
				return
			}
		}
		if e := own.open; e != nil && own.closed == nil {
			yield(Statement{}, e)
		}
		if blank && !r.noted {
			yield(Statement{}, Errorf(Position{Line: 1, Column: 1},
				"The file is empty. Write a statement, or a comment that says why there is none."))
		}
	}
}

// ownTransaction follows the pair that a file is wrapped in. It keeps no statement: what stands
// between is told at once, and the pair is refused where it turns out not to enclose the rest.
type ownTransaction struct {
	Transaction
	begun  bool   // a statement was met that only a transaction's inside may hold
	open   *Error // the refusal of the statement that begins it, kept back
	closed *Error // and of the one that ends it
}

// take looks at the next piece: refusals that are due before it, and whether it is left out.
func (o *ownTransaction) take(p *piece) (told []*Error, leftOut bool) {
	words := strings.Join(p.words, " ")
	switch {
	case p.refused == nil:
	case !o.begun && o.open == nil && slices.Contains(o.Begin, words):
		o.open = Errorf(p.refused.Pos,
			"%s is not allowed here: each file runs in one transaction of its own. Leave it out, "+
				"or put one pair of %s and %s around the whole file.", words, words, o.End[0])
		return nil, true
	case o.open != nil && o.closed == nil && slices.Contains(o.End, words):
		o.closed = p.refused
		return nil, true
	}
	setting := p.refused != nil || p.passed || p.State == Setting
	if o.closed != nil && !setting {
		told = append(told, o.open, o.closed)
		o.open, o.closed = nil, nil
	}
	o.begun = o.begun || !setting
	if o.open != nil && o.closed == nil {
		p.Own = o.open.Pos
		if p.NoTx && o.Strict {
			told = append(told,
				Errorf(p.Pos, "%s cannot run in a transaction here, and this file begins one. "+
					"Leave out the statements that begin and end it.", p.Verb))
		}
	}
	return told, false
}
