package seal

import (
	"maps"

	"towpath"
)

// headText describes the head to people who read the table.
const headText = "sums up this table, so that a row that is gone or put back is missed"

// headID returns the identity of the head.
func headID() towpath.MigrationID { return towpath.MigrationID{Type: towpath.TypeHead} }

// Book seals the writes of the holder of a ledger's lease and keeps the sum of its rows. It is not
// safe for concurrent use.
type Book struct {
	maker      *maker
	databaseID string
	last       int64 // number of the newest write
	seal       string
	parts      map[towpath.MigrationID]sum
	total      sum
	format     int // of the row that needs the newest one
}

// NewBook returns the book of a ledger without rows. Its number of writes continues after the given
// one.
func (k *Keys) NewBook(databaseID string, after int64) *Book {
	return &Book{
		maker:      k.list[0].maker(),
		databaseID: databaseID,
		last:       after,
		parts:      map[towpath.MigrationID]sum{},
	}
}

// Number returns the number of writes so far.
func (b *Book) Number() int64 { return b.last }

// Seal returns the seal of the last written head; "" for none.
func (b *Book) Seal() string { return b.seal }

// Has reports whether the ledger has a row with this identity, by what was read and written.
func (b *Book) Has(id towpath.MigrationID) bool {
	_, known := b.parts[id]
	return known
}

// Write seals rows that are about to be written, and adds the head if one of them is a migration.
// The caller calls written after a successful write, to add the rows to the sum.
func (b *Book) Write(entries ...towpath.LedgerEntry) (sealed []towpath.LedgerEntry, written func()) {
	return b.write(entries, false)
}

// Whole is Write for all rows of a ledger. It adds the head even without migrations.
func (b *Book) Whole(entries ...towpath.LedgerEntry) (sealed []towpath.LedgerEntry, written func()) {
	return b.write(entries, true)
}

func (b *Book) write(
	entries []towpath.LedgerEntry, whole bool,
) (sealed []towpath.LedgerEntry, written func()) {
	next, last, format := b.total, b.last, b.format
	parts := map[towpath.MigrationID]sum{}
	head := towpath.LedgerEntry{
		MigrationID:    headID(),
		State:          towpath.LedgerDone,
		Description:    headText,
		StatementsDone: int(b.last),
	}
	for _, e := range entries {
		if e.Number = 0; e.Type != towpath.TypeLease {
			last++
			e.Number = last
		}
		e.Seal = b.maker.seal(e)
		sealed = append(sealed, e)
		head.Epoch, head.ServerID, head.DatabaseID, head.StartedAt = max(head.Epoch,
			e.Epoch), e.ServerID, e.DatabaseID, e.StartedAt
		if e.Type == towpath.TypeLease {
			continue
		}
		before, again := parts[e.MigrationID]
		if !again {
			before = b.parts[e.MigrationID]
		}
		format = max(format, e.Format())
		part := b.maker.part(e.Seal)
		parts[e.MigrationID] = part
		next = next.minus(before).plus(part)
	}
	switch {
	case last == b.last && whole:
		last++
	case last == b.last:
		return sealed, func() {}
	}
	head.Number = last
	head.Intent = towpath.FormatIntent(format)
	head.StatementsTotal = b.count(parts)
	head.Checksum = b.maker.total(next)
	head.Seal = b.maker.seal(head)
	return append(sealed, head), func() {
		maps.Copy(b.parts, parts)
		b.total = next
		b.format = format
		b.last = last
		b.seal = head.Seal
	}
}

// count returns the number of rows, including more.
func (b *Book) count(more map[towpath.MigrationID]sum) int {
	n := len(b.parts)
	for id := range more {
		if _, known := b.parts[id]; !known {
			n++
		}
	}
	return n
}
