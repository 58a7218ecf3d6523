package executor

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// leaseID is the ledger's row that says who may write there: see docs/adr/0005-executor.md.
func leaseID() towpath.MigrationID { return towpath.MigrationID{Type: towpath.TypeLease} }

// journal is what the ledger's row of a migration that is not through says beside how many statements are: its Intent.
type journal struct {
	Statement     int                 `json:"statement"`               // index of the statement that is under way
	Session       string              `json:"session,omitempty"`       // that runs it; "" when none does any more
	Prefix        string              `json:"prefix,omitempty"`        // checksum of the statements before that one
	Objects       []statement.Object  `json:"objects,omitempty"`       // that it touches
	Before        []engine.Definition `json:"before,omitempty"`        // of Objects, when the statement had not run
	Indeterminate string              `json:"indeterminate,omitempty"` // why only a person can tell what became of it; "" for nothing
}

func (j journal) text() string {
	text, err := json.Marshal(j)
	if err != nil { // of strings and numbers
		panic(err)
	}
	return string(text)
}

// readJournal is false for a row that has none.
func readJournal(e towpath.LedgerEntry) (j journal, ok bool) {
	return j, e.Intent != "" && json.Unmarshal([]byte(e.Intent), &j) == nil
}

// verdict is what became of a statement that commits by itself.
type verdict int

const (
	undecided  verdict = iota
	notStarted         // or as good as that: running it is right
	finished
	leftover // a failed build left something behind: remove it, then run
)

// verifyEffect compares what the catalogue had before a statement with what it has now that nobody runs it any more.
// why says what stands against a decision.
func verifyEffect(c statement.Change, before, now []engine.Definition) (v verdict, why string) {
	for i, d := range now {
		if d.Broken != "" && (i >= len(before) || before[i].Broken != d.Broken) {
			return leftover, ""
		}
	}
	switch {
	case c.Effect == statement.Repeat:
		return notStarted, ""
	case c.Effect == statement.Opaque || len(c.Objects) == 0 || len(before) != len(c.Objects) || len(now) != len(before):
		return undecided, "the catalogue does not show what it does"
	case slices.Equal(before, now):
		return notStarted, ""
	}
	gone := func(d engine.Definition) bool { return d.Text == "" }
	done := false
	switch c.Effect {
	case statement.Create:
		done = gone(before[0]) && !gone(now[0])
	case statement.Drop:
		done = !slices.ContainsFunc(now, func(d engine.Definition) bool { return !gone(d) })
	case statement.Rename:
		done = gone(now[0]) && now[1].Text != before[1].Text && !gone(now[1])
	case statement.Alter:
		done = !slices.ContainsFunc(now, gone) && shows(c, before[0].Text, now[0].Text)
	}
	if done {
		return finished, ""
	}
	return undecided, "the catalogue has changed, but not as the statement would have it"
}

// shows reports whether a definition has become what the names in an ALTER say. Text that was cut does not tell: there the
// difference alone must do.
func shows(c statement.Change, before, now string) bool {
	if max(len(before), len(now)) > engine.MaxDefinition {
		return true
	}
	for _, name := range c.Gains {
		if count(now, name) <= count(before, name) {
			return false
		}
	}
	for _, name := range c.Losses {
		if n := count(now, name); n > 0 && n >= count(before, name) {
			return false
		}
	}
	return true
}

// count counts a name in a definition as a whole word, whatever its case.
func count(text, name string) (n int) {
	if name == "" {
		return 0
	}
	text, name = strings.ToLower(text), strings.ToLower(name)
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return n
		}
		start, end := from+at, from+at+len(name)
		before, _ := utf8.DecodeLastRuneInString(text[:start])
		after, _ := utf8.DecodeRuneInString(text[end:])
		if !ofName(before) && !ofName(after) {
			n++
		}
		from = end
	}
}

// ofName reports whether a character goes on with a name that is not quoted.
func ofName(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// missed says what a statement that ended without an error should have left in the catalogue; "" when all is well.
func missed(c statement.Change, before, now []engine.Definition) string {
	switch v, _ := verifyEffect(c, before, now); {
	case v == leftover:
		return "The statement ended, but what it built is broken, and was removed."
	case c.Effect == statement.Create && len(now) > 0 && now[0].Text == "":
		return fmt.Sprintf("The statement ended without an error, but there is no %s %s.", c.Objects[0].Kind, c.Objects[0].Name)
	case c.Effect == statement.Drop && len(now) > 0 && now[0].Text != "" && before[0].Text == now[0].Text:
		return fmt.Sprintf("The statement ended without an error, but the %s %s is still there.", c.Objects[0].Kind, c.Objects[0].Name)
	}
	return ""
}

// states puts both sides into words for a person to compare.
func states(objects []statement.Object, before, now []engine.Definition) (list []towpath.Reason) {
	side := func(list []engine.Definition, i int) string {
		if i >= len(list) || list[i].Text == "" {
			return "(not there)"
		}
		return list[i].Text
	}
	for i, o := range objects {
		list = append(list, towpath.Why(towpath.ReasonObject,
			"object", fmt.Sprintf("%s %s", o.Kind, o.Name), "before", side(before, i), "now", side(now, i)))
	}
	return list
}

var keepsState = regexp.MustCompile(`(?i)^CREATE\s+(OR\s+REPLACE\s+)?((GLOBAL|LOCAL)\s+)?TEMP(ORARY)?\b|\bINTO\s+@|@\w+\s*:=`)

// replay tells what to do with a statement of before the place where a run goes on, in a session that is new: run it again,
// or, when refuse says why, do not go on at all.
func replay(st statement.Statement) (again bool, refuse string) {
	switch st.Verb {
	case "SET", "PRAGMA", "PREPARE", "DEALLOCATE", "DROP PREPARE":
		return true, ""
	}
	if keepsState.MatchString(st.Text) {
		return false, fmt.Sprintf("the statement at %s keeps something in its session, which is gone", st.Pos)
	}
	return false, ""
}
