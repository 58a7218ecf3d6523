package store

import (
	"context"

	"towpath"
)

var approvalHooks = newTable("approval_hook", 1, func(h *towpath.ApprovalHook) []column {
	return []column{
		{"environment_id", &h.EnvironmentID},
		{"url", &h.URL},
		{"encrypted_secret", blob{&h.EncryptedSecret}},
		{"created_at", instant{&h.CreatedAt}},
	}
})

var approvalRequests = newTable("approval_request", 1, func(q *towpath.ApprovalRequest) []column {
	return []column{
		{"id", &q.ID},
		{"environment_id", &q.EnvironmentID},
		{"rollout_id", &q.RolloutID},
		{"evidence", (*string)(&q.Evidence)},
		{"state", (*string)(&q.State)},
		{"attempts", &q.Attempts},
		{"reason", reason{&q.Reason}},
		{"created_at", instant{&q.CreatedAt}},
		{"tried_at", maybe{&q.TriedAt}},
	}
})

func hookEvent(environmentID string) towpath.Event {
	return towpath.Event{Kind: towpath.EventEnvironmentChanged, SubjectID: environmentID}
}

// ApprovalHook reads where an environment asks for approvals; CodeNotFound when it asks nowhere.
func (tx *Tx) ApprovalHook(ctx context.Context, environmentID string) (towpath.ApprovalHook, error) {
	return approvalHooks.get(ctx, tx, "environment_id = $1", environmentID)
}

// PutApprovalHook sets where an environment asks for approvals, and CreatedAt when it asked nowhere.
func (tx *Tx) PutApprovalHook(ctx context.Context, h towpath.ApprovalHook) error {
	if h.CreatedAt.IsZero() {
		h.CreatedAt = tx.Now
	}
	return tx.emitAfter(approvalHooks.upsert(ctx, tx, h), hookEvent(h.EnvironmentID))
}

// DeleteApprovalHook stops asking for approvals of an environment outside, with what was asked.
func (tx *Tx) DeleteApprovalHook(ctx context.Context, environmentID string) error {
	if err := approvalRequests.delete(ctx, tx, "environment_id = $1", environmentID); err != nil {
		return err
	}
	return tx.emitAfter(approvalHooks.delete(ctx, tx, "environment_id = $1", environmentID),
		hookEvent(environmentID))
}

// WantApproval asks outside for approvals of what waits in an environment, once for each evidence. It
// does nothing when the environment asks nowhere.
func (tx *Tx) WantApproval(
	ctx context.Context, environmentID, rolloutID string, evidence towpath.Evidence,
) error {
	_, err := tx.ApprovalHook(ctx, environmentID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = approvalRequests.get(ctx, tx, "environment_id = $1 AND rollout_id = $2 AND evidence = $3",
		environmentID, rolloutID, string(evidence))
	if err == nil || towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	q := towpath.ApprovalRequest{
		ID: NewID(), EnvironmentID: environmentID, RolloutID: rolloutID, Evidence: evidence,
		State: towpath.RequestPending, CreatedAt: tx.Now,
	}
	if err := approvalRequests.insert(ctx, tx, q); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobAskApproval, q.ID)
}

// ApprovalRequest reads one.
func (tx *Tx) ApprovalRequest(ctx context.Context, id string) (towpath.ApprovalRequest, error) {
	return approvalRequests.get(ctx, tx, "id = $1", id)
}

// UpdateApprovalRequest writes one that was read in the same transaction.
func (tx *Tx) UpdateApprovalRequest(ctx context.Context, q towpath.ApprovalRequest) error {
	return tx.emitAfter(approvalRequests.update(ctx, tx, q), hookEvent(q.EnvironmentID))
}

// PutApprovalTest keeps the result of a test instead of that of the test before.
func (tx *Tx) PutApprovalTest(ctx context.Context, q towpath.ApprovalRequest) error {
	err := approvalRequests.delete(ctx, tx, "environment_id = $1 AND rollout_id = ''", q.EnvironmentID)
	if err != nil {
		return err
	}
	return tx.emitAfter(approvalRequests.insert(ctx, tx, q), hookEvent(q.EnvironmentID))
}

// LastApprovalRequest returns the newest request of an environment that was tried; CodeNotFound when
// none was.
func (tx *Tx) LastApprovalRequest(
	ctx context.Context, environmentID string,
) (towpath.ApprovalRequest, error) {
	return approvalRequests.get(ctx, tx,
		"environment_id = $1 AND tried_at IS NOT NULL ORDER BY tried_at DESC, id DESC LIMIT 1", environmentID)
}
