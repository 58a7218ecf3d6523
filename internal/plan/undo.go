package plan

import (
	"strconv"

	"towpath"
)

// UndoInput is what decides whether the newest version of a database may be undone.
type UndoInput struct {
	Environments []towpath.Environment
	Databases    []towpath.Database // the project's, with their ledgers
	DatabaseID   string
	Open         []towpath.Task // of those databases
}

// Undoable is the row that may be undone in a database.
type Undoable struct {
	Entry   towpath.LedgerEntry // zero when the ledger has no version
	As      towpath.MigrationID // of the row that records it
	Begun   towpath.LedgerEntry // that row, when an undo stopped halfway; zero for none
	Refused towpath.Reason      // why it may not be undone now; zero when it may
}

// Undo says which version may be undone in a database: the newest one that it has, when no database of
// a later environment has it.
func Undo(in UndoInput) (found Undoable) {
	positions := map[string]towpath.Environment{}
	for _, e := range in.Environments {
		positions[e.ID] = e
	}
	var d towpath.Database
	for _, one := range in.Databases {
		if one.ID == in.DatabaseID {
			d = one
		}
	}
	found.Entry, found.As = newestOf(d)
	e := found.Entry
	for _, one := range d.Ledger.Entries {
		if one.MigrationID == found.As && undoBegun(one) {
			found.Begun = one
		}
	}
	switch {
	case d.MissingAt != nil, !reliable(d):
		found.Refused = towpath.Why(towpath.ReasonUndoLedger)
	case e.Version == "" || e.Type == towpath.TypeBaseline:
		found.Refused = towpath.Why(towpath.ReasonUndoNothing)
	case e.State == towpath.LedgerBaselined:
		found.Refused = towpath.Why(towpath.ReasonUndoRecorded, "version", e.Version)
	default:
		found.Refused = in.busy(d, found.As)
	}
	for _, later := range in.Databases {
		at := positions[later.EnvironmentID]
		if !found.Refused.IsZero() || at.Position <= positions[d.EnvironmentID].Position {
			continue
		}
		found.Refused = in.later(e, later, at.Name)
	}
	return found
}

// newestOf returns the newest applied version of a database, and the identity of its next undo. Of two
// types of one version, the one that began later is newer.
func newestOf(d towpath.Database) (newest towpath.LedgerEntry, as towpath.MigrationID) {
	n := 1
	for _, e := range d.Ledger.Entries {
		if !e.State.Applied() || !e.Type.Versioned() {
			continue
		}
		c := Compare(e.Version, newest.Version)
		if newest.Version == "" || c > 0 || c == 0 && e.StartedAt.After(newest.StartedAt) {
			newest = e
		}
	}
	for _, e := range d.Ledger.Entries {
		if of, times, ok := e.Undoes(); ok && of == newest.MigrationID && e.State.Applied() {
			n = max(n, times+1)
		}
	}
	return newest, newest.Undo(n)
}

// undoBegun reports whether a row is that of an undo which has done a part of its work, or may have.
func undoBegun(e towpath.LedgerEntry) bool {
	return e.Type == towpath.TypeUndo && !e.State.Applied() && halfway(&e)
}

// readUndo keeps the row of an undo that stopped halfway. Nothing newer may run before it is done.
func (p *planner) readUndo(e *towpath.LedgerEntry) {
	if of, _, ok := e.Undoes(); ok && undoBegun(*e) {
		p.halves[of] = e
	}
}

// blockHalves makes every file wait that the database does not have, while it has a part of a version.
func (p *planner) blockHalves() {
	for of, e := range p.halves {
		if row := p.ledger[of]; row != nil && row.State.Applied() {
			p.waitFor(row.Path, halfUndone(of, e))
		}
	}
}

// half says of a file which the database has that an undo took a part of it back. An edited one stays
// edited, since a person may accept a corrected way back.
func (p *planner) half(item Item) Item {
	if e := p.halves[item.MigrationID]; e != nil && item.State != ItemEdited {
		item.State, item.Reason = ItemBlocked, halfUndone(item.MigrationID, e)
	}
	return item
}

func halfUndone(of towpath.MigrationID, e *towpath.LedgerEntry) towpath.Reason {
	return towpath.Why(towpath.ReasonHalfUndone, "version", of.Version, "done", strconv.Itoa(e.StatementsDone),
		"total", strconv.Itoa(e.StatementsTotal))
}

// reliable reports whether a ledger was read and can be relied on.
func reliable(d towpath.Database) bool {
	l := d.Ledger
	if l.At == nil || !l.Error.IsZero() || l.Trouble != "" {
		return false
	}
	for _, e := range l.Entries {
		if e.DatabaseID != "" && e.DatabaseID != d.ID {
			return false
		}
	}
	return true
}

// busy says which task of the database must be decided about first.
func (in UndoInput) busy(d towpath.Database, as towpath.MigrationID) towpath.Reason {
	for _, t := range in.Open {
		stuck := t.State != towpath.TaskPending && t.State != towpath.TaskHeld
		if t.DatabaseID == d.ID && t.MigrationID != as && (stuck || t.Type == towpath.TypeUndo) {
			return towpath.Why(towpath.ReasonUndoBusy, "path", t.Path)
		}
	}
	return towpath.Reason{}
}

// later says why a database of a later environment is in the way.
func (in UndoInput) later(e towpath.LedgerEntry, d towpath.Database, environment string) towpath.Reason {
	for _, t := range in.Open {
		begun := t.State != towpath.TaskPending && t.State != towpath.TaskHeld
		if t.DatabaseID == d.ID && t.MigrationID == e.MigrationID && t.Path == e.Path && begun {
			return towpath.Why(towpath.ReasonUndoLaterBusy, "version", e.Version, "environment", environment,
				"database", d.Name)
		}
	}
	if d.MissingAt == nil && !reliable(d) {
		return towpath.Why(towpath.ReasonUndoUnread, "environment", environment, "database", d.Name)
	}
	for _, has := range d.Ledger.Entries {
		same := has.Path == e.Path || has.Checksum == e.Checksum
		if has.MigrationID == e.MigrationID && has.State != towpath.LedgerUndone && same {
			return towpath.Why(towpath.ReasonUndoLater, "version", e.Version, "environment", environment,
				"database", d.Name)
		}
	}
	return towpath.Reason{}
}
