package seal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/seal"
	"towpath/internal/secret"
)

// keys are those of a key file with such first bytes of its keys.
func keys(t testing.TB, first ...byte) *seal.Keys {
	t.Helper()
	var file []byte
	for _, b := range first {
		file = append(file, append([]byte{b}, make([]byte, 31)...)...)
	}
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	k, err := secret.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return seal.NewKeys(k)
}

func row(version string, state towpath.LedgerState) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID:     towpath.MigrationID{Version: version, Type: towpath.TypeDDL},
		State:           state,
		Path:            version + ".sql",
		Checksum:        "c" + version,
		Epoch:           3,
		ServerID:        "server",
		DatabaseID:      "shop",
		StatementsTotal: 1,
		StartedAt:       time.UnixMicro(1e15).UTC(),
	}
}

// put is what a write does in a target.
func put(l *towpath.Ledger, rows ...towpath.LedgerEntry) {
	for _, e := range rows {
		switch e.Type {
		case towpath.TypeLease:
			l.Lease = &e
			continue
		case towpath.TypeHead:
			l.Head = &e
			continue
		}
		if i := slices.IndexFunc(l.Entries,
			func(x towpath.LedgerEntry) bool { return x.MigrationID == e.MigrationID }); i >= 0 {
			l.Entries[i] = e
			continue
		}
		l.Entries = append(l.Entries, e)
	}
}

func lease(epoch int64) towpath.LedgerEntry {
	e := row("", towpath.LedgerRunning)
	e.Type, e.Epoch = towpath.TypeLease, epoch
	return e
}

// history is a ledger with its earlier states: five migrations, of which each ran under an intent
// first.
func history(t testing.TB, k *seal.Keys, databaseID string) (states []towpath.Ledger, b *seal.Book) {
	t.Helper()
	var l towpath.Ledger
	b = k.NewBook(databaseID, 0)
	write := func(rows ...towpath.LedgerEntry) {
		for i := range rows {
			rows[i].DatabaseID = databaseID
		}
		sealed, written := b.Write(rows...)
		put(&l, sealed...)
		written()
		states = append(states, towpath.Ledger{
			Entries: slices.Clone(l.Entries), Lease: l.Lease,
			Head: l.Head,
		})
	}
	write(lease(3))
	for n := range 5 {
		version := fmt.Sprint(n + 1)
		write(row(version, towpath.LedgerRunning))
		write(lease(3), row(version, towpath.LedgerDone))
	}
	return states, b
}

func newest(states []towpath.Ledger) towpath.Ledger { return states[len(states)-1] }

func knownOf(l towpath.Ledger) seal.Known {
	return seal.Known{Number: l.Head.Number, Seal: l.Head.Seal, Entries: slices.Clone(l.Entries)}
}

func TestCheck_acceptsEveryStateWeWrote(t *testing.T) {
	t.Parallel()
	k := keys(t, 1)
	states, b := history(t, k, "shop")
	var known seal.Known
	for i, l := range states {
		r := k.Check(l, "shop", known)
		if r.Trouble != "" || r.Book == nil || r.Reseal {
			t.Fatalf("state %d: %+v", i, r)
		}
		if known = (seal.Known{}); l.Head != nil {
			known = knownOf(l)
		}
	}
	if r := k.Check(newest(states), "shop", seal.Known{}); r.Book.Number() != b.Number() ||
		r.Book.Seal() != b.Seal() {
		t.Errorf("read %d %s, wrote %d %s", r.Book.Number(), r.Book.Seal(), b.Number(), b.Seal())
	}
}

