package statement

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Directives are a file's settings for its run, in comments before its first statement:
//
//	-- towpath: lock-timeout=5s statement-timeout=1h no-transaction repairs=FOUND-WANTED
type Directives struct {
	Limits
	NoTransaction bool // statements run one by one, so that procedures and blocks may commit
	Repairs       Repair
}

// Repair says between which schemas a file leads, by the checksums of their dumps. The zero Repair is
// of a file that runs on any schema.
type Repair struct {
	Found  string // the file runs on this schema only
	Wanted string // where this one is, it has nothing to do
}

// Text is the comment that sets r.
func (r Repair) Text() string {
	return "-- " + directiveMark + " " + repairsMark + r.Found + "-" + r.Wanted
}

// repairsMark begins the word that sets a Repair.
const repairsMark = "repairs="

// parseRepair reads the value of that word.
func parseRepair(value string) (r Repair, ok bool) {
	r.Found, r.Wanted, ok = strings.Cut(value, "-")
	return r, ok && isChecksum(r.Found) && isChecksum(r.Wanted) && r.Found != r.Wanted
}

// isChecksum reports whether a text is a SHA-256 in lower-case hex digits.
func isChecksum(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}

// Limits bound the waits of a session; 0 sets no limit.
type Limits struct {
	Lock      time.Duration // for a lock of another session
	Statement time.Duration // for the end of one statement
}

// Or takes the limits that l does not set from another.
func (l Limits) Or(other Limits) Limits {
	if l.Lock == 0 {
		l.Lock = other.Lock
	}
	if l.Statement == 0 {
		l.Statement = other.Statement
	}
	return l
}

// Under lowers both limits to another's, where that sets one.
func (l Limits) Under(maximum Limits) Limits {
	if maximum.Lock > 0 {
		l.Lock = min(l.Lock, maximum.Lock)
	}
	if maximum.Statement > 0 {
		l.Statement = min(l.Statement, maximum.Statement)
	}
	return l
}

const directiveMark = "towpath:"

// isAllow reports whether a directive allows what the review would find, which says nothing about
// how the file runs.
func isAllow(words string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(words), " ")
	return first == "allow"
}

// ReadDirectives reads the comments at the head of a script, with the markers of migration tools
// that turn the transaction off; those of a Back are in its WayBack. Its error is an *Error at the wrong
// word, or the script's own.
func ReadDirectives(script io.Reader) (d Directives, err error) {
	front := newFront(script)
	back := front.back
	front.noLexer, front.back = true, false
	lines := bufio.NewScanner(front)
	lines.Buffer(nil, chunk)
	for n := 1; lines.Scan(); n++ {
		text := lines.Text()
		if n == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		line := strings.TrimSpace(text)
		comment, isComment := strings.CutPrefix(line, "--")
		if line != "" && !isComment {
			break
		}
		words, isDirective := strings.CutPrefix(strings.TrimSpace(comment), directiveMark)
		if !isDirective || isAllow(words) {
			continue
		}
		for _, word := range strings.Fields(words) {
			if why := d.add(word); why != "" {
				return d, Errorf(Position{Line: n, Column: 1 + max(strings.Index(text, word), 0)}, "%s", why)
			}
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) { // no comment is that long
		return d, fmt.Errorf("read the script: %w", err)
	}
	d.NoTransaction = d.NoTransaction || front.noTx && !back
	return d, nil
}

// add reads one word; why explains what is wrong with it.
func (d *Directives) add(word string) (why string) {
	name, value, valued := strings.Cut(word, "=")
	target := map[string]*time.Duration{"lock-timeout": &d.Lock, "statement-timeout": &d.Statement}[name]
	switch {
	case word == "no-transaction":
		d.NoTransaction = true
		return ""
	case strings.HasPrefix(word, repairsMark):
		var ok bool
		if d.Repairs, ok = parseRepair(value); !ok {
			return "repairs needs the checksums of two schemas. Take the file from the page of the database again."
		}
		return ""
	case target == nil:
		return "There is no directive " + word +
			". Use lock-timeout=5s, statement-timeout=1h or no-transaction."
	}
	limit, err := time.ParseDuration(value)
	if !valued || err != nil || limit < time.Millisecond {
		return name + " needs a time such as 5s, 10m or 1h."
	}
	*target = limit
	return ""
}
