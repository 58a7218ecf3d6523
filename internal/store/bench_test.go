package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// benchOnBoth prepares a store once per database and measures run on it.
func benchOnBoth(b *testing.B, prepare func(b *testing.B, s *store.Store) (run func(i int) error)) {
	for _, kind := range []struct {
		name    string
		address func(testing.TB) string
	}{{"sqlite", newSQLite}, {"postgres", newPostgres}} {
		b.Run(kind.name, func(b *testing.B) {
			s := open(b, kind.address(b))
			run := prepare(b, s)
			if s.Shared() {
				write(b, s, func(ctx context.Context, tx *store.Tx) error { return tx.Exec(ctx, "ANALYZE") })
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				if err := run(i); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// manyJobs makes n jobs: most are done, some are due later and a few are due now.
func manyJobs(b *testing.B, s *store.Store, n int) {
	b.Helper()
	write(b, s, func(ctx context.Context, tx *store.Tx) error {
		for i := range n {
			if err := tx.EnqueueAt(ctx, towpath.JobRunTask, fmt.Sprint(i),
				tx.Now.Add(time.Hour)); err != nil {
				return err
			}
		}
		return tx.Exec(ctx, "UPDATE job SET observed_generation = generation WHERE subject NOT LIKE '%7'")
	})
}

func BenchmarkNextDue(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		manyJobs(b, s, 20_000)
		return func(int) error {
			return s.Read(b.Context(),
				func(tx *store.Tx) error { _, err := tx.NextDue(b.Context()); return err })
		}
	})
}

// BenchmarkJob enqueues, claims and finishes one job, each in its own transaction.
func BenchmarkJob(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		manyJobs(b, s, 20_000)
		return func(int) error {
			ctx := b.Context()
			var claimed []towpath.Job
			for _, step := range []func(tx *store.Tx) error{
				func(tx *store.Tx) error { return tx.Enqueue(ctx, towpath.JobRunTask, "0") },
				func(tx *store.Tx) (err error) {
					claimed, err = tx.ClaimJobs(ctx, "me", tx.Now.Add(time.Minute), 16)
					return err
				},
				func(tx *store.Tx) error { return tx.FinishJob(ctx, claimed[0], nil) },
			} {
				if err := s.Write(ctx, step); err != nil {
					return err
				}
			}
			return nil
		}
	})
}

func BenchmarkCredentialByHash(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		w := newWorld(b, s)
		write(b, s, func(ctx context.Context, tx *store.Tx) error {
			for i := range 5_000 {
				if err := tx.CreateCredential(ctx, &towpath.Credential{
					Kind:     towpath.CredentialSession,
					MemberID: w.member.ID, Hash: fmt.Append(nil, i),
				}); err != nil {
					return err
				}
			}
			return nil
		})
		return func(i int) error {
			return s.Read(b.Context(), func(tx *store.Tx) error {
				_, err := tx.CredentialByHash(b.Context(), towpath.CredentialSession, fmt.Append(nil, i%5000))
				return err
			})
		}
	})
}

func BenchmarkManifest_2000Files(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		w := newWorld(b, s)
		files := make([]towpath.ManifestFile, 2000)
		for i := range files {
			files[i] = w.file(fmt.Sprintf("migrations/prod/%04d##ddl##some_change.sql", i))
		}
		return func(int) error {
			return s.Write(b.Context(), func(tx *store.Tx) error {
				if err := tx.DeleteManifest(b.Context(), w.link.ID); err != nil {
					return err
				}
				return tx.PutManifestFile(b.Context(), files...)
			})
		}
	})
}

func BenchmarkManifest_2000FilesOneByOne(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		w := newWorld(b, s)
		return func(int) error {
			return s.Write(b.Context(), func(tx *store.Tx) error {
				if err := tx.DeleteManifest(b.Context(), w.link.ID); err != nil {
					return err
				}
				for i := range 2000 {
					if err := tx.PutManifestFile(b.Context(),
						w.file(fmt.Sprintf("migrations/prod/%04d##ddl##some_change.sql", i))); err != nil {
						return err
					}
				}
				return nil
			})
		}
	})
}

