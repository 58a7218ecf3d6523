package gitops

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
	"towpath/internal/plan"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

// commitStatus is one build status that a commit should bear.
type commitStatus struct {
	commit string
	since  time.Time // when what is in progress began
	vcs.Status
}

// PostStatus tells the state of a rollout's tasks on the commits that their texts came from, one build status per
// environment. It is a job's handler: it reads the state at sending time, and the same key overwrites, so late or doubled
// runs heal.
func (s *Service) PostStatus(ctx context.Context, rolloutID string) (again *time.Time, err error) {
	var link towpath.RepositoryLink
	var statuses []commitStatus
	var since time.Time
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		r, err := tx.RolloutOutline(ctx, rolloutID)
		if err != nil {
			return err
		}
		since = r.CreatedAt
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
	return s.post(ctx, link, statuses, since)
}

// rolloutStatuses words what a rollout changes: on the commits of its tasks, on its own, and on those that still show
// something in progress.
func (s *Service) rolloutStatuses(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, r towpath.Rollout) ([]commitStatus, error) {
	w, err := s.newReporter(ctx, tx, link)
	if err != nil {
		return nil, err
	}
	w.rollouts[r.ID] = r.Tasks
	commits := []string{r.Commit}
	for _, t := range r.Tasks {
		commits = append(commits, t.Commit)
	}
	for commit := range w.unsettled {
		commits = append(commits, commit)
	}
	slices.Sort(commits)
	for _, commit := range slices.Compact(commits) {
		tasks, err := tx.CommitTasks(ctx, link.ID, commit)
		if err != nil {
			return nil, err
		}
		if commit == r.Commit {
			tasks = append(tasks, letRun(r, tasks)...)
		}
		if err := w.commit(ctx, commit, tasks); err != nil {
			return nil, err
		}
	}
	return w.statuses, nil
}

// letRun returns what a rollout's commit has let run although older commits brought it, such as a file that waited for one
// that the commit removed. It is told on that commit too, where it brought nothing of its own to the environment.
func letRun(r towpath.Rollout, own []towpath.Task) (tasks []towpath.Task) {
	for _, t := range r.Tasks {
		had := slices.ContainsFunc(own, func(o towpath.Task) bool { return o.EnvironmentID == t.EnvironmentID })
		if t.Commit != r.Commit && !had && !t.CreatedAt.Before(r.CreatedAt) {
			tasks = append(tasks, t)
		}
	}
	return tasks
}

// reporter collects the statuses of a link's commits.
type reporter struct {
	s         *Service
	tx        *store.Tx
	link      towpath.RepositoryLink
	project   towpath.Project
	rollouts  map[string][]towpath.Task // outlines by rollout
	unsettled map[string][]string       // keys by commit of what was posted as in progress
	statuses  []commitStatus
}

func (s *Service) newReporter(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink) (w *reporter, err error) {
	w = &reporter{s: s, tx: tx, link: link, rollouts: map[string][]towpath.Task{}}
	if w.project, err = tx.Project(ctx, link.ProjectID); err != nil {
		return nil, err
	}
	w.unsettled, err = tx.PostedLike(ctx, link.ID, string(vcs.StatusInProgress)+"|")
	return w, err
}

// commit words the stages of a commit, and ends what was in progress of it and has moved on to another commit.
func (w *reporter) commit(ctx context.Context, commit string, tasks []towpath.Task) error {
	live := map[string]bool{}
	for _, stage := range stagesOf(tasks) {
		key := statusKey(w.link.ID, stage.environment)
		live[key] = slices.ContainsFunc(stage.tasks, func(t towpath.Task) bool { return t.State.Open() })
		a, err := w.around(ctx, stage)
		if err != nil {
			return err
		}
		if st, ok := stage.status(a); ok {
			live[key] = true
			w.add(commit, key, stage.environment, "/rollouts/"+stage.rolloutID, stage.began(), st)
		}
	}
	for _, key := range w.unsettled[commit] {
		if !live[key] {
			environment := strings.TrimPrefix(key, statusKey(w.link.ID, ""))
			ended := said(vcs.StatusStopped, "Superseded by %.7s", w.link.SyncedCommit)
			w.add(commit, key, environment, "/projects/"+w.project.ID+"/gitops", time.Time{}, ended)
		}
	}
	return nil
}

func (w *reporter) add(commit, key, what, path string, since time.Time, st vcs.Status) {
	st.Key, st.Name, st.URL, st.Branch = key, "Towpath: "+w.project.Name+" / "+what, w.s.ExternalURL+path, w.link.Branch
	w.statuses = append(w.statuses, commitStatus{commit: commit, since: since, Status: st})
}

