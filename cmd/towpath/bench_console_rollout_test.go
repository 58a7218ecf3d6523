package main

import (
	"context"

	"towpath"
	"towpath/internal/store"
)

// waiting makes a rollout that is done in all environments but prod, where its change waits for
// consent in each database.
func (m *many) waiting(
	ctx context.Context, tx *store.Tx, l towpath.RepositoryLink, databases []towpath.Database,
) (id string, err error) {
	r, err := m.rollout(ctx, tx, l, "Add a note to orders, so that support can answer", towpath.RolloutHeld)
	if err != nil {
		return "", err
	}
	prod := m.environments[len(m.environments)-1]
	err = m.tasks(ctx, tx, r, databases, 6, func(t *towpath.Task, _ int) {
		if t.EnvironmentID == prod.ID {
			t.State, t.Reason = towpath.TaskHeld, prod.HeldReason(prod.Name)
		}
	})
	if err != nil {
		return "", err
	}
	if err := tx.AddFileCommits(ctx, l.ID, map[string][]string{
		manyMigration("", 6).Path: {r.Commit},
	}); err != nil {
		return "", err
	}
	return r.ID, m.review(ctx, tx, r, prod, len(databases))
}

// failed makes a rollout that failed in five databases of prod, and that a newer one took over.
func (m *many) failed(
	ctx context.Context, tx *store.Tx, l towpath.RepositoryLink, databases []towpath.Database,
) error {
	r, err := m.rollout(ctx, tx, l, "Create an index for the search of orders", towpath.RolloutFailed)
	if err != nil {
		return err
	}
	err = m.tasks(ctx, tx, r, databases, 5, func(t *towpath.Task, n int) {
		if n%200 == 42 {
			t.State, t.Attempts = towpath.TaskCancelled, 1
			t.Error = towpath.Why(towpath.ReasonLockTimeout)
		}
	})
	if err != nil {
		return err
	}
	r.FinishedAt, r.State = &tx.Now, towpath.RolloutFailed
	m.pages = append(m.pages, "rollout-1000-failed=/rollouts/"+r.ID)
	return tx.UpdateRollout(ctx, &r)
}

func (m *many) rollout(
	ctx context.Context, tx *store.Tx, l towpath.RepositoryLink, message string, state towpath.RolloutState,
) (towpath.Rollout, error) {
	r := towpath.Rollout{
		ProjectID: l.ProjectID, LinkID: l.ID, State: state, Message: message, Author: "Dana Developer",
		Commit: "c0ffee0000000000000000000000000000000000",
	}
	return r, tx.CreateRollout(ctx, &r)
}

// tasks makes one task of a version in each database. change makes some of them other than done.
func (m *many) tasks(
	ctx context.Context, tx *store.Tx, r towpath.Rollout, databases []towpath.Database, v int,
	change func(t *towpath.Task, n int),
) error {
	stages := map[string]int{}
	for i, e := range m.environments {
		stages[e.ID] = i
	}
	for n, d := range databases {
		t := towpath.Task{
			RolloutID: r.ID, ProjectID: r.ProjectID, DatabaseID: d.ID, EnvironmentID: d.EnvironmentID,
			Stage: stages[d.EnvironmentID], Action: towpath.ActionApply, Commit: r.Commit,
			Migration: manyMigration(d.Name, v), State: towpath.TaskDone, Attempts: 1, Total: 1, Finished: 1,
			StartedAt: &tx.Now, FinishedAt: &tx.Now,
		}
		change(&t, n)
		if t.State == towpath.TaskHeld {
			t.StartedAt, t.FinishedAt, t.Attempts, t.Total, t.Finished = nil, nil, 0, 0, 0
		}
		if err := tx.CreateTask(ctx, &t); err != nil {
			return err
		}
	}
	return nil
}

// review says that the text has a warning in prod.
func (m *many) review(
	ctx context.Context, tx *store.Tx, r towpath.Rollout, e towpath.Environment, databases int,
) error {
	text := manyMigration("", 6)
	sql := []byte("ALTER TABLE orders ADD COLUMN note TEXT NOT NULL DEFAULT '';\n")
	if err := tx.PutContent(ctx, text.Checksum, sql); err != nil {
		return err
	}
	if err := tx.WantReview(ctx, r); err != nil {
		return err
	}
	_, err := tx.SetReview(ctx, towpath.Review{
		RolloutID: r.ID, LinkID: r.LinkID, ProjectID: r.ProjectID, Generation: 1, State: towpath.ReviewDone,
		Warnings: 1, Files: []towpath.ReviewedFile{{
			Path: text.Path, Label: text.Label, Checksum: text.Checksum, Commit: r.Commit, EnvironmentID: e.ID,
			Environment: e.Name, Against: "sqlite 3.50", Databases: databases, Statements: 1, Warnings: 1,
			ReviewNotes: towpath.ReviewNotes{
				Findings: []towpath.ReviewFinding{{
					Rule: "PL01", Level: "warning", Title: "The table is written again", Line: 1, Column: 1,
					Message: "The column is added to each row of orders.",
				}},
				Tables: []towpath.ReviewedTable{{Name: "orders", Rows: 12_000_000, Bytes: 4 << 30}},
			},
		}},
	})
	return err
}
