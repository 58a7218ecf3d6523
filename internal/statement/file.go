package statement

import (
	"io"
	"iter"
	"slices"
	"strings"
)

// Transaction lists how a dialect begins and ends a transaction, as words with single blanks:
// "BEGIN", "START TRANSACTION".
type Transaction struct {
	Begin []string
	End   []string
	// Strict is for a server that refuses statements inside of a transaction which commit by
	// themselves.
	Strict bool
}

// LeaveOut is the advice in refusals of transaction control.
const LeaveOut = "Remove it: a file may have only one plain pair such as BEGIN and COMMIT, " +
	"around all of its statements."

// SplitFile cuts a file as Split does. It leaves out one pair of statements that makes the whole
// file a transaction, since a file runs in one anyway; the dialect's validator refuses them
// everywhere else. The markers of migration tools say which part of the file brings the change: the
// part that takes it back is left out. It refuses markers that are not understood, and a file of
// blanks only: somebody forgot to save it, and the saved text would later be an edit of a file that
// has run.
func SplitFile(script io.Reader, lexer Lexer, t Transaction) iter.Seq2[Statement, error] {
	return func(yield func(Statement, error) bool) {
		r := newFileReader(script)
		own := &ownTransaction{Transaction: t}
		blank := true
		for {
			p, err := next(r, lexer)
			for _, e := range r.markers() {
				if !yield(Statement{}, e) {
					return
				}
			}
			if err != nil {
				yield(Statement{}, err)
				return
			}
			if !p.found {
				break
			}
			blank = false
			due, leftOut := own.take(&p)
			if e := r.downSection(p); e != nil {
				due = append(due, e)
			}
			for _, e := range due {
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
		if blank && !r.commented {
			yield(Statement{}, Errorf(Position{Line: 1, Column: 1},
				"The file is empty. Write a statement, or a comment that says why there is none."))
		}
	}
}

// ownTransaction tracks the pair around a file. It keeps no statement: statements in between are
// returned at once, and the pair is refused when it turns out not to enclose the rest.
type ownTransaction struct {
	Transaction
	begun  bool   // a statement was read that belongs inside of a transaction
	open   *Error // the refusal of the statement that begins it, held back
	closed *Error // and of the one that ends it
}

// take reads the next piece. It returns the refusals that are due before it, and whether it is left
// out.
func (o *ownTransaction) take(p *piece) (due []*Error, leftOut bool) {
	words := strings.Join(p.words, " ")
	switch {
	case p.refused == nil:
	case !o.begun && o.open == nil && slices.Contains(o.Begin, words):
		o.open = Errorf(p.refused.Pos,
			"%s is not allowed here: each file runs in one transaction of its own. "+
				"Remove it, or put one pair of %s and %s around the whole file.", words, words, o.End[0])
		return nil, true
	case o.open != nil && o.closed == nil && slices.Contains(o.End, words):
		o.closed = p.refused
		return nil, true
	}
	setting := p.refused != nil || p.passed || p.State == Setting
	if o.closed != nil && !setting {
		due = append(due, o.open, o.closed)
		o.open, o.closed = nil, nil
	}
	o.begun = o.begun || !setting
	if o.open != nil && o.closed == nil {
		p.Own = o.open.Pos
		if p.NoTx && o.Strict {
			due = append(due,
				Errorf(p.Pos, "%s cannot run in a transaction here, and this file begins one. "+
					"Remove the statements that begin and end it.", p.Verb))
		}
	}
	return due, false
}
