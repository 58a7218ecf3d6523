package statement

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// maxRefusals is how many refusals of a file are listed.
const maxRefusals = 20

// Refusals are the places of a file that must not run. It is the error of the whole file.
type Refusals struct {
	First []*Error // in the order of the file, at least one
	More  int      // how many follow those
}

// Error implements error: a single refusal without its place, or all with theirs, one a line.
func (r *Refusals) Error() string {
	if len(r.First) == 1 && r.More == 0 {
		return r.First[0].Message
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%d places that must not run:", len(r.First)+r.More)
	for _, e := range r.First {
		out.WriteString("\n" + e.Error())
	}
	if r.More > 0 {
		fmt.Fprintf(&out, "\nAnd %d more.", r.More)
	}
	return out.String()
}

// Pos returns the first place.
func (r *Refusals) Pos() Position { return r.First[0].Pos }

// Add inserts a refusal in order; nil adds none.
func (r *Refusals) Add(e *Error) {
	if e == nil {
		return
	}
	at, _ := slices.BinarySearchFunc(r.First, e, func(a, b *Error) int {
		if a.Pos.Offset <= b.Pos.Offset {
			return -1
		}
		return 1
	})
	if r.First = slices.Insert(r.First, at, e); len(r.First) > maxRefusals {
		r.First = r.First[:maxRefusals]
		r.More++
	}
}

// Scan is the summary of a file that was read to its end.
type Scan struct {
	Statements int
	NoTx       bool      // one of them commits by itself
	NoKeys     bool      // one of them has NoKeys
	Own        *Position // of the statement that begins the file's own transaction
}

// ReadAll reads the statements of a file to its end. Its error is *Refusals, or the error of the
// reader.
func ReadAll(statements iter.Seq2[Statement, error]) (scan Scan, err error) {
	var refusals Refusals
	for s, err := range statements {
		var refused *Error
		switch {
		case errors.As(err, &refused):
			refusals.Add(refused)
		case err != nil:
			return scan, err
		default:
			scan.Statements++
			scan.NoTx = scan.NoTx || s.NoTx
			scan.NoKeys = scan.NoKeys || s.NoKeys
			if s.Own.Line > 0 {
				scan.Own = &s.Own
			}
		}
	}
	if len(refusals.First) > 0 {
		return scan, &refusals
	}
	return scan, nil
}
