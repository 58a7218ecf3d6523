package store

import (
	"context"
	"slices"

	"towpath"
)

var secondLooks = newTable("second_look", 1, func(l *towpath.SecondLook) []column {
	return []column{
		{"id", &l.ID},
		{"project_id", &l.ProjectID},
		{"link_id", &l.LinkID},
		{"rollout_id", &l.RolloutID},
		{"environment_id", &l.EnvironmentID},
		{"member_id", &l.MemberID},
		{"why", &l.Why},
		{"authors", jsonText{&l.Authors}},
		{"started_at", instant{&l.At}},
		{"looked_by", &l.LookedBy},
		{"looked_at", maybe{&l.LookedAt}},
		{"note", &l.Note},
	}
})

// CreateSecondLook adds what a start past a gate leaves open. Its ID is that of the start.
func (tx *Tx) CreateSecondLook(ctx context.Context, l towpath.SecondLook) error {
	return tx.emitAfter(secondLooks.insert(ctx, tx, l), lookEvent(l))
}

// UpdateSecondLook writes one that was read in the same transaction.
func (tx *Tx) UpdateSecondLook(ctx context.Context, l towpath.SecondLook) error {
	return tx.emitAfter(secondLooks.update(ctx, tx, l), lookEvent(l))
}

func lookEvent(l towpath.SecondLook) towpath.Event {
	return towpath.Event{
		Kind:      towpath.EventApprovalChanged,
		ProjectID: l.ProjectID,
		LinkID:    l.LinkID,
		RolloutID: l.RolloutID,
		SubjectID: l.EnvironmentID,
	}
}

// SecondLook reads one by the id of its start.
func (tx *Tx) SecondLook(ctx context.Context, id string) (towpath.SecondLook, error) {
	return secondLooks.get(ctx, tx, "id = $1", id)
}

// SecondLooks lists those of a rollout, which has its tasks, oldest first: of starts of it, and of
// starts of earlier rollouts from which its tasks came.
func (tx *Tx) SecondLooks(ctx context.Context, r towpath.Rollout) ([]towpath.SecondLook, error) {
	looks, err := secondLooks.list(ctx, tx, "WHERE rollout_id = $1", r.ID)
	if err != nil {
		return nil, err
	}
	starts, err := tx.StageStarts(ctx, r.Tasks)
	if err != nil {
		return nil, err
	}
	for id, start := range starts {
		if start.RolloutID == r.ID || start.Glass == "" {
			continue
		}
		l, err := tx.SecondLook(ctx, id)
		if towpath.ErrorCode(err) == towpath.CodeNotFound { // an earlier version asked for none
			continue
		}
		if err != nil {
			return nil, err
		}
		looks = append(looks, l)
	}
	slices.SortFunc(looks, func(a, b towpath.SecondLook) int { return a.At.Compare(b.At) })
	return looks, nil
}

// OpenLooks lists those at which nobody has looked, of one member's projects or, with "", of all,
// oldest first.
func (tx *Tx) OpenLooks(ctx context.Context, memberID string, limit int) ([]towpath.SecondLook, error) {
	var where filter
	where.ofMember("project_id", memberID)
	where.terms = append(where.terms, "looked_at IS NULL")
	return secondLooks.page(ctx, tx, Page{Limit: limit}, where)
}
