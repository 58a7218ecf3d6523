package towpath

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// AuditFault is what is wrong with a row of an exported audit log.
type AuditFault string

const (
	// AuditUnreadable: a line is no row of an audit log.
	AuditUnreadable AuditFault = "unreadable"
	// AuditChanged: a row does not fit its hash, or the row after it names another hash.
	AuditChanged AuditFault = "changed"
	// AuditRemoved: rows are missing.
	AuditRemoved AuditFault = "removed"
	// AuditInserted: a second row has the number.
	AuditInserted AuditFault = "inserted"
	// AuditMoved: a row is behind rows with higher numbers.
	AuditMoved AuditFault = "moved"
	// AuditCutOff: no row has the hash of the head, so rows after the last one are missing.
	AuditCutOff AuditFault = "cut off"
)

// AuditFinding is a fault with its place.
type AuditFinding struct {
	Fault AuditFault
	Line  int   // of the input, from 1; 0 for rows that are missing
	First int64 // the number of the row, or of the first of several
	Last  int64 // the same as First for one row
}

// maxAuditFindings bounds the findings that a check keeps.
const maxAuditFindings = 1000

// maxAuditGaps bounds how many gaps a check remembers.
const maxAuditGaps = 10_000

// AuditCheck verifies an exported audit log line by line, in bounded memory. The zero value is ready
// for the first line of a log.
type AuditCheck struct {
	Rows     int            // that were read
	Last     AuditHead      // of the row with the highest number
	Findings []AuditFinding // the first 1000
	More     int            // findings beyond them

	lines   int
	fits    []string // hashes that the row after the last one may name
	suspect bool     // the last row does not name the hash of the row before it
	head    string   // to look for
	hasHead bool     // a row has that hash
	gaps    []auditGap
}

// auditGap is a range of numbers that is missing so far.
type auditGap struct {
	first, last int64
	before      string // the hash of the row before; "" if unknown
	after       string // the hash that the row after it names; "" if unknown
}

// auditRow is a line as far as the check reads it.
type auditRow struct {
	number   int64
	previous string
	hash     string // as the line says
	computed string
}

// Expect makes the check look for a row with a hash, which somebody noted earlier.
func (c *AuditCheck) Expect(hash string) { c.head = hash }

// Add checks the next line.
func (c *AuditCheck) Add(line []byte) {
	c.lines++
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 {
		return
	}
	row, ok := readAuditLine(line)
	if !ok {
		c.find(AuditUnreadable, c.lines, c.Last.Number+1, c.Last.Number+1)
		return
	}
	c.Rows++
	if row.hash != row.computed {
		c.find(AuditChanged, c.lines, row.number, row.number)
	}
	c.hasHead = c.hasHead || (row.hash == c.head && row.computed == c.head)
	if row.number <= c.Last.Number {
		c.late(row)
		return
	}
	c.follow(row)
}

// follow checks a row behind all others.
func (c *AuditCheck) follow(row auditRow) {
	last := c.Last.Number
	switch {
	case row.number > last+1:
		c.blameBefore()
		c.gaps = append(c.gaps, auditGap{
			first: last + 1, last: row.number - 1, before: c.Last.Hash, after: row.previous,
		})
		if len(c.gaps) > maxAuditGaps {
			c.findMissing(c.gaps[0])
			c.gaps = c.gaps[1:]
		}
	case last == 0:
		if row.previous != auditStart {
			c.find(AuditChanged, c.lines, row.number, row.number)
		}
	case !slices.Contains(c.fits, row.previous):
		if c.suspect { // the row in between fits neither neighbor
			c.find(AuditChanged, c.lines-1, last, last)
			c.suspect = false
		} else {
			c.suspect = true
		}
		c.advance(row)
		return
	default:
		c.blameBefore()
	}
	c.advance(row)
}

// blameBefore ends a suspicion: the last row fits the one after it, so the row before it was
// changed together with its hash.
func (c *AuditCheck) blameBefore() {
	if c.suspect {
		c.find(AuditChanged, 0, c.Last.Number-1, c.Last.Number-1)
		c.suspect = false
	}
}

func (c *AuditCheck) advance(row auditRow) {
	c.Last = AuditHead{Number: row.number, Hash: row.hash}
	c.fits = []string{row.hash, row.computed}
}

// late checks a row behind one with a higher number.
func (c *AuditCheck) late(row auditRow) {
	at := slices.IndexFunc(c.gaps, func(g auditGap) bool {
		return g.first <= row.number && row.number <= g.last
	})
	if at < 0 {
		c.find(AuditInserted, c.lines, row.number, row.number)
		if row.number == c.Last.Number {
			c.fits = append(c.fits, row.hash)
		}
		return
	}
	c.find(AuditMoved, c.lines, row.number, row.number)
	g := c.gaps[at]
	wrongBefore := row.number == g.first && g.before != "" && row.previous != g.before
	wrongAfter := row.number == g.last && g.after != "" && row.hash != g.after
	if row.hash == row.computed && (wrongBefore || wrongAfter) {
		c.find(AuditChanged, c.lines, row.number, row.number)
	}
	var rest []auditGap
	if row.number > g.first {
		rest = append(rest, auditGap{
			first: g.first, last: row.number - 1, before: g.before, after: row.previous,
		})
	}
	if row.number < g.last {
		rest = append(rest, auditGap{
			first: row.number + 1, last: g.last, before: row.hash, after: g.after,
		})
	}
	c.gaps = slices.Replace(c.gaps, at, at+1, rest...)
}

// End completes the check after the last line. It reports whether the log is whole.
func (c *AuditCheck) End() bool {
	c.blameBefore()
	for _, g := range c.gaps {
		c.findMissing(g)
	}
	c.gaps = nil
	if c.head != "" && !c.hasHead {
		c.find(AuditCutOff, 0, c.Last.Number+1, c.Last.Number+1)
	}
	return len(c.Findings) == 0
}

func (c *AuditCheck) findMissing(g auditGap) { c.find(AuditRemoved, 0, g.first, g.last) }

func (c *AuditCheck) find(fault AuditFault, line int, first, last int64) {
	f := AuditFinding{Fault: fault, Line: line, First: first, Last: last}
	if len(c.Findings) == maxAuditFindings {
		c.More++
		return
	}
	c.Findings = append(c.Findings, f)
}

// readAuditLine reads what the chain is made of. It compares bytes and parses no JSON, so that a
// line that was written in another way counts as changed.
func readAuditLine(line []byte) (row auditRow, ok bool) {
	const digest = sha256.Size * 2
	tail := len(line) - len(auditHash) - digest - len(auditEnd)
	rest, ok := bytes.CutPrefix(line, []byte(auditNumber))
	if !ok || tail < 0 {
		return row, false
	}
	number, rest, ok := bytes.Cut(rest, []byte(auditPrevious))
	if !ok || len(rest) < digest || string(line[tail:tail+len(auditHash)]) != auditHash ||
		!bytes.HasSuffix(line, []byte(auditEnd)) {
		return row, false
	}
	n, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil || n < 1 {
		return row, false
	}
	sum := sha256.New()
	sum.Write(line[:tail])
	sum.Write([]byte("}"))
	return auditRow{
		number:   n,
		previous: string(rest[:digest]),
		hash:     string(line[tail+len(auditHash) : tail+len(auditHash)+digest]),
		computed: hex.EncodeToString(sum.Sum(nil)),
	}, true
}
