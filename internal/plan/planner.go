package plan

import (
	"cmp"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/schema"
)

// planner plans one database: it compares the files for the database with its ledger.
type planner struct {
	*builder
	target
	claims  []claim // of this link, in the order in which they run
	claimed map[towpath.MigrationID][]claim
	ledger  map[towpath.MigrationID]*towpath.LedgerEntry
	newest  string                 // version of the newest applied entry
	gone    []*towpath.LedgerEntry // entries without a file
	// repeatable migrations: their rows by the identity of the file, and by path the files that need
	// each other
	repeated map[towpath.MigrationID]applications
	circles  map[string][]string
	texts    map[string]*towpath.LedgerEntry              // entries without a file, by their text
	halves   map[towpath.MigrationID]*towpath.LedgerEntry // undos that stopped halfway, by what they undo
	blocked  towpath.Reason                               // why no further file may run here

	baseline string // chosen for this database when the link was created; "" for none
	chosen   bool   // whether a baseline was chosen, even if it is ""
	// the task that records the chosen baseline; nil when there is nothing to record
	marker  *towpath.Task
	foreign bool // another link has recorded the same baseline
	tasks   []towpath.Task
}

func newPlanner(b *builder, t target, waiting towpath.Reason) *planner {
	p := &planner{
		builder: b, target: t,
		claimed: map[towpath.MigrationID][]claim{},
		ledger:  map[towpath.MigrationID]*towpath.LedgerEntry{},
		texts:   map[string]*towpath.LedgerEntry{},
		halves:  map[towpath.MigrationID]*towpath.LedgerEntry{},
		blocked: waiting,
	}
	claims := slices.SortedFunc(slices.Values(b.claims[t.ID]), func(x, y claim) int {
		return cmp.Or(compareID(x.MigrationID, y.MigrationID), strings.Compare(x.Path, y.Path))
	})
	for _, c := range claims {
		p.claimed[c.MigrationID] = append(p.claimed[c.MigrationID], c)
		if c.own {
			p.claims = append(p.claims, c)
		}
	}
	p.claims, p.circles = order(p.claims, func(c claim) schema.Names {
		return p.in.Names[NamedText{c.Checksum, p.in.Engines[p.ID]}]
	})
	p.baseline, p.chosen = p.chosenBaseline()
	p.readLedger()
	return p
}

func (p *planner) readLedger() {
	entries := slices.Clone(p.Ledger.Entries)
	slices.SortFunc(entries,
		func(x, y towpath.LedgerEntry) int { return compareID(x.MigrationID, y.MigrationID) })
	p.repeated = readApplications(entries)
	for i := range entries {
		e := &entries[i]
		p.ledger[e.MigrationID] = e
		p.readUndo(e)
		if e.Type == towpath.TypeUndo || e.State == towpath.LedgerUndone {
			continue // the database does not have it
		}
		if e.Type == towpath.TypeRepeatable {
			if a := p.repeated[e.File()]; len(p.claimed[e.File()]) == 0 && e == a.newest() {
				p.gone = append(p.gone, e)
			}
			continue
		}
		if e.State.Applied() && Compare(e.Version, p.newest) > 0 {
			p.newest = e.Version
		}
		if len(p.claimed[e.MigrationID]) == 0 && e.Type != towpath.TypeBaseline {
			p.gone = append(p.gone, e)
			if text := p.in.text(e.Checksum); p.texts[text] == nil && text != "" {
				p.texts[text] = e
			}
		}
	}
}

func (p *planner) run() {
	if state, reason := p.unusable(); state != "" {
		p.markUndecided(p.target)
		if len(p.claims) > 0 {
			p.stopped = append(p.stopped, p.why(towpath.ReasonDatabaseStopped, reason))
		}
		for _, c := range p.claims {
			p.add(Item{Migration: c.Migration, State: state, Reason: reason})
		}
		return
	}
	p.prepareMarker()
	p.blockHalves()
	for _, c := range p.claims {
		p.add(p.again(p.file(c)))
	}
	for _, e := range p.gone {
		p.add(p.missing(e))
	}
	p.finishTasks()
}

