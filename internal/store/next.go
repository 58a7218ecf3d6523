package store

import (
	"context"
	"fmt"
	"slices"

	"towpath"
)

// mayStart is towpath.Rollout.Next in SQL, for one pending task and without reading all others. An
// earlier task blocks a later one when it is open and not held. A pending task counts as held when
// its migration is held in an earlier stage. Databases number the applications of a repeatable
// migration on their own, so its path decides.
const mayStart = `SELECT EXISTS (SELECT 1 FROM rollout WHERE id = $1 AND finished_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM task AS x WHERE x.rollout_id = $1 AND x.database_id = $2
	AND x.state IN ('running', 'unknown'))
AND NOT EXISTS (SELECT 1 FROM task AS h WHERE h.rollout_id = $1 AND h.state = 'held' AND h.stage < $3
	AND (h.version = $4 OR h.type = 'repeatable') AND h.type = $5 AND h.path = $6)
AND NOT EXISTS (SELECT 1 FROM task AS x WHERE x.rollout_id = $1
	AND x.state IN ('pending', 'running', 'failed', 'unknown')
	AND (x.stage < $3 AND $5 <> 'undo' OR x.stage = $3 AND x.database_id = $2
		AND (x.sequence < $7 OR x.sequence = $7 AND x.id < $8))
	AND NOT (x.state = 'pending' AND EXISTS (SELECT 1 FROM task AS h WHERE h.rollout_id = $1
		AND h.state = 'held' AND h.stage < x.stage
		AND (h.version = x.version OR h.type = 'repeatable') AND h.type = x.type AND h.path = x.path)))`

// MayStart reports whether a pending task may start now, given the state of its rollout.
func (tx *Tx) MayStart(ctx context.Context, t towpath.Task) (may bool, err error) {
	row := tx.tx.QueryRowContext(ctx, mayStart, t.RolloutID, t.DatabaseID, t.Stage, t.Version, string(t.Type),
		t.Path, t.Sequence, t.ID)
	if err := row.Scan(&may); err != nil {
		return false, fmt.Errorf("read what blocks a task: %w", err)
	}
	return may, nil
}

// NextTasks lists at most limit pending tasks of a database in the order in which they run: the
// first may start now, each other one when those before it are done. The list may be incomplete.
func (tx *Tx) NextTasks(
	ctx context.Context, rolloutID, databaseID string, limit int,
) ([]towpath.Task, error) {
	line, err := tasks.list(ctx, tx, "WHERE rollout_id = $1 AND database_id = $2 AND state = 'pending' "+
		"ORDER BY sequence, id LIMIT $3", rolloutID, databaseID, limit)
	if err != nil {
		return nil, err
	}
	held, err := outlines.list(ctx, tx, "WHERE rollout_id = $1 AND state = 'held'", rolloutID)
	if err != nil {
		return nil, err
	}
	line = slices.DeleteFunc(line, func(t towpath.Task) bool {
		return slices.ContainsFunc(held, func(h towpath.Task) bool {
			return h.Stage < t.Stage && h.File() == t.File() && h.Path == t.Path
		})
	})
	if len(line) == 0 {
		return nil, nil
	}
	if may, err := tx.MayStart(ctx, line[0]); err != nil || !may {
		return nil, err
	}
	failed, err := outlines.list(ctx, tx,
		"WHERE rollout_id = $1 AND database_id = $2 AND state = 'failed' LIMIT 1", rolloutID, databaseID)
	if err != nil || len(failed) > 0 {
		return line[:1], err
	}
	for n, t := range line {
		if t.Stage != line[0].Stage {
			return line[:n], nil
		}
	}
	return line, nil
}