// around reads what a stage's status depends on beside its tasks.
func (w *reporter) around(ctx context.Context, s stage) (a around, err error) {
	a.waiting = vcs.StatusStopped
	if w.link.WaitingStatus == towpath.WaitingSuccessful {
		a.waiting = vcs.StatusSuccessful
	}
	if failed, replaced := s.fault(); failed.ID != "" {
		attempts, err := w.tx.Attempts(ctx, failed.ID)
		if n := len(attempts); n > 0 && attempts[n-1].Line > 0 {
			a.place = fmt.Sprintf(":%d:%d", attempts[n-1].Line, attempts[n-1].Column)
		}
		if err != nil || !replaced {
			return a, err
		}
	}
	for _, t := range s.tasks {
		if t.State != towpath.TaskPending {
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

// statusKey names the build status of a link in an environment; another link of the same repository has another.
func statusKey(linkID, environment string) string {
	return "towpath-" + hex.EncodeToString(secret.HashToken(linkID))[:8] + "-" + environment
}

// PostPlan tells on the synced commit what of the files cannot be planned, and on each commit what was noted of it. It is a
// job's handler.
func (s *Service) PostPlan(ctx context.Context, linkID string) (again *time.Time, err error) {
	var w *reporter
	var told []string // commits whose notes have been told when everything was posted
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		if w, err = s.newReporter(ctx, tx, link); err != nil {
			return err
		}
		told, err = w.plan(ctx)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	again, err = s.post(ctx, w.link, w.statuses, cmp.Or(w.link.SyncedAt, &w.link.CreatedAt).UTC())
	if err != nil || len(told) == 0 {
		return again, err
	}
	return again, s.Store.Write(ctx, func(tx *store.Tx) error {
		for _, commit := range told {
			if err := tx.DeleteNotes(ctx, linkID, commit); err != nil {
				return err
			}
		}
		return nil
	})
}

// plan words the trouble with the files. Notes of older commits are told once; those of the head stay beside what the plan
// says.
func (w *reporter) plan(ctx context.Context) (told []string, err error) {
	p, err := w.s.planNow(ctx, w.tx, w.link)
	if err != nil {
		return nil, err
	}
	notes, err := w.tx.Notes(ctx, w.link.ID)
	if err != nil {
		return nil, err
	}
	key, page := statusKey(w.link.ID, "plan"), "/projects/"+w.project.ID+"/gitops"
	for _, commit := range slices.Sorted(maps.Keys(notes)) {
		if commit != w.link.SyncedCommit {
			told = append(told, commit)
			w.add(commit, key, "plan", page, time.Time{}, said(vcs.StatusFailed, "%s", troubleOf(plan.Plan{}, notes[commit])))
		}
	}
	posted, err := w.tx.PostedStatuses(ctx, w.link.ID, w.link.SyncedCommit)
	if err != nil {
		return nil, err
	}
	if trouble := troubleOf(p, notes[w.link.SyncedCommit]); trouble != "" {
		w.add(w.link.SyncedCommit, key, "plan", page, time.Time{}, said(vcs.StatusFailed, "%s", trouble))
	} else if posted[key].Digest != "" {
		w.add(w.link.SyncedCommit, key, "plan", page, time.Time{}, said(vcs.StatusSuccessful, "Every file can be planned"))
	}
	return told, nil
}

// LinkStatus is everything that answers "why is nothing happening?".
type LinkStatus struct {
	Link        towpath.RepositoryLink
	Job         towpath.Job // of reconcile: failures in a row and the last error
	WriteBack   towpath.Job // of writing schemas into the repository, likewise
	Usage       vcs.Usage
	GrantName   string // the account that carries the link
	GrantBroken string
	Plan        plan.Plan
	Notes       map[string]string // what was noted of the synced commit, by path
	Rollout     *towpath.Rollout  // the open one
	FilesRead   int               // of Files, while many are being read from the repository
	Files       int               // 0 while none are
	Progress    *towpath.Progress // of a reading that goes on
	WaitsFor    string            // one or two sentences; "" when nothing is to come
}

// LinkStatus reads a link's health.
func (s *Service) LinkStatus(ctx context.Context, linkID string) (st LinkStatus, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if st.Link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		if st.Job, err = tx.Job(ctx, towpath.JobReconcile, linkID); err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		if st.WriteBack, err = tx.Job(ctx, towpath.JobWriteBack, linkID); err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		if st.FilesRead, st.Files, err = tx.ReadingProgress(ctx, linkID); err != nil {
			return err
		}
		going, err := tx.Progress(ctx, linkID)
		if err != nil {
			return err
		}
		if p, ok := going[linkID]; ok {
			st.Progress = &p
		}
		g, err := tx.Grant(ctx, st.Link.GrantID)
		if err != nil {
			return err
		}
		st.GrantName, st.GrantBroken = g.AccountName, g.BrokenReason
		if st.Plan, err = s.planNow(ctx, tx, st.Link); err != nil {
			return err
		}
		notes, err := tx.Notes(ctx, linkID)
		if err != nil {
			return err
		}
		st.Notes = notes[st.Link.SyncedCommit]
		r, err := tx.OpenRollout(ctx, linkID)
		if err == nil {
			st.Rollout = &r
			st.Plan = st.Plan.WithTasks(r.Tasks)
		} else if towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		return nil
	})
	if err != nil {
		return st, err
	}
	if client, err := s.Accounts.Client(ctx, st.Link.GrantID); err == nil {
		st.Usage = client.Usage()
	}
	st.WaitsFor = waitsFor(st)
	return st, nil
}

// waitsFor says in one sentence what a link waits for.
func waitsFor(st LinkStatus) string {
	switch {
	case st.Progress != nil:
		return readingOf(*st.Progress)
	case st.Link.AttentionReason != "":
		return st.Link.AttentionReason
	case st.Files > 0 && st.Job.Attempts > 0:
		return fmt.Sprintf("%d of %d files of the repository were read. The provider lets us go on at %s, and reading goes on from there.",
			st.FilesRead, st.Files, st.Job.DueAt.Format("15:04:05 MST"))
	case st.Files > 0:
		return fmt.Sprintf("%d of %d files of the repository were read. Reading goes on from there.", st.FilesRead, st.Files)
	case st.Job.Attempts > 0:
		return fmt.Sprintf("The repository could not be read %d times in a row; the next try is at %s.", st.Job.Attempts, st.Job.DueAt.Format("15:04:05 MST"))
	case !st.Plan.Blocked.IsZero():
		return wording.Text(st.Plan.Blocked)
	case st.Rollout == nil:
		return cmp.Or(troubleOf(st.Plan, st.Notes), standing(st.Plan))
	}
	task, trouble := waitsForTask(st.Rollout.Tasks), troubleOf(st.Plan, st.Notes)
	if task == "" || trouble == "" {
		return cmp.Or(task, trouble)
	}
	return task + " Besides, " + strings.TrimRight(trouble, ".") + "."
}

// standing names the first file that is not as the branch says, though nothing of the head is to blame; "" when all are.
func standing(p plan.Plan) string {
	states := []plan.ItemState{plan.ItemVanished, plan.ItemUnreachable, plan.ItemCloned, plan.ItemBlocked}
	i := slices.IndexFunc(p.Items, func(item plan.Item) bool { return slices.Contains(states, item.State) })
	if i < 0 {
		return ""
	}
	item := p.Items[i]
	return fmt.Sprintf("%s is %s in %s of %s: %s", item.Path, item.State, item.Database, item.Environment, wording.Fragment(item.Reason))
}

// readingOf says how far a reading is.
func readingOf(p towpath.Progress) string {
	since := p.Since.UTC().Format("15:04:05 MST")
	switch p.Total {
	case 0:
		return "Reading the repository since " + since + "."
	case 1:
		return fmt.Sprintf("Reading %d of 1 file since %s.", p.Done, since)
	}
	return fmt.Sprintf("Reading %d of %d files since %s.", p.Done, p.Total, since)
}

// waitsForTask names the task that a rollout waits for, the most urgent state first.
func waitsForTask(all []towpath.Task) string {
	tasks := slices.Clone(all)
	slices.SortStableFunc(tasks, func(a, b towpath.Task) int { return cmp.Compare(a.Stage, b.Stage) })
	for _, state := range []towpath.TaskState{towpath.TaskUnknown, towpath.TaskFailed, towpath.TaskRunning, towpath.TaskHeld} {
		i := slices.IndexFunc(tasks, func(t towpath.Task) bool { return t.State == state })
		if i < 0 {
			continue
		}
		t := tasks[i]
		where := fmt.Sprintf("in %s of %s", t.Database, t.Environment)
		switch state {
		case towpath.TaskUnknown:
			return fmt.Sprintf("Nobody knows whether version %s was applied %s. %s", t.Label, where, wording.Text(t.Reason))
		case towpath.TaskFailed:
			return fmt.Sprintf("Version %s failed %s: %s. Push a corrected file, or retry or skip the task.", t.Label, where,
				wording.Fragment(t.Reason))
		case towpath.TaskRunning:
			return fmt.Sprintf("Version %s is running %s.", t.Label, where)
		default:
			return fmt.Sprintf("Version %s is held %s and waits for a person. %s", t.Label, where, wording.Text(t.Reason))
		}
	}
	return ""
}
