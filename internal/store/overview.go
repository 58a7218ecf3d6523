package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"towpath"
)

// Standings reads where the databases of projects are: of all, or of a member's projects.
func (tx *Tx) Standings(ctx context.Context, memberID string) (list []towpath.Standing, err error) {
	where := filter{terms: []string{"d.project_id <> ''"}}
	where.ofMember("d.project_id", memberID)
	err = tx.standings(ctx, where, func(s towpath.Standing) { list = append(list, s) })
	return list, err
}

// StandingsOf reads where databases are, by id.
func (tx *Tx) StandingsOf(ctx context.Context, databaseIDs []string) (map[string]towpath.Standing, error) {
	found := map[string]towpath.Standing{}
	databaseIDs = slices.Compact(slices.Sorted(slices.Values(databaseIDs)))
	for ids := range slices.Chunk(databaseIDs, maxLookup) {
		where := filter{}
		for _, id := range ids {
			where.args = append(where.args, id)
		}
		where.terms = append(where.terms, "d.id IN "+tuples(1, len(ids), tx.shared))
		err := tx.standings(ctx, where, func(s towpath.Standing) { found[s.DatabaseID] = s })
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (tx *Tx) standings(ctx context.Context, where filter, do func(towpath.Standing)) error {
	err := tx.scan(ctx, `SELECT d.project_id, d.environment_id, d.id,
			d.missing_at IS NOT NULL OR d.history_written_at IS NOT NULL OR d.ledger_trouble <> ''
				OR d.ledger_error <> '' OR EXISTS (SELECT 1 FROM ledger_entry AS e WHERE e.database_id = d.id
				AND e.target_id <> '' AND e.target_id <> e.database_id) OR EXISTS (
				SELECT 1 FROM drift WHERE drift.database_id = d.id AND drift.settled_at IS NULL),
			COALESCE(h.id, ''), COALESCE(h.label, ''), COALESCE(h.finished_at, 0)
		FROM "database" AS d LEFT JOIN change_history AS h ON h.id = (
			SELECT id FROM change_history WHERE database_id = d.id ORDER BY id DESC LIMIT 1) `+where.where(),
		where.args, func(rows *sql.Rows) error {
			var s towpath.Standing
			err := rows.Scan(&s.ProjectID, &s.EnvironmentID, &s.DatabaseID, &s.Drifted, &s.ChangeID,
				&s.Label, instant{&s.ChangedAt})
			do(s)
			return err
		})
	if err != nil {
		return fmt.Errorf("read where databases are: %w", err)
	}
	return nil
}

// OpenWork counts the open tasks of projects by environment and state: of all, or of a member's
// projects.
func (tx *Tx) OpenWork(ctx context.Context, memberID string) (list []towpath.OpenWork, err error) {
	where := filter{terms: []string{"state IN ('pending', 'held', 'running', 'failed', 'unknown')"}}
	where.ofMember("project_id", memberID)
	err = tx.scan(ctx, `SELECT project_id, environment_id, state, count(*), max(rollout_id),
			max(COALESCE(finished_at, created_at)) FROM task `+where.where()+
		"GROUP BY project_id, environment_id, state", where.args, func(rows *sql.Rows) error {
		var w towpath.OpenWork
		err := rows.Scan(&w.ProjectID, &w.EnvironmentID, (*string)(&w.State), &w.Count, &w.RolloutID,
			instant{&w.At})
		list = append(list, w)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count open tasks: %w", err)
	}
	return list, nil
}

const week = 7 * 24 * time.Hour

// Weeks counts the changes of the last n weeks, this one included, the oldest week first: of all
// projects, or of a member's.
func (tx *Tx) Weeks(ctx context.Context, memberID string, n int) ([]towpath.Week, error) {
	day := tx.Now.Truncate(24 * time.Hour)
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	first := monday.AddDate(0, 0, -7*(n-1))
	list := make([]towpath.Week, n)
	for i := range list {
		list[i].Start = first.AddDate(0, 0, 7*i)
	}
	where := filter{}
	since := where.bind(first.UnixMicro())
	where.terms = append(where.terms, "finished_at >= "+since, "state = 'done'")
	where.ofMember("project_id", memberID)
	err := tx.scan(ctx, fmt.Sprintf(`SELECT (finished_at - %s) / %d, count(*),
			CAST(sum(finished_at - started_at) AS BIGINT), max(finished_at - started_at)
			FROM change_history `, since, week.Microseconds())+where.where()+"GROUP BY 1", where.args,
		func(rows *sql.Rows) error {
			var at, changes int
			var took, longest int64
			if err := rows.Scan(&at, &changes, &took, &longest); err != nil {
				return err
			}
			if at >= 0 && at < n {
				list[at].Changes = changes
				list[at].Took = time.Duration(took) * time.Microsecond
				list[at].Longest = time.Duration(longest) * time.Microsecond
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("count the changes of weeks: %w", err)
	}
	return list, nil
}

// scan calls row with each row of a query.
func (tx *Tx) scan(ctx context.Context, text string, args []any, row func(*sql.Rows) error) error {
	rows, err := tx.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err returns the error that matters
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// StageStates sums up the tasks of rollouts by environment, in the order of the stages.
func (tx *Tx) StageStates(
	ctx context.Context, rolloutIDs []string,
) (found map[string][]towpath.StageState, err error) {
	found = map[string][]towpath.StageState{}
	for ids := range slices.Chunk(rolloutIDs, maxLookup) {
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = id
		}
		var last towpath.StageState
		var tasks []towpath.Task
		finish := func() {
			if len(tasks) > 0 {
				last.State = towpath.SummarizeTasks(tasks)
				found[last.RolloutID] = append(found[last.RolloutID], last)
			}
			tasks = nil
		}
		err := tx.scan(ctx, `SELECT rollout_id, environment_id, state FROM task
				WHERE rollout_id IN `+tuples(1, len(args), tx.shared)+
			` GROUP BY rollout_id, stage, environment_id, state
				ORDER BY rollout_id, stage, environment_id`, args, func(rows *sql.Rows) error {
			var s towpath.StageState
			var t towpath.Task
			if err := rows.Scan(&s.RolloutID, &s.EnvironmentID, (*string)(&t.State)); err != nil {
				return err
			}
			if s != (towpath.StageState{RolloutID: last.RolloutID, EnvironmentID: last.EnvironmentID}) {
				finish()
				last = s
			}
			tasks = append(tasks, t)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("sum up stages: %w", err)
		}
		finish()
	}
	return found, nil
}
