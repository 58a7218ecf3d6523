package sync

import (
	"context"
	"slices"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// Accept records the current text of an edited or moved file as applied in one database, without
// running it. CodeConflict when the file is neither edited nor moved there.
func (s *Service) Accept(
	ctx context.Context, actor towpath.Actor, linkID, databaseID string, id towpath.MigrationID,
) (towpath.Rollout, error) {
	return s.accept(ctx, actor, linkID,
		func(_ towpath.RepositoryLink, items []plan.Item) ([]plan.Item, error) {
			for _, item := range items {
				if item.DatabaseID == databaseID && item.MigrationID == id &&
					(item.State == plan.ItemEdited || item.State == plan.ItemMoved) {
					return []plan.Item{item}, nil
				}
			}
			return nil, towpath.Errorf(towpath.CodeConflict,
				"There is nothing to accept: version %s is neither edited nor moved in that database.",
				id.Version)
		})
}

// AcceptEdited records the current texts of all edited files as applied, in every database that has
// another text of them. Nothing runs. commit is the one whose texts the person has seen.
// CodeConflict when the link is at another commit since, and when no file is edited.
func (s *Service) AcceptEdited(
	ctx context.Context, actor towpath.Actor, linkID, commit string,
) (towpath.Rollout, error) {
	return s.accept(ctx, actor, linkID,
		func(link towpath.RepositoryLink, items []plan.Item) ([]plan.Item, error) {
			if link.SyncedCommit != commit {
				return nil, towpath.Errorf(towpath.CodeConflict,
					"The branch is at commit %s by now. Look at its edited files first, then accept them.",
					towpath.ShortHash(link.SyncedCommit))
			}
			edited := slices.DeleteFunc(slices.Clone(items),
				func(i plan.Item) bool { return i.State != plan.ItemEdited })
			if len(edited) == 0 {
				return nil, towpath.Errorf(towpath.CodeConflict,
					"There is nothing to accept: no file is edited at commit %s.", towpath.ShortHash(commit))
			}
			return edited, nil
		})
}

// accept creates tasks that record the items of the link's plan that choose selects.
func (s *Service) accept(ctx context.Context, actor towpath.Actor, linkID string,
	choose func(towpath.RepositoryLink, []plan.Item) ([]plan.Item, error),
) (r towpath.Rollout, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		p, err := s.Manifest.Plan(ctx, tx, link)
		if err != nil {
			return err
		}
		chosen, err := choose(link, p.Items)
		if err != nil {
			return err
		}
		if r, err = rolloutFor(ctx, tx, link); err != nil {
			return err
		}
		if err := s.acceptItems(ctx, tx, actor, link, r, chosen); err != nil {
			return err
		}
		return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
	})
	return r, err
}

// rolloutFor returns the link's open rollout. When there is none, it creates one for the synced
// commit.
func rolloutFor(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink,
) (r towpath.Rollout, err error) {
	r, err = tx.OpenRollout(ctx, link.ID)
	if towpath.ErrorCode(err) != towpath.CodeNotFound {
		return r, err
	}
	r = towpath.Rollout{
		ProjectID: link.ProjectID,
		LinkID:    link.ID,
		Commit:    link.SyncedCommit,
		State:     towpath.RolloutPending,
	}
	r.Message, r.Author, r.CommitURL = lastDescription(ctx, tx, link)
	return r, tx.CreateRollout(ctx, &r)
}

func (s *Service) acceptItems(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, link towpath.RepositoryLink, r towpath.Rollout,
	items []plan.Item,
) error {
	files, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return err
	}
	brought := make(map[string]string, len(files)) // path → the commit that brought its text
	for _, f := range files {
		brought[f.Path] = f.Commit
	}
	for _, item := range items {
		environment, err := tx.Environment(ctx, item.EnvironmentID)
		if err != nil {
			return err
		}
		c, err := replaceOpen(r.Tasks, towpath.Task{
			ProjectID:     link.ProjectID,
			DatabaseID:    item.DatabaseID,
			EnvironmentID: item.EnvironmentID,
			Stage:         environment.Position,
			Action:        towpath.ActionRecord,
			Migration:     item.Migration,
			Covers:        []towpath.Migration{item.Migration},
			Commit:        brought[item.Path],
			State:         towpath.TaskPending,
		})
		if err != nil {
			return err
		}
		if err := writeTasks(ctx, tx, r, c); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActMigrationAccept, item.DatabaseID, link.ProjectID,
			"path", item.Path, "commit", towpath.ShortHash(link.SyncedCommit),
			"environment", item.Environment, "database", item.Database))
	}
	return nil
}

// replaceOpen returns the changes that replace the open task of the same migration, if any, with
// task. CodeConflict when the open task is running or unknown.
func replaceOpen(open []towpath.Task, task towpath.Task) (c plan.Changes, err error) {
	for _, t := range open {
		switch {
		case !t.State.Open() || plan.KeyOf(t) != plan.KeyOf(task):
		case plan.SameWork(t, task):
			return plan.Changes{}, nil
		case !t.State.MayBecome(towpath.TaskCancelled):
			return c, towpath.Errorf(towpath.CodeConflict,
				"The task of %s in %s is %s. Wait until it has finished, or resolve it, "+
					"then accept the text.",
				t.Path, t.Database, t.State)
		default:
			t.State, t.Reason = towpath.TaskCancelled, towpath.Why(towpath.ReasonAccepted)
			c.Closed = append(c.Closed, t)
		}
	}
	c.Fresh = []towpath.Task{task}
	return c, nil
}
