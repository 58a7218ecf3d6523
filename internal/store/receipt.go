package store

import (
	"context"
	"maps"
	"slices"

	"towpath"
)

// Answers lists all answers for the environments of a link, withdrawn and old ones included, oldest
// first.
func (tx *Tx) Answers(ctx context.Context, linkID string) ([]towpath.Approval, error) {
	return approvals.list(ctx, tx, "WHERE link_id = $1 ORDER BY id", linkID)
}

// RolloutHistory lists the changes that the tasks of a rollout made, oldest first.
func (tx *Tx) RolloutHistory(ctx context.Context, rolloutID string) ([]towpath.ChangeHistory, error) {
	return history.list(ctx, tx, "WHERE rollout_id = $1 ORDER BY id", rolloutID)
}

// AttemptsOf returns the attempts of tasks by task, oldest first, without their statements.
func (tx *Tx) AttemptsOf(
	ctx context.Context, tasks []towpath.Task,
) (map[string][]towpath.Attempt, error) {
	found, ids := map[string][]towpath.Attempt{}, make([]string, len(tasks))
	for i, t := range tasks {
		ids[i] = t.ID
	}
	return found, attempts.in(ctx, tx, "task_id", ids, "ORDER BY number",
		func(a towpath.Attempt) { found[a.TaskID] = append(found[a.TaskID], a) })
}

// DatabasesOf returns the databases of tasks, and their instances, by id. Those that were removed since
// are left out.
func (tx *Tx) DatabasesOf(ctx context.Context, tasks []towpath.Task) (
	found map[string]towpath.Database, on map[string]towpath.Instance, err error,
) {
	ids, instanceIDs := set[string]{}, set[string]{}
	for _, t := range tasks {
		ids[t.DatabaseID] = true
	}
	found, on = map[string]towpath.Database{}, map[string]towpath.Instance{}
	err = databases.in(ctx, tx, "id", slices.Sorted(maps.Keys(ids)), "", func(d towpath.Database) {
		found[d.ID], instanceIDs[d.InstanceID] = d, true
	})
	if err != nil {
		return nil, nil, err
	}
	return found, on, instances.in(ctx, tx, "id", slices.Sorted(maps.Keys(instanceIDs)), "",
		func(i towpath.Instance) { on[i.ID] = i })
}
