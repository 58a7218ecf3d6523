package gitops

import (
	"context"
	"fmt"
	"strings"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// taskKey tells the open tasks of a link apart.
type taskKey struct {
	DatabaseID string
	towpath.MigrationID
}

func keyOf(t towpath.Task) taskKey { return taskKey{t.DatabaseID, t.MigrationID} }

// carryOut turns a plan into a link's rollout. A plan that asks for nothing new leaves the open rollout as it is; otherwise
// a rollout of the newer commit takes over what is open: tasks that run finish, and what has not changed keeps its state.
func (s *Service) carryOut(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, commit vcs.Commit, p plan.Plan) error {
	open, err := tx.OpenRollout(ctx, link.ID)
	exists := err == nil
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	c := compare(open.Tasks, p.Tasks)
	if len(c.fresh) == 0 && len(c.replaced) == 0 {
		if !exists {
			return nil
		}
		return s.keepRollout(ctx, tx, open, c)
	}
	r := towpath.Rollout{ProjectID: link.ProjectID, LinkID: link.ID, Commit: link.SyncedCommit, State: towpath.RolloutPending}
	if commit.Hash == "" { // the branch has not moved: the targets or the templates have
		r.Message, r.Author, r.CommitURL = lastTold(ctx, tx, link)
	} else {
		r.Message, r.Author, r.CommitURL = firstLine(commit.Message), commit.Author, commit.URL
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

// supersede makes a rollout that takes the place of the open one.
func (s *Service) supersede(ctx context.Context, tx *store.Tx, open towpath.Rollout, exists bool, r *towpath.Rollout) error {
	if exists {
		old := open
		old.FinishedAt = &tx.Now
		if err := tx.UpdateRollout(ctx, &old); err != nil { // first, since a link has one open rollout at most
			return err
		}
	}
	if err := tx.CreateRollout(ctx, r); err != nil || !exists {
		return err
	}
	open.FinishedAt, open.State, open.SupersededBy = &tx.Now, towpath.RolloutSuperseded, r.ID
	if err := tx.UpdateRollout(ctx, &open); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobPostStatus, open.ID)
}

// lastTold returns what the link's newest rollout says of the commit, when it is the same commit.
func lastTold(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink) (message, author, url string) {
	list, err := tx.Rollouts(ctx, store.RolloutFilter{LinkID: link.ID}, store.Page{Limit: 1, NewestFirst: true})
	if err != nil || len(list) == 0 || list[0].Commit != link.SyncedCommit {
		return "", "", ""
	}
	return list[0].Message, list[0].Author, list[0].CommitURL
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return clip(line, 200)
}

// comparison is how planned work differs from the open tasks.
type comparison struct {
	kept     []towpath.Task // open and still wanted as they are, brought into the plan's order
	replaced []towpath.Task // open, with another text now: they begin anew
	fresh    []towpath.Task // wanted and not open
	gone     []towpath.Task // open and no longer wanted
}

// compare matches open tasks with planned ones. A task that runs, or whose outcome nobody knows, is left alone: what it
// leaves in the ledger is seen at the next look.
func compare(open, planned []towpath.Task) comparison {
	wanted := make(map[taskKey]towpath.Task, len(planned))
	for _, t := range planned {
		wanted[keyOf(t)] = t
	}
	var c comparison
	for _, t := range open {
		if !t.State.Open() {
			continue
		}
		w, ok := wanted[keyOf(t)]
		delete(wanted, keyOf(t))
		busy := t.State == towpath.TaskRunning || t.State == towpath.TaskUnknown
		switch {
		case ok && (busy || sameText(t, w)):
			c.kept = append(c.kept, inOrder(t, w))
		case ok:
			c.replaced = append(c.replaced, replace(t, w))
		case busy:
			c.kept = append(c.kept, t)
		default:
			c.gone = append(c.gone, t)
		}
	}
	for _, t := range planned {
		if _, ok := wanted[keyOf(t)]; ok {
			c.fresh = append(c.fresh, t)
		}
	}
	return c
}

func sameText(a, b towpath.Task) bool {
	return a.Checksum == b.Checksum && a.Action == b.Action && len(a.Covers) == len(b.Covers)
}

// inOrder gives a kept task the plan's order. A task that a person released stays released; a task that the plan no longer
// holds is let go.
func inOrder(t, w towpath.Task) towpath.Task {
	t.Stage, t.Sequence, t.Path, t.Label, t.Description = w.Stage, w.Sequence, w.Path, w.Label, w.Description
	if t.State == towpath.TaskHeld {
		t.State, t.Reason = w.State, w.Reason
	}
	return t
}

// replace lets an open task begin anew with another text, as planned.
func replace(t, w towpath.Task) towpath.Task {
	w.ID, w.RolloutID, w.CreatedAt, w.Attempts = t.ID, t.RolloutID, t.CreatedAt, t.Attempts
	return w
}

// keepRollout writes what changed in a rollout that stays: the order, what is let go, and what is no longer wanted.
func (s *Service) keepRollout(ctx context.Context, tx *store.Tx, r towpath.Rollout, c comparison) error {
	if err := writeTasks(ctx, tx, r, c); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
}

func writeTasks(ctx context.Context, tx *store.Tx, r towpath.Rollout, c comparison) error {
	for _, t := range c.gone {
		t.State, t.Reason, t.FinishedAt = towpath.TaskCancelled, "The plan at commit "+short(r.Commit)+" no longer has it: the file was removed, renamed or changed into a conflict.", &tx.Now
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
	}
	for _, t := range c.kept {
		t.RolloutID = r.ID
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
	}
	for _, t := range c.replaced {
		t.RolloutID, t.Commit = r.ID, r.Commit
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
	}
	for _, t := range c.fresh {
		t.RolloutID, t.Commit = r.ID, r.Commit
		if err := tx.CreateTask(ctx, &t); err != nil {
			return fmt.Errorf("plan %s for %s: %w", t.Path, t.Database, err)
		}
	}
	return nil
}

// closeRollout cancels what has not begun of a link's open rollout.
func (s *Service) closeRollout(ctx context.Context, tx *store.Tx, linkID, reason string) error {
	open, err := tx.OpenRollout(ctx, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	for _, t := range open.Tasks {
		if !t.State.MayBecome(towpath.TaskCancelled) {
			continue
		}
		t.State, t.Reason, t.FinishedAt = towpath.TaskCancelled, reason, &tx.Now
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, towpath.JobAdvance, open.ID)
}

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
		c := compare(r.Tasks, []towpath.Task{task})
		c.kept, c.gone = nil, nil // the rest of the rollout is none of this
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

// planNow plans from what the metadata knows, without asking anybody.
func (s *Service) planNow(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink) (plan.Plan, error) {
	manifest, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return plan.Plan{}, err
	}
	in, err := planInput(ctx, tx, link, manifest)
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.Build(in), nil
}
