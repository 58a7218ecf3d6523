package gitops

import (
	"context"
	"fmt"
	"slices"
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
	c := compare(open.Tasks, p, textsOf(p))
	if c, err = s.leaveOut(ctx, tx, open.ID, c); err != nil {
		return err
	}
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
	kept     []towpath.Task   // open and still wanted as they are, brought into the plan's order
	replaced []towpath.Task   // open, with another text now: they begin anew
	fresh    []towpath.Task   // wanted and not open
	gone     []towpath.Task   // open and no longer wanted
	had      map[taskKey]bool // what databases have already
}

// textsOf returns the checksums of the files that the plan knows.
func textsOf(p plan.Plan) map[string]bool {
	texts := map[string]bool{}
	for _, item := range p.Items {
		if item.State != plan.ItemVanished {
			texts[item.Checksum] = true
		}
	}
	delete(texts, "") // of ignored files
	return texts
}

// compare matches open tasks with planned ones. Left alone are tasks that run or whose outcome nobody knows, since what they
// leave in the ledger is seen at the next look; what a person has decided to record, as long as the branch has that text; and
// tasks of databases of which the plan can say nothing now.
func compare(open []towpath.Task, p plan.Plan, texts map[string]bool) comparison {
	planned := p.Tasks
	wanted := make(map[taskKey]towpath.Task, len(planned))
	for _, t := range planned {
		wanted[keyOf(t)] = t
	}
	c := comparison{had: map[taskKey]bool{}}
	for _, item := range p.Items {
		switch item.State {
		case plan.ItemApplied, plan.ItemBaselined, plan.ItemRenamed:
			c.had[taskKey{item.DatabaseID, item.MigrationID}] = true
		}
	}
	for _, t := range open {
		if !t.State.Open() {
			continue
		}
		w, ok := wanted[keyOf(t)]
		delete(wanted, keyOf(t))
		busy := t.State == towpath.TaskRunning || t.State == towpath.TaskUnknown
		decided := t.Action == towpath.ActionRecord && texts[t.Checksum] // "it was applied", or an edit that was accepted
		switch {
		case ok && (busy || decided || sameWork(t, w)):
			c.kept = append(c.kept, inOrder(t, w))
		case ok:
			c.replaced = append(c.replaced, replace(t, w))
		case busy, decided, p.Unjudged[t.DatabaseID]:
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

func sameWork(a, b towpath.Task) bool {
	return a.Checksum == b.Checksum && a.Action == b.Action && slices.EqualFunc(a.Covers, b.Covers, func(x, y towpath.Migration) bool {
		return x.MigrationID == y.MigrationID && x.Checksum == y.Checksum
	})
}

// inOrder gives a kept task the plan's order, and holds it or lets it go as the plan says, unless a person has decided. A task
// that has another text than the plan keeps the names that belong to its text.
func inOrder(t, w towpath.Task) towpath.Task {
	t.Stage, t.Sequence = w.Stage, w.Sequence
	if !sameWork(t, w) {
		return t
	}
	t.Path, t.Label, t.Description = w.Path, w.Label, w.Description
	switch {
	case t.State == towpath.TaskHeld, t.State == towpath.TaskPending && !t.Released:
		t.State, t.Reason = w.State, w.Reason
	}
	return t
}

// leaveOut takes out of a comparison what another rollout has under way already: two tasks of one migration are never open in a
// database. What is left of a link that is gone ends here, unless it runs; the rest waits for the other rollout.
func (s *Service) leaveOut(ctx context.Context, tx *store.Tx, rolloutID string, c comparison) (comparison, error) {
	others := map[taskKey]towpath.Task{}
	looked := map[string]bool{}
	for _, t := range c.fresh {
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
				others[keyOf(o)] = o
			}
		}
	}
	fresh := c.fresh[:0:0]
	for _, t := range c.fresh {
		o, taken := others[keyOf(t)]
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
	c.fresh = fresh
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
	t.State, t.Reason, t.FinishedAt = towpath.TaskCancelled, "The repository was unlinked; another link has the migration now.", &tx.Now
	if err := tx.UpdateTask(ctx, &t); err != nil {
		return false, err
	}
	return true, tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
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
		reason := "The plan at commit " + short(r.Commit) + " no longer has it: the file was removed, renamed or changed into a conflict."
		if c.had[keyOf(t)] {
			reason = "The database has it already: its ledger says so."
		}
		t.State, t.Reason, t.FinishedAt = towpath.TaskCancelled, reason, &tx.Now
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
		c := compare(r.Tasks, plan.Plan{Tasks: []towpath.Task{task}}, nil)
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
