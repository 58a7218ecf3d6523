package link

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Status is everything that answers "why is nothing happening?".
type Status struct {
	Link        towpath.RepositoryLink
	Job         towpath.Job // the reconcile job: consecutive failures and the last error
	WriteBack   towpath.Job // the write-back job
	Usage       vcs.Usage
	GrantName   string // the account that the link uses
	GrantBroken towpath.Reason
	Plan        plan.Plan
	Notes       map[string]towpath.Reason // what was noted of the synced commit, by path
	Rollout     *towpath.Rollout          // the open one
	Review      towpath.Review            // of the open rollout; without a State when there is none
	FilesRead   int                       // of Files, while many are being read from the repository
	Files       int                       // 0 while none are
	Progress    *towpath.Progress         // of a reading that goes on
	WaitsFor    towpath.Reason            // none when nothing is to come
	Written     []WrittenHistory          // the databases in which another tool still writes
}

// LinkStatus reads a link's health.
func (s *Service) LinkStatus(ctx context.Context, linkID string) (st Status, err error) {
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
		if st.Written, err = writtenHistories(ctx, tx, st.Link.ProjectID); err != nil {
			return err
		}
		r, err := tx.OpenRollout(ctx, linkID)
		if err == nil {
			st.Rollout = &r
			st.Plan = st.Plan.WithTasks(r.Tasks)
			st.Review, err = tx.Review(ctx, r.ID)
		}
		if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
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

// waitsFor is what a link waits for; none when nothing is to come.
func waitsFor(st Status) towpath.Reason {
	switch {
	case st.Progress != nil:
		return readingOf(*st.Progress)
	case !st.Link.AttentionReason.IsZero():
		return st.Link.AttentionReason
	case st.Files > 0 && st.Job.Attempts > 0:
		return towpath.Why(towpath.ReasonReadingPaused, "done", strconv.Itoa(st.FilesRead),
			"total", strconv.Itoa(st.Files), "until", instant(st.Job.DueAt))
	case st.Files > 0:
		return towpath.Why(towpath.ReasonReadingHalfway, "done", strconv.Itoa(st.FilesRead),
			"total", strconv.Itoa(st.Files))
	case st.Job.Attempts > 0:
		return towpath.Why(towpath.ReasonRepositoryFailing, "n", strconv.Itoa(st.Job.Attempts),
			"until", instant(st.Job.DueAt))
	case !st.Plan.Blocked.IsZero():
		return st.Plan.Blocked
	}
	problem := manifest.Problem(st.Plan, st.Notes)
	if st.Rollout == nil {
		if problem.IsZero() {
			return firstStuck(st.Plan)
		}
		return problem
	}
	task := waitsForTask(st.Rollout.Tasks)
	switch {
	case task.IsZero():
		return problem
	case problem.IsZero():
		return task
	}
	return towpath.Why(towpath.ReasonSeveral).From(task, problem)
}

// instant is a time as a param.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// firstStuck names the first file that is not as the branch says, though nothing of the head is to
// blame; none when all are.
func firstStuck(p plan.Plan) towpath.Reason {
	states := []plan.ItemState{
		plan.ItemMissing, plan.ItemUnreachable, plan.ItemForeignLedger,
		plan.ItemBlocked,
	}
	i := slices.IndexFunc(p.Items, func(item plan.Item) bool { return slices.Contains(states, item.State) })
	if i < 0 {
		return towpath.Reason{}
	}
	item := p.Items[i]
	return towpath.Why(towpath.ReasonFileStands, "path", item.Path, "environment", item.Environment,
		"database", item.Database).From(item.Reason)
}

// readingOf is how far a reading is.
func readingOf(p towpath.Progress) towpath.Reason {
	if p.Total == 0 {
		return towpath.Why(towpath.ReasonReading, "since", instant(p.Since))
	}
	return towpath.Why(towpath.ReasonReadingFiles, "done", strconv.Itoa(p.Done),
		"total", strconv.Itoa(p.Total), "since", instant(p.Since))
}

// waitingTask are the states of a task that a rollout waits for, the most urgent first.
var waitingTask = []struct {
	state towpath.TaskState
	code  towpath.ReasonCode
}{
	{towpath.TaskUnknown, towpath.ReasonTaskUnknown},
	{towpath.TaskFailed, towpath.ReasonTaskFailed},
	{towpath.TaskRunning, towpath.ReasonTaskRunning},
	{towpath.TaskHeld, towpath.ReasonTaskHeld},
}

// waitsForTask names the task that a rollout waits for.
func waitsForTask(all []towpath.Task) towpath.Reason {
	tasks := slices.Clone(all)
	slices.SortStableFunc(tasks, func(a, b towpath.Task) int { return cmp.Compare(a.Stage, b.Stage) })
	for _, waiting := range waitingTask {
		i := slices.IndexFunc(tasks, func(t towpath.Task) bool { return t.State == waiting.state })
		if i < 0 {
			continue
		}
		t := tasks[i]
		why := towpath.Why(waiting.code, "version", t.Label, "environment", t.Environment,
			"database", t.Database)
		if t.State == towpath.TaskRunning {
			return why
		}
		return why.From(t.Reason)
	}
	return towpath.Reason{}
}
