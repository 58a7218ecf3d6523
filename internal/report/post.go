package report

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

const (
	// statusPatience is how long a commit may be unknown to the provider before we give its
	// statuses up: right after a push it often is, and after a force-push it stays so.
	statusPatience = time.Hour

	// quickEnd is how soon a change may end for its start not to be worth a call.
	quickEnd = 2 * time.Second

	// progressEvery is how often the counts of a status in progress are brought up to date.
	progressEvery = 30 * time.Second
)

// post sends the statuses that differ from what was sent last. A link that needs a person posts
// nothing; it is woken when it no longer does.
func (s *Service) post(
	ctx context.Context, link towpath.RepositoryLink, statuses []commitStatus, since time.Time,
) (requeueAt *time.Time, err error) {
	if len(statuses) == 0 || link.AttentionReason != "" {
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
		if wait, later := s.mayWait(st, posted, tight(client.Usage())); later {
			if !wait.IsZero() && (requeueAt == nil || wait.Before(*requeueAt)) {
				requeueAt = &wait
			}
			continue
		}
		err = s.postOne(ctx, client, link, st)
		if vcs.KindOf(err) == vcs.NotFound && s.Store.Now().Sub(since) > statusPatience {
			s.Logger.Warn("gave up a build status: the commit is gone", "link", link.ID, "commit", st.commit)
			err = nil
		}
		failed = errors.Join(failed, err)
		if vcs.KindOf(err) == vcs.RateLimited {
			break // the others would meet the same
		}
	}
	if failed != nil {
		return vcs.RetryAt(failed), vcs.Explain(failed, "post build status")
	}
	return requeueAt, nil
}

// mayWait reports whether a status need not be sent now, and when to look again; the zero time is
// never. What is in progress costs calls that the ends of changes may need: a quick change has
// none, and while the budget is tight each stage has one.
func (s *Service) mayWait(st commitStatus, last store.Posted, tight bool) (requeueAt time.Time, later bool) {
	if st.State != vcs.StatusInProgress {
		return requeueAt, false
	}
	now := s.Store.Now()
	if !strings.HasPrefix(last.Digest, string(vcs.StatusInProgress)+"|") {
		requeueAt = st.since.Add(quickEnd)
		return requeueAt, now.Before(requeueAt)
	}
	if tight {
		return time.Time{}, true
	}
	requeueAt = last.At.Add(progressEvery)
	return requeueAt, now.Before(requeueAt)
}

// tight reports whether so much of an account's hour is spent that only what must be told is.
func tight(u vcs.Usage) bool { return u.Limit > 0 && u.Used >= u.Limit/4 }

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

// Settle ends what a link shows as in progress, before the link goes: nobody would end it
// afterwards.
func (s *Service) Settle(ctx context.Context, link towpath.RepositoryLink) error {
	var w *reporter
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		w, err = s.newReporter(ctx, tx, link)
		return err
	})
	if err != nil {
		return err
	}
	for commit, keys := range w.unsettled {
		for _, key := range keys {
			environment := strings.TrimPrefix(key, statusKey(link.ID, ""))
			w.add(commit, key, environment, "/projects/"+link.ProjectID, time.Time{},
				said(vcs.StatusStopped, "The repository was unlinked while it ran"))
		}
	}
	_, err = s.post(ctx, link, w.statuses, s.Store.Now())
	return err
}
