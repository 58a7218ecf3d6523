package store

import (
	"context"
	"slices"

	"towpath"
)

var branchRehearsals = newTable("branch_rehearsal", 2, func(r *towpath.BranchRehearsal) []column {
	return []column{
		{"review_id", &r.ReviewID},
		{"position", &r.Position},
		{"input_key", &r.Key},
		{"instance_id", &r.InstanceID},
		{"database_id", &r.DatabaseID},
		{"database_name", &r.Database},
		{"environment_id", &r.EnvironmentID},
		{"environment", &r.Environment},
		{"files", jsonText{&r.Files}},
		{"state", (*string)(&r.State)},
		{"reason", reason{&r.Reason}},
		{"result", jsonText{&r.Result}},
		{"wanted_at", instant{&r.WantedAt}},
		{"ended_at", maybe{&r.EndedAt}},
	}
})

// BranchRehearsals lists the rehearsals of a branch's files, in their order.
func (tx *Tx) BranchRehearsals(ctx context.Context, reviewID string) ([]towpath.BranchRehearsal, error) {
	return branchRehearsals.list(ctx, tx, "WHERE review_id = $1 ORDER BY position", reviewID)
}

// SetBranchRehearsals replaces the rehearsals of a branch's files, and asks for those that are
// wanted. The caller stores towpath.SumRehearsals in the review.
func (tx *Tx) SetBranchRehearsals(
	ctx context.Context, reviewID string, all []towpath.BranchRehearsal,
) error {
	if err := branchRehearsals.delete(ctx, tx, "review_id = $1", reviewID); err != nil {
		return err
	}
	all = slices.Clone(all)
	for i := range all {
		all[i].ReviewID, all[i].Position = reviewID, i
		if all[i].State != towpath.RehearsalWanted {
			continue
		}
		if err := tx.Enqueue(ctx, towpath.JobRehearse, all[i].InstanceID); err != nil {
			return err
		}
	}
	return branchRehearsals.insert(ctx, tx, all...)
}

// UpdateBranchRehearsal writes one rehearsal; CodeNotFound when there is none at its position.
func (tx *Tx) UpdateBranchRehearsal(ctx context.Context, r towpath.BranchRehearsal) error {
	return branchRehearsals.update(ctx, tx, r)
}

// WantedRehearsals lists the rehearsals that are to be made on an instance, at most n, the newest
// first: somebody waits for them.
func (tx *Tx) WantedRehearsals(
	ctx context.Context, instanceID string, n int,
) ([]towpath.BranchRehearsal, error) {
	return branchRehearsals.list(ctx, tx,
		"WHERE state = 'wanted' AND instance_id = $1 ORDER BY wanted_at DESC, review_id LIMIT $2", instanceID, n)
}

// RehearsalOf returns the newest rehearsal of a text that a branch of a link has brought; CodeNotFound
// when there is none.
func (tx *Tx) RehearsalOf(
	ctx context.Context, linkID, path, checksum string,
) (r towpath.BranchRehearsal, err error) {
	found, err := branchRehearsals.list(ctx, tx, `WHERE state = 'done' AND review_id IN (
		SELECT f.review_id FROM branch_file f JOIN branch_review b ON b.id = f.review_id
		WHERE f.checksum = $1 AND f.path = $2 AND b.link_id = $3) ORDER BY ended_at DESC, position LIMIT 5`,
		checksum, path, linkID)
	if err != nil {
		return r, err
	}
	for _, r := range found {
		if slices.ContainsFunc(r.Files, func(f towpath.RehearsalFile) bool {
			return f.Path == path && f.Checksum == checksum
		}) {
			return r, nil
		}
	}
	return r, towpath.Errorf(towpath.CodeNotFound, "The file was not rehearsed.")
}
