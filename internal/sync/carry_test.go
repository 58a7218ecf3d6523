package sync_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	links "towpath/internal/link"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
)

func TestReconcile_keepsWhatAPersonDecided(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/2__ddl__b.sql": "B"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		b.Change(t, link.ID, "test", "1", func(task *towpath.Task) { // "it was applied"
			task.Action, task.Covers = towpath.ActionRecord, []towpath.Migration{task.Migration}
		})
		b.Replan(t, link.ID)
		b.WantTasks(t, link.ID, "test 1 record pending", "test 2 apply pending", "prod 1 apply pending",
			"prod 2 apply pending")
	})
}

func TestReconcile_keepsTasksOfDatabasesThatCannotBeRead(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		b.Change(t, link.ID, "prod", "1",
			func(task *towpath.Task) { task.State, task.Reason = towpath.TaskFailed, saysNo("it says no") })
		read := b.Syncs.RefreshLedgers
		b.Syncs.RefreshLedgers = func(ctx context.Context, projectID string) error {
			return b.Store.Write(ctx, func(tx *store.Tx) error {
				list, err := tx.ProjectDatabases(ctx, projectID)
				for _, d := range list {
					if err := tx.SetLedger(ctx, d.ID,
						towpath.LedgerSnapshot{At: &tx.Now, Error: towpath.Why(towpath.ReasonNoAnswer)}); err != nil {
						return err
					}
				}
				return err
			})
		}
		b.Replan(t, link.ID)
		b.WantTasks(t, link.ID, "test 1 apply pending", "prod 1 apply failed")
		b.Syncs.RefreshLedgers = read
		b.Replan(t, link.ID)
		b.WantTasks(t, link.ID, "test 1 apply pending", "prod 1 apply failed")
	})
}

// saysNo is a reason in a database's own words.
func saysNo(message string) towpath.Reason {
	return towpath.Why(towpath.ReasonDatabaseError, "message", message)
}

// failed lets the open task of version 1 in test fail, within a millisecond of its start.
func failed(t *testing.T, b *linktest.World, linkID string) (began, ended time.Time) {
	t.Helper()
	b.Change(t, linkID, "test", "1", func(task *towpath.Task) {
		began = task.CreatedAt.Add(time.Second)
		ended = began.Add(time.Millisecond)
		task.State, task.Reason, task.Error, task.Attempts, task.StartedAt,
			task.FinishedAt = towpath.TaskFailed, saysNo("it says no"), saysNo("it says no"), 1, &began,
			&ended
	})
	return began, ended
}

// rollouts lists a link's rollouts, the oldest first, with their tasks.
func rollouts(t *testing.T, b *linktest.World, linkID string) (all []towpath.Rollout) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Rollouts(ctx, store.RolloutFilter{LinkID: linkID}, store.Page{})
		if err != nil {
			return err
		}
		all = nil
		for _, r := range list {
			if r, err = tx.Rollout(ctx, r.ID); err != nil {
				return err
			}
			all = append(all, r)
		}
		return nil
	})
	return all
}

func TestReconcile_keepsTheErrorOfATask(t *testing.T) {
	for name, c := range map[string]struct {
		push map[string]string
		why  string // of the task that failed; %s is the commit
	}{
		"its file is removed": {
			map[string]string{"shop/1__ddl__a.sql": bitbucketsim.Deleted}, "file-gone commit=%s",
		},
		"its text is replaced": {
			map[string]string{"shop/1__ddl__a.sql": "fixed"},
			"superseded-by commit=%s",
		},
		"another file claims its version": {
			map[string]string{"shop/1__ddl__rival.sql": "R"},
			"no-longer-allowed commit=%s (conflict ",
		},
		"its version is given to another file": {map[string]string{
			"shop/1__ddl__a.sql": bitbucketsim.Deleted,
			"shop/1__ddl__b.sql": "B",
		}, "file-replaced commit=%s path=shop/1__ddl__b.sql"},
	} {
		t.Run(name, func(t *testing.T) {
			linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
				first := b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
				link := b.Linked(t)
				b.Reconciled(t, link.ID)
				began, ended := failed(t, b, link.ID)
				second := b.Commit(t, c.push)
				b.Clock.Move(time.Hour)
				b.Reconciled(t, link.ID)
				b.Replan(t, link.ID) // any number of times
				r := rollouts(t, b, link.ID)[0]
				task := r.Tasks[0]
				if task.State != towpath.TaskCancelled || !task.Error.Equal(saysNo("it says no")) ||
					task.Commit != first || task.Attempts != 1 {
					t.Errorf("the task is %s, with the error %q of commit %s after %d attempts", task.State,
						task.Error, task.Commit, task.Attempts)
				}
				if want := strings.ReplaceAll(c.why, "%s",
					second[:12]); !strings.HasPrefix(task.Reason.String(), want) {
					t.Errorf("it says %q, want %q", task.Reason, want)
				}
				if !task.StartedAt.Equal(began) || !task.FinishedAt.Equal(ended) {
					t.Errorf("it ran from %v to %v, want %v to %v", task.StartedAt, task.FinishedAt, began,
						ended)
				}
			})
		})
	}
}

