package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

func TestTakenNames_areErrorsAboutTheirField(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		other := func(ctx context.Context, tx *store.Tx) (towpath.Project, error) {
			p := towpath.Project{Name: "Other"}
			return p, tx.CreateProject(ctx, &p)
		}
		for name, c := range map[string]struct {
			field string
			do    func(ctx context.Context, tx *store.Tx) error
		}{
			"a member's address": {"email", func(ctx context.Context, tx *store.Tx) error {
				return tx.CreateMember(ctx, &towpath.Member{Email: w.member.Email, Role: towpath.RoleDBA})
			}},
			"a project's name": {"name", func(ctx context.Context, tx *store.Tx) error {
				return tx.CreateProject(ctx, &towpath.Project{Name: w.project.Name})
			}},
			"a project's new name": {"name", func(ctx context.Context, tx *store.Tx) error {
				p, err := other(ctx, tx)
				if err != nil {
					return err
				}
				p.Name = w.project.Name
				return tx.UpdateProject(ctx, &p)
			}},
			"an environment's name": {"name", func(ctx context.Context, tx *store.Tx) error {
				return tx.CreateEnvironment(ctx, &towpath.Environment{Name: w.environment.Name})
			}},
			"an instance's name": {"name", func(ctx context.Context, tx *store.Tx) error {
				return tx.CreateInstance(ctx, &towpath.Instance{
					ID: store.NewID(), Name: w.instance.Name,
					EnvironmentID: w.environment.ID,
				})
			}},
			"a database's name": {"name", func(ctx context.Context, tx *store.Tx) error {
				return tx.CreateDatabase(ctx, &towpath.Database{
					InstanceID:    w.instance.ID,
					EnvironmentID: w.environment.ID, Name: w.database.Name,
				})
			}},
			"a link's directory": {"baseDirectory", func(ctx context.Context, tx *store.Tx) error {
				l := w.newLink(w.link.BaseDirectory)
				return tx.CreateLink(ctx, &l)
			}},
		} {
			t.Run(name, func(t *testing.T) {
				if words := refused(t, s, towpath.CodeConflict, c.do); words.Field != c.field ||
					words.Message == "" {
					t.Errorf("got %+v, want words about %s", words, c.field)
				}
			})
		}
	})
}

func TestThingsInUse_stay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		task := w.newTask("1", towpath.TaskDone)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CreateTask(ctx, &task) })
		for name, do := range map[string]func(ctx context.Context, tx *store.Tx) error{
			"an environment with an instance": func(ctx context.Context,
				tx *store.Tx,
			) error {
				return tx.DeleteEnvironment(ctx, w.environment.ID)
			},
			"an instance with a database": func(ctx context.Context,
				tx *store.Tx,
			) error {
				return tx.DeleteInstance(ctx, w.instance.ID)
			},
			"a database with a history": func(ctx context.Context,
				tx *store.Tx,
			) error {
				return tx.DeleteDatabase(ctx, w.database.ID)
			},
			"a provider with a link": func(ctx context.Context,
				tx *store.Tx,
			) error {
				return tx.DeleteGitProvider(ctx, w.provider.ID)
			},
		} {
			t.Run(name, func(t *testing.T) { refused(t, s, towpath.CodeConflict, do) })
		}
	})
}

func TestMissingThings_areNotFound(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		for name, do := range map[string]func(ctx context.Context, tx *store.Tx) error{
			"a project": func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Project(ctx,
					"x")
				return err
			},
			"a project to keep": func(ctx context.Context, tx *store.Tx) error {
				return tx.UpdateProject(ctx,
					&towpath.Project{ID: "x"})
			},
			"an open rollout": func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.OpenRollout(ctx,
					"x")
				return err
			},
			"content": func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Content(ctx,
					"x")
				return err
			},
		} {
			t.Run(name, func(t *testing.T) { refused(t, s, towpath.CodeNotFound, do) })
		}
	})
}

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
			if err := tx.Audit(ctx,
				towpath.AuditEvent{Action: "link.add", ProjectID: w.project.ID}); err != nil {
				return err
			}
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
				return count(tx.AuditEvents(ctx, w.project.ID, all))
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

