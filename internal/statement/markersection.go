package statement

import (
	"strconv"
	"strings"
)

// part is where in a file of a tool a line is.
type part int

const (
	partHead part = iota // before the first marker that begins a part
	partUp               // brings the change
	partDown             // takes it back, and never runs
)

// sections follows the markers of a file from its first line to its last.
type sections struct {
	format    Format
	part      part
	block     bool // between the markers that begin and end a statement
	sql       bool // a line that is not a comment was read outside of the way back
	noTx      bool
	downNoTx  bool // the way back runs its statements one by one, whatever the part before it does
	delimiter string
	lines     int // that were read
	template  int // the first line with a template of tern's in it
	txMode    int // the line of Atlas's txmode
	gap       int // the first empty line
	mention   int // the first comment that only goose or node-pg-migrate takes for a marker
	unfinished
}

// marker returns what is wrong with a marker in its place; "" when it is understood.
func (s *sections) marker(m marker) string {
	if m.why != "" {
		return m.why
	}
	if s.format != "" && s.format != m.format {
		return "This is a marker of " + string(m.format) + ", and the file has markers of " +
			string(s.format) + ". Use those of one tool."
	}
	s.format = m.format
	if s.mention > 0 && (m.format == FormatGoose || m.format == FormatNodePgMigrate) {
		return string(m.format) + " takes line " + strconv.Itoa(s.mention) + " for a marker." + wayOut
	}
	if m.noTx && (s.sql || s.part == partDown) {
		return "This says that the file runs without a transaction. Move it above the first statement."
	}
	if m.noTx && m.format == FormatAtlas {
		if s.gap > 0 {
			return atlasHead
		}
		s.txMode = s.lines
	}
	s.noTx = s.noTx || m.noTx
	s.downNoTx = s.downNoTx || m.downNoTx
	if m.delimiter != "" {
		s.delimiter = m.delimiter
	}
	return s.move(m.act)
}

// move changes the part, or says why the marker must not be here.
func (s *sections) move(to act) string {
	tool := string(s.format)
	switch {
	case to == actNote:
	case to == actUp && s.part != partHead && s.format == FormatLiquibase:
		return "This file has a second changeset. Put each into a file of its own: " +
			"Towpath records one change for a file."
	case to == actUp && s.part != partHead:
		return tool + " has one part that brings the change, and a second begins here. " +
			"Remove one of the markers."
	case to == actUp && s.sql:
		return tool + " does not run what is above its first marker. Move the SQL below it."
	case to == actUp:
		s.part = partUp
	case s.part == partHead && s.format != FormatTern:
		return tool + " wants the marker of the part that brings the change before this one. Put it above."
	case to == actDown && s.part == partDown:
		return tool + " has one part that takes the change back, and a second begins here. " +
			"Remove one of the markers."
	case to == actDown && s.format == FormatTern && s.tern() != "":
		return s.tern()
	case to != actEnd && s.block:
		return "The statement that began above has not ended. Put its marker StatementEnd before this one."
	case to != actEnd && s.open():
		return tool + " wants a semicolon at the end of the line before this marker. Add it."
	case to == actEnd && !s.block:
		return "No statement began before this marker. Put StatementBegin above the statement."
	case to == actEnd && s.format == FormatGoose && s.part == partUp && !s.buffered:
		return "There is no statement above this marker. Remove the pair of markers."
	case to == actDown:
		s.part = partDown
	default:
		s.block = to == actBegin
	}
	if to == actEnd || to == actDown {
		s.unfinished = unfinished{}
	}
	return ""
}

// atlasHead says where Atlas reads the directives of a whole file.
const atlasHead = "Atlas reads txmode in the comments at the top only, with an empty line below them. " +
	"Put it there."

// tern returns what is wrong with the part of a file of tern that brings the change.
func (s *sections) tern() string {
	switch {
	case !s.sql:
		return "Nothing above the marker brings a change, and tern wants something. Write it there."
	case s.template > 0:
		return "tern fills in templates, and Towpath does not: line " + strconv.Itoa(s.template) +
			" has {{ in it. Write the SQL itself."
	}
	return ""
}

// text reads a line that is no marker, and returns what is wrong with it; "" when nothing is.
func (s *sections) text(line string, isComment, ended bool) (why string) {
	s.unfinished.line(s, line, isComment, ended)
	if s.template == 0 && s.part != partDown && strings.Contains(line, "{{") {
		s.template = s.lines
	}
	switch {
	case strings.TrimSpace(line) == "":
		if s.gap == 0 {
			s.gap = s.lines
		}
	case isComment || s.sql || s.part == partDown:
	default:
		s.sql = true
		if s.txMode > 0 && s.gap == 0 {
			return atlasHead
		}
		if s.part == partHead && s.format != "" && s.wantsUp() {
			return string(s.format) + " does not run what is above the marker of the part that brings the change. " +
				"Move this below it."
		}
	}
	return ""
}

// wantsUp reports whether a file of this format says where the part that brings the change begins.
func (s *sections) wantsUp() bool {
	switch s.format {
	case FormatGoose, FormatDbmate, FormatSQLMigrate, FormatNodePgMigrate, FormatLiquibase:
		return true
	}
	return false
}

// unfinished follows the statements of goose and sql-migrate, which end where a line ends with a
// semicolon. Both refuse a part whose last statement has none.
type unfinished struct{ buffered, content bool }

func (u *unfinished) open() bool { return u.content }

func (u *unfinished) line(s *sections, line string, isComment, ended bool) {
	switch {
	case s.part == partHead:
		return
	case s.format == FormatSQLMigrate && strings.HasPrefix(line, "-- "):
		return
	case s.format == FormatSQLMigrate:
	case s.format != FormatGoose || s.part == partDown:
		return
	case !u.buffered && (isComment || line == ""):
		return
	}
	u.buffered = true
	u.content = u.content || strings.TrimSpace(line) != ""
	if ended && !s.block {
		*u = unfinished{}
	}
}

// end returns what is wrong with the whole file; "" when nothing is.
func (s *sections) end() string {
	tool := string(s.format)
	switch {
	case s.format == "":
	case s.block:
		return "The last statement has no end. Put the marker StatementEnd below it."
	case s.part == partHead && s.format == FormatTern:
		return s.tern()
	case s.part == partHead && s.format == FormatLiquibase:
		return "This changelog has no changeset. Put a line such as --changeset ann:1 above the SQL."
	case s.part == partHead && s.wantsUp():
		return tool + " wants a marker above the part that brings the change. Put it at the top."
	case s.open():
		return tool + " wants a semicolon at the end of the last line. Add it."
	}
	return ""
}