// tenants makes n databases with a ledger of m entries each.
func tenants(b *testing.B, s *store.Store, w *world, n, m int) {
	b.Helper()
	entries := make([]towpath.LedgerEntry, m)
	for i := range entries {
		entries[i] = w.entry(fmt.Sprintf("%04d", i))
	}
	for i := range n {
		write(b, s, func(ctx context.Context, tx *store.Tx) error {
			d := towpath.Database{
				InstanceID:    w.instance.ID,
				EnvironmentID: w.environment.ID,
				ProjectID:     w.project.ID,
				Name:          fmt.Sprint("tenant", i),
			}
			if err := tx.CreateDatabase(ctx, &d); err != nil {
				return err
			}
			return tx.SetLedger(ctx, d.ID, towpath.LedgerSnapshot{At: &tx.Now, Entries: entries})
		})
	}
}

func BenchmarkProjectDatabases_100With100Entries(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		w := newWorld(b, s)
		tenants(b, s, w, 100, 100)
		return func(int) error {
			return s.Read(b.Context(), func(tx *store.Tx) error {
				_, err := tx.ProjectDatabases(b.Context(), w.project.ID)
				return err
			})
		}
	})
}

// BenchmarkSetLedger_unchanged is what every reconcile does with each database.
func BenchmarkSetLedger_unchanged(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		w := newWorld(b, s)
		entries := make([]towpath.LedgerEntry, 500)
		for i := range entries {
			entries[i] = w.entry(fmt.Sprintf("%04d", i))
		}
		return func(int) error {
			return s.Write(b.Context(), func(tx *store.Tx) error {
				return tx.SetLedger(b.Context(), w.database.ID,
					towpath.LedgerSnapshot{At: &tx.Now, Entries: entries})
			})
		}
	})
}

// BenchmarkTasks_1000 is what the metadata has to do with a thousand migrations of one database:
// they are planned in one transaction, and claimed and reported 64 at a time.
func BenchmarkTasks_1000(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		w := newWorld(b, s)
		return func(i int) error {
			ctx := b.Context()
			err := s.Write(ctx, func(tx *store.Tx) error {
				for n := range 1000 {
					task := w.newTask(fmt.Sprint(i, ".", n), towpath.TaskPending)
					task.Sequence = n
					if err := tx.CreateTask(ctx, &task); err != nil {
						return err
					}
				}
				return nil
			})
			for claimed := (batch{}); err == nil; {
				err = s.Write(ctx, func(tx *store.Tx) error { return claimed.report(ctx, tx, w) })
				if len(claimed.next) == 0 {
					break
				}
				claimed = batch{tasks: claimed.next, attempts: claimed.begun}
			}
			return err
		}
	})
}

// batch is what one transaction reports, and what it claims.
type batch struct {
	tasks    []towpath.Task
	attempts []towpath.Attempt
	next     []towpath.Task
	begun    []towpath.Attempt
}

func (p *batch) report(ctx context.Context, tx *store.Tx, w *world) (err error) {
	for i := range p.tasks {
		task, err := tx.Task(ctx, p.tasks[i].ID)
		if err != nil {
			return err
		}
		task.State, task.FinishedAt = towpath.TaskDone, &tx.Now
		if err := tx.UpdateTask(ctx, &task); err != nil {
			return err
		}
		p.attempts[i].State = towpath.TaskDone
		if err := tx.UpdateAttempt(ctx, &p.attempts[i]); err != nil {
			return err
		}
		if err := tx.AddStatements(ctx, p.attempts[i].ID,
			[]towpath.StatementLog{{Summary: "CREATE TABLE x"}}); err != nil {
			return err
		}
		if err := tx.AddHistory(ctx, &towpath.ChangeHistory{
			DatabaseID: w.database.ID,
			TaskID:     task.ID,
			RolloutID:  task.RolloutID,
			Migration:  task.Migration,
		}); err != nil {
			return err
		}
	}
	p.begun = nil
	if p.next, err = tx.NextTasks(ctx, w.rollout.ID, w.database.ID, 64); err != nil {
		return err
	}
	for i := range p.next {
		p.next[i].State = towpath.TaskRunning
		p.begun = append(p.begun, towpath.Attempt{
			TaskID:    p.next[i].ID,
			Number:    1,
			State:     towpath.TaskRunning,
			StartedAt: tx.Now,
		})
		if err := tx.UpdateTask(ctx, &p.next[i]); err != nil {
			return err
		}
		if err := tx.CreateAttempt(ctx, &p.begun[i]); err != nil {
			return err
		}
	}
	return nil
}
