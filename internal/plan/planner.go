package plan

import (
	"cmp"
	"slices"
	"strings"

	"towpath"
)

// judge compares the files that go to one database with its ledger.
type judge struct {
	*builder
	target
	claims  []claim // own ones, in the order in which they run
	claimed map[towpath.MigrationID][]claim
	ledger  map[towpath.MigrationID]*towpath.LedgerEntry
	newest  string                          // version of the newest applied entry
	gone    []*towpath.LedgerEntry          // entries without a file
	texts   map[string]*towpath.LedgerEntry // gone ones by their text
	barrier towpath.Reason                  // why nothing further may run here

	baseline string // chosen for this database when the link was made; "" for none
	chosen   bool   // whether one was, none included
	// records the choice made when the link was made; nil when there is nothing to record
	marker  *towpath.Task
	foreign bool // what is recorded is the same choice of another link
	tasks   []towpath.Task
}

func newJudge(b *builder, t target, waiting towpath.Reason) *judge {
	j := &judge{
		builder: b, target: t,
		claimed: map[towpath.MigrationID][]claim{},
		ledger:  map[towpath.MigrationID]*towpath.LedgerEntry{},
		texts:   map[string]*towpath.LedgerEntry{},
		barrier: waiting,
	}
	for _, c := range b.claims[t.ID] {
		j.claimed[c.MigrationID] = append(j.claimed[c.MigrationID], c)
		if c.own {
			j.claims = append(j.claims, c)
		}
	}
	slices.SortFunc(j.claims, func(x, y claim) int {
		return cmp.Or(compareID(x.MigrationID, y.MigrationID), strings.Compare(x.Path, y.Path))
	})
	j.baseline, j.chosen = j.chosenBaseline()
	j.readLedger()
	return j
}

func (j *judge) readLedger() {
	entries := slices.Clone(j.Ledger.Entries)
	slices.SortFunc(entries,
		func(x, y towpath.LedgerEntry) int { return compareID(x.MigrationID, y.MigrationID) })
	for i := range entries {
		e := &entries[i]
		j.ledger[e.MigrationID] = e
		if e.State.Applied() && Compare(e.Version, j.newest) > 0 {
			j.newest = e.Version
		}
		if len(j.claimed[e.MigrationID]) == 0 && e.Type != towpath.TypeBaseline {
			j.gone = append(j.gone, e)
			if text := j.in.text(e.Checksum); j.texts[text] == nil && text != "" {
				j.texts[text] = e
			}
		}
	}
}

func (j *judge) run() {
	if state, reason := j.unusable(); state != "" {
		j.unjudged(j.target)
		if len(j.claims) > 0 {
			j.stopped = append(j.stopped, j.why(towpath.ReasonDatabaseStopped, reason))
		}
		for _, c := range j.claims {
			j.add(Item{Migration: c.Migration, State: state, Reason: reason})
		}
		return
	}
	j.prepareMarker()
	for _, c := range j.claims {
		j.add(j.file(c))
	}
	for _, e := range j.gone {
		j.add(j.missing(e))
	}
	j.finishTasks()
}

// unusable says why nothing can be said of this database; state is "" when something can.
func (j *judge) unusable() (state ItemState, reason towpath.Reason) {
	switch {
	case j.MissingAt != nil:
		return ItemUnreachable, towpath.Why(towpath.ReasonDatabaseMissing)
	case j.Ledger.Error != "":
		return ItemUnreachable, towpath.Why(towpath.ReasonLedgerUnreadable, "message", j.Ledger.Error)
	case j.Ledger.Trouble == towpath.LedgerTampered:
		return ItemTampered, towpath.Why(towpath.ReasonLedgerTampered, "differs", j.Ledger.Differs)
	case j.Ledger.Trouble != "":
		return ItemRestored, towpath.Why(towpath.ReasonLedgerRestored, "differs", j.Ledger.Differs)
	case j.Ledger.At == nil:
		return ItemUnreachable, towpath.Why(towpath.ReasonLedgerUnread)
	}
	for _, e := range j.ledger {
		if e.DatabaseID != "" && e.DatabaseID != j.ID {
			return ItemForeignLedger, towpath.Why(towpath.ReasonForeignLedger)
		}
	}
	return "", towpath.Reason{}
}

// add completes an item and remembers when it keeps its file out of later stages.
func (j *judge) add(item Item) {
	item.DatabaseID, item.EnvironmentID = j.ID, j.EnvironmentID
	j.plan.Items = append(j.plan.Items, item)
	if item.Path == "" || item.State == ItemMissing {
		return
	}
	switch item.State {
	case ItemConflict, ItemBlocked, ItemEdited, ItemUnusable, ItemUnreachable, ItemForeignLedger,
		ItemTampered, ItemRestored, ItemRefused:
		reason := j.why(towpath.ReasonNotPassed, item.Reason)
		j.gates[item.Path] = append(j.gates[item.Path],
			gate{position: j.position, reason: reason, newerToo: item.State != ItemRefused})
	}
}

