package gitops

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// commitStatus is one build status that a commit should bear.
type commitStatus struct {
	commit string
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

func (s *Service) rolloutStatuses(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, r towpath.Rollout) ([]commitStatus, error) {
	project, err := tx.Project(ctx, link.ProjectID)
	if err != nil {
		return nil, err
	}
	commits := []string{r.Commit}
	for _, t := range r.Tasks {
		commits = append(commits, t.Commit)
	}
	slices.Sort(commits)
	var statuses []commitStatus
	for _, commit := range slices.Compact(commits) {
		tasks, err := tx.CommitTasks(ctx, link.ID, commit)
		if err != nil {
			return nil, err
		}
		for _, stage := range stagesOf(tasks) {
			st := stageStatus(stage)
			st.Key = statusKey(link.ID, stage[0].Environment)
			st.Name = "Towpath: " + project.Name + " / " + stage[0].Environment
			st.URL = s.ExternalURL + "/rollouts/" + stage[len(stage)-1].RolloutID
			st.Branch = link.Branch
			statuses = append(statuses, commitStatus{commit, st})
		}
	}
	return statuses, nil
}

// stagesOf groups tasks by environment, in order of the stages.
func stagesOf(tasks []towpath.Task) [][]towpath.Task {
	var stages [][]towpath.Task
	index := map[string]int{}
	for _, t := range tasks {
		i, ok := index[t.EnvironmentID]
		if !ok {
			i = len(stages)
			index[t.EnvironmentID] = i
			stages = append(stages, nil)
		}
		stages[i] = append(stages[i], t)
	}
	return stages
}

// stageStatus sums up the tasks of one commit in one environment. Words of the databases stay here: they may hold data.
func stageStatus(tasks []towpath.Task) vcs.Status {
	count := map[towpath.TaskState]int{}
	var first towpath.Task
	for _, t := range tasks {
		count[t.State]++
		if first.ID == "" && (t.State == towpath.TaskFailed || t.State == towpath.TaskUnknown) {
			first = t
		}
	}
	done, all := count[towpath.TaskDone], len(tasks)
	switch {
	case first.State == towpath.TaskFailed:
		return vcs.Status{State: vcs.StatusFailed, Description: fmt.Sprintf("Version %s failed in %s; %d of %d done", first.Label, first.Database, done, all)}
	case first.State == towpath.TaskUnknown:
		return vcs.Status{State: vcs.StatusFailed, Description: fmt.Sprintf("Nobody knows whether version %s was applied in %s: a person must look", first.Label, first.Database)}
	case count[towpath.TaskRunning] > 0 || count[towpath.TaskPending] > 0:
		return vcs.Status{State: vcs.StatusInProgress, Description: fmt.Sprintf("%d of %d done", done, all)}
	case count[towpath.TaskHeld] > 0:
		return vcs.Status{State: vcs.StatusInProgress, Description: fmt.Sprintf("%d of %d done, %d held for a person", done, all, count[towpath.TaskHeld])}
	case done == 0:
		return vcs.Status{State: vcs.StatusStopped, Description: "Skipped or cancelled"}
	case done < all:
		return vcs.Status{State: vcs.StatusSuccessful, Description: fmt.Sprintf("%d done, %d skipped or cancelled", done, all-done)}
	}
	return vcs.Status{State: vcs.StatusSuccessful, Description: fmt.Sprintf("%d done", done)}
}

// statusKey names the build status of a link in an environment; another link of the same repository has another.
func statusKey(linkID, environment string) string {
	return "towpath-" + hexOf(secret.HashToken(linkID))[:8] + "-" + environment
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// PostPlan tells on the synced commit what of the files cannot be planned. It is a job's handler.
func (s *Service) PostPlan(ctx context.Context, linkID string) (again *time.Time, err error) {
	var link towpath.RepositoryLink
	var statuses []commitStatus
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		project, err := tx.Project(ctx, link.ProjectID)
		if err != nil {
			return err
		}
		p, err := s.planNow(ctx, tx, link)
		if err != nil {
			return err
		}
		key := statusKey(link.ID, "plan")
		posted, err := tx.PostedStatuses(ctx, link.ID, link.SyncedCommit)
		if err != nil {
			return err
		}
		trouble := troubleOf(p)
		st := vcs.Status{Key: key, Name: "Towpath: " + project.Name + " / plan", URL: s.ExternalURL + "/projects/" + project.ID + "/gitops", Branch: link.Branch}
		switch {
		case trouble != "":
			st.State, st.Description = vcs.StatusFailed, trouble
		case posted[key] != "":
			st.State, st.Description = vcs.StatusSuccessful, "Every file can be planned"
		default:
			return nil // nothing is wrong and nothing was said
		}
		statuses = []commitStatus{{link.SyncedCommit, st}}
		return nil
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return s.post(ctx, link, statuses, cmp.Or(link.SyncedAt, &link.CreatedAt).UTC())
}

// troubleOf names what a person must mend in the files themselves; "" when there is nothing.
func troubleOf(p plan.Plan) string {
	words := map[plan.ItemState]string{
		plan.ItemConflict: "claims a version that another file has", plan.ItemEdited: "was edited after it was applied",
		plan.ItemRefused: "is older than what is applied", plan.ItemNoTarget: "has no database", plan.ItemAmbiguous: "fits several databases",
		plan.ItemMoved: "has the text of a version that is applied",
	}
	files := map[string]plan.ItemState{}
	for _, item := range p.Items {
		if words[item.State] != "" {
			files[item.Path] = item.State
		}
	}
	var paths []string
	for path := range files {
		paths = append(paths, path)
	}
	if len(paths) == 0 {
		return ""
	}
	slices.Sort(paths)
	text := clip(paths[0], 120) + " " + words[files[paths[0]]]
	if len(paths) > 1 {
		text += fmt.Sprintf(", and %d more", len(paths)-1)
	}
	return text
}

// statusPatience is how long a commit may be unknown to the provider before we give its statuses up: right after a push it
// often is, and after a force-push it stays so.
const statusPatience = time.Hour

// post sends the statuses that differ from what was sent last. A link that needs a person posts nothing; it is woken when it no
// longer does.
func (s *Service) post(ctx context.Context, link towpath.RepositoryLink, statuses []commitStatus, since time.Time) (*time.Time, error) {
	if len(statuses) == 0 || link.AttentionReason != "" {
		return nil, nil
	}
	client, err := s.client(ctx, link.GrantID)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, st := range statuses {
		digest := fmt.Sprintf("%s|%s|%s", st.State, st.Description, st.URL)
		err := s.Store.Read(ctx, func(tx *store.Tx) error {
			posted, err := tx.PostedStatuses(ctx, link.ID, st.commit)
			if posted[st.Key] == digest {
				digest = ""
			}
			return err
		})
		if err == nil && digest != "" {
			err = s.postOne(ctx, client, link, st, digest)
		}
		if vcs.KindOf(err) == vcs.NotFound && s.Store.Now().Sub(since) > statusPatience {
			s.Logger.Warn("gave up a build status: the commit is gone", "link", link.ID, "commit", st.commit)
			err = nil
		}
		failed = errors.Join(failed, err)
	}
	return retryAt(failed), userError(failed, "post build status")
}

func (s *Service) postOne(ctx context.Context, client vcs.Client, link towpath.RepositoryLink, st commitStatus, digest string) error {
	if err := client.PutStatus(ctx, link.RepositoryID, st.commit, st.Status); err != nil {
		return fmt.Errorf("post status %s on %s: %w", st.Key, short(st.commit), err)
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.SetPostedStatus(ctx, link.ID, st.commit, st.Key, digest)
	})
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
	Rollout     *towpath.Rollout // the open one
	FilesRead   int              // of Files, while many are being read from the repository
	Files       int              // 0 while none are
	WaitsFor    string           // one or two sentences; "" when nothing is to come
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
		g, err := tx.Grant(ctx, st.Link.GrantID)
		if err != nil {
			return err
		}
		st.GrantName, st.GrantBroken = g.AccountName, g.BrokenReason
		if st.Plan, err = s.planNow(ctx, tx, st.Link); err != nil {
			return err
		}
		r, err := tx.OpenRollout(ctx, linkID)
		if err == nil {
			st.Rollout = &r
		} else if towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		return nil
	})
	if err != nil {
		return st, err
	}
	if client, err := s.client(ctx, st.Link.GrantID); err == nil {
		st.Usage = client.Usage()
	}
	st.WaitsFor = waitsFor(st)
	return st, nil
}

