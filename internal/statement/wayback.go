package statement

import (
	"fmt"
	"io"
	"strings"
)

// Back is a file of which the way back runs: the part that takes its change back. All else is
// blanked, so that positions stay those of the file. A file without such a part is blank.
type Back struct{ io.Reader }

// Backward returns a text with blanks in the place of all but its way back. A text in memory can always
// be read.
func Backward(text string) string {
	front := newFront(Back{strings.NewReader(text)})
	front.noLexer = true
	back, _ := io.ReadAll(front)
	return string(back)
}

// Beside is a file all of which is the way back of another one. A comment that says so begins nothing.
type Beside struct{ io.Reader }

// A WayBack is the part of a file that takes its change back.
type WayBack struct {
	From          Position
	Text          string // with its comments, to the end of the file
	NoTransaction bool   // its statements run one by one
}

// ReadWayBack reads a file to its end. ok is false for a file whose way back is missing, has no
// statement, or is not certain to begin where it seems to. The error is the reader's own.
func ReadWayBack(file io.Reader) (back WayBack, ok bool, err error) {
	front := newFront(Back{file})
	front.noLexer = true
	text, err := io.ReadAll(front)
	if err != nil {
		return back, false, fmt.Errorf("read the way back of a file: %w", err)
	}
	if front.undo.Line == 0 || len(front.errs) > 0 || front.format == FormatDrizzle {
		return back, false, nil
	}
	back.From, back.NoTransaction = front.undo, front.backNoTx()
	back.Text = string(text[min(front.undo.Offset, int64(len(text))):])
	return back, hasStatement(back.Text), nil
}

// ReadBeside is ReadWayBack for a file beside the migration. ok is false also for one with a way back of
// its own: nobody can say which part is meant.
func ReadBeside(file io.Reader) (back WayBack, ok bool, err error) {
	front := newFront(Beside{file})
	front.noLexer = true
	text, err := io.ReadAll(front)
	if err != nil {
		return back, false, fmt.Errorf("read the way back of a file: %w", err)
	}
	if front.part != partHead || len(front.errs) > 0 {
		return back, false, nil
	}
	back = WayBack{From: Position{Line: 1, Column: 1}, Text: string(text), NoTransaction: front.noTx}
	return back, hasStatement(back.Text), nil
}

// hasStatement reports whether a text has a line that is neither blank nor a comment.
func hasStatement(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "--") {
			return true
		}
	}
	return false
}

// backNoTx reports whether the way back runs without a transaction. dbmate and sql-migrate say it of
// each part, and the others of the whole file.
func (s *sections) backNoTx() bool {
	if s.format == FormatDbmate || s.format == FormatSQLMigrate {
		return s.downNoTx
	}
	return s.noTx
}
