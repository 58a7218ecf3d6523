package store

import (
	"context"

	"towpath"
)

var pullReadings = newTable("pull_reading", 2, func(r *towpath.PullReading) []column {
	return []column{
		{"rollout_id", &r.RolloutID},
		{"environment_id", &r.EnvironmentID},
		{"project_id", &r.ProjectID},
		{"link_id", &r.LinkID},
		{"evidence", (*string)(&r.Evidence)},
		{"pull_request", &r.PullRequest},
		{"commit_hash", &r.Commit},
		{"doubts", jsonText{&r.Doubts}},
		{"read_at", maybe{&r.At}},
	}
})

// PutPullReading keeps what was read of the pull request of a stage.
func (tx *Tx) PutPullReading(ctx context.Context, r towpath.PullReading) error {
	return tx.emitAfter(pullReadings.upsert(ctx, tx, r), towpath.Event{
		Kind:      towpath.EventApprovalChanged,
		ProjectID: r.ProjectID,
		LinkID:    r.LinkID,
		RolloutID: r.RolloutID,
		SubjectID: r.EnvironmentID,
	})
}

// PullApprovals lists the approvals of pull requests for an environment of a link, also those that no
// longer count.
func (tx *Tx) PullApprovals(ctx context.Context, linkID, environmentID string) ([]towpath.Approval, error) {
	return approvals.list(ctx, tx, "WHERE link_id = $1 AND environment_id = $2 AND source = $3 ORDER BY id",
		linkID, environmentID, string(towpath.FromPullRequest))
}
