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

// carryOut turns a plan into a link's rollout. A plan that asks for nothing new leaves the open
// rollout as it is; otherwise a rollout of the newer commit takes over what is open: tasks that run
// finish, and what has not changed keeps its state.
func (s *Service) carryOut(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, f found, p plan.Plan,
	manifest []towpath.ManifestFile,
) error {
	open, err := tx.OpenRollout(ctx, link.ID)
	exists := err == nil
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	c := plan.Diff(open.Tasks, p, link.SyncedCommit)
	if c, err = s.leaveOut(ctx, tx, open.ID, c); err != nil {
		return err
	}
	if len(c.Fresh) == 0 {
		if !exists {
			return nil
		}
		return s.keepRollout(ctx, tx, open, c)
	}
	brought := map[string]string{}
	for _, file := range manifest {
		brought[file.Path] = file.Commit
	}
	for i := range c.Fresh {
		c.Fresh[i].Commit = brought[c.Fresh[i].Path]
	}
	r := towpath.Rollout{ProjectID: link.ProjectID, LinkID: link.ID, State: towpath.RolloutPending}
	r.Commit = namesake(c.Fresh, f.delta.commits, link.SyncedCommit, f.commit.Hash == "")
	known, err := tx.Commit(ctx, link.ID, r.Commit)
	switch {
	case err == nil:
		r.Message = known.Message
		r.Author = known.Author
		r.CommitURL = known.URL
	case towpath.ErrorCode(err) != towpath.CodeNotFound:
		return err
	default: // synced by an older version
		r.Message, r.Author, r.CommitURL = lastTold(ctx, tx, link)
	}
	if exists && open.Commit == r.Commit {
		r = open // the same commit has more to do: the rollout grows
	} else if err := s.supersede(ctx, tx, open, exists, &r); err != nil {
		return err
	}
	if err := writeTasks(ctx, tx, r, c); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
}

// namesake is the commit that a rollout is named after: the newest one of the push that brought one
// of its texts. A push that brought none has let them run and gives its head. When nothing was
// pushed it is the one commit that brought all of them.
func namesake(fresh []towpath.Task, pushed []towpath.Commit, head string, still bool) string {
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

// supersede makes a rollout that takes the place of the open one.
func (s *Service) supersede(
	ctx context.Context, tx *store.Tx, open towpath.Rollout, exists bool, r *towpath.Rollout,
) error {
	if exists {
		old := open
		old.FinishedAt = &tx.Now
		// first, since a link has one open rollout at most
		if err := tx.UpdateRollout(ctx, &old); err != nil {
			return err
		}
	}
	if err := tx.CreateRollout(ctx, r); err != nil || !exists {
		return err
	}
	open.Supersede(r.ID, tx.Now)
	if err := tx.UpdateRollout(ctx, &open); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobPostStatus, open.ID)
}

// lastTold returns what the link's newest rollout says of the commit, when it is the same commit.
func lastTold(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink) (message, author, url string) {
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

// leaveOut takes out of changes what another rollout has under way already: two tasks of one
// migration are never open in a database. What is left of a link that is gone ends here, unless it
// runs; the rest waits for the other rollout.
func (s *Service) leaveOut(
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
		ended, err := endOrphan(ctx, tx, o)
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

// endOrphan cancels a task whose link is gone, unless it runs or nobody knows its outcome.
func endOrphan(ctx context.Context, tx *store.Tx, t towpath.Task) (ended bool, err error) {
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

// keepRollout writes what changed in a rollout that stays: the order, what is released, and what is
// no longer wanted.
func (s *Service) keepRollout(ctx context.Context, tx *store.Tx, r towpath.Rollout, c plan.Changes) error {
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
		if t.Commit == "" { // it was there when the link was made, or no file is behind it
			t.Commit = r.Commit
		}
		if err := tx.CreateTask(ctx, &t); err != nil {
			return fmt.Errorf("plan %s for %s: %w", t.Path, t.Database, err)
		}
	}
	return nil
}
