package link

import (
	"context"
	"strings"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

const (
	hookGrace    = 5 * time.Minute  // how long a created hook may exist without its link
	removalStart = 15 * time.Second // when the job runs after an immediate try
	removalPause = time.Hour        // until the next try after a provider forbids a removal
)

// hookRemoval returns the removal of a link's hook.
func (s *Service) hookRemoval(link towpath.RepositoryLink, since time.Time) towpath.HookRemoval {
	address := link.HookURL
	if address == "" {
		address = s.hookURL(link.HookKey)
	}
	return towpath.HookRemoval{
		ID:             link.ID,
		ProjectID:      link.ProjectID,
		GrantID:        link.GrantID,
		RepositoryID:   link.RepositoryID,
		RepositoryName: link.RepositoryName,
		RepositoryURL:  link.RepositoryURL,
		HookKey:        link.HookKey,
		HookURL:        address,
		Since:          since,
	}
}

// scheduleHookCleanup schedules, before a hook is created, its removal in case the link never
// claims it.
func (s *Service) scheduleHookCleanup(ctx context.Context, link towpath.RepositoryLink) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		at := tx.Now.Add(hookGrace)
		return tx.PutHookRemoval(ctx, s.hookRemoval(link, at), at)
	})
}

// refusedHook reports whether the provider refused to create a hook, so that there is none.
func refusedHook(err error) bool {
	kind := vcs.KindOf(err)
	return kind != "" && kind != vcs.Unavailable
}

// discardHook removes a hook that its link does not claim, or that may have been created. It
// survives the end of the request. When it fails, the job removes the hook after hookGrace.
func (s *Service) discardHook(ctx context.Context, link towpath.RepositoryLink, made bool) {
	ctx, cancel := detach(ctx)
	defer cancel()
	isNew := link.CreatedAt.IsZero() // otherwise an earlier try may have left a hook
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		if isNew && !made {
			return tx.DeleteHookRemoval(ctx, link.ID)
		}
		return tx.PutHookRemoval(ctx, s.hookRemoval(link, tx.Now), tx.Now.Add(removalStart))
	})
	if err == nil {
		_, err = s.RemoveHook(ctx, link.ID)
	}
	if err != nil {
		s.Logger.Warn("a webhook is still to be removed", "link", link.ID, "repository", link.RepositoryName,
			"error", err)
	}
}

// RemoveHook removes all hooks of a link from its repository, except for the one that the link
// uses. It is a job's handler.
func (s *Service) RemoveHook(ctx context.Context, id string) (requeueAt *time.Time, err error) {
	var removal towpath.HookRemoval
	keep, orphan := "", false
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if removal, err = tx.HookRemoval(ctx, id); err != nil {
			return err
		}
		link, err := tx.Link(ctx, id)
		if err == nil {
			keep = link.HookID
			removal.GrantID = link.GrantID // the link may use another account since
		} else if towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		_, err = tx.Grant(ctx, removal.GrantID)
		orphan = towpath.ErrorCode(err) == towpath.CodeNotFound
		if orphan {
			return nil
		}
		return err
	})
	switch {
	case towpath.ErrorCode(err) == towpath.CodeNotFound, err == nil && removal.GivenUp:
		return nil, nil
	case err != nil:
		return nil, err
	case orphan:
		return nil, s.saveRemovalReason(ctx, removal, towpath.Why(towpath.ReasonHookAccountGone), true)
	}
	client, err := s.Accounts.Client(ctx, removal.GrantID)
	if err != nil {
		return nil, err
	}
	err = removeHooks(ctx, client.Hooks(removal.RepositoryID), removal.HookKey, keep)
	if err != nil {
		return s.removalFailed(ctx, removal, err)
	}
	s.refusals.Accepted("removal " + id)
	return nil, s.removed(ctx, id)
}

