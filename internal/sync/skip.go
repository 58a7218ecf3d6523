package sync

import (
	"context"
	"slices"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// Skip skips an unusable file in one database, so that newer files can run. The reason is required
// and is stored. It applies only to this text: a new text is planned again. CodeConflict when the
// file is not unusable, or the database already has it.
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
		// plan the files that waited for it
		if err := tx.Enqueue(ctx, towpath.JobReconcile, link.ID); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobAdvance, r.ID); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActMigrationSkip, item.DatabaseID, link.ProjectID,
			"path", item.Path, "environment", item.Environment, "database", item.Database,
			"text", reason.Params["text"]))
		return nil
	})
	return r, err
}

// unusable returns the unusable file that is to be skipped; CodeConflict when there is none.
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
			"There is nothing to skip: version %s can run in that database. To skip its task, open the task.",
			id.Version)
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

// skipItem stores the decision as a skipped task.
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
