package statement

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// maxMarkerLine is how many bytes of a line are checked for a marker.
const maxMarkerLine = 64 << 10

// breakpoint is Drizzle's mark between two statements, on a line of its own or behind a statement.
const breakpoint = "--> statement-breakpoint"

// front reads the markers of a file on its way to a dialect's lexer. It puts blanks in the place of
// the part that takes the change back, so that all positions stay those of the file. A file without
// markers passes unchanged. Tools find markers in lines, whatever is around them; the lexer says
// which of those lines are comments.
type front struct {
	src io.Reader
	sections
	back    bool   // the way back runs, and the rest is blanked
	beside  bool   // all of it is the way back of another file
	noLexer bool   // nobody takes what is in seen
	head    []byte // the current line, up to its bound
	length  int    // of the current line, in bytes
	semi    lineEnd
	offset  int64 // of the current line
	last    int64 // and of the line before it
	undo    Position
	seen    []seen
	errs    []*Error
	told    int // how many of errs were returned
	ended   bool
}

// seen is a marker that a dialect's lexer has not reached yet.
type seen struct {
	at        int64
	ends      bool   // the statement before it ends here
	cut       bool   // no marker: the tool ends a statement here, or leaves out the line
	ifComment *Error // what is wrong when it is a comment
	ifText    *Error // and when it is inside of something else; of a cut, when it is inside of a text
}

// A Dump is a text that a database wrote. No comment in it is a marker of a migration tool.
type Dump struct{ io.Reader }

func newFront(src io.Reader) *front {
	if back, ok := src.(Back); ok {
		return &front{src: back.Reader, back: true}
	}
	if beside, ok := src.(Beside); ok {
		return &front{src: beside.Reader, beside: true}
	}
	return &front{src: src}
}

// blanked reports whether nothing of a part runs.
func (f *front) blanked(p part) bool { return (p == partDown) != f.back }

// Len is how much of a text in memory is left to read.
func (f *front) Len() int {
	if text, ok := f.src.(interface{ Len() int }); ok {
		return text.Len()
	}
	return chunk
}

// Read implements io.Reader.
func (f *front) Read(p []byte) (n int, err error) {
	n, err = f.src.Read(p)
	for at := 0; at < n; {
		end := n
		if i := bytes.IndexByte(p[at:n], '\n'); i >= 0 {
			end = at + i + 1
		}
		f.add(p[at:end])
		at = end
	}
	if errors.Is(err, io.EOF) && !f.ended {
		f.ended = true
		if f.length > 0 {
			f.line()
		}
		if why := f.sections.end(); why != "" {
			f.refuse(Errorf(Position{Offset: f.last, Line: max(f.lines, 1), Column: 1}, "%s", why))
		}
	}
	return n, err
}

// add reads a part of a line, with its end or without, and blanks it where it must not run.
func (f *front) add(p []byte) {
	f.length += len(p)
	f.head = append(f.head, p[:min(len(p), max(maxMarkerLine-len(f.head), 0))]...)
	f.semi.add(p)
	ends := p[len(p)-1] == '\n'
	if f.blanked(f.part) {
		for i := range p[:len(p)-1] {
			p[i] = ' '
		}
		if !ends {
			p[len(p)-1] = ' '
		}
	}
	if ends {
		f.line()
	}
}

// line reads the current line, which has ended.
func (f *front) line() {
	f.lines++
	text := strings.TrimSuffix(string(f.head), "\n")
	if f.lines == 1 {
		text = strings.TrimPrefix(text, "\ufeff")
	}
	shift := len(strings.TrimSuffix(string(f.head), "\n")) - len(text)
	c, isComment := readComment(text)
	text = strings.TrimSuffix(text, "\r")
	m, isMarker := marker{}, false
	if isComment {
		m, isMarker = readMarker(c, f.format, f.lines == 1)
		title := f.beside && f.part == partHead && m.act == actDown // such a file is the way back anyway
		isMarker = isMarker && !title
	}
	mentions := strings.Contains(text, "+goose") || startsWord(c.words, "DOWN MIGRATION")
	if isComment && !isMarker && mentions && f.mention == 0 {
		f.mention = f.lines
	}
	blanks := 0
	if isComment {
		blanks = strings.Index(text, "--")
	}
	pos := Position{
		Offset: f.offset + int64(shift+blanks), Line: f.lines,
		Column: 1 + utf8.RuneCountInString(text[:blanks]),
	}
	switch {
	case isMarker && f.format == "" && f.sql && m.format != FormatTern:
		f.late(m, pos)
	case isMarker:
		f.take(m, pos)
	default:
		if why := f.text(text, isComment, f.semi.semicolon()); why != "" {
			f.refuse(Errorf(pos, "%s", why))
		}
		f.cut(text, pos)
		f.drizzle(text, shift)
	}
	f.last, f.offset = f.offset, f.offset+int64(f.length)
	f.head, f.length, f.semi = f.head[:0], 0, lineEnd{}
}

