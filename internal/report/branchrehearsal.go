package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/wording"
)

// measured are the fields of a report that a rehearsal fills in.
type measured struct{ locks, held, rows, rewrites, reversible string }

// measured sums up what the rehearsals of a branch have measured.
func (b branch) measured() measured {
	if why := b.notRehearsed(); !why.IsZero() {
		text := wording.Text(towpath.Why(towpath.ReasonNotRehearsed).From(why))
		return measured{locks: text, held: text, rows: text, rewrites: text, reversible: text}
	}
	var locks []towpath.RehearsedLock
	tables := map[string]bool{}
	var rewrites []string
	rows, more, unseen, held := int64(0), 0, 0, 0.0
	stopped := towpath.Reason{}
	for _, r := range b.rehearsals {
		for _, f := range r.Result.Files {
			if f.Failure != nil && stopped.IsZero() {
				stopped = towpath.Why(towpath.ReasonRehearsalStopped, "path", f.Path)
			}
		}
		for _, f := range r.Own() {
			for _, l := range f.Locks {
				tables[l.Table] = true
				held = max(held, l.Held)
			}
			locks = append(locks, f.Locks...)
			rewrites = append(rewrites, f.Rewrites...)
			rows, more = rows+f.Rows, more+f.MoreRewrites
			for _, s := range f.Statements {
				if s.Unseen != "" {
					unseen++
				}
			}
		}
	}
	changed := towpath.Why(towpath.ReasonRehearsalRows, "n", strconv.FormatInt(rows, 10))
	said := []towpath.Reason{stopped}
	if unseen > 0 {
		said = append(said, towpath.Why(towpath.ReasonRehearsalUnseen, "n", strconv.Itoa(unseen)))
	}
	return measured{
		locks:      behind(strongest(locks, len(tables)-1), said),
		held:       behind(heldFor(locks, held), said),
		rows:       behind(changed, said[:1]),
		rewrites:   behind(rewritten(rewrites, more), said),
		reversible: wording.Text(towpath.Why(towpath.ReasonRehearsalUntried)),
	}
}

// notRehearsed is why there is nothing that a rehearsal has measured. The words of a database stay in
// Towpath.
func (b branch) notRehearsed() towpath.Reason {
	switch b.review.Rehearsal {
	case towpath.RehearsalOff:
		return towpath.Why(towpath.ReasonRehearsalOff)
	case towpath.RehearsalWanted:
		return towpath.Why(towpath.ReasonRehearsalSlow, "limit", towpath.BranchPatience.String())
	case towpath.RehearsalDone:
		return towpath.Reason{}
	}
	for _, r := range b.rehearsals {
		switch r.Reason.Code {
		case "":
		case towpath.ReasonRehearsalSlow, towpath.ReasonRehearsalMoved, towpath.ReasonRehearsalEngine:
			return r.Reason
		default:
			return towpath.Why(towpath.ReasonRehearsalElsewhere)
		}
	}
	return towpath.Why(towpath.ReasonRehearsalElsewhere)
}

// behind is a reason as a text, with others behind it.
func behind(first towpath.Reason, others []towpath.Reason) string {
	texts := []string{wording.Text(first)}
	for _, r := range others {
		if !r.IsZero() {
			texts = append(texts, strings.TrimSuffix(wording.Text(r), "."))
		}
	}
	return strings.Join(texts, ". ")
}

// strongest is the lock that keeps out most, and on how many other tables there are some.
func strongest(locks []towpath.RehearsedLock, others int) towpath.Reason {
	if len(locks) == 0 {
		return towpath.Why(towpath.ReasonRehearsalNoLock)
	}
	worst := slices.MaxFunc(locks, func(a, b towpath.RehearsedLock) int {
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Held, b.Held))
	})
	switch {
	case worst.Table == "":
		return towpath.Why(towpath.ReasonRehearsalLockAll, "mode", worst.Mode)
	case others > 0:
		return towpath.Why(towpath.ReasonRehearsalLocks, "mode", worst.Mode, "table", worst.Table, "n",
			strconv.Itoa(others))
	}
	return towpath.Why(towpath.ReasonRehearsalLock, "mode", worst.Mode, "table", worst.Table)
}

// heldFor is how long the lock was held that was held longest.
func heldFor(locks []towpath.RehearsedLock, seconds float64) towpath.Reason {
	if len(locks) == 0 {
		return towpath.Why(towpath.ReasonRehearsalNoLock)
	}
	held := time.Duration(seconds * float64(time.Second))
	unit := time.Millisecond
	if held < unit {
		unit = 100 * time.Microsecond
	}
	return towpath.Why(towpath.ReasonRehearsalHeld, "held", held.Round(unit).String())
}

// maxRewrites is how many tables a field names.
const maxRewrites = 5

func rewritten(tables []string, more int) towpath.Reason {
	slices.Sort(tables)
	tables = slices.Compact(tables)
	if len(tables)+more == 0 {
		return towpath.Why(towpath.ReasonRehearsalNoRewrite)
	}
	named := tables[:min(len(tables), maxRewrites)]
	return towpath.Why(towpath.ReasonRehearsalRewrites, "tables", strings.Join(named, "\n"), "more",
		strconv.Itoa(len(tables)-len(named)+more))
}
