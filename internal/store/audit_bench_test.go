package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// manyActs makes n audit events, a minute apart, of 20 members in 200 projects. Only mallory has
// one of a rare kind, in the oldest.
func manyActs(b *testing.B, s *store.Store, n int) {
	b.Helper()
	now := time.UnixMicro(0).UTC()
	s.Now = func() time.Time { now = now.Add(time.Minute); return now }
	kinds := towpath.Acts()
	for i := 0; i < n; i += 1000 {
		write(b, s, func(ctx context.Context, tx *store.Tx) error {
			for k := i; k < i+1000; k++ {
				tx.Now = tx.Now.Add(time.Millisecond)
				kind, who := kinds[k%30], fmt.Sprint("m", k*7%20)
				if k == 0 {
					kind, who = towpath.ActLedgerAccept, "mallory"
				}
				tx.Emit(towpath.Actor{Member: towpath.Member{ID: who}}.Did(kind, fmt.Sprint("s", k%5000),
					fmt.Sprint("p", k%200), "environment", "prod", "from", "automatic", "to", "manual"))
			}
			return nil
		})
	}
}

// BenchmarkActs_1M reads pages of an audit log of a million events, and exports and verifies it.
func BenchmarkActs_1M(b *testing.B) {
	const n = 1_000_000
	for name, address := range map[string]func(testing.TB) string{"sqlite": newSQLite, "postgres": newPostgres} {
		b.Run(name, func(b *testing.B) {
			s := open(b, address(b))
			manyActs(b, s, n)
			if s.Shared() {
				write(b, s, func(ctx context.Context, tx *store.Tx) error { return tx.Exec(ctx, "ANALYZE") })
			}
			at := func(minutes int) time.Time { return time.UnixMicro(0).Add(time.Duration(minutes) * time.Minute) }
			for name, f := range map[string]store.ActFilter{
				"all":                  {},
				"who":                  {ActorID: "m7"},
				"who-and-act":          {ActorID: "m7", Kind: towpath.ActMemberRecover},
				"who-and-no-such-act":  {ActorID: "m7", Kind: towpath.ActLedgerAccept},
				"act-and-other-object": {Kind: towpath.ActMemberRecover, SubjectID: "s1"},
				"who-act-no-project":   {ActorID: "m1", Kind: towpath.ActMemberInvite, ProjectID: "none"},
				"who-and-project":      {ActorID: "mallory", ProjectID: "p0"},
				"long-ago":             {From: at(5), To: at(15)},
				"long-ago-by-project":  {ProjectID: "p7", From: at(5), To: at(15)},
			} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						read(b, s, func(ctx context.Context, tx *store.Tx) error {
							_, err := tx.Acts(ctx, f, store.Page{Limit: 50, NewestFirst: true})
							return err
						})
					}
				})
			}
			b.Run("export-and-verify", func(b *testing.B) {
				for b.Loop() {
					var check towpath.AuditCheck
					for after := int64(0); after < n; after += 1000 {
						read(b, s, func(ctx context.Context, tx *store.Tx) error {
							rows, err := tx.AuditRows(ctx, after, 1000)
							for _, e := range rows {
								check.Add(e.AuditLine())
							}
							return err
						})
					}
					if !check.End() || check.Rows != n {
						b.Fatal(check.Rows, check.Findings)
					}
				}
			})
		})
	}
}
