package statement

import (
	"fmt"
	"io"
	"strings"
)

// Markers are what the comments of a file mean to the migration tool that it was written for.
type Markers struct {
	Format        Format // "" for a file without markers
	NoTransaction bool   // its statements run one by one
	Undo          *Range // the part that takes the change back, and never runs by itself; nil for none
}

// Range is a part of a file, to its end.
type Range struct {
	From Position
	Size int64 // in bytes
}

// ReadMarkers reads a file to its end. A file with a marker that is not understood has no part that
// takes the change back: where that begins is not certain. The error is the reader's own.
func ReadMarkers(script io.Reader) (m Markers, err error) {
	front := newFront(script)
	front.noLexer = true
	if _, err := io.Copy(io.Discard, front); err != nil {
		return m, fmt.Errorf("read the file: %w", err)
	}
	m.Format, m.NoTransaction = front.format, front.noTx
	if front.undo.Line > 0 && len(front.errs) == 0 {
		m.Undo = &Range{From: front.undo, Size: front.offset - front.undo.Offset}
	}
	return m, nil
}

// Forward returns a text with blanks in the place of the part that takes the change back. A text in
// memory can always be read.
func Forward(text string) string {
	front := newFront(strings.NewReader(text))
	front.noLexer = true
	forward, _ := io.ReadAll(front)
	return string(forward)
}