// waitsFor says in one sentence what a link waits for.
func waitsFor(st LinkStatus) string {
	switch {
	case st.Link.AttentionReason != "":
		return st.Link.AttentionReason
	case st.Files > 0 && st.Job.Attempts > 0:
		return fmt.Sprintf("%d of %d files of the repository were read. The provider lets us go on at %s, and reading goes on from there.",
			st.FilesRead, st.Files, st.Job.DueAt.Format("15:04:05 MST"))
	case st.Files > 0:
		return fmt.Sprintf("Files are being read from the repository: %d of %d so far.", st.FilesRead, st.Files)
	case st.Job.Attempts > 0:
		return fmt.Sprintf("The repository could not be read %d times in a row; the next try is at %s.", st.Job.Attempts, st.Job.DueAt.Format("15:04:05 MST"))
	case st.Plan.Blocked != "":
		return st.Plan.Blocked
	case st.Rollout == nil:
		return troubleOf(st.Plan)
	}
	tasks := slices.Clone(st.Rollout.Tasks)
	slices.SortStableFunc(tasks, func(a, b towpath.Task) int { return cmp.Compare(a.Stage, b.Stage) })
	for _, state := range []towpath.TaskState{towpath.TaskUnknown, towpath.TaskFailed, towpath.TaskRunning, towpath.TaskHeld} {
		for _, t := range tasks {
			if t.State == state {
				return strings.TrimSuffix(fmt.Sprintf("Version %s is %s in %s of %s: %s", t.Label, state, t.Database, t.Environment, t.Reason), ": ")
			}
		}
	}
	return ""
}