// unusable returns why the database cannot be planned; state is "" when it can.
func (p *planner) unusable() (state ItemState, reason towpath.Reason) {
	switch {
	case p.MissingAt != nil:
		return ItemUnreachable, towpath.Why(towpath.ReasonDatabaseMissing)
	case !p.Ledger.Error.IsZero():
		return ItemUnreachable, towpath.Why(towpath.ReasonLedgerUnreadable).From(p.Ledger.Error)
	case p.Ledger.Trouble == towpath.LedgerTampered:
		return ItemTampered, towpath.Why(towpath.ReasonLedgerTampered).From(p.Ledger.Differs...)
	case p.Ledger.Trouble != "":
		return ItemRestored, towpath.Why(towpath.ReasonLedgerRestored).From(p.Ledger.Differs...)
	case p.Ledger.At == nil:
		return ItemUnreachable, towpath.Why(towpath.ReasonLedgerUnread)
	}
	for _, e := range p.ledger {
		if e.DatabaseID != "" && e.DatabaseID != p.ID {
			return ItemForeignLedger, towpath.Why(towpath.ReasonForeignLedger)
		}
	}
	return "", towpath.Reason{}
}

// add completes an item, and adds a gate when its file must not enter later stages.
func (p *planner) add(item Item) {
	item.DatabaseID, item.EnvironmentID = p.ID, p.EnvironmentID
	p.plan.Items = append(p.plan.Items, item)
	if item.Path == "" || item.State == ItemMissing {
		return
	}
	switch item.State {
	case ItemConflict, ItemBlocked, ItemEdited, ItemUnusable, ItemUnreachable, ItemForeignLedger,
		ItemTampered, ItemRestored, ItemRefused:
		reason := p.why(towpath.ReasonNotPassed, item.Reason)
		p.gates[item.Path] = append(p.gates[item.Path],
			gate{position: p.position, reason: reason, newerToo: item.State != ItemRefused})
	}
}

// file returns the state of one file, and adds the task for it.
func (p *planner) file(c claim) Item {
	item := Item{Migration: c.Migration}
	if conflicts := p.conflicts(c); !conflicts.IsZero() {
		item.State, item.Reason = ItemConflict, conflicts
		p.waitFor(c.Path, conflicts)
		return item
	}
	c = p.apply(c)
	item.Migration = c.Migration
	entry := p.ledger[c.MigrationID]
	applied := entry != nil && entry.State.Applied()
	if reason, skipped := p.skipped(c); skipped && !c.unusable.IsZero() && !applied {
		item.State, item.Reason = ItemSkipped, reason
		return item
	}
	if !c.unusable.IsZero() {
		item.State, item.Reason = ItemUnusable, c.unusable
		if !applied {
			p.waitFor(c.Path, c.unusable)
		}
		return item
	}
	if applied {
		return p.half(p.compareWith(*entry, item))
	}
	if !p.blocked.IsZero() {
		item.State, item.Reason = ItemBlocked, p.blocked
		return item
	}
	if p.marker != nil && Compare(c.Version, p.baseline) <= 0 {
		p.cover(c.Migration)
		item.State, item.Reason = ItemPending, towpath.Why(towpath.ReasonWillBeRecorded)
		return item
	}
	if g, closed := p.gate(c.Path); closed {
		if g.newerToo {
			p.waitFor(c.Path, g.reason)
		}
		item.State, item.Reason = ItemBlocked, g.reason
		return item
	}
	if reason, skipped := p.skipped(c); skipped {
		item.State, item.Reason = ItemSkipped, reason
		return item
	}
	refusal := p.in.Refused[p.in.Ruled(c.Checksum, p.ID)]
	if !refusal.IsZero() && c.Type != towpath.TypeBaseline {
		item.State, item.Reason = ItemUnusable, refusal
		p.waitFor(c.Path, refusal)
		return item
	}
	item.State, item.Reason = p.decide(c.Migration)
	if item.State == ItemMoved {
		item.Previous = p.texts[p.in.text(c.Checksum)]
	}
	if item.State != ItemRefused {
		p.schedule(item)
	}
	if item.Reason.Code == towpath.ReasonUndone {
		p.waitFor(c.Path, item.Reason)
	}
	return item
}

// skipped reports whether a person has skipped this text in this database, and why. A file whose
// text cannot be read is identified by its path and the commit that changed it.
func (p *planner) skipped(c claim) (reason towpath.Reason, ok bool) {
	for _, t := range p.in.Skipped {
		same := p.in.text(t.Checksum) == p.in.text(c.Checksum)
		if c.Checksum == "" {
			same = t.Checksum == "" && t.Path == c.Path && (c.commit == "" || c.commit == t.Commit)
		}
		if same && t.DatabaseID == p.ID && t.MigrationID == c.MigrationID {
			return t.Reason, true
		}
	}
	return towpath.Reason{}, false
}

