package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

const (
	// statusPatience is how long the statuses of a commit that the provider does not have are
	// retried. Right after a push it may not have the commit yet; after a force-push it never will.
	statusPatience = time.Hour

	// startDelay is how long a stage must run before its start is posted. Shorter stages only post
	// their result.
	startDelay = 2 * time.Second

	// progressEvery is how often the counts of a status in progress are updated.
	progressEvery = 30 * time.Second
)

// post sends the statuses that differ from what was sent last. It posts nothing for a link that
// needs attention: the link is woken when a person has fixed it. requeueAt is when to call it again
// for statuses that it postponed, or after a rate limit.
func (s *Service) post(
	ctx context.Context, link towpath.RepositoryLink, statuses []commitStatus, since time.Time,
) (requeueAt *time.Time, err error) {
	if len(statuses) == 0 || !link.AttentionReason.IsZero() {
		return nil, nil
	}
	client, err := s.Accounts.Client(ctx, link.GrantID)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, st := range statuses {
		posted, err := s.lastPosted(ctx, link.ID, st)
		if err != nil {
			return nil, err
		}
		if posted.Digest == digestOf(st.Status) {
			continue
		}
		if wait, later := s.postpone(st, posted, nearLimit(client.Usage())); later {
			if !wait.IsZero() && (requeueAt == nil || wait.Before(*requeueAt)) {
				requeueAt = &wait
			}
			continue
		}
		err = s.postOne(ctx, client, link, st)
		if vcs.KindOf(err) == vcs.NotFound && s.Store.Now().Sub(since) > statusPatience {
			s.Logger.Warn("gave up posting a build status: the provider does not have the commit", "link",
				link.ID, "commit", st.commit)
			err = nil
		}
		failed = errors.Join(failed, err)
		if vcs.KindOf(err) == vcs.RateLimited {
			break // the others would get the same error
		}
	}
	if failed != nil {
		return vcs.RetryAt(failed), account.Explain(failed, "post build status")
	}
	return requeueAt, nil
}

// postpone reports whether a status need not be sent now, and when to check again; the zero time is
// never. Statuses in progress use up calls that final ones may need. So stages that end within
// startDelay post none, and near the provider's limit each stage posts only one.
func (s *Service) postpone(st commitStatus, last store.Posted, tight bool) (requeueAt time.Time, later bool) {
	if st.State != vcs.StatusInProgress {
		return requeueAt, false
	}
	now := s.Store.Now()
	if !strings.HasPrefix(last.Digest, string(vcs.StatusInProgress)+"|") {
		requeueAt = st.since.Add(startDelay)
		return requeueAt, now.Before(requeueAt)
	}
	if tight {
		return time.Time{}, true
	}
	requeueAt = last.At.Add(progressEvery)
	return requeueAt, now.Before(requeueAt)
}

// nearLimit reports whether an account has used so many of its calls per hour that only necessary
// statuses are posted.
func nearLimit(u vcs.Usage) bool { return u.Limit > 0 && u.Used >= u.Limit/4 }

func digestOf(st vcs.Status) string {
	return fmt.Sprintf("%s|%s|%s", st.State, st.Description, st.URL)
}

func (s *Service) lastPosted(
	ctx context.Context, linkID string, st commitStatus,
) (last store.Posted, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		posted, err := tx.PostedStatuses(ctx, linkID, st.commit)
		last = posted[st.Key]
		return err
	})
	return last, err
}

func (s *Service) postOne(
	ctx context.Context, client vcs.Client, link towpath.RepositoryLink, st commitStatus,
) error {
	if err := client.PutStatus(ctx, link.RepositoryID, st.commit, st.Status); err != nil {
		return fmt.Errorf("post status %s on %s: %w", st.Key, towpath.ShortHash(st.commit), err)
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.SetPostedStatus(ctx, link.ID, st.commit, st.Key, digestOf(st.Status))
	})
}

// StopStatuses posts a final status for each one in progress of a link that is about to be deleted,
// since nothing would post it afterwards.
func (s *Service) StopStatuses(ctx context.Context, link towpath.RepositoryLink) error {
	var w *reporter
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		w, err = s.newReporter(ctx, tx, link)
		return err
	})
	if err != nil {
		return err
	}
	for commit, keys := range w.inProgress {
		for _, key := range keys {
			environment := strings.TrimPrefix(key, statusKey(link.ID, ""))
			w.add(commit, key, environment, "/projects/"+link.ProjectID, time.Time{},
				newStatus(vcs.StatusStopped, "The repository was unlinked while it ran"))
		}
	}
	_, err = s.post(ctx, link, w.statuses, s.Store.Now())
	return errors.Join(err, s.stopBranches(ctx, link))
}