// file tells how one file stands, and makes the task for it.
func (j *judge) file(c claim) Item {
	item := Item{Migration: c.Migration}
	if rivals := j.rivals(c); !rivals.IsZero() {
		item.State, item.Reason = ItemConflict, rivals
		j.waitFor(c.Path, rivals)
		return item
	}
	entry := j.ledger[c.MigrationID]
	applied := entry != nil && entry.State.Applied()
	if reason, skipped := j.skipped(c); skipped && !c.unusable.IsZero() && !applied {
		item.State, item.Reason = ItemSkipped, reason
		return item
	}
	if !c.unusable.IsZero() {
		item.State, item.Reason = ItemUnusable, c.unusable
		if !applied {
			j.waitFor(c.Path, c.unusable)
		}
		return item
	}
	if applied {
		return j.compareWith(*entry, item)
	}
	if !j.barrier.IsZero() {
		item.State, item.Reason = ItemBlocked, j.barrier
		return item
	}
	if j.marker != nil && Compare(c.Version, j.baseline) <= 0 {
		j.cover(c.Migration)
		item.State, item.Reason = ItemPending, towpath.Why(towpath.ReasonWillBeRecorded)
		return item
	}
	if g, closed := j.gate(c.Path); closed {
		if g.newerToo {
			j.waitFor(c.Path, g.reason)
		}
		item.State, item.Reason = ItemBlocked, g.reason
		return item
	}
	if reason, skipped := j.skipped(c); skipped {
		item.State, item.Reason = ItemSkipped, reason
		return item
	}
	rule := Ruled{Checksum: c.Checksum, Engine: j.in.Engines[j.ID], Roles: j.in.Roles[j.ID]}
	if refusal := j.in.Refused[rule]; !refusal.IsZero() && c.Type != towpath.TypeBaseline {
		item.State, item.Reason = ItemUnusable, refusal
		j.waitFor(c.Path, refusal)
		return item
	}
	item.State, item.Reason = j.decide(c.Migration)
	if item.State == ItemMoved {
		item.Previous = j.texts[j.in.text(c.Checksum)]
	}
	if item.State != ItemRefused {
		j.schedule(item)
	}
	return item
}

// skipped reports whether a person has skipped this very text in this database, and why. What has
// no text that could be read is known by its path and by the commit that brought it.
func (j *judge) skipped(c claim) (reason towpath.Reason, ok bool) {
	for _, t := range j.in.Skipped {
		same := j.in.text(t.Checksum) == j.in.text(c.Checksum)
		if c.Checksum == "" {
			same = t.Checksum == "" && t.Path == c.Path && (c.commit == "" || c.commit == t.Commit)
		}
		if same && t.DatabaseID == j.ID && t.MigrationID == c.MigrationID {
			return t.Reason, true
		}
	}
	return towpath.Reason{}, false
}

// decide says whether a file that the database lacks may run by itself.
func (j *judge) decide(m towpath.Migration) (ItemState, towpath.Reason) {
	late := j.newest != "" && Compare(m.Version, j.newest) < 0
	moved := j.texts[j.in.text(m.Checksum)]
	switch {
	case late && j.in.Late == towpath.LateRefuse:
		return ItemRefused, towpath.Why(towpath.ReasonLateRefused, "version", j.newest)
	case moved != nil:
		return ItemMoved, towpath.Why(towpath.ReasonMoved, "version", moved.Version, "path", moved.Path)
	case j.Ledger.Populated && len(j.ledger) == 0 && !j.chosen:
		return ItemHeld, towpath.Why(towpath.ReasonPopulated)
	case j.foreign && Compare(m.Version, j.baseline) <= 0:
		return ItemHeld, towpath.Why(towpath.ReasonForeignBaseline, "version", j.baseline)
	case late && j.in.Late != towpath.LateApply:
		return ItemHeld, towpath.Why(towpath.ReasonLateHeld, "version", j.newest)
	}
	return ItemPending, towpath.Reason{}
}

// bar keeps the first reason why nothing further may run here.
func (j *judge) bar(reason towpath.Reason) {
	if j.barrier.IsZero() {
		j.barrier = reason
	}
}

// waitFor keeps what follows a file waiting for it.
func (j *judge) waitFor(path string, cause towpath.Reason) {
	j.bar(towpath.Why(towpath.ReasonWaitsForFile, "path", path).From(cause))
}

// gate returns the first reason why a file may not enter this stage.
func (j *judge) gate(path string) (gate, bool) {
	var worst gate
	closed := false
	for _, g := range j.gates[path] {
		if g.position < j.position && (!closed || g.newerToo && !worst.newerToo) {
			worst, closed = g, true
		}
	}
	return worst, closed
}

// rivals names the other files that claim to be the same migration.
func (j *judge) rivals(c claim) towpath.Reason {
	var names []string
	self := false
	for _, other := range j.claimed[c.MigrationID] {
		if other.own && other.Path == c.Path && !self {
			self = true
			continue
		}
		name := other.Path
		if !other.own {
			name += " of another repository link"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return towpath.Reason{}
	}
	slices.Sort(names)
	return towpath.Why(towpath.ReasonConflict, "version", c.Version, "type", string(c.Type), "files",
		list(names))
}

func (j *judge) compareWith(entry towpath.LedgerEntry, item Item) Item {
	item.Previous = &entry
	switch {
	case entry.Checksum != "" &&
		j.in.text(entry.Checksum) != j.in.text(item.Checksum): // one without a text has a version alone
		item.State, item.Reason = ItemEdited, towpath.Why(towpath.ReasonEdited)
	case entry.Path != "" && entry.Path != item.Path:
		item.State, item.Reason = ItemRenamed, towpath.Why(towpath.ReasonRenamed, "path", entry.Path)
	case entry.State == towpath.LedgerBaselined:
		item.State = ItemBaselined
	default:
		item.State = ItemApplied
	}
	return item
}

func (j *judge) missing(e *towpath.LedgerEntry) Item {
	m := towpath.Migration{
		MigrationID: e.MigrationID,
		Label:       e.Version,
		Description: e.Description,
		Path:        e.Path,
		Checksum:    e.Checksum,
	}
	item := Item{Migration: named(m, j.target), State: ItemMissing, Previous: e}
	item.Reason = towpath.Why(towpath.ReasonMissing)
	if !e.State.Applied() {
		item.Reason = towpath.Why(towpath.ReasonMissingHalfway)
	}
	return item
}
