package store

import (
	"context"
	"fmt"
	"time"

	"towpath"
)

// Retention limits how much of the growing tables the metadata keeps. Zero keeps everything.
type Retention struct {
	Rollouts   int           // finished rollouts per link, with tasks, attempts and statement logs
	Statements time.Duration // statement logs of an attempt, after its end
	Schemas    int           // changes per database that keep the schema before and after
	Deliveries time.Duration // webhook deliveries, with their payloads
}

// unusedGrace is how long unused contents and jobs are kept: a reconcile stores contents before the
// transaction that needs them.
const unusedGrace = 24 * time.Hour

// eventsKept is how long changes of state stay in the outbox. Audit events stay for good.
const eventsKept = 7 * 24 * time.Hour

// pruneBatch bounds the rows that one transaction removes, so that other writers wait only briefly.
const pruneBatch = 200

// Prune removes unused rows, and rows beyond what r keeps. The ledger snapshots, the audit log and
// the change history stay; only the history's schemas are removed. It is a periodic job.
func (s *Store) Prune(ctx context.Context, r Retention) error {
	err := s.Write(ctx, func(tx *Tx) error {
		if r.Deliveries > 0 {
			if err := tx.PruneDeliveries(ctx, tx.Now.Add(-r.Deliveries).UnixMicro()); err != nil {
				return err
			}
		}
		if err := tx.PruneJobs(ctx, tx.Now.Add(-unusedGrace)); err != nil {
			return err
		}
		return tx.DeleteExpired(ctx)
	})
	if err != nil {
		return err
	}
	for _, prune := range []func(context.Context, *Tx) (int, error){
		func(ctx context.Context, tx *Tx) (int, error) { return tx.pruneRollouts(ctx, r.Rollouts) },
		func(ctx context.Context, tx *Tx) (int, error) { return tx.pruneStatements(ctx, r.Statements) },
		func(ctx context.Context, tx *Tx) (int, error) { return tx.pruneSchemas(ctx, r.Schemas) },
		func(ctx context.Context, tx *Tx) (int, error) { return tx.pruneEvents(ctx) },
		func(ctx context.Context, tx *Tx) (int, error) { return tx.pruneBranchReviews(ctx) },
		func(ctx context.Context, tx *Tx) (int, error) { return tx.pruneNotifications(ctx) },
		func(ctx context.Context, tx *Tx) (int, error) { return tx.pruneDrifts(ctx) },
	} {
		if err := s.inBatches(ctx, prune); err != nil {
			return err
		}
	}
	return s.Write(ctx, func(tx *Tx) error { return tx.PruneContents(ctx, tx.Now.Add(-unusedGrace)) })
}

// inBatches calls prune in separate transactions until it finds less than a batch.
func (s *Store) inBatches(ctx context.Context, prune func(context.Context, *Tx) (int, error)) error {
	for {
		n := 0
		err := s.Write(ctx, func(tx *Tx) (err error) {
			n, err = prune(ctx, tx)
			return err
		})
		if err != nil || n < pruneBatch {
			return err
		}
	}
}

// pruneRollouts removes finished rollouts except for the newest ones of each link. It keeps a
// rollout with a task that plans still need: a skipped one, so that it stays skipped, or an open
// one. It also keeps one at which a second person must still look.
func (tx *Tx) pruneRollouts(ctx context.Context, keep int) (int, error) {
	if keep == 0 {
		return 0, nil
	}
	old, err := tx.strings(ctx, `SELECT id FROM (
			SELECT id, row_number() OVER (PARTITION BY link_id ORDER BY id DESC) AS place FROM rollout
				WHERE finished_at IS NOT NULL
		) AS finished WHERE place > $1 AND NOT EXISTS (
			SELECT 1 FROM task WHERE task.rollout_id = finished.id AND task.state NOT IN ($2, $3)
		) AND NOT EXISTS (
			SELECT 1 FROM second_look WHERE second_look.rollout_id = finished.id AND looked_at IS NULL
		) ORDER BY id LIMIT $4`, keep, string(towpath.TaskDone), string(towpath.TaskCancelled), pruneBatch)
	if err != nil {
		return 0, rollouts.wrap("find old", err)
	}
	for _, id := range old {
		if err := tx.deleteRollout(ctx, id); err != nil {
			return 0, fmt.Errorf("remove rollout %s: %w", id, err)
		}
	}
	return len(old), nil
}

