package link

import (
	"context"
	"fmt"
	"strings"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

const (
	hookGrace    = 5 * time.Minute  // how long a hook that was made may be without a link
	removalStart = 15 * time.Second // when the job looks after what was tried at once
	removalPause = time.Hour        // until a provider that forbids a removal is asked again
)

// hookRemoval says that a link's hook is to go.
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

// expectHook keeps, before a hook is made, that it is to go unless the link takes it.
func (s *Service) expectHook(ctx context.Context, link towpath.RepositoryLink) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		at := tx.Now.Add(hookGrace)
		return tx.PutHookRemoval(ctx, s.hookRemoval(link, at), at)
	})
}

// refusedHook tells that the provider has refused, so that no hook was made.
func refusedHook(err error) bool {
	kind := vcs.KindOf(err)
	return kind != "" && kind != vcs.Unavailable
}

// abandonHook has a hook removed that its link does not take, or that was perhaps made. The end of
// a request does not end it, and when it fails itself, the job comes after hookGrace.
func (s *Service) abandonHook(ctx context.Context, link towpath.RepositoryLink, made bool) {
	ctx, cancel := detach(ctx)
	defer cancel()
	isNew := link.CreatedAt.IsZero() // else an earlier try may have left a hook
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

// RemoveHook removes a link's hooks from its repository, but for the one that the link has. It is a
// job's handler.
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
			removal.GrantID = link.GrantID // another account may carry the link by now
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
		return nil, s.keepWhy(ctx, removal, towpath.Why(towpath.ReasonHookAccountGone), true)
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

// removeHooks deletes the hooks whose address ends in a link's key, but for one. The rest of the
// address may have changed.
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

// removed forgets a removal that is done. A link that took up its hook meanwhile looks whether it
// is still there.
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

// removalFailed says why a hook is still there, and when it is tried again.
func (s *Service) removalFailed(
	ctx context.Context, removal towpath.HookRemoval, cause error,
) (requeueAt *time.Time, err error) {
	kind := vcs.KindOf(cause)
	if kind == vcs.NotFound {
		if requeueAt, ok := s.refusals.Confirmed("removal "+removal.ID, s.Store.Now()); !ok {
			return &requeueAt, nil
		}
		return nil, s.keepWhy(ctx, removal, towpath.Why(towpath.ReasonHookRepositoryGone), true)
	}
	why := vcs.ReasonOf(cause)
	if why.IsZero() {
		why = towpath.Why(towpath.ReasonStated, "text", towpath.ErrorMessage(cause))
	}
	cause = account.Explain(cause, "remove webhook")
	if err := s.keepWhy(ctx, removal, towpath.Why(towpath.ReasonHookRefused).From(why), false); err != nil {
		return nil, err
	}
	if requeueAt = vcs.RetryAt(cause); requeueAt == nil && kind == vcs.Forbidden {
		pause := s.Store.Now().Add(removalPause)
		requeueAt = &pause
	}
	return requeueAt, cause
}

// keepWhy notes on a removal why the hook is still there.
func (s *Service) keepWhy(
	ctx context.Context, removal towpath.HookRemoval, reason towpath.Reason, givenUp bool,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.HookRemoval(ctx, removal.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil // done by another, or the link has the hook
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

// takeHook notes in the transaction that gives a link its hook that the hook is to stay.
// CodeUnavailable: it has been removed meanwhile.
func takeHook(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink) error {
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

// ForgetHookRemoval stops showing a hook that only a person can remove. CodeConflict: it is still
// tried.
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
				"The webhook is still being removed. Wait until it is gone.")
		}
		if err := tx.DeleteHookRemoval(ctx, id); err != nil {
			return err
		}
		return tx.Audit(ctx, towpath.AuditEvent{
			MemberID:  actor.Member.ID,
			Action:    "hook-removal.forget",
			Subject:   id,
			ProjectID: projectID,
			Detail:    fmt.Sprintf("Forgot the webhook %s of %s.", r.HookURL, r.RepositoryName),
		})
	})
}
