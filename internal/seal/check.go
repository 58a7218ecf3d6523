package seal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"towpath"
)

// Known is the stored state of a ledger from before it was read; zero when there is none.
type Known struct {
	Number  int64
	Seal    string
	Entries []towpath.LedgerEntry
}

// Reading is the result of checking a ledger.
type Reading struct {
	Trouble towpath.LedgerTrouble // "" when the ledger matches what was written
	Differs []string              // the differences, with a Trouble
	Reseal  bool                  // it is not sealed yet, or with an earlier key
	Number  int64                 // of the newest write
	Seal    string                // of the head
	Book    *Book                 // for further writes; nil with a Trouble or Reseal
}

// maxDiffers bounds the reported differences.
const maxDiffers = 20

// Words joins the differences to one text.
func (r Reading) Words() string {
	if more := len(r.Differs) - maxDiffers; more > 0 {
		return strings.Join(r.Differs[:maxDiffers], "; ") + fmt.Sprintf("; and %d more", more)
	}
	return strings.Join(r.Differs, "; ")
}

// Check checks the seals of a ledger. A ledger that was written for another database is checked as
// that database's; the caller decides what to do with it.
func (k *Keys) Check(l towpath.Ledger, databaseID string, known Known) Reading {
	if len(l.Shape) > 0 {
		return Reading{Trouble: towpath.LedgerTampered, Differs: l.Shape}
	}
	if l.Head == nil {
		return k.withoutHead(l, databaseID, known)
	}
	foreign := l.Head.DatabaseID != databaseID
	var r Reading
	if !foreign {
		r.Number, r.Seal = l.Head.Number, l.Head.Seal
	}
	i := slices.IndexFunc(k.list, func(one key) bool { return one.id == keyOf(l.Head.Seal) })
	if i < 0 {
		if foreign {
			return r // probably another server's: a person decides whether to adopt it
		}
		r.Trouble = towpath.LedgerTampered
		r.Differs = []string{fmt.Sprintf("it was sealed with the key %s, which this server does not have",
			cmp.Or(keyOf(l.Head.Seal), "of nobody"))}
		return r
	}
	b := &Book{
		maker:      k.list[i].maker(),
		databaseID: l.Head.DatabaseID,
		last:       l.Head.Number,
		seal:       l.Head.Seal,
		parts:      make(map[towpath.MigrationID]sum, len(l.Entries)),
	}
	if r.Differs = append(k.lease(l), b.differences(l, known.Entries)...); len(r.Differs) > 0 {
		r.Trouble = towpath.LedgerTampered
		return r
	}
	if !foreign {
		r.Trouble, r.Differs = earlier(r, known)
	}
	if r.Trouble != "" {
		return r
	}
	if r.Reseal = i > 0; !r.Reseal {
		r.Book = b
	}
	return r
}

// withoutHead checks a ledger that was never sealed or whose head was removed. A lease without
// other rows is normal, since a takeover writes it first.
func (k *Keys) withoutHead(l towpath.Ledger, databaseID string, known Known) Reading {
	tampered := func(words string) Reading {
		return Reading{Trouble: towpath.LedgerTampered, Differs: []string{words}}
	}
	sealed := slices.ContainsFunc(l.Entries, func(e towpath.LedgerEntry) bool { return e.Seal != "" })
	switch {
	case len(l.Entries) == 0 && known.Number > 0:
		return Reading{Trouble: towpath.LedgerRestored, Differs: []string{
			"it is gone: the database was restored from a backup of before, it was made again, " +
				"or somebody has dropped the ledger",
		}}
	case sealed:
		return tampered("the row that sums it up is gone")
	case known.Number > 0:
		return tampered("it was sealed, and has no seals any more")
	case len(l.Entries) > 0:
		return Reading{Reseal: true}
	case l.Lease != nil && l.Lease.Seal != "" && l.Lease.DatabaseID == databaseID &&
		k.sealOf(*l.Lease) != l.Lease.Seal:
		return tampered("the row of the lease was changed")
	}
	return Reading{Book: k.NewBook(databaseID, 0)}
}

// lease checks the lease of a ledger that has a head.
func (k *Keys) lease(l towpath.Ledger) []string {
	switch {
	case l.Lease == nil:
		return []string{"the row of the lease is gone"}
	case l.Lease.Seal == "" || k.sealOf(*l.Lease) != l.Lease.Seal:
		return []string{"the row of the lease was changed"}
	case l.Lease.Epoch < l.Head.Epoch:
		return []string{"the row of the lease is an earlier one"}
	}
	return nil
}

// sealOf computes the seal of a row with the key that it names; "" when that key is not ours.
func (k *Keys) sealOf(e towpath.LedgerEntry) string {
	for _, one := range k.list {
		if one.id == keyOf(e.Seal) {
			return one.maker().seal(e)
		}
	}
	return ""
}

// differences compares all rows with their seals, and their sum with the head.
func (b *Book) differences(l towpath.Ledger, known []towpath.LedgerEntry) (found []string) {
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if b.maker.seal(*l.Head) != l.Head.Seal {
		add("the row that sums it up was changed")
	}
	numbers := map[int64]bool{}
	for _, e := range l.Entries {
		switch {
		case e.Seal == "":
			add("%s has no seal: an older program, or another hand, has written it", name(e))
		case b.maker.seal(e) != e.Seal:
			add("%s was changed", name(e))
		case e.DatabaseID != b.databaseID:
			add("%s was written for another database", name(e))
		case e.Number < 1, e.Number > b.last, numbers[e.Number]:
			add("%s is out of its place", name(e))
		}
		numbers[e.Number] = true
		part := b.maker.part(e.Seal)
		b.parts[e.MigrationID], b.total = part, b.total.plus(part)
	}
	if len(found) == 0 &&
		(l.Head.StatementsTotal != len(l.Entries) || b.maker.total(b.total) != l.Head.Checksum) {
		found = b.missing(l, known)
	}
	return found
}

// missing lists the known rows that the sum includes and the ledger lacks.
func (b *Book) missing(l towpath.Ledger, known []towpath.LedgerEntry) (found []string) {
	now := make(map[towpath.MigrationID]towpath.LedgerEntry, len(l.Entries))
	for _, e := range l.Entries {
		now[e.MigrationID] = e
	}
	for _, e := range known {
		switch row, there := now[e.MigrationID]; {
		case !there:
			found = append(found, name(e)+" is gone")
		case row.State != e.State || row.Checksum != e.Checksum || row.Epoch < e.Epoch:
			found = append(found, name(e)+" was put back to an earlier state")
		}
	}
	if len(found) == 0 {
		found = append(found,
			fmt.Sprintf("it has %d rows, of which some are missing, or were put back to an earlier state: "+
				"it was written with %d", len(l.Entries), l.Head.StatementsTotal))
	}
	return found
}

// earlier detects a genuine ledger that is older than its known state.
func earlier(r Reading, known Known) (towpath.LedgerTrouble, []string) {
	switch {
	case r.Number < known.Number:
		return towpath.LedgerRestored, []string{
			fmt.Sprintf("it is as it was %d writes ago: the database was restored from a backup, or "+
				"somebody has put the rows back",
				known.Number-r.Number),
		}
	case r.Number == known.Number && known.Seal != "" && r.Seal != known.Seal:
		return towpath.LedgerRestored, []string{"it went another way since it was seen last: the database " +
			"was restored from a backup and changed by another server"}
	}
	return "", nil
}

func name(e towpath.LedgerEntry) string { return fmt.Sprintf("version %s (%s)", e.Version, e.Type) }
