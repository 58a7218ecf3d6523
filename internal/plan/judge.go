package plan

import (
	"cmp"
	"fmt"
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
	barrier string                          // why nothing further may run here

	baseline string        // chosen for this database when the link was made; "" for none
	chosen   bool          // whether one was, none included
	marker   *towpath.Task // records the choice made when the link was made; nil when there is nothing to record
	foreign  bool          // what is recorded is the same choice of another link
	tasks    []towpath.Task
}

func newJudge(b *builder, t target, waiting string) *judge {
	j := &judge{
		builder: b, target: t,
		claimed: map[towpath.MigrationID][]claim{},
		ledger:  map[towpath.MigrationID]*towpath.LedgerEntry{},
		texts:   map[string]*towpath.LedgerEntry{},
	}
	if waiting != "" {
		j.barrier = "waits for " + waiting
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
	slices.SortFunc(entries, func(x, y towpath.LedgerEntry) int { return compareID(x.MigrationID, y.MigrationID) })
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
			j.stopped = append(j.stopped, j.target.String()+": "+reason)
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
		j.add(j.vanished(e))
	}
	j.finishTasks()
}

// unusable tells why nothing can be said of this database; state is "" when something can.
func (j *judge) unusable() (state ItemState, reason string) {
	switch {
	case j.MissingAt != nil:
		return ItemUnreachable, "the database was not found when its instance was last looked through; bring it back, or take it out of the project"
	case j.Ledger.Error != "":
		return ItemUnreachable, "its ledger cannot be read: " + j.Ledger.Error
	case j.Ledger.Trouble == towpath.LedgerTampered:
		return ItemTampered, "its ledger was changed by other hands: " + j.Ledger.Differs + "; nothing runs there until somebody has looked at it and accepts it"
	case j.Ledger.Trouble != "":
		return ItemRestored, "its ledger is not as it was: " + j.Ledger.Differs + "; nothing runs there until somebody has looked at it and accepts it"
	case j.Ledger.At == nil:
		return ItemUnreachable, "its ledger has not been read yet"
	}
	for _, e := range j.ledger {
		if e.DatabaseID != "" && e.DatabaseID != j.ID {
			return ItemCloned, "its ledger was written for another database, so it looks like a copy; confirm that it is a database of its own before anything runs"
		}
	}
	return "", ""
}

// add completes an item and remembers when it keeps its file out of later stages.
func (j *judge) add(item Item) {
	item.DatabaseID, item.EnvironmentID = j.ID, j.EnvironmentID
	j.plan.Items = append(j.plan.Items, item)
	if item.Path == "" || item.State == ItemVanished {
		return
	}
	switch item.State {
	case ItemConflict, ItemBlocked, ItemEdited, ItemUnusable, ItemUnreachable, ItemCloned, ItemTampered, ItemRestored, ItemRefused:
		reason := fmt.Sprintf("has not passed %s: %s", j.target, item.Reason)
		j.gates[item.Path] = append(j.gates[item.Path], gate{j.position, reason, item.State != ItemRefused})
	}
}