func (tx *Tx) deleteRollout(ctx context.Context, id string) error {
	for _, text := range []string{
		"UPDATE change_history SET task_id = '', rollout_id = '' WHERE rollout_id = $1",
		"DELETE FROM statement_log WHERE attempt_id IN " +
			"(SELECT a.id FROM attempt a JOIN task t ON t.id = a.task_id WHERE t.rollout_id = $1)",
		"DELETE FROM attempt WHERE task_id IN (SELECT id FROM task WHERE rollout_id = $1)",
		"DELETE FROM task WHERE rollout_id = $1",
		`DELETE FROM posted_status WHERE (link_id, commit_hash) IN (SELECT link_id, commit_hash FROM rollout
			WHERE id = $1)
			AND commit_hash NOT IN (SELECT synced_commit FROM repository_link)`,
		"DELETE FROM reviewed_file WHERE rollout_id = $1",
		"DELETE FROM rollout_review WHERE rollout_id = $1",
		"DELETE FROM approval_request WHERE rollout_id = $1",
		"DELETE FROM pull_reading WHERE rollout_id = $1",
		"DELETE FROM rollout WHERE id = $1",
	} {
		if _, err := tx.exec(ctx, text, id); err != nil {
			return err
		}
	}
	return nil
}

// pruneStatements removes the statement logs of attempts that ended long ago. The attempts keep
// their counts and errors.
func (tx *Tx) pruneStatements(ctx context.Context, keep time.Duration) (int, error) {
	if keep == 0 {
		return 0, nil
	}
	old, err := tx.strings(ctx, `SELECT id FROM attempt WHERE finished_at < $1
		AND EXISTS (SELECT 1 FROM statement_log WHERE attempt_id = attempt.id) ORDER BY finished_at
		LIMIT $2`, tx.Now.Add(-keep).UnixMicro(), pruneBatch)
	if err != nil {
		return 0, attempts.wrap("find old", err)
	}
	for _, id := range old {
		if err := statements.delete(ctx, tx, "attempt_id = $1", id); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

// branchesKept is how long the ended review of a branch stays.
const branchesKept = 30 * 24 * time.Hour

// pruneBranchReviews removes the reviews of branches that ended long ago and are gone.
func (tx *Tx) pruneBranchReviews(ctx context.Context) (int, error) {
	old, err := branchReviews.list(ctx, tx,
		"WHERE ended_at < $1 AND head = '' ORDER BY ended_at LIMIT $2",
		tx.Now.Add(-branchesKept).UnixMicro(), pruneBatch)
	if err != nil {
		return 0, err
	}
	for _, r := range old {
		if err := tx.DeleteBranchReview(ctx, r); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}

// pruneSchemas removes the references to the schemas before and after a change, except for the
// newest changes of each database. PruneContents then removes the texts.
func (tx *Tx) pruneSchemas(ctx context.Context, keep int) (int, error) {
	if keep == 0 {
		return 0, nil
	}
	old, err := tx.strings(ctx, `SELECT id FROM (
			SELECT id, row_number() OVER (PARTITION BY database_id ORDER BY id DESC) AS place
				FROM change_history WHERE schema_after <> ''
		) AS kept WHERE place > $1 ORDER BY id LIMIT $2`, keep, pruneBatch)
	if err != nil {
		return 0, history.wrap("find old", err)
	}
	for _, id := range old {
		if _, err := tx.exec(ctx,
			"UPDATE change_history SET schema_before = '', schema_after = '' WHERE id = $1", id); err != nil {
			return 0, history.wrap("forget schemas in", err)
		}
	}
	return len(old), nil
}
