package seal

import (
	"slices"
	"strconv"

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
	Differs []towpath.Reason      // the differences, with a Trouble
	Reseal  bool                  // it is not sealed yet, or with an earlier key
	Number  int64                 // of the newest write
	Seal    string                // of the head
	Book    *Book                 // for further writes; nil with a Trouble or Reseal
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
		r.Differs = []towpath.Reason{unknownKey(keyOf(l.Head.Seal))}
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

func unknownKey(id string) towpath.Reason {
	if id == "" {
		return towpath.Why(towpath.ReasonHeadUnsealed)
	}
	return towpath.Why(towpath.ReasonSealUnknown, "key", id)
}

// withoutHead checks a ledger that was never sealed or whose head was removed. A lease without
// other rows is normal, since a takeover writes it first.
func (k *Keys) withoutHead(l towpath.Ledger, databaseID string, known Known) Reading {
	tampered := func(code towpath.ReasonCode) Reading {
		return Reading{Trouble: towpath.LedgerTampered, Differs: []towpath.Reason{towpath.Why(code)}}
	}
	sealed := slices.ContainsFunc(l.Entries, func(e towpath.LedgerEntry) bool { return e.Seal != "" })
	switch {
	case len(l.Entries) == 0 && known.Number > 0:
		return Reading{
			Trouble: towpath.LedgerRestored,
			Differs: []towpath.Reason{towpath.Why(towpath.ReasonLedgerGone)},
		}
	case sealed:
		return tampered(towpath.ReasonHeadGone)
	case known.Number > 0:
		return tampered(towpath.ReasonSealsGone)
	case len(l.Entries) > 0:
		return Reading{Reseal: true}
	case l.Lease != nil && l.Lease.Seal != "" && l.Lease.DatabaseID == databaseID &&
		k.sealOf(*l.Lease) != l.Lease.Seal:
		return tampered(towpath.ReasonLeaseChanged)
	}
	return Reading{Book: k.NewBook(databaseID, 0)}
}

// lease checks the lease of a ledger that has a head.
func (k *Keys) lease(l towpath.Ledger) []towpath.Reason {
	switch {
	case l.Lease == nil:
		return []towpath.Reason{towpath.Why(towpath.ReasonLeaseGone)}
	case l.Lease.Seal == "" || k.sealOf(*l.Lease) != l.Lease.Seal:
		return []towpath.Reason{towpath.Why(towpath.ReasonLeaseChanged)}
	case l.Lease.Epoch < l.Head.Epoch:
		return []towpath.Reason{towpath.Why(towpath.ReasonLeaseOlder)}
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
func (b *Book) differences(l towpath.Ledger, known []towpath.LedgerEntry) (found []towpath.Reason) {
	if b.maker.seal(*l.Head) != l.Head.Seal {
		found = append(found, towpath.Why(towpath.ReasonHeadChanged))
	}
	numbers := map[int64]bool{}
	for _, e := range l.Entries {
		if code := b.rowTrouble(e, numbers); code != "" {
			found = append(found, about(code, e))
		}
		numbers[e.Number] = true
		b.format = max(b.format, e.Format())
		part := b.maker.part(e.Seal)
		b.parts[e.MigrationID], b.total = part, b.total.plus(part)
	}
	if len(found) == 0 &&
		(l.Head.StatementsTotal != len(l.Entries) || b.maker.total(b.total) != l.Head.Checksum) {
		found = b.missing(l, known)
	}
	return found
}

// rowTrouble compares one row with its seal; "" when it fits. numbers are those of earlier rows.
func (b *Book) rowTrouble(e towpath.LedgerEntry, numbers map[int64]bool) towpath.ReasonCode {
	switch {
	case e.Seal == "":
		return towpath.ReasonRowUnsealed
	case b.maker.seal(e) != e.Seal:
		return towpath.ReasonRowChanged
	case e.DatabaseID != b.databaseID:
		return towpath.ReasonRowForeign
	case e.Number < 1, e.Number > b.last, numbers[e.Number]:
		return towpath.ReasonRowMisplaced
	}
	return ""
}

// missing lists the known rows that the sum includes and the ledger lacks.
func (b *Book) missing(l towpath.Ledger, known []towpath.LedgerEntry) (found []towpath.Reason) {
	now := make(map[towpath.MigrationID]towpath.LedgerEntry, len(l.Entries))
	for _, e := range l.Entries {
		now[e.MigrationID] = e
	}
	for _, e := range known {
		switch row, there := now[e.MigrationID]; {
		case !there:
			found = append(found, about(towpath.ReasonRowGone, e))
		case row.State != e.State || row.Checksum != e.Checksum || row.Epoch < e.Epoch:
			found = append(found, about(towpath.ReasonRowOlder, e))
		}
	}
	if len(found) == 0 {
		found = append(found, towpath.Why(towpath.ReasonRowsMissing,
			"have", strconv.Itoa(len(l.Entries)), "want", strconv.Itoa(l.Head.StatementsTotal)))
	}
	return found
}

// earlier detects a genuine ledger that is older than its known state.
func earlier(r Reading, known Known) (towpath.LedgerTrouble, []towpath.Reason) {
	switch {
	case r.Number < known.Number:
		return towpath.LedgerRestored, []towpath.Reason{
			towpath.Why(towpath.ReasonWritesLost, "n", strconv.FormatInt(known.Number-r.Number, 10)),
		}
	case r.Number == known.Number && known.Seal != "" && r.Seal != known.Seal:
		return towpath.LedgerRestored, []towpath.Reason{towpath.Why(towpath.ReasonLedgerForked)}
	}
	return "", nil
}

// about is a difference of one row.
func about(code towpath.ReasonCode, e towpath.LedgerEntry) towpath.Reason {
	return towpath.Reason{
		Code:   code,
		Params: map[string]string{"version": e.Version, "type": string(e.Type)},
	}
}
