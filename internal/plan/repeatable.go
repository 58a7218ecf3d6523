package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"towpath"
	"towpath/internal/schema"
)

// NamedText is a text with the engine by whose dialect it is read.
type NamedText struct {
	Checksum string
	Engine   towpath.EngineType
}

// applications are the rows of one repeatable migration in a ledger.
type applications struct {
	last *towpath.LedgerEntry // applied; nil for none
	open *towpath.LedgerEntry // the one after that, which has begun and is not applied; nil for none
}

// readApplications collects the rows of repeatable migrations by the identity of their files.
func readApplications(entries []towpath.LedgerEntry) map[towpath.MigrationID]applications {
	found := map[towpath.MigrationID]applications{}
	newer := func(e, than *towpath.LedgerEntry) bool {
		return than == nil || e.ApplicationNumber() > than.ApplicationNumber()
	}
	for i := range entries {
		e := &entries[i]
		a := found[e.File()]
		switch {
		case e.Type != towpath.TypeRepeatable:
			continue
		case e.State.Applied() && newer(e, a.last):
			a.last = e
		case !e.State.Applied() && newer(e, a.open):
			a.open = e
		}
		found[e.File()] = a
	}
	for id, a := range found {
		if a.open != nil && !newer(a.open, a.last) {
			a.open = nil
			found[id] = a
		}
	}
	return found
}

// newest returns the row that was written last.
func (a applications) newest() *towpath.LedgerEntry { return cmp.Or(a.open, a.last) }

// halfway reports whether a row was begun and may have left something in its database.
func halfway(e *towpath.LedgerEntry) bool {
	return e != nil && (e.State == towpath.LedgerRunning || e.StatementsDone > 0)
}

// apply returns a file as the application of it that the database has, or needs next. A file with a
// version is its own.
func (p *planner) apply(c claim) claim {
	if c.Type != towpath.TypeRepeatable {
		return c
	}
	a := p.repeated[c.File()]
	n := 1
	switch {
	case a.last == nil:
	case p.in.text(a.last.Checksum) == p.in.text(c.Checksum) && c.Checksum != "" && !halfway(a.open):
		n = a.last.ApplicationNumber()
	default:
		n = a.last.ApplicationNumber() + 1
	}
	c.MigrationID = c.Application(n)
	return c
}

// again completes the item of a repeatable file that runs: which text the database has now, and why the
// order is that of the names.
func (p *planner) again(item Item) Item {
	if item.Type != towpath.TypeRepeatable || item.State != ItemPending {
		return item
	}
	if n := len(p.circles[item.Path]); n > 0 {
		item.Reason = towpath.Why(towpath.ReasonInNameOrder, "n", strconv.Itoa(n))
	}
	if last := p.repeated[item.File()].last; last != nil {
		item.Previous = last
		item.Reason = towpath.Why(towpath.ReasonRunsAgain, "from", shortSum(last.Checksum), "to",
			shortSum(item.Checksum)).From(item.Reason)
	}
	return item
}

func shortSum(checksum string) string { return checksum[:min(8, len(checksum))] }

// order puts repeatable files behind all others: what a file needs from another one comes first, and
// otherwise names decide. circles has the files that need each other, by path.
func order(claims []claim, names func(claim) schema.Names) (sorted []claim, circles map[string][]string) {
	first := slices.IndexFunc(claims, func(c claim) bool { return c.Type == towpath.TypeRepeatable })
	if first < 0 {
		return claims, nil
	}
	again := slices.SortedFunc(slices.Values(claims[first:]), func(x, y claim) int {
		return cmp.Or(strings.Compare(x.Description, y.Description), strings.Compare(x.Path, y.Path))
	})
	sorted = slices.Clone(claims[:first])
	circles = map[string][]string{}
	for _, group := range groups(needs(again, names)) {
		var paths []string
		for _, i := range group {
			sorted = append(sorted, again[i])
			paths = append(paths, again[i].Path)
		}
		if len(group) > 1 {
			for _, path := range paths {
				circles[path] = paths
			}
		}
	}
	return sorted, circles
}

// needs lists for each file the others that make what it mentions and does not make itself.
func needs(files []claim, names func(claim) schema.Names) [][]int {
	makers := map[string][]int{}
	for i, f := range files {
		for _, name := range names(f).Makes {
			makers[name] = append(makers[name], i)
		}
	}
	list := make([][]int, len(files))
	for i, f := range files {
		own := names(f)
		for _, name := range own.Needs {
			if !slices.Contains(own.Makes, name) {
				list[i] = append(list[i], makers[name]...)
			}
		}
		slices.Sort(list[i])
		list[i] = slices.Compact(list[i])
	}
	return list
}

// groups orders indexes so that each comes after those that it needs, and else by number. Those that need
// each other are one group. It is Tarjan's algorithm, which finds what is needed first:
// https://doi.org/10.1137/0201010
func groups(needs [][]int) (ordered [][]int) {
	var (
		stack []int
		at    = make([]int, len(needs)) // when it was visited, from 1
		low   = make([]int, len(needs)) // the earliest on the stack that it reaches
		on    = make([]bool, len(needs))
		count int
		visit func(i int)
	)
	visit = func(i int) {
		count++
		at[i], low[i], on[i] = count, count, true
		stack = append(stack, i)
		for _, j := range needs[i] {
			switch {
			case at[j] == 0:
				visit(j)
				low[i] = min(low[i], low[j])
			case on[j]:
				low[i] = min(low[i], at[j])
			}
		}
		if low[i] != at[i] {
			return
		}
		from := slices.Index(stack, i)
		group := slices.Sorted(slices.Values(stack[from:]))
		stack = stack[:from]
		for _, j := range group {
			on[j] = false
		}
		ordered = append(ordered, group)
	}
	for i := range needs {
		if at[i] == 0 {
			visit(i)
		}
	}
	return ordered
}
