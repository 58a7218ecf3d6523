package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

// auditFaults exports the audit log and verifies it against the stored head.
func auditFaults(t *testing.T, s *store.Store) (faults []string, rows int) {
	t.Helper()
	var check towpath.AuditCheck
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		head, err := tx.AuditHead(ctx)
		if err != nil {
			return err
		}
		check.Expect(head.Hash)
		list, err := tx.AuditRows(ctx, 0, 1000)
		for _, e := range list {
			check.Add(e.AuditLine())
		}
		return err
	})
	check.End()
	for _, f := range check.Findings {
		faults = append(faults, fmt.Sprint(f.Fault, " ", f.First))
	}
	return faults, check.Rows
}

func TestAudit_chainsConcurrentWriters(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const writers, each = 8, 10
		ctx := towpath.WithOrigin(t.Context(), towpath.Origin{
			Via: towpath.OriginToken, CredentialID: "c", Address: "::1",
		})
		undo := errors.New("undo")
		var all sync.WaitGroup
		failed := make([]error, writers)
		for i := range writers {
			all.Go(func() {
				for n := range each {
					err := s.Write(ctx, func(tx *store.Tx) error {
						for range 2 {
							tx.Emit(towpath.Actor{}.Did(towpath.ActMemberJoin, "größe\x00\xff", "", "n",
								fmt.Sprint("<", i, n, "\x00\xff\u2028>")).With(towpath.ChangedSecret("password", true)))
						}
						tx.Emit(towpath.Event{Kind: towpath.EventInstanceChanged})
						if n%5 == 4 {
							return undo
						}
						return nil
					})
					if !errors.Is(err, undo) {
						failed[i] = errors.Join(failed[i], err)
					}
				}
			})
		}
		all.Wait()
		if err := errors.Join(failed...); err != nil {
			t.Fatal(err)
		}
		if faults, rows := auditFaults(t, s); len(faults) > 0 || rows != writers*each*2*4/5 {
			t.Errorf("%d rows with %v", rows, faults)
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.AuditRows(ctx, 3, 1)
			want := towpath.Origin{Via: towpath.OriginToken, CredentialID: "c", Address: "::1"}
			if len(list) != 1 || list[0].Number != 4 || list[0].Origin != want {
				t.Errorf("%+v", list)
			}
			return err
		})
	})
}

// What somebody does in the database shows, with the number of the row.
func TestAudit_showsWhatTheDatabaseChanged(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"changed":    {"UPDATE event SET actor_id = 'bob' WHERE number = 3", "[changed 3]"},
		"its time":   {"UPDATE event SET at = at + 1 WHERE number = 3", "[changed 3]"},
		"its origin": {"UPDATE event SET address = '10.0.0.1' WHERE number = 3", "[changed 3]"},
		"removed":    {"DELETE FROM event WHERE number = 3", "[removed 3]"},
		"cut off":    {"DELETE FROM event WHERE number > 3", "[cut off 4]"},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, s *store.Store) {
				write(t, s, func(ctx context.Context, tx *store.Tx) error {
					for range 5 {
						tx.Emit(towpath.Actor{}.Did(towpath.ActMemberJoin, "m", ""))
					}
					return nil
				})
				write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Exec(ctx, c.text) })
				if faults, _ := auditFaults(t, s); fmt.Sprint(faults) != c.want {
					t.Errorf("%v, want %s", faults, c.want)
				}
			})
		})
	}
}

func TestMigrations_chainTheAuditLog(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const before, rows = 37, 1203
		migrations := s.Migrations(t)
		if _, err := migrations.DownTo(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for i := range rows {
				if err := tx.Exec(ctx, `INSERT INTO event (id, at, kind, audit, actor_id, member_id, project_id,
					link_id, rollout_id, task_id, database_id, subject_id, from_state, to_state, times, params,
					causes) VALUES ($1, $2, 'noted', TRUE, 'größe', '', 'p', '', '', '', '', 's', '', '', 1, $3,
					'[{"code":"edited"}]')`, fmt.Sprintf("%05d", rows-i), int64(i/2),
					`{"text":"a\u0000b\u2028 <&>", "act":"x"}`); err != nil {
					return err
				}
			}
			return nil
		})
		if _, err := migrations.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			tx.Emit(towpath.Actor{}.Did(towpath.ActMemberJoin, "m", ""))
			return nil
		})
		var check towpath.AuditCheck
		var last time.Time
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for after := int64(0); ; after += 1000 {
				list, err := tx.AuditRows(ctx, after, 1000)
				if err != nil || len(list) == 0 {
					return err
				}
				for _, e := range list {
					if e.At.Before(last) {
						t.Fatalf("%d is before the one before it", e.Number)
					}
					last = e.At
					check.Add(e.AuditLine())
				}
			}
		})
		if !check.End() || check.Rows != rows+1 {
			t.Errorf("%d rows: %v", check.Rows, check.Findings)
		}
	})
}

func TestActs_filters(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		now := time.UnixMicro(1_000_000).UTC()
		s.Now = func() time.Time { return now }
		for _, who := range []string{"ada", "bob", "ada", "ada"} { // at 1 s, 2 s, …
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				tx.Emit(towpath.Actor{Member: towpath.Member{ID: who}}.Did(towpath.ActMemberJoin, "s-"+who, "p"))
				tx.Emit(towpath.Actor{Member: towpath.Member{ID: who}}.Did(towpath.ActTokenCreate, "t", "", "name", "x"))
				return nil
			})
			now = now.Add(time.Second)
		}
		for name, c := range map[string]struct {
			filter store.ActFilter
			want   []int64
		}{
			"all":     {store.ActFilter{}, []int64{8, 7, 6, 5, 4, 3, 2, 1}},
			"who":     {store.ActFilter{ActorID: "bob"}, []int64{4, 3}},
			"act":     {store.ActFilter{Kind: towpath.ActMemberJoin}, []int64{7, 5, 3, 1}},
			"object":  {store.ActFilter{SubjectID: "s-bob"}, []int64{3}},
			"project": {store.ActFilter{ProjectID: "p"}, []int64{7, 5, 3, 1}},
			"time":    {store.ActFilter{From: time.Unix(2, 0), To: time.Unix(4, 0)}, []int64{6, 5, 4, 3}},
			"several": {
				store.ActFilter{ActorID: "ada", Kind: towpath.ActTokenCreate, SubjectID: "t", From: time.Unix(2, 0)},
				[]int64{8, 6},
			},
		} {
			var got []int64
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				p := store.Page{Limit: 3, NewestFirst: true}
				for {
					list, err := tx.Acts(ctx, c.filter, p)
					for _, e := range list {
						got = append(got, e.Number)
						p.After = e.ID
					}
					if err != nil || len(list) < p.Limit {
						return err
					}
				}
			})
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}
