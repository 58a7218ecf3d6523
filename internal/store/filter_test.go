package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

func TestPages_goThroughEverythingOnceInBothDirections(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		var want []string
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			want = nil
			for i := range 25 {
				p := towpath.Project{Name: fmt.Sprint(i)}
				if err := tx.CreateProject(ctx, &p); err != nil {
					return err
				}
				want = append(want, p.ID)
			}
			return nil
		})
		for _, limit := range []int{1, 7, 25, 100} {
			for _, newest := range []bool{false, true} {
				var got []string
				read(t, s, func(ctx context.Context, tx *store.Tx) error {
					page := store.Page{Limit: limit, NewestFirst: newest}
					for {
						list, err := tx.Projects(ctx, "", page)
						if err != nil || len(list) == 0 {
							return err
						}
						if len(list) > limit {
							t.Fatalf("a page of %d has %d", limit, len(list))
						}
						for _, p := range list {
							got = append(got, p.ID)
						}
						page.After = got[len(got)-1]
					}
				})
				if newest {
					slices.Reverse(got)
				}
				if !slices.Equal(got, want) {
					t.Errorf("limit %d, newest first %v: got %d, want %d in order", limit, newest, len(got),
						len(want))
				}
			}
		}
	})
}

func TestFilters_selectMatchingRows(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		free := towpath.Database{InstanceID: w.instance.ID, EnvironmentID: w.environment.ID, Name: "free"}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SetProjectMember(ctx, towpath.ProjectMember{
				ProjectID: w.project.ID,
				MemberID:  w.member.ID, Role: towpath.ProjectOwner,
			}); err != nil {
				return err
			}
			tx.Emit(towpath.Actor{}.Did(towpath.ActEnvironmentOrder, "", w.project.ID))
			return tx.CreateDatabase(ctx, &free)
		})
		all := store.Page{}
		counts := map[string]func(ctx context.Context, tx *store.Tx) (int, error){
			"2 databases": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Databases(ctx, store.DatabaseFilter{}, all))
			},
			"1 database of the project": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Databases(ctx, store.DatabaseFilter{ProjectID: w.project.ID}, all))
			},
			"1 unassigned database": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Databases(ctx,
					store.DatabaseFilter{Unassigned: true, InstanceID: w.instance.ID}, all))
			},
			"0 databases of another instance": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Databases(ctx, store.DatabaseFilter{InstanceID: "x"}, all))
			},
			"1 project of the member": func(ctx context.Context,
				tx *store.Tx,
			) (int, error) {
				return count(tx.Projects(ctx, w.member.ID, all))
			},
			"0 projects of a stranger": func(ctx context.Context,
				tx *store.Tx,
			) (int, error) {
				return count(tx.Projects(ctx, "x", all))
			},
			"1 rollout of the member": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Rollouts(ctx, store.RolloutFilter{
					MemberID:  w.member.ID,
					ProjectID: w.project.ID,
					LinkID:    w.link.ID,
					State:     towpath.RolloutPending,
				}, all))
			},
			"0 rollouts of a stranger": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Rollouts(ctx, store.RolloutFilter{MemberID: "x"}, all))
			},
			"0 done rollouts": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Rollouts(ctx, store.RolloutFilter{State: towpath.RolloutDone}, all))
			},
			"1 link of the grant": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Links(ctx, store.LinkFilter{
					GrantID: w.grant.ID, ProviderID: w.provider.ID,
					ProjectID: w.project.ID,
				}, all))
			},
			"0 links of another grant": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Links(ctx, store.LinkFilter{GrantID: "x"}, all))
			},
			"1 event of the project": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.Acts(ctx, store.ActFilter{ProjectID: w.project.ID}, all))
			},
			"0 deliveries of no link": func(ctx context.Context,
				tx *store.Tx,
			) (int, error) {
				return count(tx.Deliveries(ctx, "", all))
			},
			"1 grant of everybody": func(ctx context.Context,
				tx *store.Tx,
			) (int, error) {
				return count(tx.Grants(ctx, w.provider.ID, ""))
			},
			"0 grants of a stranger": func(ctx context.Context,
				tx *store.Tx,
			) (int, error) {
				return count(tx.Grants(ctx, w.provider.ID, "x"))
			},
			"1 idle grant": func(ctx context.Context, tx *store.Tx) (int, error) {
				return count(tx.IdleGrants(ctx, tx.Now.Add(time.Hour).UnixMicro()))
			},
			"1 due poll": func(ctx context.Context,
				tx *store.Tx,
			) (int, error) {
				return count(tx.DuePolls(ctx))
			},
			"1 owner": func(ctx context.Context, tx *store.Tx) (int, error) { return tx.CountOwners(ctx) },
		}
		for name, do := range counts {
			t.Run(name, func(t *testing.T) {
				read(t, s, func(ctx context.Context, tx *store.Tx) error {
					n, err := do(ctx, tx)
					if !strings.HasPrefix(name, fmt.Sprint(n, " ")) {
						t.Errorf("got %d", n)
					}
					return err
				})
			})
		}
	})
}

func count[T any](list []T, err error) (int, error) { return len(list), err }
