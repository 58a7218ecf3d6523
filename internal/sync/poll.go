package sync

import (
	"cmp"
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// gitBudget is how many Git requests per hour one grant may use for polling: half of what the
// strictest known provider allows.
// https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
const gitBudget = 30_000

// pollRequests is how many Git requests it takes to read the heads.
const pollRequests = 2

// pollEvery returns the poll interval that keeps n links of one grant within its budget.
func pollEvery(interval time.Duration, n int) time.Duration {
	return max(interval, time.Duration(n*pollRequests)*time.Hour/gitBudget)
}

// WakeDue wakes every link whose poll is due. It is a periodic job.
func (s *Service) WakeDue(ctx context.Context) error {
	due := false
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		links, err := tx.DuePolls(ctx)
		due = len(links) > 0
		return err
	})
	if err != nil || !due {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		links, err := tx.DuePolls(ctx)
		if err != nil {
			return err
		}
		for _, l := range links {
			siblings, err := store.All(tx.EveryLink(ctx, store.LinkFilter{GrantID: l.GrantID}))
			if err != nil {
				return err
			}
			l.NextPollAt = tx.Now.Add(pollEvery(cmp.Or(s.PollInterval, towpath.PollInterval), len(siblings)))
			if err := tx.UpdateLink(ctx, &l); err != nil {
				return err
			}
			if err := tx.Enqueue(ctx, towpath.JobReconcile, l.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// WakeAll schedules a reconcile, a check of the hook and a look at the pull requests for every
// link. A server calls it at its start, to find what it has missed.
func (s *Service) WakeAll(ctx context.Context) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.EndAllProgress(ctx); err != nil {
			return err
		}
		for l, err := range tx.EveryLink(ctx, store.LinkFilter{}) {
			if err != nil {
				return err
			}
			for _, kind := range []towpath.JobKind{
				towpath.JobReconcile, towpath.JobCheckHook, towpath.JobPullRequests,
			} {
				if err := tx.Enqueue(ctx, kind, l.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
