package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towpath"
	"towpath/internal/store"
)

// clock is a store's clock that only the test moves.
type clock struct{ micros atomic.Int64 }

func stopClock(s *store.Store) *clock {
	c := &clock{}
	c.micros.Store(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro())
	s.Now = c.now
	return c
}

func (c *clock) now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

func enqueue(t testing.TB, s *store.Store, subject string) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.Enqueue(ctx, towpath.JobReconcile,
			subject)
	})
}

func claim(t testing.TB, s *store.Store, owner string) (claimed []towpath.Job) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		claimed, err = tx.ClaimJobs(ctx, owner, tx.Now.Add(time.Minute), 10)
		return err
	})
	return claimed
}

func claimOne(t testing.TB, s *store.Store) towpath.Job {
	t.Helper()
	claimed := claim(t, s, "me")
	if len(claimed) != 1 {
		t.Fatalf("claimed %d jobs, want 1", len(claimed))
	}
	return claimed[0]
}

func finish(t testing.TB, s *store.Store, j towpath.Job, again *time.Time) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.FinishJob(ctx, j, again) })
}

func jobNow(t testing.TB, s *store.Store, subject string) (j towpath.Job) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		j, err = tx.Job(ctx, towpath.JobReconcile, subject)
		return err
	})
	return j
}

func nextDue(t testing.TB, s *store.Store) (due *time.Time) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		due, err = tx.NextDue(ctx)
		return err
	})
	return due
}

func TestJob_requestedDuringItsRunRunsAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		enqueue(t, s, "l1")
		first := claimOne(t, s)
		enqueue(t, s, "l1")
		if again := claim(t, s, "other"); len(again) != 0 {
			t.Fatalf("claimed a leased job: %+v", again)
		}
		later := time.Now().Add(time.Hour)
		finish(t, s, first, &later) // requests from before the finish do not wait for that
		finish(t, s, claimOne(t, s), nil)
		if left := claim(t, s, "me"); len(left) != 0 {
			t.Fatal("finished work is still due")
		}
	})
}

func TestJob_requestedForLaterIsDueThen(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		c := stopClock(s)
		at := func(d time.Duration) {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				return tx.EnqueueAt(ctx, towpath.JobReconcile, "l1", tx.Now.Add(d))
			})
		}
		at(2 * time.Hour)
		at(time.Hour)
		at(3 * time.Hour)
		if due := nextDue(t, s); due == nil || !due.Equal(c.now().Add(time.Hour)) {
			t.Errorf("due at %v, want the earliest requested time", due)
		}
		if len(claim(t, s, "me")) != 0 {
			t.Error("claimed before its time")
		}
		c.advance(time.Hour)
		j := claimOne(t, s)
		again := c.now().Add(time.Minute)
		finish(t, s, j, &again)
		if due := nextDue(t, s); due == nil || !due.Equal(again) {
			t.Errorf("due at %v, want %v", due, again)
		}
		enqueue(t, s, "l1")
		if due := nextDue(t, s); due == nil || !due.Equal(c.now()) {
			t.Errorf("due at %v, want now", due)
		}
	})
}

func TestJob_thatFailsIsTriedAgainLater(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		c := stopClock(s)
		enqueue(t, s, "l1")
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			j, err := tx.ClaimJobs(ctx, "me", tx.Now.Add(time.Minute), 1)
			if err != nil {
				return err
			}
			return tx.FailJob(ctx, j[0], towpath.Why(towpath.ReasonNoAnswer), tx.Now.Add(time.Second))
		})
		if len(claim(t, s, "me")) != 0 {
			t.Error("claimed at once")
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			failing, err := tx.Failing(ctx, 1)
			if len(failing) != 1 || failing[0].Attempts != 1 || failing[0].LastError.Code != towpath.ReasonNoAnswer {
				t.Errorf("failing: %+v", failing)
			}
			return err
		})
		c.advance(time.Second)
		finish(t, s, claimOne(t, s), nil)
		if j := jobNow(t, s, "l1"); j.Attempts != 0 || !j.LastError.IsZero() {
			t.Errorf("a finished job remembers failures: %+v", j)
		}
	})
}

func TestJob_ofADeadClaimerIsClaimedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		c := stopClock(s)
		enqueue(t, s, "l1")
		dead := claimOne(t, s)
		if due := nextDue(t, s); due == nil || !due.Equal(*dead.Lease.Until) {
			t.Errorf("due at %v, want the lease's end", due)
		}
		c.advance(time.Minute)
		next := claim(t, s, "other")
		if len(next) != 1 || next[0].Lease.Epoch <= dead.Lease.Epoch {
			t.Fatalf("claimed %+v after %+v", next, dead)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			ok, err := tx.ExtendJob(ctx, dead, tx.Now.Add(time.Hour))
			if ok {
				t.Error("the dead claimer extended")
			}
			if err != nil {
				return err
			}
			if err := tx.FailJob(ctx, dead, towpath.Why(towpath.ReasonNoAnswer), tx.Now); err != nil {
				return err
			}
			return tx.FinishJob(ctx, dead, nil)
		})
		if j := jobNow(t, s, "l1"); j.Lease.Owner != "other" || j.ObservedGeneration != 0 || j.Attempts != 0 {
			t.Errorf("the dead claimer changed %+v", j)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			ok, err := tx.ExtendJob(ctx, next[0], tx.Now.Add(time.Hour))
			if !ok {
				t.Error("the claimer could not extend")
			}
			return err
		})
		c.advance(time.Minute)
		if len(claim(t, s, "third")) != 0 {
			t.Error("an extended lease was taken")
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.FreeLeases(ctx) })
		if len(claim(t, s, "third")) != 1 {
			t.Error("a freed lease was not taken")
		}
	})
}

func TestJob_thatWasDeletedHasNoClaimer(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		enqueue(t, s, "l1")
		old := claimOne(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.DeleteJobs(ctx, "l1"); err != nil {
				return err
			}
			ok, err := tx.ExtendJob(ctx, old, tx.Now)
			if ok {
				t.Error("extended a job that is gone")
			}
			if err != nil {
				return err
			}
			return tx.FinishJob(ctx, old, nil)
		})
		// a new job of the same subject; the same process claims it while its old handler still
		// runs
		enqueue(t, s, "l1")
		now := claimOne(t, s)
		finish(t, s, old, nil)
		if j := jobNow(t, s, "l1"); j.ObservedGeneration != 0 || j.Lease.Epoch != now.Lease.Epoch ||
			j.Lease.Owner == "" {
			t.Errorf("the old handler ended the new run: %+v", j)
		}
	})
}

func TestPruneJobs_keepsRequestedAndRecentJobs(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		c := stopClock(s)
		enqueue(t, s, "done")
		finish(t, s, claimOne(t, s), nil)
		enqueue(t, s, "wanted")
		c.advance(48 * time.Hour)
		enqueue(t, s, "recent")
		for _, j := range claim(t, s, "me") {
			if j.Subject == "recent" {
				finish(t, s, j, nil)
			}
		}
		write(t, s,
			func(ctx context.Context, tx *store.Tx) error {
				return tx.PruneJobs(ctx,
					tx.Now.Add(-24*time.Hour))
			})
		for subject, there := range map[string]bool{"done": false, "wanted": true, "recent": true} {
			err := s.Read(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Job(t.Context(), towpath.JobReconcile, subject)
				return err
			})
			if (err == nil) != there {
				t.Errorf("%s: %v", subject, err)
			}
		}
	})
}

func TestClaimJobs_takesTheLongestDueFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		c := stopClock(s)
		for i := range 5 {
			enqueue(t, s, fmt.Sprint(i))
			c.advance(time.Second)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, want := range []string{"01", "23", "4"} {
				claimed, err := tx.ClaimJobs(ctx, "me", tx.Now.Add(time.Minute), 2)
				got := ""
				for _, j := range claimed {
					got += j.Subject
				}
				if err != nil || got != want {
					t.Errorf("claimed %s, want %s (%v)", got, want, err)
				}
			}
			return nil
		})
	})
}

func TestClaimJobs_racersNeverGetOneJob(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const total, racers = 40, 6
		for i := range total {
			enqueue(t, s, fmt.Sprint(i))
		}
		var mu sync.Mutex
		seen := map[string]string{}
		var group sync.WaitGroup
		for r := range racers {
			owner := fmt.Sprint("racer ", r)
			group.Go(func() {
				for {
					var claimed []towpath.Job
					err := s.Write(t.Context(), func(tx *store.Tx) (err error) {
						claimed, err = tx.ClaimJobs(t.Context(), owner, tx.Now.Add(time.Hour), 3)
						return err
					})
					if err != nil || len(claimed) == 0 {
						if err != nil {
							t.Error(err)
						}
						return
					}
					mu.Lock()
					for _, j := range claimed {
						if before, taken := seen[j.Subject]; taken {
							t.Errorf("%s and %s both claimed %s", before, owner, j.Subject)
						}
						seen[j.Subject] = owner
					}
					mu.Unlock()
				}
			})
		}
		group.Wait()
		if len(seen) != total {
			t.Errorf("claimed %d of %d jobs", len(seen), total)
		}
	})
}

