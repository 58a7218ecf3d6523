package store

import (
	"context"
	"slices"

	"towpath"
)

var branchReviews = newTable("branch_review", 1, func(r *towpath.BranchReview) []column {
	return []column{
		{"id", &r.ID},
		{"link_id", &r.LinkID},
		{"project_id", &r.ProjectID},
		{"branch", &r.Branch},
		{"head", &r.Head},
		{"read_head", &r.ReadHead},
		{"base", &r.Base},
		{"reviewed_head", &r.Reviewed},
		{"state", (*string)(&r.State)},
		{"reason", reason{&r.Reason}},
		{"verdict", (*string)(&r.Verdict)},
		{"merge_order", jsonText{&r.Order}},
		{"judged", &r.Judged},
		{"generation", &r.Generation},
		{"files", &r.Files},
		{"errors", &r.Errors},
		{"warnings", &r.Warnings},
		{"rehearsal", (*string)(&r.Rehearsal)},
		{"sent", jsonText{&r.Sent}},
		{"pull_request", jsonText{&r.PullRequest}},
		{"told", jsonText{&r.Told}},
		{"wanted_at", instant{&r.WantedAt}},
		{"reviewed_at", maybe{&r.ReviewedAt}},
		{"ended_at", maybe{&r.EndedAt}},
	}
})

var branchFiles = newTable("branch_file", 2, func(f *towpath.BranchFile) []column {
	return []column{
		{"review_id", &f.ReviewID},
		{"path", &f.Path},
		{"removed", &f.Removed},
		{"objects", jsonText{&f.Objects}},
		{"state", (*string)(&f.State)},
		{"reason", reason{&f.Reason}},
		{"size", &f.Size},
		{"version", &f.Version},
		{"type", (*string)(&f.Type)},
		{"label", &f.Label},
		{"description", &f.Description},
		{"checksum", &f.Checksum},
		{"environment", &f.Environment},
		{"database_name", &f.Database},
		{"engine", (*string)(&f.Engine)},
		{"commit_hash", &f.Commit},
	}
})

// branchReviewedFiles has the columns of reviewed_file. The review's id is in the field RolloutID
// of its rows.
var branchReviewedFiles = newTable("branch_reviewed_file", 2, func(f *towpath.ReviewedFile) []column {
	return reviewedFileColumns("review_id", f)
})

// CreateBranchReview adds a branch to those that a link follows, and sets its ID.
func (tx *Tx) CreateBranchReview(ctx context.Context, r *towpath.BranchReview) error {
	r.ID = NewID()
	return tx.emitAfter(branchReviews.insert(ctx, tx, *r), branchReviewEvent(*r, ""))
}

// UpdateBranchReview writes the review of a branch; CodeNotFound when it was deleted.
func (tx *Tx) UpdateBranchReview(ctx context.Context, r towpath.BranchReview) error {
	before, err := tx.BranchReview(ctx, r.ID)
	if err != nil {
		return err
	}
	return tx.emitAfter(branchReviews.update(ctx, tx, r), branchReviewEvent(r, before.State))
}

func branchReviewEvent(r towpath.BranchReview, from towpath.BranchState) towpath.Event {
	return towpath.Event{
		Kind:      towpath.EventReviewChanged,
		ProjectID: r.ProjectID,
		LinkID:    r.LinkID,
		SubjectID: r.ID,
		From:      string(from),
		To:        string(r.State),
	}
}

// BranchReview reads the review of a branch, without its files.
func (tx *Tx) BranchReview(ctx context.Context, id string) (towpath.BranchReview, error) {
	return branchReviews.get(ctx, tx, "id = $1", id)
}

// BranchReviews lists all branches that a link follows by name, without their files.
func (tx *Tx) BranchReviews(ctx context.Context, linkID string) ([]towpath.BranchReview, error) {
	return branchReviews.list(ctx, tx, "WHERE link_id = $1 ORDER BY branch", linkID)
}

// DeleteBranchReview removes a branch from those that a link follows.
func (tx *Tx) DeleteBranchReview(ctx context.Context, r towpath.BranchReview) error {
	gone := r
	gone.State = ""
	return tx.emitAfter(branchReviews.delete(ctx, tx, "id = $1", r.ID), branchReviewEvent(gone, r.State))
}

// WantBranchReviews asks for the reviews of a link's branches to be made again from the files that
// are stored, since their levels have changed; of all links with "".
func (tx *Tx) WantBranchReviews(ctx context.Context, linkID string) error {
	open, err := branchReviews.list(ctx, tx,
		"WHERE (link_id = $1 OR $1 = '') AND state IN ('pending', 'done', 'failed') ORDER BY id", linkID)
	if err != nil {
		return err
	}
	for _, r := range open {
		if r.Head != r.ReadHead { // it is still to be read
			continue
		}
		r.Generation++
		r.State, r.Reason, r.WantedAt = towpath.BranchPending, towpath.Reason{}, tx.Now
		if err := tx.UpdateBranchReview(ctx, r); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobReviewBranch, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// SetBranchFiles replaces the migrations that a branch changes.
func (tx *Tx) SetBranchFiles(ctx context.Context, reviewID string, files []towpath.BranchFile) error {
	if err := branchFiles.delete(ctx, tx, "review_id = $1", reviewID); err != nil {
		return err
	}
	files = slices.Clone(files)
	for i := range files {
		files[i].ReviewID = reviewID
	}
	return branchFiles.upsert(ctx, tx, files...)
}

// BranchFiles lists the migrations that a branch changes, by path.
func (tx *Tx) BranchFiles(ctx context.Context, reviewID string) ([]towpath.BranchFile, error) {
	return branchFiles.list(ctx, tx, "WHERE review_id = $1 ORDER BY path", reviewID)
}

// OpenBranchFiles returns the migrations that a link's open branches change, by the review's id.
func (tx *Tx) OpenBranchFiles(ctx context.Context, linkID string) (map[string][]towpath.BranchFile, error) {
	found := map[string][]towpath.BranchFile{}
	err := branchFiles.each(ctx, tx, `WHERE review_id IN (SELECT id FROM branch_review
		WHERE link_id = $1 AND state IN ('pending', 'done', 'failed')) ORDER BY review_id, path`,
		[]any{linkID}, func(f towpath.BranchFile) error {
			found[f.ReviewID] = append(found[f.ReviewID], f)
			return nil
		})
	return found, err
}

// SetBranchFindings replaces what the review says of a branch's files.
func (tx *Tx) SetBranchFindings(
	ctx context.Context, reviewID string, files []towpath.ReviewedFile,
) error {
	if err := branchReviewedFiles.delete(ctx, tx, "review_id = $1", reviewID); err != nil {
		return err
	}
	files = slices.Clone(files)
	for i := range files {
		files[i].RolloutID, files[i].Position = reviewID, i
	}
	return branchReviewedFiles.insert(ctx, tx, files...)
}

// BranchFindings lists what the review says of a branch's files, in their order.
func (tx *Tx) BranchFindings(ctx context.Context, reviewID string) ([]towpath.ReviewedFile, error) {
	return branchReviewedFiles.list(ctx, tx, "WHERE review_id = $1 ORDER BY position", reviewID)
}
