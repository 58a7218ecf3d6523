package schema

import (
	"fmt"
	"slices"
	"strings"
)

const (
	diffContext = 3    // lines around a change
	maxDiff     = 4000 // changed lines beyond which only numbers are said
)

// Diff compares two dumps by lines, as a unified diff without the names of files; "" when they are
// equal. Two that differ in very many lines give one line that says so.
func Diff(before, after string) string {
	if before == after {
		return ""
	}
	a, b := lines(before), lines(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	middle, ok := script(a[head:len(a)-tail], b[head:len(b)-tail])
	if !ok {
		return fmt.Sprintf("@@ the schemas of %d and %d lines differ in too many lines to show @@\n",
			len(a), len(b))
	}
	all := slices.Concat(kept(a[:head]), middle, kept(a[len(a)-tail:]))
	return hunks(all)
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// edit is a line that stays (' '), goes ('-') or comes ('+').
type edit struct {
	mark byte
	text string
}

func kept(texts []string) (all []edit) {
	for _, text := range texts {
		all = append(all, edit{mark: ' ', text: text})
	}
	return all
}

// script is the shortest list of edits, by Myers's algorithm: http://www.xmailserver.org/diff2.pdf
func script(a, b []string) (edits []edit, ok bool) {
	most := min(len(a)+len(b), maxDiff)
	reach := map[int]int{1: 0} // by diagonal, how far a is read
	var steps []map[int]int
	for d := 0; d <= most; d++ {
		before := map[int]int{}
		for k := -d - 1; k <= d+1; k++ {
			if x, there := reach[k]; there {
				before[k] = x
			}
		}
		steps = append(steps, before)
		for k := -d; k <= d; k += 2 {
			x := reach[k-1] + 1
			if k == -d || (k != d && reach[k-1] < reach[k+1]) {
				x = reach[k+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			if reach[k] = x; x >= len(a) && x-k >= len(b) {
				return walk(a, b, steps), true
			}
		}
	}
	return nil, false
}

// walk goes back from the end of both texts to their beginning.
func walk(a, b []string, steps []map[int]int) (edits []edit) {
	x, y := len(a), len(b)
	for d, reach := range slices.Backward(steps) {
		k := x - y
		from := k - 1
		if k == -d || (k != d && reach[k-1] < reach[k+1]) {
			from = k + 1
		}
		fromX := reach[from]
		fromY := fromX - from
		for x > fromX && y > fromY && x > 0 && y > 0 {
			x, y = x-1, y-1
			edits = append(edits, edit{mark: ' ', text: a[x]})
		}
		if d == 0 {
			break
		}
		if x == fromX {
			edits = append(edits, edit{mark: '+', text: b[fromY]})
		} else {
			edits = append(edits, edit{mark: '-', text: a[fromX]})
		}
		x, y = fromX, fromY
	}
	slices.Reverse(edits)
	return edits
}

// hunks writes edits with a few lines around them.
func hunks(edits []edit) string {
	var out strings.Builder
	oldLine, newLine, shown := 1, 1, 0
	for at := 0; at < len(edits); {
		next := slices.IndexFunc(edits[at:], func(e edit) bool { return e.mark != ' ' })
		if next < 0 {
			break
		}
		from := max(at+next-diffContext, shown)
		oldLine, newLine = oldLine+from-at, newLine+from-at
		end := hunkEnd(edits, at+next)
		removed, added := 0, 0
		for _, e := range edits[from:end] {
			if e.mark != '+' {
				removed++
			}
			if e.mark != '-' {
				added++
			}
		}
		fmt.Fprintf(&out, "@@ -%d,%d +%d,%d @@\n", oldLine, removed, newLine, added)
		for _, e := range edits[from:end] {
			out.WriteByte(e.mark)
			out.WriteString(e.text + "\n")
		}
		oldLine, newLine = oldLine+removed, newLine+added
		at, shown = end, end
	}
	return out.String()
}

// hunkEnd is where a hunk ends that has a change at a place: behind the lines around its last change.
func hunkEnd(edits []edit, change int) int {
	last := change
	for i := change; i < len(edits) && i-last <= 2*diffContext; i++ {
		if edits[i].mark != ' ' {
			last = i
		}
	}
	return min(last+diffContext+1, len(edits))
}
