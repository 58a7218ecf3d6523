package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
