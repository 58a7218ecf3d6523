package store

import (
	"context"
	"fmt"
	"time"

	"towpath"
)

var jobs = newTable("job", 2, func(j *towpath.Job) []column {
	return []column{
		{"kind", (*string)(&j.Kind)},
		{"subject", &j.Subject},
		{"generation", &j.Generation},
		{"observed_generation", &j.ObservedGeneration},
		{"due_at", instant{&j.DueAt}},
		{"attempts", &j.Attempts},
		{"last_error", reason{&j.LastError}},
		{"lease_owner", &j.Lease.Owner},
		{"lease_epoch", &j.Lease.Epoch},
		{"lease_until", maybe{&j.Lease.Until}},
	}
})

// Enqueue requests work on a subject as soon as possible; the request takes effect when this
// transaction commits. A request that arrives during the work makes it run once more afterwards.
func (tx *Tx) Enqueue(ctx context.Context, kind towpath.JobKind, subject string) error {
	tx.woken = true
	return tx.EnqueueAt(ctx, kind, subject, tx.Now)
}

// EnqueueAt requests work on a subject at the given time at the latest.
func (tx *Tx) EnqueueAt(ctx context.Context, kind towpath.JobKind, subject string, due time.Time) error {
	// The first epoch is a time, so that the holder of a deleted job is not taken for the holder of
	// a new one with the same subject.
	_, err := tx.exec(ctx, `INSERT INTO job (kind, subject, generation, observed_generation, due_at,
		attempts, last_error, lease_owner, lease_epoch, lease_until)
		VALUES ($1, $2, 1, 0, $3, 0, '', '', $4, NULL)
		ON CONFLICT (kind, subject) DO UPDATE SET
			due_at = CASE WHEN job.generation > job.observed_generation AND job.due_at < excluded.due_at
				THEN job.due_at ELSE excluded.due_at END,
			generation = job.generation + 1`, string(kind), subject, due.UnixMicro(), tx.Now.UnixMicro())
	if err != nil {
		return fmt.Errorf("enqueue %s %s: %w", kind, subject, err)
	}
	return nil
}

// ClaimJobs leases at most limit due jobs to owner until the given time, the longest due first.
func (tx *Tx) ClaimJobs(
	ctx context.Context, owner string, until time.Time, limit int,
) ([]towpath.Job, error) {
	due, err := jobs.list(ctx, tx,
		"WHERE generation > observed_generation AND due_at <= $1 "+
			"AND (lease_until IS NULL OR lease_until <= $1) ORDER BY due_at LIMIT $2",
		tx.Now.UnixMicro(), limit)
	if err != nil {
		return nil, err
	}
	for i := range due {
		due[i].Lease = towpath.Lease{Owner: owner, Epoch: due[i].Lease.Epoch + 1, Until: &until}
		if err := jobs.update(ctx, tx, due[i]); err != nil {
			return nil, err
		}
	}
	return due, nil
}

// stillClaimed rereads a claimed job; ok is false when the claimer has lost it or it was deleted.
func (tx *Tx) stillClaimed(ctx context.Context, claimed towpath.Job) (now towpath.Job, ok bool, err error) {
	now, err = tx.Job(ctx, claimed.Kind, claimed.Subject)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return now, false, nil
	}
	return now, err == nil && now.Lease.Epoch == claimed.Lease.Epoch &&
		now.Lease.Owner == claimed.Lease.Owner, err
}

// ExtendJob extends the lease of a claimed job; ok is false when the claimer has lost it.
func (tx *Tx) ExtendJob(ctx context.Context, claimed towpath.Job, until time.Time) (ok bool, err error) {
	now, ok, err := tx.stillClaimed(ctx, claimed)
	if !ok {
		return false, err
	}
	now.Lease.Until = &until
	return true, jobs.update(ctx, tx, now)
}

