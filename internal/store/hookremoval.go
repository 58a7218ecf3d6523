package store

import (
	"context"
	"time"

	"towpath"
)

var hookRemovals = newTable("hook_removal", 1, func(r *towpath.HookRemoval) []column {
	return []column{
		{"id", &r.ID},
		{"project_id", &r.ProjectID},
		{"grant_id", &r.GrantID},
		{"repository_id", &r.RepositoryID},
		{"repository_name", &r.RepositoryName},
		{"repository_url", &r.RepositoryURL},
		{"hook_key", &r.HookKey},
		{"hook_url", &r.HookURL},
		{"since", instant{&r.Since}},
		{"reason", reason{&r.Reason}},
		{"given_up", &r.GivenUp},
	}
})

// PutHookRemoval adds or replaces the removal of a link's webhook and schedules it for the given
// time.
func (tx *Tx) PutHookRemoval(ctx context.Context, r towpath.HookRemoval, at time.Time) error {
	if err := hookRemovals.upsert(ctx, tx, r); err != nil {
		return err
	}
	tx.Emit(removalEvent(r))
	return tx.EnqueueAt(ctx, towpath.JobRemoveHook, r.ID, at)
}

// UpdateHookRemoval writes a removal that was read in the same transaction.
func (tx *Tx) UpdateHookRemoval(ctx context.Context, r towpath.HookRemoval) error {
	return tx.emitAfter(hookRemovals.update(ctx, tx, r), removalEvent(r))
}

func removalEvent(r towpath.HookRemoval) towpath.Event {
	return towpath.Event{Kind: towpath.EventHookRemovalChanged, ProjectID: r.ProjectID, LinkID: r.ID}
}

// DeleteHookRemoval deletes a removal: the webhook is gone, or its link uses it.
func (tx *Tx) DeleteHookRemoval(ctx context.Context, id string) error {
	r, err := tx.HookRemoval(ctx, id)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.emitAfter(hookRemovals.delete(ctx, tx, "id = $1", id), removalEvent(r))
}

// HookRemoval reads the removal of a link's webhook, or CodeNotFound.
func (tx *Tx) HookRemoval(ctx context.Context, id string) (towpath.HookRemoval, error) {
	return hookRemovals.get(ctx, tx, "id = $1", id)
}

// HookRemovals lists the webhooks of a project whose removal is due, oldest link first.
func (tx *Tx) HookRemovals(ctx context.Context, projectID string, p Page) ([]towpath.HookRemoval, error) {
	var where filter
	where.is("project_id", projectID)
	where.terms = append(where.terms, "since <= "+where.bind(tx.Now.UnixMicro()))
	return hookRemovals.page(ctx, tx, p, where)
}

// HookRemovalsOf lists all webhooks that are to be removed with a grant.
func (tx *Tx) HookRemovalsOf(ctx context.Context, grantID string) ([]towpath.HookRemoval, error) {
	return hookRemovals.list(ctx, tx, "WHERE grant_id = $1 ORDER BY id", grantID)
}

// WakeHookRemovals schedules the removals of a grant that works again.
func (tx *Tx) WakeHookRemovals(ctx context.Context, grantID string) error {
	removals, err := tx.HookRemovalsOf(ctx, grantID)
	if err != nil {
		return err
	}
	for _, r := range removals {
		if r.GivenUp {
			r.GivenUp = false
			if err := tx.UpdateHookRemoval(ctx, r); err != nil {
				return err
			}
		}
		if err := tx.EnqueueAt(ctx, towpath.JobRemoveHook, r.ID, later(tx.Now, r.Since)); err != nil {
			return err
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