func TestEnvironments_comeInTheirOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for i, name := range []string{"test", "staging", "prod"} {
				e := towpath.Environment{Name: name}
				if err := tx.CreateEnvironment(ctx, &e); err != nil || e.Position != i {
					t.Errorf("%s got the position %d (%v)", name, e.Position, err)
				}
			}
			return nil
		})
	})
}

func TestCredentials_expire(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w, c := newWorld(t, s), stopClock(s)
		end := c.now().Add(time.Hour)
		credential := towpath.Credential{
			Kind:      towpath.CredentialSession,
			MemberID:  w.member.ID,
			Hash:      []byte{0, 255},
			ExpiresAt: &end,
		}
		verification := towpath.Verification{
			ID:        store.NewID(),
			Purpose:   towpath.PurposeGrant,
			State:     towpath.VerificationPending,
			StateHash: []byte{1},
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.CreateVerification(ctx, &verification); err != nil {
				return err
			}
			return tx.CreateCredential(ctx, &credential)
		})
		find := func(kind towpath.CredentialKind) (err error) {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				_, err = tx.CredentialByHash(ctx, kind, credential.Hash)
				return nil
			})
			return err
		}
		if err := find(towpath.CredentialSession); err != nil {
			t.Error(err)
		}
		if err := find(towpath.CredentialAPIToken); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("a session is taken for a token: %v", err)
		}
		c.advance(time.Hour)
		if err := find(towpath.CredentialSession); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("an ended session is found: %v", err)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteExpired(ctx) })
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			if n, err := count(tx.Credentials(ctx, w.member.ID, towpath.CredentialSession,
				store.Page{})); n != 0 || err != nil {
				t.Errorf("%d ended sessions are kept (%v)", n, err)
			}
			if _, err := tx.VerificationByState(ctx,
				[]byte{1}); towpath.ErrorCode(err) != towpath.CodeNotFound {
				t.Errorf("an ended verification is kept (%v)", err)
			}
			return nil
		})
	})
}

func TestDelivery_isStoredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		var fresh atomic.Int64
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				known := false
				err := s.Write(t.Context(), func(tx *store.Tx) (err error) {
					d := towpath.Delivery{
						LinkID:    w.link.ID,
						RequestID: "r",
						Verdict:   towpath.DeliveryAccepted,
						Payload:   []byte("{}"),
					}
					known, err = tx.ReceiveDelivery(t.Context(), &d)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if !known {
					fresh.Add(1)
				}
			})
		}
		group.Wait()
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.Deliveries(ctx, w.link.ID, store.Page{})
			if err != nil || len(list) != 1 || list[0].Attempts != 8 || fresh.Load() != 1 ||
				list[0].Payload != nil {
				t.Fatalf("%d were new; kept %+v (%v)", fresh.Load(), list, err)
			}
			whole, err := tx.Delivery(ctx, w.link.ID, list[0].ID)
			if string(whole.Payload) != "{}" {
				t.Errorf("payload %q", whole.Payload)
			}
			return err
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.PruneDeliveries(ctx, tx.Now.Add(time.Hour).UnixMicro())
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			if n, err := count(tx.Deliveries(ctx, w.link.ID, store.Page{})); n != 0 || err != nil {
				t.Errorf("%d old deliveries are kept (%v)", n, err)
			}
			return nil
		})
	})
}

