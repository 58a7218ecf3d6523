package store

import (
	"context"

	"towpath"
)

// outlines reads tasks with only the columns that scheduling needs. A rollout of thousands of tasks
// is reread after each of them, so the rows must be small.
var outlines = newTable("task", 1, func(t *towpath.Task) []column {
	return []column{
		{"id", &t.ID},
		{"rollout_id", &t.RolloutID},
		{"database_id", &t.DatabaseID},
		{"environment_id", &t.EnvironmentID},
		{"stage", &t.Stage},
		{"sequence", &t.Sequence},
		{"version", &t.Version},
		{"type", (*string)(&t.Type)},
		{"label", &t.Label},
		{"path", &t.Path},
		{"environment", &t.Environment},
		{"database_name", &t.Database},
		{"commit_hash", &t.Commit},
		{"state", (*string)(&t.State)},
		{"checksum", &t.Checksum},
		{"error", reason{&t.Error}},
		{"CASE WHEN state IN ('done', 'held') THEN reason ELSE '' END", reason{&t.Reason}}, // others may be long
		{"created_at", instant{&t.CreatedAt}},
		{"started_at", maybe{&t.StartedAt}},
		{"start_id", &t.StartID},
		{"mark", mark{&t.Mark}},
		{"undoing", order{&t.Undoing}},
	}
})

// RolloutOutline reads a rollout with outlines of its tasks. They suffice for Next and
// SummarizeTasks, but must not be written back.
func (tx *Tx) RolloutOutline(ctx context.Context, id string) (towpath.Rollout, error) {
	r, err := tx.RolloutAlone(ctx, id)
	if err != nil {
		return r, err
	}
	r.Tasks, err = outlines.list(ctx, tx, "WHERE rollout_id = $1 ORDER BY stage, database_id, sequence, id",
		id)
	return r, err
}

// RolloutAlone reads a rollout without its tasks.
func (tx *Tx) RolloutAlone(ctx context.Context, id string) (towpath.Rollout, error) {
	return rollouts.get(ctx, tx, "id = $1", id)
}

// RolloutsAlone returns rollouts by id, without their tasks.
func (tx *Tx) RolloutsAlone(ctx context.Context, ids []string) (map[string]towpath.Rollout, error) {
	found := map[string]towpath.Rollout{}
	return found, rollouts.in(ctx, tx, "id", ids, "", func(r towpath.Rollout) { found[r.ID] = r })
}

// NewestRollouts returns the newest rollout of each project, by project, without their tasks.
func (tx *Tx) NewestRollouts(ctx context.Context, projectIDs []string) (map[string]towpath.Rollout, error) {
	found := map[string]towpath.Rollout{}
	// one look into the index for each project, however many rollouts it has
	newest := `id IN (SELECT (SELECT max(newest.id) FROM rollout AS newest WHERE newest.project_id = p.id)
		FROM project AS p WHERE p.id`
	return found, rollouts.in(ctx, tx, newest, projectIDs, ")",
		func(r towpath.Rollout) { found[r.ProjectID] = r })
}

// CommitTasks lists outlines of a link's tasks whose contents were read at a commit, in any
// rollout.
func (tx *Tx) CommitTasks(ctx context.Context, linkID, commit string) ([]towpath.Task, error) {
	return outlines.list(ctx, tx, "WHERE commit_hash = $2 AND rollout_id IN (SELECT id FROM rollout WHERE "+
		"link_id = $1) ORDER BY stage, database_id, sequence, id",
		linkID, commit)
}
