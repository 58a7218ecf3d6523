package sync

import (
	"context"
	"fmt"
	"slices"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// Skip leaves a file out of one database that cannot run there, so that newer ones go on without
// it. The reason is required and is kept. It holds for this text alone: what a newer commit brings
// is planned again. CodeConflict when the file is not unusable, or the database has it.
func (s *Service) Skip(
	ctx context.Context, actor towpath.Actor, linkID, databaseID string, id towpath.MigrationID, text string,
) (r towpath.Rollout, err error) {
	reason, err := towpath.Skipped(text)
	if err != nil {
		return r, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		item, err := s.unusable(ctx, tx, link, databaseID, id)
		if err != nil {
			return err
		}
		if r, err = rolloutFor(ctx, tx, link); err != nil {
			return err
		}
		if err := skipItem(ctx, tx, link, r, item, reason); err != nil {
			return err
		}
		// what waited for it is planned
		if err := tx.Enqueue(ctx, towpath.JobReconcile, link.ID); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobAdvance, r.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, towpath.AuditEvent{
			MemberID:  actor.Member.ID,
			Action:    "migration.skip",
			Subject:   item.DatabaseID,
			ProjectID: link.ProjectID,
			Detail: fmt.Sprintf("Skipped %s in %s/%s: %s", item.Path, item.Environment, item.Database,
				reason.Params["text"]),
		})
	})
	return r, err
}

// unusable finds the file that is to be skipped.
func (s *Service) unusable(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, databaseID string, id towpath.MigrationID,
) (item plan.Item, err error) {
	p, err := s.Manifest.Plan(ctx, tx, link)
	if err != nil {
		return item, err
	}
	i := slices.IndexFunc(p.Items, func(i plan.Item) bool {
		return i.DatabaseID == databaseID && i.MigrationID == id && i.State == plan.ItemUnusable
	})
	if i < 0 {
		return item, towpath.Errorf(towpath.CodeConflict,
			"There is nothing to skip: version %s is not unusable in that database. A file with a task is skipped there.", id.Version)
	}
	item = p.Items[i]
	database, err := tx.Database(ctx, databaseID)
	if err != nil {
		return item, err
	}
	for _, e := range database.Ledger.Entries {
		if e.MigrationID == id && e.State.Applied() {
			return item, towpath.Errorf(towpath.CodeConflict,
				"The database has version %s already. Nothing waits for it there.", id.Version)
		}
	}
	return item, nil
}

// skipItem keeps the decision as a task that has ended.
func skipItem(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, r towpath.Rollout, item plan.Item,
	reason towpath.Reason,
) error {
	environment, err := tx.Environment(ctx, item.EnvironmentID)
	if err != nil {
		return err
	}
	files, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return err
	}
	t := towpath.Task{
		RolloutID:     r.ID,
		ProjectID:     link.ProjectID,
		DatabaseID:    item.DatabaseID,
		EnvironmentID: item.EnvironmentID,
		Stage:         environment.Position,
		Action:        towpath.ActionApply,
		Migration:     item.Migration,
		Commit:        r.Commit,
	}
	for _, f := range files {
		if f.Path == item.Path && f.Commit != "" {
			t.Commit = f.Commit
		}
	}
	t.Close(towpath.TaskSkipped, reason, tx.Now)
	return tx.CreateTask(ctx, &t)
}