// wish is the model's state of one subject.
type wish struct{ asked, served int }

// trial is a claim that has not ended.
type trial struct {
	job   towpath.Job
	asked int // the requests when it began
}

// TestJobs_neverLoseRequestedWork runs the operations of processes in random order, with claimers that
// die, are late or lose the connection, and compares the table with a model: work is due exactly as
// long as no run that began after the last request has ended.
func TestJobs_neverLoseRequestedWork(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		c := stopClock(s)
		rapid.Check(t, func(rt *rapid.T) {
			write(t, s,
				func(ctx context.Context, tx *store.Tx) error { return tx.Exec(ctx, "DELETE FROM job") })
			wishes := map[string]*wish{}
			var runs []trial
			subject := func() string { return rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "subject") }
			ask := func(delay time.Duration) {
				name := subject()
				if wishes[name] == nil {
					wishes[name] = &wish{}
				}
				wishes[name].asked++
				write(t, s, func(ctx context.Context, tx *store.Tx) error {
					return tx.EnqueueAt(ctx, towpath.JobReconcile, name, tx.Now.Add(delay))
				})
			}
			claimAll := func(owner string) {
				for _, j := range claim(t, s, owner) {
					runs = append(runs, trial{j, wishes[j.Subject].asked})
				}
			}
			end := func(how func(ctx context.Context, tx *store.Tx, r trial) (finished bool, err error)) {
				if len(runs) == 0 {
					return
				}
				i := rapid.IntRange(0, len(runs)-1).Draw(rt, "run")
				r := runs[i]
				runs = append(runs[:i:i], runs[i+1:]...)
				now := jobNow(t, s, r.job.Subject)
				ours := now.Lease.Epoch == r.job.Lease.Epoch && now.Lease.Owner == r.job.Lease.Owner
				write(t, s, func(ctx context.Context, tx *store.Tx) error {
					finished, err := how(ctx, tx, r)
					if finished && ours {
						wishes[r.job.Subject].served = max(wishes[r.job.Subject].served, r.asked)
					}
					return err
				})
			}
			rt.Repeat(map[string]func(*rapid.T){
				"ask":          func(*rapid.T) { ask(0) },
				"ask for then": func(*rapid.T) { ask(30 * time.Second) },
				"claim": func(t *rapid.T) {
					claimAll(rapid.SampledFrom([]string{"p", "q"}).Draw(t,
						"owner"))
				},
				"finish": func(*rapid.T) {
					end(func(ctx context.Context, tx *store.Tx, r trial) (bool, error) {
						return true, tx.FinishJob(ctx, r.job, nil)
					})
				},
				"finish and look again": func(*rapid.T) {
					end(func(ctx context.Context, tx *store.Tx, r trial) (bool, error) {
						again := tx.Now.Add(20 * time.Second)
						now, err := tx.Job(ctx, r.job.Kind, r.job.Subject)
						if w := wishes[r.job.Subject]; err == nil && now.Lease.Epoch == r.job.Lease.Epoch &&
							now.Lease.Owner != "" && w.asked == r.asked {
							w.asked++
						}
						return true, tx.FinishJob(ctx, r.job, &again)
					})
				},
				"fail": func(*rapid.T) {
					end(func(ctx context.Context, tx *store.Tx, r trial) (bool, error) {
						return false, tx.FailJob(ctx, r.job, towpath.Why(towpath.ReasonNoAnswer), tx.Now.Add(10*time.Second))
					})
				},
				"die": func(*rapid.T) {
					end(func(context.Context, *store.Tx, trial) (bool, error) { return false, nil })
				},
				"time goes": func(t *rapid.T) {
					c.advance(time.Duration(rapid.IntRange(1, 90).Draw(t, "seconds")) * time.Second)
				},
				"restart": func(*rapid.T) {
					write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.FreeLeases(ctx) })
				},
				"": func(rt *rapid.T) {
					for name, w := range wishes {
						if j := jobNow(t, s,
							name); (j.Generation > j.ObservedGeneration) != (w.asked > w.served) {
							rt.Fatalf("%+v, though asked for %d times and served %d", j, w.asked, w.served)
						}
					}
				},
			})
			c.advance(time.Hour) // all leases end, all work is due
			for range 3 {
				for _, j := range claim(t, s, "last") {
					wishes[j.Subject].served = wishes[j.Subject].asked
					finish(t, s, j, nil)
				}
			}
			for name, w := range wishes {
				if w.served < w.asked {
					rt.Fatalf("the work on %s was lost", name)
				}
			}
			if due := nextDue(t, s); due != nil {
				rt.Fatalf("something is due at %v when all is done", due)
			}
		})
	})
}
