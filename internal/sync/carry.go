package sync

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// applyPlan updates a link's rollout from a plan. A plan without new tasks updates the open
// rollout. Otherwise, a rollout for the newer commit takes over the open tasks: running ones
// finish, and unchanged ones keep their state.
func (s *Service) applyPlan(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, f found, p plan.Plan,
	manifest []towpath.ManifestFile,
) error {
	open, err := tx.OpenRollout(ctx, link.ID)
	exists := err == nil
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	review := false // whether the levels have changed
	if f.policy != nil {
		if review, err = tx.SetPolicyFile(ctx, *f.policy); err != nil {
			return err
		}
	}
	c := plan.Diff(open.Tasks, p, link.SyncedCommit)
	if c, err = s.dropDuplicates(ctx, tx, open.ID, c); err != nil {
		return err
	}
	if len(c.Fresh) == 0 {
		if review {
			if err := tx.WantReviews(ctx, link.ID); err != nil {
				return err
			}
		}
		if !exists {
			return nil
		}
		if len(c.Closed) > 0 && !review {
			if err := tx.WantReview(ctx, open); err != nil {
				return err
			}
		}
		return s.updateRollout(ctx, tx, open, c)
	}
	if review {
		if err := tx.WantBranchReviews(ctx, link.ID); err != nil {
			return err
		}
	}
	brought := map[string]string{}
	for _, file := range manifest {
		brought[file.Path] = file.Commit
	}
	for i := range c.Fresh {
		c.Fresh[i].Commit = brought[c.Fresh[i].Path]
	}
	r := towpath.Rollout{ProjectID: link.ProjectID, LinkID: link.ID, State: towpath.RolloutPending}
	r.Commit = rolloutCommit(c.Fresh, f.delta.commits, link.SyncedCommit, f.commit.Hash == "")
	known, err := tx.Commit(ctx, link.ID, r.Commit)
	switch {
	case err == nil:
		r.Message = known.Message
		r.Author = known.Author
		r.CommitURL = known.URL
	case towpath.ErrorCode(err) != towpath.CodeNotFound:
		return err
	default: // synced by an older version
		r.Message, r.Author, r.CommitURL = lastDescription(ctx, tx, link)
	}
	if exists && open.Commit == r.Commit {
		r = open // the same commit has more tasks, so its rollout grows
	} else if err := s.supersede(ctx, tx, open, exists, &r); err != nil {
		return err
	}
	if err := writeTasks(ctx, tx, r, c); err != nil {
		return err
	}
	if err := tx.WantReview(ctx, r); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
}

// rolloutCommit returns the commit of a rollout with fresh tasks: the newest pushed commit that has
// one of their texts. A push with none of them has unblocked the tasks, so it is the head. When
// nothing was pushed (still), it is the one commit of all texts, if there is only one.
func rolloutCommit(fresh []towpath.Task, pushed []towpath.Commit, head string, still bool) string {
	has := func(commit string) bool {
		return slices.ContainsFunc(fresh, func(t towpath.Task) bool { return t.Commit == commit })
	}
	for _, c := range pushed {
		if has(c.Hash) {
			return c.Hash
		}
	}
	first := fresh[0].Commit
	if still && first != "" &&
		!slices.ContainsFunc(fresh, func(t towpath.Task) bool { return t.Commit != first }) {
		return first
	}
	return head
}

// supersede creates a rollout that replaces the open one.
func (s *Service) supersede(
	ctx context.Context, tx *store.Tx, open towpath.Rollout, exists bool, r *towpath.Rollout,
) error {
	if exists {
		old := open
		old.FinishedAt = &tx.Now
		// first, since a link has at most one open rollout
		if err := tx.UpdateRollout(ctx, &old); err != nil {
			return err
		}
	}
	if err := tx.CreateRollout(ctx, r); err != nil || !exists {
		return err
	}
	if err := tx.MovePause(ctx, open.ID, r.ID); err != nil {
		return err
	}
	open.Supersede(r.ID, tx.Now)
	if err := tx.UpdateRollout(ctx, &open); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobPostStatus, open.ID)
}

