package store

import (
	"context"

	"towpath"
)

// ProjectState reads what decides whether a version may be undone in a database of a project: the
// environments, the project's databases with their ledgers, and the open tasks there.
func (tx *Tx) ProjectState(ctx context.Context, projectID string) (
	environments []towpath.Environment, databases []towpath.Database, open []towpath.Task, err error,
) {
	if environments, err = tx.Environments(ctx); err != nil {
		return nil, nil, nil, err
	}
	if databases, err = tx.ProjectDatabases(ctx, projectID); err != nil {
		return nil, nil, nil, err
	}
	for _, d := range databases {
		list, err := tx.OpenTasks(ctx, d.ID)
		if err != nil {
			return nil, nil, nil, err
		}
		open = append(open, list...)
	}
	return environments, databases, open, nil
}