// decide returns the state of a file that the database does not have: whether it may run without a
// person.
func (p *planner) decide(m towpath.Migration) (ItemState, towpath.Reason) {
	late := p.newest != "" && Compare(m.Version, p.newest) < 0
	moved := p.texts[p.in.text(m.Checksum)]
	undone := p.ledger[m.MigrationID]
	switch {
	case undone != nil && undone.State == towpath.LedgerUndone &&
		p.in.text(undone.Checksum) == p.in.text(m.Checksum):
		return ItemHeld, towpath.Why(towpath.ReasonUndone)
	case late && p.in.Late == towpath.LateRefuse:
		return ItemRefused, towpath.Why(towpath.ReasonLateRefused, "version", p.newest)
	case moved != nil && m.Type != towpath.TypeRepeatable:
		return ItemMoved, towpath.Why(towpath.ReasonMoved, "version", moved.Version, "path", moved.Path)
	case p.Ledger.Populated && len(p.ledger) == 0 && !p.chosen:
		return ItemHeld, towpath.Why(towpath.ReasonPopulated)
	case p.foreign && Compare(m.Version, p.baseline) <= 0:
		return ItemHeld, towpath.Why(towpath.ReasonForeignBaseline, "version", p.baseline)
	case late && p.in.Late != towpath.LateApply:
		return ItemHeld, towpath.Why(towpath.ReasonLateHeld, "version", p.newest)
	case p.asks.Holds():
		return ItemHeld, p.asks.HeldReason(p.environment)
	}
	return ItemPending, towpath.Reason{}
}

// block sets the reason why no further file may run here, unless there is one already.
func (p *planner) block(reason towpath.Reason) {
	if p.blocked.IsZero() {
		p.blocked = reason
	}
}

// waitFor makes the following files wait for one.
func (p *planner) waitFor(path string, cause towpath.Reason) {
	p.block(towpath.Why(towpath.ReasonWaitsForFile, "path", path).From(cause))
}

// gate returns the gate that keeps a file out of this stage. Gates for newer files come first.
func (p *planner) gate(path string) (gate, bool) {
	var worst gate
	closed := false
	for _, g := range p.gates[path] {
		if g.position < p.position && (!closed || (g.newerToo && !worst.newerToo)) {
			worst, closed = g, true
		}
	}
	return worst, closed
}

// conflicts returns a reason that names other files of the same migration; zero when there are
// none.
func (p *planner) conflicts(c claim) towpath.Reason {
	var others []towpath.Reason
	self := false
	for _, other := range p.claimed[c.MigrationID] {
		if other.own && other.Path == c.Path && !self {
			self = true
			continue
		}
		code := towpath.ReasonClaimedBy
		if !other.own {
			code = towpath.ReasonClaimedElsewhere
		}
		others = append(others, towpath.Why(code, "path", other.Path))
	}
	if len(others) == 0 {
		return towpath.Reason{}
	}
	slices.SortFunc(others, func(a, b towpath.Reason) int {
		return cmp.Compare(a.Params["path"], b.Params["path"])
	})
	if c.Type == towpath.TypeRepeatable {
		return towpath.Why(towpath.ReasonSameName, "name", c.Description).From(others...)
	}
	return towpath.Why(towpath.ReasonConflict, "version", c.Version, "type", string(c.Type)).From(others...)
}

func (p *planner) compareWith(entry towpath.LedgerEntry, item Item) Item {
	item.Previous = &entry
	switch {
	case entry.Checksum != "" && // an entry without a text has only a version
		p.in.text(entry.Checksum) != p.in.text(item.Checksum):
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

func (p *planner) missing(e *towpath.LedgerEntry) Item {
	m := towpath.Migration{
		MigrationID: e.MigrationID,
		Label:       e.Label(),
		Description: e.Description,
		Path:        e.Path,
		Checksum:    e.Checksum,
		Engine:      p.in.Engines[p.ID],
	}
	item := Item{Migration: named(m, p.target), State: ItemMissing, Previous: e}
	item.Reason = towpath.Why(towpath.ReasonMissing)
	switch {
	case !e.State.Applied():
		item.Reason = towpath.Why(towpath.ReasonMissingHalfway)
	case p.halves[e.MigrationID] != nil:
		item.Reason = halfUndone(e.MigrationID, p.halves[e.MigrationID])
	case e.Type == towpath.TypeRepeatable:
		item.Reason = towpath.Why(towpath.ReasonRepeatableGone)
	}
	return item
}