// removeHooks deletes the hooks whose address ends in a link's key, except for keep. The rest of
// the address may have changed.
func removeHooks(ctx context.Context, hooks vcs.Hooks, key, keep string) error {
	var ours []string
	err := hooks.List(ctx, func(h vcs.Hook) bool {
		if strings.HasSuffix(h.URL, "/hooks/"+key) && h.ID != keep {
			ours = append(ours, h.ID)
		}
		return true
	})
	if err != nil {
		return err
	}
	for _, id := range ours {
		if err := hooks.Delete(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// removed deletes a finished removal. If a link has claimed the hook since, it schedules a check
// that the hook still exists.
func (s *Service) removed(ctx context.Context, id string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteHookRemoval(ctx, id); err != nil {
			return err
		}
		_, err := tx.Link(ctx, id)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		return tx.Enqueue(ctx, towpath.JobCheckHook, id)
	})
}

// removalFailed stores why a hook still exists, and returns when to retry; nil for never.
func (s *Service) removalFailed(
	ctx context.Context, removal towpath.HookRemoval, cause error,
) (requeueAt *time.Time, err error) {
	kind := vcs.KindOf(cause)
	if kind == vcs.NotFound {
		if requeueAt, ok := s.refusals.Confirmed("removal "+removal.ID, s.Store.Now()); !ok {
			return &requeueAt, nil
		}
		return nil, s.saveRemovalReason(ctx, removal, towpath.Why(towpath.ReasonHookRepositoryGone), true)
	}
	why := vcs.ReasonOf(cause)
	if why.IsZero() {
		why = towpath.ReasonOf(cause)
	}
	cause = account.Explain(cause, "remove webhook")
	reason := towpath.Why(towpath.ReasonHookRefused).From(why)
	if err := s.saveRemovalReason(ctx, removal, reason, false); err != nil {
		return nil, err
	}
	if requeueAt = vcs.RetryAt(cause); requeueAt == nil && kind == vcs.Forbidden {
		pause := s.Store.Now().Add(removalPause)
		requeueAt = &pause
	}
	return requeueAt, cause
}

// saveRemovalReason stores on a removal why the hook still exists.
func (s *Service) saveRemovalReason(
	ctx context.Context, removal towpath.HookRemoval, reason towpath.Reason, givenUp bool,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.HookRemoval(ctx, removal.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil // another process removed it, or the link claimed the hook
		}
		if err != nil {
			return err
		}
		now.Reason, now.GivenUp = reason, givenUp
		if givenUp {
			now.Reason = towpath.Why(towpath.ReasonHookLeft, "repository", now.RepositoryName, "url",
				now.HookURL).From(reason)
		}
		return tx.UpdateHookRemoval(ctx, now)
	})
}

// claimHook cancels the removal of a hook, in the transaction that stores the hook in its link.
// CodeUnavailable when the hook has been removed since.
func claimHook(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink) error {
	if link.HookID == "" {
		return nil
	}
	if _, err := tx.HookRemoval(ctx, link.ID); towpath.ErrorCode(err) == towpath.CodeNotFound {
		return towpath.Errorf(towpath.CodeUnavailable, "Making the webhook took too long. Try again.")
	} else if err != nil {
		return err
	}
	return tx.DeleteHookRemoval(ctx, link.ID)
}

// ForgetHookRemoval deletes the removal of a hook that only a person can remove. CodeConflict while
// the server still tries to remove it.
func (s *Service) ForgetHookRemoval(ctx context.Context, actor towpath.Actor, projectID, id string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.HookRemoval(ctx, id)
		switch {
		case err != nil:
			return err
		case r.ProjectID != projectID:
			return towpath.Errorf(towpath.CodeNotFound,
				"There is no such hook removal, or it is not yours to see.")
		case !r.GivenUp:
			return towpath.Errorf(towpath.CodeConflict,
				"The webhook is still being removed. Wait until this has finished.")
		}
		if err := tx.DeleteHookRemoval(ctx, id); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActHookForget, id, projectID, "url", r.HookURL,
			"repository", r.RepositoryName))
		return nil
	})
}
