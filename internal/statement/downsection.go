package statement

import (
	"bytes"
	"regexp"
	"strings"
)

// downMarker is a comment with which files of some tool begin the part that reverts a change.
type downMarker struct {
	tool string
	form *regexp.Regexp // of the whole comment in upper case with single blanks, without its own mark
	only bool           // the words are common ones: it counts only between statements
}

// downMarkers hold a file in which they are comments outside of the formats that are understood. None may match comments about a change: "-- down payment", "--
// rollback of 17". Liquibase's "--rollback DROP TABLE a" is not one: its rollback is in the comment
// itself, and never runs.
var downMarkers = []downMarker{
	{tool: "dbmate", form: regexp.MustCompile(`^MIGRATE:DOWN( |$)`)},
	{tool: "goose", form: regexp.MustCompile(`^\+ ?GOOSE DOWN( |$)`)},
	{tool: "sql-migrate", form: regexp.MustCompile(`^\+ ?MIGRATE DOWN( |$)`)},
	{tool: "tern", form: regexp.MustCompile(`CREATE ABOVE ?/ ?DROP BELOW`)},
	{tool: "MyBatis Migrations", form: regexp.MustCompile(`^// ?@UNDO( |$)`)},
	{tool: "Play evolutions", form: regexp.MustCompile(`^(- ?)*!DOWNS( |$)`)},
	{tool: "node-pg-migrate", form: regexp.MustCompile(`^DOWN MIGRATION$`)},
	{tool: "rambler", form: regexp.MustCompile(`^RAMBLER DOWN$`)},
	{
		tool: "a migration tool",
		form: regexp.MustCompile(`^(\+[A-Z][\w.-]*[ :]|@|//@|[A-Z][\w-]*:)(DOWN|UNDO|ROLLBACK|REVERT)( |$)`),
	},
	{tool: "shmig and others", only: true, form: regexp.MustCompile(
		`^[^\w]*((MIGRATE|MIGRATION|SCHEMA|SQL|BEGIN|START|TO|NAME|SECTION|DIRECTION|V?\d+)[ :_-]*)*` +
			`(DOWNS?|DOWNGRADE|UNDO|ROLL[ -]?BACK|REVERT|BACKWARDS?|TEAR ?DOWN)` +
			`([ :_-]*(MIGRATION|SCRIPT|SECTION|PART|SQL|STATEMENTS?|STEPS?|COMMANDS?))?[^\w]*$`)},
}

// maxMarker is how many bytes of a comment are checked.
const maxMarker = 120

// Comment checks the comment that begins here, before it is skipped. mark is the length of its
// opening.
func (r *Reader) Comment(mark int) {
	r.commented = true
	r.fill(maxMarker)
	if r.front != nil {
		r.lineAhead()
		if ok, ends := r.front.comment(r.pos.Offset); ok {
			r.ends = r.ends || ends
			return
		}
	}
	back := r.front != nil && (r.front.back || r.front.beside) // all of it takes a change back, whatever a comment says
	if back || r.down != nil || len(r.win)-r.at < mark {
		return
	}
	line := r.win[r.at+mark : min(r.at+maxMarker, len(r.win))]
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	line, _, _ = bytes.Cut(line, []byte("*/"))
	text := strings.ToUpper(strings.Join(strings.Fields(strings.TrimLeft(string(line), "-# \t")), " "))
	for _, m := range downMarkers {
		if m.form.MatchString(text) && (!m.only || r.between()) {
			r.down = Errorf(r.pos,
				"The section that undoes the change begins here, in the format of %s. It would run too. "+
					"Keep what is above, and undo a change with a new file. "+
					"If this is only a note, reword it.", m.tool)
			return
		}
	}
}

// between reports whether the comment that begins here is between statements, or may be: only the
// end of the comments says whether a delimiter of Atlas was before it.
func (r *Reader) between() bool {
	return !r.keep || r.ends || r.front != nil && r.front.delimiter != ""
}

// downSection returns the refusal of a marker that is followed by SQL, once: p is the last piece.
func (r *Reader) downSection(p piece) *Error {
	e := r.down
	if e == nil || r.returned || e.Pos.Offset > p.Pos.Offset+int64(len(p.Text)) {
		return nil
	}
	r.returned = true
	return e
}