// FinishJob finishes a claimed job, and with it all requests from before the claim. requeueAt, when
// not nil, requests another run at that time. Requests made during the run stay due and do not wait
// for requeueAt. It does nothing when the claimer has lost the job.
func (tx *Tx) FinishJob(ctx context.Context, claimed towpath.Job, requeueAt *time.Time) error {
	return tx.endJob(ctx, claimed, func(j *towpath.Job) {
		if j.Generation == claimed.Generation && requeueAt != nil {
			j.Generation++
			j.DueAt = *requeueAt
		}
		j.ObservedGeneration = claimed.Generation
		j.Attempts = 0
		j.LastError = towpath.Reason{}
	})
}

// FailJob records that a claimed job failed, and schedules a retry at the given time. It does
// nothing when the claimer has lost the job.
func (tx *Tx) FailJob(ctx context.Context, claimed towpath.Job, why towpath.Reason, retry time.Time) error {
	return tx.endJob(ctx, claimed, func(j *towpath.Job) {
		j.Attempts++
		j.LastError = why
		if j.Generation == claimed.Generation {
			j.DueAt = retry
		}
	})
}

func (tx *Tx) endJob(ctx context.Context, claimed towpath.Job, change func(*towpath.Job)) error {
	now, ok, err := tx.stillClaimed(ctx, claimed)
	if !ok {
		return err
	}
	change(&now)
	now.Lease.Owner, now.Lease.Until = "", nil
	tx.woken = tx.woken || (now.Generation > now.ObservedGeneration && !now.DueAt.After(tx.Now))
	return jobs.update(ctx, tx, now)
}

// Job reads a job.
func (tx *Tx) Job(ctx context.Context, kind towpath.JobKind, subject string) (towpath.Job, error) {
	return jobs.get(ctx, tx, "kind = $1 AND subject = $2", string(kind), subject)
}

// DeleteJobs removes all jobs of a subject.
func (tx *Tx) DeleteJobs(ctx context.Context, subject string) error {
	return jobs.delete(ctx, tx, "subject = $1", subject)
}

// PruneJobs removes finished jobs that were last due before the given time. Another request makes
// a new row.
func (tx *Tx) PruneJobs(ctx context.Context, before time.Time) error {
	return jobs.delete(ctx, tx, "generation = observed_generation AND lease_until IS NULL AND due_at < $1",
		before.UnixMicro())
}

// nextDue reads one free job and the few leased ones, regardless of how many jobs are due.
const nextDue = `SELECT MIN(at) FROM (
	SELECT at FROM (SELECT due_at AS at FROM job WHERE generation > observed_generation
		AND lease_until IS NULL ORDER BY due_at LIMIT 1) AS free
	UNION ALL
	SELECT CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END FROM job
		WHERE lease_until IS NOT NULL AND generation > observed_generation
) AS due`

// NextDue returns when the next free job becomes due or a lease ends; nil when there is none.
func (tx *Tx) NextDue(ctx context.Context) (*time.Time, error) {
	var due *time.Time
	row := tx.tx.QueryRowContext(ctx, nextDue)
	if err := row.Scan(maybe{&due}); err != nil {
		return nil, fmt.Errorf("read next due job: %w", err)
	}
	return due, nil
}

// FreeLeases ends all leases of jobs and targets. Only a process that no other shares its metadata
// with may call it, at its start.
func (tx *Tx) FreeLeases(ctx context.Context) error {
	for _, statement := range []string{
		"UPDATE job SET lease_owner = '', lease_until = NULL WHERE lease_until IS NOT NULL",
		`UPDATE "database" SET lease_owner = '', lease_until = NULL WHERE lease_until IS NOT NULL`,
	} {
		if _, err := tx.exec(ctx, statement); err != nil {
			return fmt.Errorf("free leases: %w", err)
		}
	}
	return nil
}

// Failing lists jobs with at least n failures in a row.
func (tx *Tx) Failing(ctx context.Context, n int) ([]towpath.Job, error) {
	return jobs.list(ctx, tx, "WHERE attempts > 0 AND attempts >= $1 ORDER BY attempts DESC LIMIT 100", n)
}
