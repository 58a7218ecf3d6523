package gitops

import (
	"context"
	"fmt"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// Accept records the present text of an edited or moved file as applied in one database, without running it.
func (s *Service) Accept(ctx context.Context, actor towpath.Actor, linkID, databaseID string, id towpath.MigrationID) (r towpath.Rollout, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		item, err := s.acceptable(ctx, tx, link, databaseID, id)
		if err != nil {
			return err
		}
		environment, err := tx.Environment(ctx, item.EnvironmentID)
		if err != nil {
			return err
		}
		task := towpath.Task{
			ProjectID: link.ProjectID, DatabaseID: databaseID, EnvironmentID: item.EnvironmentID, Stage: environment.Position,
			Action: towpath.ActionRecord, Migration: item.Migration, Covers: []towpath.Migration{item.Migration}, State: towpath.TaskPending,
		}
		if r, err = tx.OpenRollout(ctx, linkID); towpath.ErrorCode(err) == towpath.CodeNotFound {
			r = towpath.Rollout{ProjectID: link.ProjectID, LinkID: link.ID, Commit: link.SyncedCommit, State: towpath.RolloutPending}
			r.Message, r.Author, r.CommitURL = lastTold(ctx, tx, link)
			err = tx.CreateRollout(ctx, &r)
		}
		if err != nil {
			return err
		}
		c, err := instead(r.Tasks, task)
		if err != nil {
			return err
		}
		if err := writeTasks(ctx, tx, r, c); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobAdvance, r.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, towpath.AuditEvent{MemberID: actor.Member.ID, Action: "migration.accept", Subject: databaseID, ProjectID: link.ProjectID,
			Detail: fmt.Sprintf("Accepted the text of %s at commit %s as applied in %s.", item.Path, short(link.SyncedCommit), item.Database)})
	})
	return r, err
}

// instead lets a task take the place of the open one of the same migration, if there is one.
func instead(open []towpath.Task, task towpath.Task) (c comparison, err error) {
	for _, t := range open {
		switch {
		case !t.State.Open() || keyOf(t) != keyOf(task):
		case sameWork(t, task):
			return comparison{}, nil
		case !t.State.MayBecome(towpath.TaskCancelled):
			return c, towpath.Errorf(towpath.CodeConflict, "The task of %s in %s is %s. Wait for its end, or resolve it, then accept the text.", t.Path, t.Database, t.State)
		default:
			t.State, t.Reason = towpath.TaskCancelled, "Somebody accepted the text as applied instead."
			c.closed = append(c.closed, t)
		}
	}
	c.fresh = []towpath.Task{task}
	return c, nil
}

func (s *Service) acceptable(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, databaseID string, id towpath.MigrationID) (plan.Item, error) {
	p, err := s.planNow(ctx, tx, link)
	if err != nil {
		return plan.Item{}, err
	}
	for _, item := range p.Items {
		if item.DatabaseID == databaseID && item.MigrationID == id && (item.State == plan.ItemEdited || item.State == plan.ItemMoved) {
			return item, nil
		}
	}
	return plan.Item{}, towpath.Errorf(towpath.CodeConflict, "Nothing is to be accepted there: version %s is neither edited nor moved in that database.", id.Version)
}