func TestCheck_namesForeignChanges(t *testing.T) {
	t.Parallel()
	k := keys(t, 1)
	states, _ := history(t, k, "shop")
	twin, _ := history(t, k, "twin")
	before := states[len(states)-2] // version 5 was running then
	type change struct {
		do   func(l *towpath.Ledger)
		want string
	}
	changes := map[string]change{
		"a row is made": {
			func(l *towpath.Ledger) { put(l, row("9", towpath.LedgerDone)) }, "ledger-row-unsealed type=ddl version=9",
		},
		"a row is made with another's seal": {
			func(l *towpath.Ledger) { e := l.Entries[0]; e.Version = "9"; put(l, e) },
			"ledger-row-changed type=ddl version=9",
		},
		"a row is removed": {
			func(l *towpath.Ledger) { l.Entries = l.Entries[1:] },
			"ledger-row-gone type=ddl version=1",
		},
		"the last row is removed": {
			func(l *towpath.Ledger) { l.Entries = l.Entries[:4] },
			"ledger-row-gone type=ddl version=5",
		},
		"all rows are removed": {
			func(l *towpath.Ledger) { l.Entries = nil },
			"ledger-row-gone type=ddl version=5",
		},
		"two rows change places": {
			func(l *towpath.Ledger) {
				a, b := &l.Entries[0], &l.Entries[1]
				a.Number, b.Number = b.Number,
					a.Number
			}, "ledger-row-changed type=ddl version=1",
		},
		"two rows change their seals": {
			func(l *towpath.Ledger) { a, b := &l.Entries[0], &l.Entries[1]; a.Seal, b.Seal = b.Seal, a.Seal },
			"ledger-row-changed type=ddl version=2",
		},
		"a row is as it was before": {
			func(l *towpath.Ledger) { put(l, before.Entries[4]) },
			"ledger-row-older type=ddl version=5",
		},
		"a row loses its seal": {
			func(l *towpath.Ledger) { l.Entries[2].Seal = "" },
			"ledger-row-unsealed type=ddl version=3",
		},
		"all rows lose their seals": {
			func(l *towpath.Ledger) { strip(l); l.Head = nil },
			"ledger-seals-gone",
		},
		"the head is removed": {
			func(l *towpath.Ledger) { l.Head = nil },
			"ledger-head-gone",
		},
		"the head is changed": {
			func(l *towpath.Ledger) { h := *l.Head; h.StatementsTotal--; l.Head = &h }, "ledger-head-changed",
		},
		"the head is as it was before": {
			func(l *towpath.Ledger) { l.Head = before.Head },
			"ledger-row-misplaced",
		},
		"the head's seal is nonsense": {
			func(l *towpath.Ledger) { h := *l.Head; h.Seal = "x"; l.Head = &h }, "ledger-head-unsealed",
		},
		"the head's key is another": {
			func(l *towpath.Ledger) { h := *l.Head; h.Seal = "0123456789abcdef:" + h.Seal[17:]; l.Head = &h },
			"ledger-key-unknown key=0123456789abcdef",
		},
		"the lease is removed": {
			func(l *towpath.Ledger) { l.Lease = nil },
			"ledger-lease-gone",
		},
		"the lease is given back": {
			func(l *towpath.Ledger) { e := *l.Lease; e.State = towpath.LedgerDone; l.Lease = &e },
			"ledger-lease-changed",
		},
		"a row comes from a copy": {
			func(l *towpath.Ledger) { put(l, newest(twin).Entries[1]) },
			"ledger-row-foreign type=ddl version=2",
		},
		"a row of a copy is called ours": {
			func(l *towpath.Ledger) { e := newest(twin).Entries[1]; e.DatabaseID = "shop"; put(l, e) },
			"ledger-row-changed type=ddl version=2",
		},
		"the head comes from a copy": {
			func(l *towpath.Ledger) { l.Head = newest(twin).Head },
			"ledger-row-foreign",
		},
		"the table is not as we made it": {
			func(l *towpath.Ledger) {
				l.Shape = []towpath.Reason{towpath.Why(towpath.ReasonTableExtra, "part", "trigger evil")}
				l.Entries, l.Head = nil,
					nil
			}, "part=trigger evil",
		},
		"a row and the head are put back": {
			func(l *towpath.Ledger) { put(l, before.Entries[4]); l.Head = before.Head }, "ledger-writes-lost n=1",
		},
		"all is put back": {func(l *towpath.Ledger) { *l = states[4] }, "ledger-writes-lost"},
		"the table is made again": {
			func(l *towpath.Ledger) { *l = towpath.Ledger{} },
			"ledger-gone",
		},
		"the table is made again with a lease": {
			func(l *towpath.Ledger) { *l = towpath.Ledger{Lease: l.Lease} }, "ledger-gone",
		},
	}
	for field, do := range map[string]func(e *towpath.LedgerEntry){
		"version":     func(e *towpath.LedgerEntry) { e.Version = "33" },
		"type":        func(e *towpath.LedgerEntry) { e.Type = towpath.TypeDML },
		"state":       func(e *towpath.LedgerEntry) { e.State = towpath.LedgerBaselined },
		"description": func(e *towpath.LedgerEntry) { e.Description += " " },
		"path":        func(e *towpath.LedgerEntry) { e.Path = "" },
		"checksum":    func(e *towpath.LedgerEntry) { e.Checksum = "x" },
		"commit":      func(e *towpath.LedgerEntry) { e.Commit = "x" },
		"epoch":       func(e *towpath.LedgerEntry) { e.Epoch = 1 << 62 },
		"server":      func(e *towpath.LedgerEntry) { e.ServerID = "" },
		"database":    func(e *towpath.LedgerEntry) { e.DatabaseID = "x" },
		"total":       func(e *towpath.LedgerEntry) { e.StatementsTotal++ },
		"done":        func(e *towpath.LedgerEntry) { e.StatementsDone++ },
		"intent":      func(e *towpath.LedgerEntry) { e.Intent = "{}" },
		"started":     func(e *towpath.LedgerEntry) { e.StartedAt = e.StartedAt.Add(time.Microsecond) },
		"finished":    func(e *towpath.LedgerEntry) { at := time.UnixMicro(0); e.FinishedAt = &at },
		"number":      func(e *towpath.LedgerEntry) { e.Number = 1 },
		"description and path": func(e *towpath.LedgerEntry) {
			e.Description, e.Path = e.Path[:1], e.Description+e.Path[1:]
		},
	} {
		changes["a row's "+field] = change{func(l *towpath.Ledger) { do(&l.Entries[2]) }, "ledger-row-"}
	}
	for what, c := range changes {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			l := newest(states)
			l.Entries = slices.Clone(l.Entries)
			c.do(&l)
			r := k.Check(l, "shop", knownOf(newest(states)))
			if r.Trouble == "" || r.Book != nil || !strings.Contains(fmt.Sprint(r.Differs), c.want) {
				t.Errorf("it is %q: %s", r.Trouble, r.Differs)
			}
			if restored := r.Trouble == towpath.LedgerRestored; restored != (strings.Contains(what,
				"made again") || strings.HasSuffix(what, "put back")) {
				t.Errorf("it is %s: %s", r.Trouble, r.Differs)
			}
		})
	}
}