// late is a marker below the first statement of a file that had none. It may be in a text of an
// ordinary file.
func (f *front) late(m marker, pos Position) {
	if m.act == actDown && m.format == FormatNodePgMigrate {
		return // it runs all of such a file; the lexer finds the marker, with those of other tools
	}
	why := m.why
	if why == "" {
		why = string(m.format) + " wants its first marker above the first statement. Move it there, " +
			"or reword the comment if it is only a note."
	}
	f.see(seen{at: pos.Offset, ifComment: Errorf(pos, "%s", why)})
}

const inText = "%s reads this as a marker, although it is inside of a text or a comment. " +
	"Write the text in another way."

func (f *front) take(m marker, pos Position) {
	was := f.part
	why := f.sections.marker(m)
	if f.format == "" { // what is wrong with it must not be lost when the file has no other
		f.format = m.format
	}
	switch {
	case why != "" && f.blanked(was):
		f.refuse(Errorf(pos, "%s", why))
	case why != "":
		e := Errorf(pos, "%s", why)
		f.see(seen{at: pos.Offset, ifComment: e, ifText: e})
	case f.blanked(was):
	default:
		f.see(seen{at: pos.Offset, ends: m.act == actEnd, ifText: Errorf(pos, inText, m.format)})
	}
	if m.act == actDown && was != partDown { // misplaced or not, what follows must not run
		f.part = partDown
		f.undo = Position{Offset: f.offset + int64(f.length), Line: f.lines + 1, Column: 1}
	}
}

// cut notes where goose and sql-migrate end a statement, and where sql-migrate leaves out a line.
// Both do so inside of a text too.
func (f *front) cut(text string, pos Position) {
	one := seen{cut: true}
	switch {
	case f.noLexer || f.blanked(f.part) || f.part == partHead || f.format != FormatGoose && f.format != FormatSQLMigrate:
		return
	case f.format == FormatSQLMigrate && strings.HasPrefix(text, "-- "):
		one.at = pos.Offset
		one.ifText = Errorf(pos, "sql-migrate leaves out a line that begins like this, also in a text. "+
			"Write the text in another way.")
	case f.semi.semicolon() && !f.block:
		one.at = f.offset + int64(f.length)
		one.ifText = Errorf(pos, "%s ends the statement at the end of this line, inside of a text. "+
			"Put the statement between the markers StatementBegin and StatementEnd.", f.format)
	default:
		return
	}
	f.see(one)
}

// drizzle finds Drizzle's mark in a line. The lexer ends the statement there.
func (f *front) drizzle(text string, shift int) {
	before, after, ok := strings.Cut(text, breakpoint)
	if !ok || f.blanked(f.part) {
		return
	}
	pos := Position{
		Offset: f.offset + int64(shift+len(before)), Line: f.lines,
		Column: 1 + utf8.RuneCountInString(before),
	}
	one := seen{at: pos.Offset, ends: true}
	if f.format == FormatDrizzle { // the first one may be in a text of an ordinary file
		one.ifText = Errorf(pos, inText, FormatDrizzle)
	}
	switch {
	case f.format != "" && f.format != FormatDrizzle:
		one.ifComment = Errorf(pos, "This is a marker of Drizzle, and the file has markers of %s. "+
			"Use those of one tool.", f.format)
	case strings.TrimSpace(after) != "":
		one.ifComment = Errorf(pos, "Drizzle runs what is behind this marker. Move it to the next line.")
	default:
		f.format = FormatDrizzle
	}
	f.see(one)
}

func (f *front) see(one seen) {
	if !f.noLexer {
		f.seen = append(f.seen, one)
	} else if one.ifText != nil && one.ifComment != nil {
		f.refuse(one.ifComment)
	}
}

// refuse keeps the first refusals. Nobody needs more than a file's list can show.
func (f *front) refuse(e *Error) {
	if len(f.errs) <= maxRefusals {
		f.errs = append(f.errs, e)
	}
}