func TestManifest_isReplacedFileByFile(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		const files = 150 // more than one batch
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			var list []towpath.ManifestFile
			for i := range files {
				list = append(list, w.file(fmt.Sprintf("f%03d", i)))
			}
			twice := w.file("f000")
			twice.Reason = towpath.Why(towpath.ReasonTooLarge, "limit", "the last one counts")
			if err := tx.PutManifestFile(ctx, slices.Insert(list, 1, twice)...); err != nil {
				return err
			}
			gone := w.file("f001")
			gone.State = towpath.FileIgnored
			if err := tx.PutManifestFile(ctx, gone); err != nil {
				return err
			}
			return tx.DeleteManifestFile(ctx, w.link.ID, "f002")
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			all, err := tx.Manifest(ctx, w.link.ID)
			if err != nil || len(all) != files-1 || all[0].Reason.Params["limit"] != "the last one counts" {
				t.Fatalf("%d files, first %+v (%v)", len(all), all[0], err)
			}
			var paged []towpath.ManifestFile
			for after := ""; ; after = paged[len(paged)-1].Path {
				page, err := tx.ManifestPage(ctx, w.link.ID, "", after, 40)
				if err != nil {
					return err
				}
				if len(page) == 0 {
					break
				}
				paged = append(paged, page...)
			}
			if diff := cmp.Diff(all, paged); diff != "" {
				t.Error(diff)
			}
			if n, err := count(tx.ManifestPage(ctx, w.link.ID, towpath.FileIgnored, "", 10)); n != 1 ||
				err != nil {
				t.Errorf("%d ignored files (%v)", n, err)
			}
			if n, err := count(tx.OtherClaims(ctx, w.project.ID, "another link")); n != files-2 ||
				err != nil {
				t.Errorf("another link sees %d claims (%v)", n, err)
			}
			n, err := count(tx.OtherClaims(ctx, w.project.ID, w.link.ID))
			if n != 0 {
				t.Errorf("the link sees %d claims of its own", n)
			}
			return err
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteLink(ctx, w.link.ID) })
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			if n, err := count(tx.Manifest(ctx, w.link.ID)); n != 0 || err != nil {
				t.Errorf("%d files of no link (%v)", n, err)
			}
			_, err := tx.Rollout(ctx, w.rollout.ID) // outlives its link
			return err
		})
	})
}

func TestContents_areKeptWhileSomethingRefersToThem(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w, c := newWorld(t, s), stopClock(s)
		file, task, record := w.file("a"), w.newTask("1", towpath.TaskDone), w.newTask("2",
			towpath.TaskPending)
		file.Checksum, task.Checksum, record.Checksum = "file", "task", ""
		record.Action, record.Covers = towpath.ActionRecord, []towpath.Migration{{Checksum: "covered"}}
		needed := []string{"file", "task", "covered", "ledger", "change", "before", "after"}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, sum := range append(needed, "garbage", "again") {
				if err := tx.PutContent(ctx, sum, []byte(sum)); err != nil {
					return err
				}
			}
			entry := w.entry("1")
			entry.Checksum = "ledger"
			change := towpath.ChangeHistory{
				DatabaseID:   w.database.ID,
				Migration:    towpath.Migration{Checksum: "change"},
				SchemaBefore: "before",
				SchemaAfter:  "after",
			}
			for _, err := range []error{
				tx.PutManifestFile(ctx, file), tx.CreateTask(ctx, &task), tx.CreateTask(ctx, &record),
				tx.NoteLedger(ctx, w.database.ID, entry), tx.AddHistory(ctx, &change),
			} {
				if err != nil {
					return err
				}
			}
			return nil
		})
		c.advance(48 * time.Hour)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			// a transaction is about to refer to it
			if err := tx.PutContent(ctx, "again", []byte("again")); err != nil {
				return err
			}
			if err := tx.PutContent(ctx, "empty", nil); err != nil {
				return err
			}
			return tx.PruneContents(ctx, tx.Now.Add(-24*time.Hour))
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, sum := range append(needed, "again") {
				if text, err := tx.Content(ctx, sum); string(text) != sum || err != nil {
					t.Errorf("%s is %q (%v)", sum, text, err)
				}
			}
			if text, err := tx.Content(ctx, "empty"); text == nil || len(text) != 0 || err != nil {
				t.Errorf("empty content is %v (%v)", text, err)
			}
			if _, err := tx.Content(ctx, "garbage"); towpath.ErrorCode(err) != towpath.CodeNotFound {
				t.Errorf("garbage is kept (%v)", err)
			}
			return nil
		})
	})
}

func TestPostedStatus_isRememberedByKey(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, digest := range []string{"one", "two"} {
				if err := tx.SetPostedStatus(ctx, w.link.ID, "c", "k", digest); err != nil {
					return err
				}
			}
			return nil
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.PostedStatuses(ctx, w.link.ID, "c")
			if len(got) != 1 || got["k"].Digest != "two" || got["k"].At.IsZero() {
				t.Errorf("posted: %v", got)
			}
			return err
		})
	})
}