func TestReconcile_aSupersededFailureStaysFailed(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		failed(t, b, link.ID)
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "fixed"})
		b.Reconciled(t, link.ID)
		all := rollouts(t, b, link.ID)
		if len(all) != 2 || all[0].State != towpath.RolloutFailed || all[0].SupersededBy != all[1].ID ||
			all[0].FinishedAt == nil {
			t.Fatalf("rollouts %+v", all)
		}
		if fresh := all[1].Tasks[0]; fresh.State != towpath.TaskPending || fresh.Attempts != 0 ||
			!fresh.Error.IsZero() || fresh.ID == all[0].Tasks[0].ID {
			t.Errorf("the fixed text begins as %+v", fresh)
		}
		b.Write(t, func(ctx context.Context, tx *store.Tx) error {
			failed, err := tx.Rollouts(ctx, store.RolloutFilter{State: towpath.RolloutFailed}, store.Page{})
			if err == nil && (len(failed) != 1 || failed[0].ID != all[0].ID) {
				t.Errorf("the failed ones are %+v", failed)
			}
			superseded, err2 := tx.Rollouts(ctx, store.RolloutFilter{Superseded: true}, store.Page{})
			if err2 == nil && (len(superseded) != 1 || superseded[0].ID != all[0].ID) {
				t.Errorf("the superseded ones are %+v", superseded)
			}
			return errors.Join(err, err2)
		})
	})
}

func TestReconcile_finishesTasksThatTheLedgerHas(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want string
	}{
		"this very text": {"A", "test 1 apply done"},
		"another text":   {"B", "test 1 apply cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
				b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
				link := b.Linked(t)
				b.Reconciled(t, link.ID)
				failed(t, b, link.ID)
				b.Write(t, func(ctx context.Context, tx *store.Tx) error {
					list, err := tx.ProjectDatabases(ctx, b.Project)
					if err != nil {
						return err
					}
					sum := sha256.Sum256([]byte(c.text))
					return tx.NoteLedger(ctx, list[0].ID, towpath.LedgerEntry{
						MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL},
						State:       towpath.LedgerDone,
						DatabaseID:  list[0].ID,
						StartedAt:   tx.Now,
						Path:        "shop/1__ddl__a.sql",
						Checksum:    hex.EncodeToString(sum[:]),
					})
				})
				b.Replan(t, link.ID)
				if got := b.Tasks(t, link.ID)[0]; got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestReconcile_recordsTheFilesOfNow(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/2__ddl__b.sql": "B"})
		_, grant := b.Connect(t)
		spec := b.Spec(grant)
		spec.ExistingFiles, spec.BaselineVersion = links.ExistingBaseline, "2"
		link, err := b.Link(t.Context(), b.Actor, b.Project, spec)
		if err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, link.ID)
		b.Commit(t, map[string]string{
			"shop/1__ddl__a.sql": "A, edited",
			"shop/2__ddl__b.sql": bitbucketsim.Deleted, "shop/1.5__ddl__c.sql": "C",
		})
		b.Reconciled(t, link.ID)
		st, err := b.LinkStatus(t.Context(), link.ID)
		if err != nil {
			t.Fatal(err)
		}
		var covers []string
		for _, m := range st.Rollout.Tasks[0].Covers {
			covers = append(covers, m.Version+" "+m.Path)
		}
		if marker := st.Rollout.Tasks[0].Covers[0].Description; !strings.Contains(marker, link.ID) {
			t.Errorf("the baseline says %s, and not whose it is", marker)
		}
		if got := strings.Join(covers, "|"); got != "2 |1 shop/1__ddl__a.sql|1.5 shop/1.5__ddl__c.sql" {
			t.Errorf("the baseline covers %s", got)
		}
	})
}

