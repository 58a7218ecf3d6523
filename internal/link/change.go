package link

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/rollout"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Change lists changes to a link; nil fields stay unchanged.
type Change struct {
	Branch             *string
	BaseDirectory      *string
	FilePathTemplate   *string
	Exclude            *[]string
	AnyCaseEndings     *bool
	Placeholders       *towpath.Placeholders
	SchemaPathTemplate *string
	LatePolicy         *towpath.LatePolicy
	WaitingStatus      *towpath.WaitingStatus
	Polling            *bool
}

// UpdateLink changes a link. After a change of the branch, base directory, template or excluded
// files, the whole tree is read and planned again. Ledgers and history stay.
func (s *Service) UpdateLink(
	ctx context.Context, actor towpath.Actor, linkID string, change Change,
) (link towpath.RepositoryLink, err error) {
	d, err := s.changedDraft(ctx, linkID, change)
	if err != nil {
		return link, err
	}
	want := d.link
	if change.Branch != nil {
		if _, err := headOf(ctx, d.client.Source(want.RepositoryID),
			vcs.Repository{Name: want.RepositoryName}, want.Branch); err != nil {
			return link, err
		}
	}
	if change.Polling != nil {
		if err := s.switchHook(ctx, &want, *change.Polling); err != nil {
			return link, err
		}
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		// Write only the requested changes: others may have changed the link during our calls to
		// the provider.
		before := link
		change.take(&link, want)
		if change.Polling != nil {
			if err := claimHook(ctx, tx, link); err != nil {
				return err
			}
		}
		if link.Branch != before.Branch || link.BaseDirectory != before.BaseDirectory ||
			link.FilePathTemplate != before.FilePathTemplate || link.AnyCaseEndings != before.AnyCaseEndings ||
			!slices.Equal(link.Exclude, before.Exclude) {
			link.SyncedCommit = ""
			if err := tx.DeleteReading(ctx, link.ID); err != nil {
				return err
			}
		}
		if link.WaitingStatus != before.WaitingStatus {
			if err := repostStatuses(ctx, tx, linkID); err != nil {
				return err
			}
		}
		if link.LatePolicy != before.LatePolicy || link.Placeholders != before.Placeholders {
			if err := tx.StaleLedgers(ctx, link.ProjectID); err != nil {
				return err
			}
		}
		if err := tx.UpdateLink(ctx, &link); err != nil {
			return err
		}
		if link.Placeholders != before.Placeholders {
			if err := refill(ctx, tx, linkID); err != nil {
				return err
			}
		}
		for _, kind := range []towpath.JobKind{towpath.JobReconcile, towpath.JobWriteBack} {
			if err := tx.Enqueue(ctx, kind, linkID); err != nil {
				return err
			}
		}
		tx.Emit(actor.Did(towpath.ActLinkEdit, linkID, link.ProjectID,
			"branch", link.Branch, "base", link.BaseDirectory, "template", link.FilePathTemplate).
			With(changedSettings(before, link)))
		return nil
	})
	return link, err
}

// take sets the fields that were asked for to their checked values.
func (c Change) take(link *towpath.RepositoryLink, want towpath.RepositoryLink) {
	setTo(&link.Branch, c.Branch, want.Branch)
	setTo(&link.BaseDirectory, c.BaseDirectory, want.BaseDirectory)
	setTo(&link.FilePathTemplate, c.FilePathTemplate, want.FilePathTemplate)
	setTo(&link.Exclude, c.Exclude, want.Exclude)
	setTo(&link.AnyCaseEndings, c.AnyCaseEndings, want.AnyCaseEndings)
	setTo(&link.Placeholders, c.Placeholders, want.Placeholders)
	setTo(&link.SchemaPathTemplate, c.SchemaPathTemplate, want.SchemaPathTemplate)
	setTo(&link.LatePolicy, c.LatePolicy, want.LatePolicy)
	setTo(&link.WaitingStatus, c.WaitingStatus, want.WaitingStatus)
	if c.Polling != nil {
		link.HookID, link.HookURL = want.HookID, want.HookURL
		link.HookState, link.HookReason = want.HookState, want.HookReason
		link.UntoldAt = nil
	}
}

