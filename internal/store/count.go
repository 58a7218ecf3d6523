package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Counts are how many rows there are in each state. A state without rows has no entry.
type Counts struct {
	Rollouts map[string]int // open ones, by state
	Tasks    map[string]int // open ones, by state
	Links    map[string]int // attention or connected
	Grants   map[string]int // broken or working
}

// Counts reads them in one query, whose cost grows with open work and not with history.
func (tx *Tx) Counts(ctx context.Context) (Counts, error) {
	c := Counts{map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}}
	of := map[string]map[string]int{"rollout": c.Rollouts, "task": c.Tasks, "link": c.Links, "grant": c.Grants}
	err := tx.scan(ctx, `SELECT 'rollout', state, COUNT(*) FROM rollout WHERE finished_at IS NULL GROUP BY state
		UNION ALL SELECT 'task', state, COUNT(*) FROM task
			WHERE state IN ('pending', 'held', 'running', 'failed', 'unknown') GROUP BY state
		UNION ALL SELECT 'link', CASE WHEN attention_reason = '' THEN 'connected' ELSE 'attention' END AS state, COUNT(*)
			FROM repository_link GROUP BY CASE WHEN attention_reason = '' THEN 'connected' ELSE 'attention' END
		UNION ALL SELECT 'grant', CASE WHEN broken_reason = '' THEN 'working' ELSE 'broken' END AS state, COUNT(*)
			FROM "grant" GROUP BY CASE WHEN broken_reason = '' THEN 'working' ELSE 'broken' END`,
		nil, func(rows *sql.Rows) error {
			var thing, state string
			var n int
			err := rows.Scan(&thing, &state, &n)
			if err == nil {
				of[thing][state] = n
			}
			return err
		})
	if err != nil {
		return Counts{}, fmt.Errorf("count open work: %w", err)
	}
	return c, nil
}