// file tells how one file stands, and makes the task for it.
func (j *judge) file(c claim) Item {
	item := Item{Migration: c.Migration}
	if rivals := j.rivals(c); rivals != "" {
		item.State, item.Reason = ItemConflict, rivals
		j.bar(fmt.Sprintf("waits for `%s`, which is in conflict: %s", c.Path, rivals))
		return item
	}
	entry := j.ledger[c.MigrationID]
	applied := entry != nil && entry.State.Applied()
	if reason, skipped := j.skipped(c); skipped && c.unusable != "" && !applied {
		item.State, item.Reason = ItemSkipped, reason
		return item
	}
	if c.unusable != "" {
		item.State, item.Reason = ItemUnusable, c.unusable
		if !applied {
			j.bar(fmt.Sprintf("waits for `%s`, which %s", c.Path, c.unusable))
		}
		return item
	}
	if applied {
		return j.compareWith(*entry, item)
	}
	if j.barrier != "" {
		item.State, item.Reason = ItemBlocked, j.barrier
		return item
	}
	if j.marker != nil && Compare(c.Version, j.baseline) <= 0 {
		j.cover(c.Migration)
		item.State, item.Reason = ItemPending, "will be recorded as applied, not run"
		return item
	}
	if g, closed := j.gate(c.Path); closed {
		if g.newerToo {
			j.bar(fmt.Sprintf("waits for `%s`, which %s", c.Path, g.reason))
		}
		item.State, item.Reason = ItemBlocked, g.reason
		return item
	}
	if reason, skipped := j.skipped(c); skipped {
		item.State, item.Reason = ItemSkipped, reason
		return item
	}
	if refusal := j.in.Refused[Ruled{Checksum: c.Checksum, Engine: j.in.Engines[j.ID], Roles: j.in.Roles[j.ID]}]; refusal != "" && c.Type != towpath.TypeBaseline {
		item.State, item.Reason = ItemUnusable, refusal
		j.bar(fmt.Sprintf("waits for `%s`, which %s", c.Path, refusal))
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

// skipped tells whether a person has skipped this very text in this database, and why. What has no
// text that could be read is known by its path and by the commit that brought it.
func (j *judge) skipped(c claim) (reason string, ok bool) {
	for _, t := range j.in.Skipped {
		same := j.in.text(t.Checksum) == j.in.text(c.Checksum)
		if c.Checksum == "" {
			same = t.Checksum == "" && t.Path == c.Path && (c.commit == "" || c.commit == t.Commit)
		}
		if same && t.DatabaseID == j.ID && t.MigrationID == c.MigrationID {
			return t.Reason, true
		}
	}
	return "", false
}

// decide tells whether a file that the database lacks may run by itself.
func (j *judge) decide(m towpath.Migration) (ItemState, string) {
	late := j.newest != "" && Compare(m.Version, j.newest) < 0
	moved := j.texts[j.in.text(m.Checksum)]
	switch {
	case late && j.in.Late == towpath.LateRefuse:
		return ItemRefused, fmt.Sprintf("is older than version %s, which the database has, and this link refuses late files; give it a newer version", j.newest)
	case moved != nil:
		return ItemMoved, fmt.Sprintf("has the same text as version %s (`%s`), which the database has and whose file is gone: it would run twice; skip it, or release it to run it again", moved.Version, moved.Path)
	case j.Ledger.Populated && len(j.ledger) == 0 && !j.chosen:
		return ItemHeld, "the database has tables but no ledger: nobody knows which files it has already; release what is to run, skip the rest"
	case j.foreign && Compare(m.Version, j.baseline) <= 0:
		return ItemHeld, fmt.Sprintf("is within the baseline %s of this link, but another link recorded that baseline first; skip it, or release it to run it", j.baseline)
	case late && j.in.Late != towpath.LateApply:
		return ItemHeld, fmt.Sprintf("is older than version %s, which the database has; release it to run it now, or skip it", j.newest)
	}
	return ItemPending, ""
}

func (j *judge) bar(reason string) {
	if j.barrier == "" {
		j.barrier = reason
	}
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
func (j *judge) rivals(c claim) string {
	var names []string
	self := false
	for _, other := range j.claimed[c.MigrationID] {
		if other.own && other.Path == c.Path && !self {
			self = true
			continue
		}
		name := "`" + other.Path + "`"
		if !other.own {
			name += " of another repository link"
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf("version %s (%s) is also claimed by %s; give one of them another version", c.Version, c.Type, list(names))
}

func (j *judge) compareWith(entry towpath.LedgerEntry, item Item) Item {
	item.Previous = &entry
	switch {
	case entry.Checksum != "" && j.in.text(entry.Checksum) != j.in.text(item.Checksum): // one without a text has a version alone
		item.State = ItemEdited
		item.Reason = "was edited after the database got it; revert the file and write a new migration, or accept the new text as what the database has"
	case entry.Path != "" && entry.Path != item.Path:
		item.State, item.Reason = ItemRenamed, fmt.Sprintf("the database got it as `%s`", entry.Path)
	case entry.State == towpath.LedgerBaselined:
		item.State = ItemBaselined
	default:
		item.State = ItemApplied
	}
	return item
}

func (j *judge) vanished(e *towpath.LedgerEntry) Item {
	m := towpath.Migration{MigrationID: e.MigrationID, Label: e.Version, Description: e.Description, Path: e.Path, Checksum: e.Checksum}
	item := Item{Migration: named(m, j.target), State: ItemVanished, Previous: e}
	item.Reason = "the database has it, and its file is gone from the repository; restore the file"
	if !e.State.Applied() {
		item.Reason = "it was begun in the database and not finished, and its file is gone from the repository; restore the file"
	}
	return item
}