func strip(l *towpath.Ledger) {
	for i := range l.Entries {
		l.Entries[i].Seal, l.Entries[i].Number = "", 0
	}
}

func TestCheck_findsACopy(t *testing.T) {
	t.Parallel()
	k := keys(t, 1)
	twin, _ := history(t, k, "twin")
	mine, _ := history(t, k, "shop")
	for name, l := range map[string]towpath.Ledger{
		"of a database of this server": newest(twin),
		"without seals":                {Entries: newest(twin).Entries[:0:0]},
	} {
		known := knownOf(newest(mine))
		if l.Head == nil {
			known = seal.Known{}
		}
		if r := k.Check(l, "shop", known); r.Trouble != "" {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if r := keys(t, 2).Check(newest(twin), "shop", seal.Known{}); r.Trouble != "" || r.Book != nil {
		t.Errorf("of another server: %+v", r)
	}
}

func TestCheck_keys(t *testing.T) {
	t.Parallel()
	states, _ := history(t, keys(t, 1), "shop")
	l := newest(states)
	if r := keys(t, 2, 1).Check(l, "shop", knownOf(l)); r.Trouble != "" || !r.Reseal || r.Book != nil {
		t.Errorf("after a rotation: %+v", r)
	}
	if r := keys(t, 2).Check(l, "shop", seal.Known{}); r.Trouble != towpath.LedgerTampered ||
		!strings.Contains(fmt.Sprint(r.Differs), "ledger-key-unknown") {
		t.Errorf("without the key: %+v", r)
	}
	bare := l
	bare.Entries, bare.Head = slices.Clone(l.Entries), nil
	strip(&bare)
	if r := keys(t, 1).Check(bare, "shop", seal.Known{}); r.Trouble != "" || !r.Reseal {
		t.Errorf("before there were seals: %+v", r)
	}
}

func TestBook_ignoresFailedWrites(t *testing.T) {
	t.Parallel()
	k := keys(t, 1)
	states, b := history(t, k, "shop")
	if _, written := b.Write(lease(4)); b.Number() != 10 {
		t.Errorf("a lease counts: %d", b.Number())
	} else {
		written()
	}
	b.Write(row("6", towpath.LedgerDone)) // and the write failed
	sealed, written := b.Write(row("6", towpath.LedgerDone), row("6", towpath.LedgerBaselined),
		row("7", towpath.LedgerDone))
	written()
	l := newest(states)
	put(&l, sealed...)
	if r := k.Check(l, "shop", knownOf(newest(states))); r.Trouble != "" || r.Number != 13 ||
		l.Head.StatementsDone != 10 {
		t.Errorf("%+v %s, head %+v", r, r.Differs, l.Head)
	}
}

func BenchmarkCheck(b *testing.B) {
	k := keys(b, 1)
	book := k.NewBook("shop", 0)
	var l towpath.Ledger
	rows := []towpath.LedgerEntry{lease(3)}
	for n := range 10_000 {
		rows = append(rows, row(fmt.Sprint(n), towpath.LedgerDone))
	}
	sealed, _ := book.Write(rows...)
	for _, e := range sealed {
		switch e.Type {
		case towpath.TypeLease:
			l.Lease = &e
		case towpath.TypeHead:
			l.Head = &e
		default:
			l.Entries = append(l.Entries, e)
		}
	}
	for b.Loop() {
		if r := k.Check(l, "shop", seal.Known{}); r.Trouble != "" {
			b.Fatal(r.Differs)
		}
	}
}
