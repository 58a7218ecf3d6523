package store

import (
	"context"
	"slices"

	"towpath"
)

var reviews = newTable("rollout_review", 1, func(r *towpath.Review) []column {
	return []column{
		{"rollout_id", &r.RolloutID},
		{"link_id", &r.LinkID},
		{"project_id", &r.ProjectID},
		{"generation", &r.Generation},
		{"state", (*string)(&r.State)},
		{"reason", reason{&r.Reason}},
		{"reviewed_at", maybe{&r.ReviewedAt}},
		{"errors", &r.Errors},
		{"warnings", &r.Warnings},
	}
})

var reviewedFiles = newTable("reviewed_file", 2, func(f *towpath.ReviewedFile) []column {
	return reviewedFileColumns("rollout_id", f)
})

// reviewedFileColumns are the columns of a table of reviewed files. of names the one that refers to
// their review.
func reviewedFileColumns(of string, f *towpath.ReviewedFile) []column {
	return []column{
		{of, &f.RolloutID},
		{"position", &f.Position},
		{"path", &f.Path},
		{"label", &f.Label},
		{"checksum", &f.Checksum},
		{"commit_hash", &f.Commit},
		{"environment_id", &f.EnvironmentID},
		{"environment", &f.Environment},
		{"against", &f.Against},
		{"databases", &f.Databases},
		{"statements", &f.Statements},
		{"errors", &f.Errors},
		{"warnings", &f.Warnings},
		{"reason", reason{&f.Reason}},
		{"notes", jsonText{&f.ReviewNotes}},
	}
}

// WantReview asks for the review of a rollout, whose files or levels have changed. What an earlier
// one has found stays until then.
func (tx *Tx) WantReview(ctx context.Context, r towpath.Rollout) error {
	review, err := reviews.get(ctx, tx, "rollout_id = $1", r.ID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		review = towpath.Review{RolloutID: r.ID, LinkID: r.LinkID, ProjectID: r.ProjectID}
	} else if err != nil {
		return err
	}
	before := review.State
	review.State, review.Reason = towpath.ReviewPending, towpath.Reason{}
	review.Generation++
	if err := reviews.upsert(ctx, tx, review); err != nil {
		return err
	}
	if before != review.State {
		tx.Emit(reviewEvent(review, before))
	}
	return tx.Enqueue(ctx, towpath.JobReview, r.LinkID)
}

// WantReviews asks for the reviews of a link that other levels may change, of all links when linkID
// is "": of the open rollout, and of the newest one when its review has errors, so that the build
// status of its commits can heal. The reviews of open branches are asked for too.
func (tx *Tx) WantReviews(ctx context.Context, linkID string) error {
	found, err := rollouts.list(ctx, tx, `WHERE link_id IN (SELECT id FROM repository_link)
		AND ($1 = '' OR link_id = $1) AND (finished_at IS NULL OR (
			id IN (SELECT rollout_id FROM rollout_review WHERE errors > 0) AND NOT EXISTS (
				SELECT 1 FROM rollout AS newer WHERE newer.link_id = rollout.link_id AND newer.id > rollout.id)))
		ORDER BY id`, linkID)
	if err != nil {
		return err
	}
	for _, r := range found {
		if err := tx.WantReview(ctx, r); err != nil {
			return err
		}
	}
	return tx.WantBranchReviews(ctx, linkID)
}

// SetReview stores the result of a review. ok is false when another one was asked for meanwhile;
// then nothing is stored.
func (tx *Tx) SetReview(ctx context.Context, r towpath.Review) (ok bool, err error) {
	before, err := reviews.get(ctx, tx, "rollout_id = $1", r.RolloutID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return false, nil // the rollout was removed
	}
	if err != nil || before.Generation != r.Generation {
		return false, err
	}
	if err := reviewedFiles.delete(ctx, tx, "rollout_id = $1", r.RolloutID); err != nil {
		return false, err
	}
	files := slices.Clone(r.Files)
	for i := range files {
		files[i].RolloutID, files[i].Position = r.RolloutID, i
	}
	if err := reviewedFiles.insert(ctx, tx, files...); err != nil {
		return false, err
	}
	r.ReviewedAt = &tx.Now
	return true, tx.emitAfter(reviews.update(ctx, tx, r), reviewEvent(r, before.State))
}