// lastDescription returns the message, author and URL of the synced commit from the link's newest
// rollout, if that is of the same commit.
func lastDescription(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink,
) (message, author, url string) {
	list, err := tx.Rollouts(ctx, store.RolloutFilter{LinkID: link.ID},
		store.Page{Limit: 1, NewestFirst: true})
	if err != nil || len(list) == 0 || list[0].Commit != link.SyncedCommit {
		return "", "", ""
	}
	return list[0].Message, list[0].Author, list[0].CommitURL
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return towpath.ClipRunes(line, 200)
}

// dropDuplicates removes new tasks whose migration has an open task of another rollout, since a
// migration is open at most once in a database. It cancels the open tasks of deleted links, unless
// they run; for others, the new task waits until the other rollout has finished.
func (s *Service) dropDuplicates(
	ctx context.Context, tx *store.Tx, rolloutID string, c plan.Changes,
) (plan.Changes, error) {
	others := map[plan.TaskKey]towpath.Task{}
	looked := map[string]bool{}
	for _, t := range c.Fresh {
		if looked[t.DatabaseID] {
			continue
		}
		looked[t.DatabaseID] = true
		list, err := tx.OpenTasks(ctx, t.DatabaseID)
		if err != nil {
			return c, err
		}
		for _, o := range list {
			if o.RolloutID != rolloutID {
				others[plan.KeyOf(o)] = o
			}
		}
	}
	fresh := c.Fresh[:0:0]
	for _, t := range c.Fresh {
		o, taken := others[plan.KeyOf(t)]
		if !taken {
			fresh = append(fresh, t)
			continue
		}
		ended, err := cancelOrphan(ctx, tx, o)
		if err != nil {
			return c, err
		}
		if ended {
			fresh = append(fresh, t)
		}
	}
	c.Fresh = fresh
	return c, nil
}

// cancelOrphan cancels a task whose link was deleted, unless it is running or unknown.
func cancelOrphan(ctx context.Context, tx *store.Tx, t towpath.Task) (ended bool, err error) {
	r, err := tx.RolloutAlone(ctx, t.RolloutID)
	if err != nil || !t.State.MayBecome(towpath.TaskCancelled) {
		return false, err
	}
	if _, err := tx.Link(ctx, r.LinkID); err == nil || towpath.ErrorCode(err) != towpath.CodeNotFound {
		return false, err
	}
	t.Close(towpath.TaskCancelled, towpath.Why(towpath.ReasonRelinked), tx.Now)
	if err := tx.UpdateTask(ctx, &t); err != nil {
		return false, err
	}
	return true, tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
}

// updateRollout writes changes to a rollout without new tasks: order, releases and closed tasks.
func (s *Service) updateRollout(ctx context.Context, tx *store.Tx, r towpath.Rollout, c plan.Changes) error {
	if err := writeTasks(ctx, tx, r, c); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
}

func writeTasks(ctx context.Context, tx *store.Tx, r towpath.Rollout, c plan.Changes) error {
	for _, t := range c.Closed { // first: a migration is open once in a database
		t.Close(t.State, t.Reason, tx.Now)
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
	}
	for _, t := range c.Kept {
		t.RolloutID = r.ID
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
	}
	for _, id := range c.Asked {
		if err := tx.Enqueue(ctx, towpath.JobRunTask, id); err != nil {
			return err
		}
	}
	for _, t := range c.Fresh {
		t.RolloutID = r.ID
		if t.Commit == "" { // the file is older than the link, or there is no file
			t.Commit = r.Commit
		}
		if err := tx.CreateTask(ctx, &t); err != nil {
			return fmt.Errorf("plan %s for %s: %w", t.Path, t.Database, err)
		}
	}
	return nil
}
