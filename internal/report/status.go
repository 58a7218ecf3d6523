package report

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

// commitStatus is a build status for a commit.
type commitStatus struct {
	commit string
	since  time.Time // when the stage in progress began
	vcs.Status
}

// PostStatus posts the state of a rollout's tasks on the commits that their texts are from, one
// build status per environment. It is a job's handler. It posts the current state, and a status
// replaces the one with the same key, so late and repeated runs are harmless.
func (s *Service) PostStatus(ctx context.Context, rolloutID string) (requeueAt *time.Time, err error) {
	var link towpath.RepositoryLink
	var statuses []commitStatus
	var r towpath.Rollout
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if r, err = tx.RolloutOutline(ctx, rolloutID); err != nil {
			return err
		}
		if link, err = tx.Link(ctx, r.LinkID); err != nil {
			return err
		}
		statuses, err = s.rolloutStatuses(ctx, tx, link, r)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound { // unlinked meanwhile
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if requeueAt, err = s.post(ctx, link, statuses, r.CreatedAt); err != nil {
		return requeueAt, err
	}
	if err := s.postReceipt(ctx, link, r); err != nil {
		return vcs.RetryAt(err), account.Explain(err, "put a report")
	}
	return requeueAt, nil
}

// rolloutStatuses returns the statuses of a rollout's commit, of the commits of its tasks, and of
// those whose posted status is still in progress.
func (s *Service) rolloutStatuses(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, r towpath.Rollout,
) ([]commitStatus, error) {
	w, err := s.newReporter(ctx, tx, link)
	if err != nil {
		return nil, err
	}
	w.rollouts[r.ID] = r.Tasks
	for _, commit := range newestFirst(r, slices.Sorted(maps.Keys(w.inProgress))) {
		tasks, err := tx.CommitTasks(ctx, link.ID, commit)
		if err != nil {
			return nil, err
		}
		if commit == r.Commit {
			tasks = append(tasks, unblockedTasks(r, tasks)...)
		}
		if err := w.commit(ctx, commit, tasks); err != nil {
			return nil, err
		}
		if err := w.review(ctx, commit); err != nil {
			return nil, err
		}
	}
	return w.statuses, nil
}

// newestFirst returns the commits of a rollout's statuses, each once: the rollout's own, those of
// its tasks in reverse order, and others. A push of many commits may use up the budget of calls,
// and the newest commits matter most.
func newestFirst(r towpath.Rollout, others []string) (commits []string) {
	seen := map[string]bool{}
	add := func(commit string) {
		if !seen[commit] {
			commits = append(commits, commit)
		}
		seen[commit] = true
	}
	add(r.Commit)
	tasks := slices.Clone(r.Tasks)
	slices.SortStableFunc(tasks, func(a, b towpath.Task) int { return cmp.Compare(b.Sequence, a.Sequence) })
	for _, t := range tasks {
		add(t.Commit)
	}
	for _, commit := range others {
		add(commit)
	}
	return commits
}

// unblockedTasks returns tasks of older commits that a rollout's commit has unblocked, for example
// by removing a file that they waited for. That commit gets their status in environments for which
// it has no tasks of its own.
func unblockedTasks(r towpath.Rollout, own []towpath.Task) (tasks []towpath.Task) {
	for _, t := range r.Tasks {
		had := slices.ContainsFunc(own,
			func(o towpath.Task) bool { return o.EnvironmentID == t.EnvironmentID })
		if t.Commit != r.Commit && !had && !t.CreatedAt.Before(r.CreatedAt) {
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// reporter collects the statuses of a link's commits.
type reporter struct {
	s          *Service
	tx         *store.Tx
	gates      *store.Gates
	pauses     []towpath.Pause
	link       towpath.RepositoryLink
	project    towpath.Project
	rollouts   map[string][]towpath.Task // outlines of tasks by rollout
	inProgress map[string][]string       // keys of the posted statuses in progress, by commit
	statuses   []commitStatus
	reviewed   int // commits whose review has something to say
}

func (s *Service) newReporter(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink,
) (w *reporter, err error) {
	w = &reporter{s: s, tx: tx, gates: tx.Gates(), link: link, rollouts: map[string][]towpath.Task{}}
	if w.project, err = tx.Project(ctx, link.ProjectID); err != nil {
		return nil, err
	}
	if w.pauses, err = tx.Pauses(ctx); err != nil {
		return nil, err
	}
	w.inProgress, err = tx.PostedLike(ctx, link.ID, string(vcs.StatusInProgress)+"|")
	return w, err
}

// commit adds the statuses of a commit's stages. It also ends posted statuses in progress whose
// tasks have moved to another commit.
func (w *reporter) commit(ctx context.Context, commit string, tasks []towpath.Task) error {
	live := map[string]bool{}
	for _, stage := range byEnvironment(tasks) {
		key := statusKey(w.link.ID, stage.environment)
		live[key] = slices.ContainsFunc(stage.tasks, func(t towpath.Task) bool { return t.State.Open() })
		a, err := w.stageContext(ctx, stage)
		if err != nil {
			return err
		}
		if st, ok := stage.status(a); ok {
			live[key] = true
			if a.glass {
				st.Description += "; an owner started it past its gate"
			}
			w.add(commit, key, stage.environment, "/rollouts/"+stage.rolloutID, stage.began(), st)
		}
	}
	for _, key := range w.inProgress[commit] {
		if !live[key] {
			environment := strings.TrimPrefix(key, statusKey(w.link.ID, ""))
			ended := newStatus(vcs.StatusStopped, "Superseded by %.7s", w.link.SyncedCommit)
			w.add(commit, key, environment, "/projects/"+w.project.ID+"/gitops", time.Time{}, ended)
		}
	}
	return nil
}

func (w *reporter) add(commit, key, what, path string, since time.Time, st vcs.Status) {
	st.Key = key
	st.Name = "Towpath: " + w.project.Name + " / " + what
	st.URL = w.s.ExternalURL + path
	st.Branch = w.link.Branch
	w.statuses = append(w.statuses, commitStatus{commit: commit, since: since, Status: st})
}

// stageContext reads what a stage's status depends on besides its tasks.
func (w *reporter) stageContext(ctx context.Context, s stage) (a stageContext, err error) {
	a.waiting = vcs.StatusStopped
	if w.link.WaitingStatus == towpath.WaitingSuccessful {
		a.waiting = vcs.StatusSuccessful
	}
	starts, err := w.tx.StageStarts(ctx, s.tasks)
	if err != nil {
		return a, err
	}
	for _, start := range starts {
		a.glass = a.glass || start.Glass != ""
	}
	if failed, replaced := s.failedTask(); failed.ID != "" {
		attempts, err := w.tx.Attempts(ctx, failed.ID)
		if n := len(attempts); n > 0 && attempts[n-1].Line > 0 {
			a.place = fmt.Sprintf(":%d:%d", attempts[n-1].Line, attempts[n-1].Column)
		}
		if err != nil || !replaced {
			return a, err
		}
	}
	if err := w.gate(ctx, s, &a); err != nil {
		return a, err
	}
	for _, t := range s.tasks {
		if t.State != towpath.TaskPending && !t.WaitsForStart() {
			continue
		}
		if _, known := w.rollouts[t.RolloutID]; !known {
			r, err := w.tx.RolloutOutline(ctx, t.RolloutID)
			if err != nil {
				return a, err
			}
			w.rollouts[t.RolloutID] = r.Tasks
			a.others = append(a.others, r.Tasks...)
		} else if len(a.others) == 0 {
			a.others = w.rollouts[t.RolloutID]
		}
	}
	return a, nil
}

// gate sets why a stage waits: what its gate says, or a pause.
func (w *reporter) gate(ctx context.Context, s stage, a *stageContext) error {
	if pending := s.first(towpath.TaskPending); pending.ID != "" {
		if by, paused := towpath.StoppedBy(w.pauses, pending); paused {
			a.gate = towpath.Decision{Verdict: towpath.VerdictWait, Because: []towpath.Reason{by.Reason()}}
			return nil
		}
	}
	for _, t := range s.tasks {
		switch {
		case t.WaitsForStart():
			r, err := w.tx.Rollout(ctx, t.RolloutID)
			if err != nil {
				return err
			}
			waits, err := w.gates.Stage(ctx, r, t.EnvironmentID)
			if err != nil || len(waits.Tasks) == 0 {
				return err
			}
			answers, err := w.tx.Approvals(ctx, r.LinkID, t.EnvironmentID)
			a.gate = waits.Environment.Decide(waits, waits.Evidence(), answers, w.tx.Now)
			return err
		case t.State == towpath.TaskPending && t.StartID != "":
			whole, err := w.tx.Task(ctx, t.ID)
			if err != nil {
				return err
			}
			claimed, start, gated, err := w.tx.StageOfTask(ctx, whole)
			if err != nil || !gated {
				return err
			}
			if d := claimed.Claim(whole, start.Glass != "", w.tx.Now); d.Verdict == towpath.VerdictWait {
				a.gate = d
			}
			return nil
		}
	}
	return nil
}

// statusKey returns the key of a link's build status in an environment. Links of the same
// repository have different keys.
func statusKey(linkID, environment string) string {
	return "towpath-" + hex.EncodeToString(secret.HashToken(linkID))[:8] + "-" + environment
}

// PostPlan posts a status on the synced commit when files cannot be planned, and the notes of each
// commit. It is a job's handler.
func (s *Service) PostPlan(ctx context.Context, linkID string) (requeueAt *time.Time, err error) {
	var w *reporter
	var noted []string // older commits whose notes can be deleted after posting
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		if w, err = s.newReporter(ctx, tx, link); err != nil {
			return err
		}
		noted, err = w.plan(ctx)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	requeueAt, err = s.post(ctx, w.link, w.statuses, cmp.Or(w.link.SyncedAt, &w.link.CreatedAt).UTC())
	if err != nil || len(noted) == 0 {
		return requeueAt, err
	}
	return requeueAt, s.Store.Write(ctx, func(tx *store.Tx) error {
		for _, commit := range noted {
			if err := tx.DeleteNotes(ctx, linkID, commit); err != nil {
				return err
			}
		}
		return nil
	})
}

// plan adds the statuses of plans, the synced commit's first. It returns the older commits, whose
// notes are posted only once. The synced commit keeps its notes, for later plans.
func (w *reporter) plan(ctx context.Context) (noted []string, err error) {
	p, err := w.s.Manifest.Plan(ctx, w.tx, w.link)
	if err != nil {
		return nil, err
	}
	open, err := w.tx.OpenRollout(ctx, w.link.ID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return nil, err
	}
	p = p.WithTasks(open.Tasks) // a file that a person has released is not a problem
	notes, err := w.tx.Notes(ctx, w.link.ID)
	if err != nil {
		return nil, err
	}
	key, page := statusKey(w.link.ID, "plan"), "/projects/"+w.project.ID+"/gitops"
	posted, err := w.tx.PostedStatuses(ctx, w.link.ID, w.link.SyncedCommit)
	if err != nil {
		return nil, err
	}
	if problem := manifest.Problem(p, notes[w.link.SyncedCommit]); !problem.IsZero() {
		w.add(w.link.SyncedCommit, key, "plan", page, time.Time{},
			newStatus(vcs.StatusFailed, "%s", wording.Fragment(problem)))
	} else if posted[key].Digest != "" {
		w.add(w.link.SyncedCommit, key, "plan", page, time.Time{},
			newStatus(vcs.StatusSuccessful, "Every file can be planned"))
	}
	for _, commit := range slices.Sorted(maps.Keys(notes)) {
		if commit != w.link.SyncedCommit {
			noted = append(noted, commit)
			w.add(commit, key, "plan", page, time.Time{},
				newStatus(vcs.StatusFailed, "%s",
					wording.Fragment(manifest.Problem(plan.Plan{}, notes[commit]))))
		}
	}
	return noted, nil
}