func reviewEvent(r towpath.Review, from towpath.ReviewState) towpath.Event {
	return towpath.Event{
		Kind:      towpath.EventReviewChanged,
		ProjectID: r.ProjectID,
		LinkID:    r.LinkID,
		RolloutID: r.RolloutID,
		From:      string(from),
		To:        string(r.State),
	}
}

// OpenReviews lists the reviews of a link that are to be made, without their files.
func (tx *Tx) OpenReviews(ctx context.Context, linkID string) ([]towpath.Review, error) {
	return reviews.list(ctx, tx, "WHERE link_id = $1 AND state <> 'done' ORDER BY rollout_id", linkID)
}

// Review reads the review of a rollout with its files; CodeNotFound when none was asked for.
func (tx *Tx) Review(ctx context.Context, rolloutID string) (towpath.Review, error) {
	r, err := reviews.get(ctx, tx, "rollout_id = $1", rolloutID)
	if err != nil {
		return r, err
	}
	r.Files, err = reviewedFiles.list(ctx, tx, "WHERE rollout_id = $1 ORDER BY position", rolloutID)
	return r, err
}

// Reviews returns the reviews of rollouts by rollout id, without their files. Rollouts without one
// are left out.
func (tx *Tx) Reviews(ctx context.Context, rolloutIDs []string) (map[string]towpath.Review, error) {
	found := map[string]towpath.Review{}
	return found, reviews.in(ctx, tx, "rollout_id", rolloutIDs, "",
		func(r towpath.Review) { found[r.RolloutID] = r })
}

// CommitReviews lists what reviews say of the texts that a commit brought to a link, of the newest
// rollout of each text.
func (tx *Tx) CommitReviews(
	ctx context.Context, linkID, commit string,
) (files []towpath.ReviewedFile, err error) {
	files, err = reviewedFiles.list(ctx, tx,
		`WHERE commit_hash = $2 AND rollout_id IN (SELECT rollout_id FROM rollout_review WHERE link_id = $1)
			ORDER BY rollout_id DESC, position`, linkID, commit)
	return newestReviews(files), err
}

// newestReviews returns those of the newest rollout of each text. The files of newer rollouts come
// first.
func newestReviews(files []towpath.ReviewedFile) (newest []towpath.ReviewedFile) {
	type text struct{ path, checksum, environment string }
	of := map[text]string{}
	for _, f := range files {
		key := text{f.Path, f.Checksum, f.EnvironmentID}
		if id, known := of[key]; !known || id == f.RolloutID {
			of[key] = f.RolloutID
			newest = append(newest, f)
		}
	}
	return newest
}

var policyFiles = newTable("policy_file", 1, func(p *towpath.PolicyFile) []column {
	return []column{
		{"link_id", &p.LinkID},
		{"path", &p.Path},
		{"text", &p.Text},
		{"reason", reason{&p.Reason}},
		{"read_at", instant{&p.ReadAt}},
	}
})

// PolicyFile reads a link's file towpath.yaml; CodeNotFound when nobody has looked for it yet.
func (tx *Tx) PolicyFile(ctx context.Context, linkID string) (towpath.PolicyFile, error) {
	return policyFiles.get(ctx, tx, "link_id = $1", linkID)
}

// SetPolicyFile stores a link's file towpath.yaml. changed is true when it sets other levels.
func (tx *Tx) SetPolicyFile(ctx context.Context, p towpath.PolicyFile) (changed bool, err error) {
	before, err := tx.PolicyFile(ctx, p.LinkID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return false, err
	}
	p.ReadAt = tx.Now
	changed = before.Path != p.Path || before.Text != p.Text || !before.Reason.Equal(p.Reason)
	return changed, policyFiles.upsert(ctx, tx, p)
}