// refill asks for what depends on the values that are put into a link's files: reviews and gates.
func refill(ctx context.Context, tx *store.Tx, linkID string) error {
	if err := tx.WantReviews(ctx, linkID); err != nil {
		return err
	}
	r, err := tx.OpenRollout(ctx, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
}

// changedSettings lists the settings of a link that a person changed.
func changedSettings(before, now towpath.RepositoryLink) []towpath.Change {
	return towpath.Changed(
		"branch", before.Branch, now.Branch,
		"base directory", before.BaseDirectory, now.BaseDirectory,
		"file path template", before.FilePathTemplate, now.FilePathTemplate,
		"excluded files", strings.Join(before.Exclude, ", "), strings.Join(now.Exclude, ", "),
		"endings in any case", strconv.FormatBool(before.AnyCaseEndings),
		strconv.FormatBool(now.AnyCaseEndings),
		"placeholders", string(before.Placeholders), string(now.Placeholders),
		"schema path template", before.SchemaPathTemplate, now.SchemaPathTemplate,
		"late policy", string(before.LatePolicy), string(now.LatePolicy),
		"waiting status", string(before.WaitingStatus), string(now.WaitingStatus),
		"hook", string(before.HookState), string(now.HookState),
	)
}

// repostStatuses schedules the build statuses of a link's open rollout.
func repostStatuses(ctx context.Context, tx *store.Tx, linkID string) error {
	r, err := tx.OpenRollout(ctx, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobPostStatus, r.ID)
}

// setTo sets a field to its checked value when a change was requested.
func setTo[T any](field *T, asked *T, checked T) {
	if asked != nil {
		*field = checked
	}
}

// TakeOverLink makes a link use the grant of another administrator, for when a person leaves or
// loses access.
func (s *Service) TakeOverLink(
	ctx context.Context, actor towpath.Actor, linkID, grantID string,
) (link towpath.RepositoryLink, err error) {
	if link, err = store.Get(ctx, s.Store, (*store.Tx).Link, linkID); err != nil {
		return link, err
	}
	client, grant, err := s.Accounts.OwnClient(ctx, actor, grantID)
	if err != nil {
		return link, err
	}
	if grant.ProviderID != link.ProviderID {
		return link, towpath.Invalid("grantId",
			"That account is at another Git provider than the repository.")
	}
	repository, err := client.Repository(ctx, link.RepositoryID)
	if err != nil {
		return link, account.Explain(err, "read repository")
	}
	if !repository.Admin {
		return link, towpath.Invalid("grantId", "%s does not administer %s.", grant.AccountName,
			repository.Name)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		link.GrantID, link.AttentionReason = grant.ID, towpath.Reason{}
		link.RepositoryName, link.RepositoryURL = repository.Name, repository.URL
		if err := tx.UpdateLink(ctx, &link); err != nil {
			return err
		}
		for _, kind := range []towpath.JobKind{towpath.JobReconcile, towpath.JobCheckHook} {
			if err := tx.Enqueue(ctx, kind, linkID); err != nil {
				return err
			}
		}
		tx.Emit(actor.Did(towpath.ActLinkTakeOver, linkID, link.ProjectID,
			"account", grant.AccountName, "repository", link.RepositoryName))
		return nil
	})
	return link, err
}

// Unlink removes a link and its hook, and cancels the link's tasks that do not run. History stays.
// When the provider refuses or does not respond, a job removes the hook later.
func (s *Service) Unlink(ctx context.Context, actor towpath.Actor, linkID string) error {
	link, err := store.Get(ctx, s.Store, (*store.Tx).Link, linkID)
	if err != nil {
		return err
	}
	if err := s.StopStatuses(ctx, link); err != nil {
		s.Logger.Warn("unlinked, but a build status could not be ended", "link", linkID,
			"repository", link.RepositoryName, "error", err)
	}
	hooked := false
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		if err := rollout.Close(ctx, tx, linkID, towpath.Why(towpath.ReasonUnlinked)); err != nil {
			return err
		}
		if err := tx.DeleteLink(ctx, linkID); err != nil {
			return err
		}
		if err := tx.DeleteJobs(ctx, linkID); err != nil {
			return err
		}
		if hooked, err = s.scheduleHookRemoval(ctx, tx, link); err != nil {
			return err
		}
		if err := tx.WakeSiblings(ctx, link); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActLinkRemove, linkID, link.ProjectID,
			"repository", link.RepositoryName, "branch", link.Branch))
		return nil
	})
	if err != nil || !hooked {
		return err
	}
	now, cancel := detach(ctx)
	defer cancel()
	if _, err := s.RemoveHook(now, linkID); err != nil {
		s.Logger.Warn("unlinked, and the webhook is still to be removed", "link", linkID,
			"repository", link.RepositoryName, "error", err)
	}
	return nil
}

// scheduleHookRemoval schedules the removal of the hook of a deleted link. hooked is false when the
// link never had one.
func (s *Service) scheduleHookRemoval(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink,
) (hooked bool, err error) {
	_, err = tx.HookRemoval(ctx, link.ID) // of a hook that may have been created
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return false, err
	}
	if err != nil && link.HookURL == "" {
		return false, nil
	}
	return true, tx.PutHookRemoval(ctx, s.hookRemoval(link, tx.Now), tx.Now.Add(removalStart))
}
