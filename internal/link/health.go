package link

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

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
		if st.Job, err = tx.Job(ctx, towpath.JobReconcile, linkID); err != nil &&
			towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		if st.WriteBack, err = tx.Job(ctx, towpath.JobWriteBack, linkID); err != nil &&
			towpath.ErrorCode(err) != towpath.CodeNotFound {
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
		if st.Plan, err = s.Manifest.Plan(ctx, tx, st.Link); err != nil {
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
		return fmt.Sprintf("%d of %d files of the repository were read. The provider lets us go on at %s, "+
			"and reading goes on from there.",
			st.FilesRead, st.Files, st.Job.DueAt.Format("15:04:05 MST"))
	case st.Files > 0:
		return fmt.Sprintf("%d of %d files of the repository were read. Reading goes on from there.",
			st.FilesRead, st.Files)
	case st.Job.Attempts > 0:
		return fmt.Sprintf("The repository could not be read %d times in a row; the next try is at %s.",
			st.Job.Attempts, st.Job.DueAt.Format("15:04:05 MST"))
	case !st.Plan.Blocked.IsZero():
		return wording.Text(st.Plan.Blocked)
	case st.Rollout == nil:
		return cmp.Or(manifest.Problem(st.Plan, st.Notes), standing(st.Plan))
	}
	task, trouble := waitsForTask(st.Rollout.Tasks), manifest.Problem(st.Plan, st.Notes)
	if task == "" || trouble == "" {
		return cmp.Or(task, trouble)
	}
	return task + " Besides, " + strings.TrimRight(trouble, ".") + "."
}

// standing names the first file that is not as the branch says, though nothing of the head is to
// blame; "" when all are.
func standing(p plan.Plan) string {
	states := []plan.ItemState{
		plan.ItemMissing, plan.ItemUnreachable, plan.ItemForeignLedger,
		plan.ItemBlocked,
	}
	i := slices.IndexFunc(p.Items, func(item plan.Item) bool { return slices.Contains(states, item.State) })
	if i < 0 {
		return ""
	}
	item := p.Items[i]
	return fmt.Sprintf("%s (%s) in %s of %s: %s", item.Path, item.State, item.Database, item.Environment,
		wording.Fragment(item.Reason))
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
	for _, state := range []towpath.TaskState{
		towpath.TaskUnknown, towpath.TaskFailed, towpath.TaskRunning,
		towpath.TaskHeld,
	} {
		i := slices.IndexFunc(tasks, func(t towpath.Task) bool { return t.State == state })
		if i < 0 {
			continue
		}
		t := tasks[i]
		where := fmt.Sprintf("in %s of %s", t.Database, t.Environment)
		switch state {
		case towpath.TaskUnknown:
			return fmt.Sprintf("Nobody knows whether version %s was applied %s. %s", t.Label, where,
				wording.Text(t.Reason))
		case towpath.TaskFailed:
			return fmt.Sprintf("Version %s failed %s: %s. Push a corrected file, or retry or skip the task.",
				t.Label, where,
				wording.Fragment(t.Reason))
		case towpath.TaskRunning:
			return fmt.Sprintf("Version %s is running %s.", t.Label, where)
		default:
			return fmt.Sprintf("Version %s is held %s and waits for a person. %s", t.Label, where,
				wording.Text(t.Reason))
		}
	}
	return ""
}