func TestReconcile_holdsWhatHasBecomeLateUnlessItWasReleased(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/5__ddl__a.sql": "A", "shop/6__ddl__b.sql": "B"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		b.Change(t, link.ID, "prod", "6", func(task *towpath.Task) { task.Released = true })
		b.Write(t, func(ctx context.Context, tx *store.Tx) error { // another link brings 7 to prod
			list, err := tx.ProjectDatabases(ctx, b.Project)
			if err != nil {
				return err
			}
			return tx.NoteLedger(ctx, list[1].ID, towpath.LedgerEntry{
				MigrationID: towpath.MigrationID{Version: "7", Type: towpath.TypeDDL},
				State:       towpath.LedgerDone,
				DatabaseID:  list[1].ID,
				StartedAt:   tx.Now,
			})
		})
		b.Replan(t, link.ID)
		b.WantTasks(t, link.ID, "test 5 apply pending", "test 6 apply pending", "prod 5 apply held",
			"prod 6 apply pending")
	})
}

func TestReconcile_afterRelinkingReplacesLeftovers(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/2__ddl__b.sql": "B"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		b.Change(t, link.ID, "test", "1", func(task *towpath.Task) { task.State = towpath.TaskUnknown })
		if err := b.Unlink(t.Context(), b.Actor, link.ID); err != nil {
			t.Fatal(err)
		}
		spec := b.Spec(link.GrantID)
		spec.ExistingFiles = links.ExistingRun
		again, err := b.Link(t.Context(), b.Actor, b.Project, spec)
		if err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, again.ID)
		b.WantTasks(t, again.ID, "test 2 apply pending", "prod 1 apply pending", "prod 2 apply pending")
	})
}

func TestReconcile_anotherLinkIsPlannedAgain(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		first := b.Linked(t)
		b.Reconciled(t, first.ID)
		spec := b.Spec(first.GrantID)
		spec.BaseDirectory = "other"
		second, err := b.Link(t.Context(), b.Actor, b.Project, spec)
		if err != nil {
			t.Fatal(err)
		}
		b.Commit(t, map[string]string{"other/shop/1__ddl__rival.sql": "R"})
		b.Reconciled(t, second.ID)
		if _, job := deliveries(t, b, first.ID); job.Generation == job.ObservedGeneration {
			t.Fatal("the first link was not woken")
		}
		b.Reconciled(t, first.ID)
		b.WantTasks(t, first.ID, "test 1 apply cancelled", "prod 1 apply cancelled")
	})
}

func TestReconcile_waitsForATreeThatLags(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"db/shop/1__ddl__a.sql": "A"})
		_, grant := b.Connect(t)
		spec := b.Spec(grant)
		spec.BaseDirectory, spec.ExistingFiles = "db", links.ExistingRun
		link, err := b.Link(t.Context(), b.Actor, b.Project, spec)
		if err != nil {
			t.Fatal(err)
		}
		b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: 404, APIStatusFor: 1, APIStatusPath: "/db/"})
		if _, err := b.Reconcile(t.Context(), link.ID); err == nil {
			t.Error("a lagging answer was taken for an empty directory")
		}
		b.Reconciled(t, link.ID)
		b.WantTasks(t, link.ID, "test 1 apply pending", "prod 1 apply pending")
	})
}

// A text that was pushed behind an unknown outcome may begin with the statements that ran: the task
// is looked at once more.
func TestReconcile_rechecksAnUnknownTaskWhenItsTextChanges(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		id := ""
		b.Change(t, link.ID, "test", "1", func(task *towpath.Task) {
			task.State, task.Reason, id = towpath.TaskUnknown, saysNo("nobody knows"), task.ID
		})
		asked := func() bool {
			err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Job(t.Context(), towpath.JobRunTask, id)
				return err
			})
			if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
				t.Fatal(err)
			}
			return err == nil
		}
		b.Replan(t, link.ID)
		if asked() {
			t.Error("the same text is asked about")
		}
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "B"})
		b.Reconciled(t, link.ID)
		b.WantTasks(t, link.ID, "test 1 apply unknown", "prod 1 apply pending")
		if !asked() {
			t.Error("another text is not asked about")
		}
	})
}
