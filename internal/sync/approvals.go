package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

const (
	// approvalsEvery is how often approvals are read while they can still add to a stage's consent:
	// one can be given after the merge.
	approvalsEvery = 5 * time.Minute
	// mergeEvery is how often a pull request is looked for that may be shown as merged only after the
	// push, for mergeFor.
	mergeEvery = 15 * time.Second
	mergeFor   = 2 * time.Minute
)

// ReadApprovals reads who approved the pull requests that brought what waits at the gates of a
// rollout, and keeps as answers those that count. It is a job's handler. It makes no call when no
// gate asks for it. What a failed reading leaves is too old to start by.
func (s *Service) ReadApprovals(ctx context.Context, rolloutID string) (requeueAt *time.Time, err error) {
	var look approvalLook
	var stages []towpath.Stage
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		stages, err = look.stages(ctx, tx, rolloutID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil || len(stages) == 0 {
		return nil, err
	}
	client, _, err := s.Accounts.PullRequests(ctx, look.link.GrantID)
	if err != nil {
		return nil, err
	}
	look.reader, _ = client.(vcs.MergeReader)
	found := map[string]approvalsRead{}
	var failed error
	for _, stage := range stages {
		commit := stage.PullCommit(look.link.SyncedCommit)
		if _, known := found[commit]; !known {
			found[commit] = look.read(ctx, commit)
			failed = errors.Join(failed, found[commit].err)
		}
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		requeueAt, err = look.keep(ctx, tx, found)
		return err
	})
	if err == nil && failed != nil {
		return vcs.RetryAt(failed), explainPullRequests(failed)
	}
	return requeueAt, err
}

// approvalLook is one look at the pull requests of a rollout.
type approvalLook struct {
	reader  vcs.MergeReader // nil when the grant may not read them
	rollout towpath.Rollout
	link    towpath.RepositoryLink
	gates   *store.Gates
}

// approvalsRead is what was found about one commit.
type approvalsRead struct {
	pr    towpath.MergedPullRequest
	doubt towpath.Reason // why there is none
	err   error          // why it is not known
}

// stages returns what waits for consent that a pull request may give.
func (l *approvalLook) stages(
	ctx context.Context, tx *store.Tx, rolloutID string,
) (stages []towpath.Stage, err error) {
	r, err := tx.Rollout(ctx, rolloutID)
	if err != nil || r.FinishedAt != nil {
		return nil, err
	}
	l.rollout = r
	if l.link, err = tx.Link(ctx, r.LinkID); err != nil {
		return nil, err
	}
	l.gates = tx.Gates()
	seen := map[string]bool{}
	for _, t := range r.Tasks {
		if seen[t.EnvironmentID] || !t.WaitsForStart() {
			continue
		}
		seen[t.EnvironmentID] = true
		stage, err := l.gates.Stage(ctx, r, t.EnvironmentID)
		if err != nil {
			return nil, err
		}
		consent := stage.Environment.Consent
		if len(stage.Tasks) > 0 && consent.People > 0 && consent.PullRequests && !stage.Unreviewed() {
			stages = append(stages, stage)
		}
	}
	return stages, nil
}

// read asks the provider about the pull request that was merged as a commit.
func (l *approvalLook) read(ctx context.Context, commit string) approvalsRead {
	if l.reader == nil {
		return approvalsRead{doubt: towpath.Why(towpath.ReasonPullPermission)}
	}
	pr, err := l.reader.Merged(ctx, l.link.RepositoryID, l.link.Branch, commit)
	switch {
	case vcs.KindOf(err) == vcs.NotFound:
		return approvalsRead{doubt: towpath.Why(towpath.ReasonPullMissing, "commit", towpath.ShortHash(commit))}
	case err != nil:
		return approvalsRead{err: fmt.Errorf("read the pull request of %s: %w", commit, err)}
	}
	return approvalsRead{pr: pr}
}

// keep stores what was read for the stages as they are now, and says when to read again.
func (l *approvalLook) keep(
	ctx context.Context, tx *store.Tx, found map[string]approvalsRead,
) (again *time.Time, err error) {
	stages, err := l.stages(ctx, tx, l.rollout.ID)
	if err != nil || len(stages) == 0 {
		return nil, err
	}
	accounts, err := l.gates.Accounts(ctx, l.link.ProviderID)
	if err != nil {
		return nil, err
	}
	at := tx.Now.Add(approvalsEvery)
	for _, stage := range stages {
		read, known := found[stage.PullCommit(l.link.SyncedCommit)]
		if !known { // the branch has moved meanwhile
			return &tx.Now, nil
		}
		if read.doubt.Code == towpath.ReasonPullMissing && tx.Now.Sub(l.rollout.CreatedAt) < mergeFor {
			at = tx.Now.Add(mergeEvery)
		}
		if err := l.keepStage(ctx, tx, stage, read, accounts); err != nil {
			return nil, err
		}
	}
	return &at, tx.Enqueue(ctx, towpath.JobAdvance, l.rollout.ID)
}

// keepStage stores the reading of a stage and, unless it failed, the answers that follow from it.
func (l *approvalLook) keepStage(
	ctx context.Context, tx *store.Tx, s towpath.Stage, read approvalsRead,
	accounts map[string][]string,
) error {
	reading := towpath.PullReading{
		RolloutID: l.rollout.ID, EnvironmentID: s.Environment.ID, ProjectID: s.Project.ID, LinkID: l.link.ID,
		Evidence: s.Evidence(), PullRequest: read.pr.Number, At: &tx.Now,
		Commit: s.PullCommit(l.link.SyncedCommit),
	}
	if read.err != nil {
		text := towpath.ClipRunes(explainPullRequests(read.err).Error(), 300)
		reading.At, reading.PullRequest = s.Pull.At, s.Pull.PullRequest
		reading.Doubts = []towpath.Reason{towpath.Why(towpath.ReasonPullUnread, "text", text)}
		return tx.PutPullReading(ctx, reading)
	}
	var consents []towpath.Approval
	if read.doubt.IsZero() {
		consents, reading.Doubts = s.PullConsents(read.pr, accounts, tx.Now)
	} else {
		reading.Doubts = []towpath.Reason{read.doubt}
	}
	if err := tx.PutPullReading(ctx, reading); err != nil {
		return err
	}
	return l.answer(ctx, tx, s, consents)
}

// answer keeps the consents as answers to the evidence of a stage, and withdraws answers that are no
// longer among them. One approval answers one evidence: when something moves afterwards, it is asked
// for again. It never takes the place of what the member has answered here.
func (l *approvalLook) answer(
	ctx context.Context, tx *store.Tx, s towpath.Stage, consents []towpath.Approval,
) error {
	evidence := s.Evidence()
	known, err := tx.PullApprovals(ctx, l.link.ID, s.Environment.ID)
	if err != nil {
		return err
	}
	for _, a := range known {
		stands := slices.ContainsFunc(consents, func(c towpath.Approval) bool { return sameApproval(a, c) })
		if stands || a.WithdrawnAt != nil || a.Evidence != evidence {
			continue
		}
		a.WithdrawnAt = &tx.Now
		if err := tx.UpdateApproval(ctx, a); err != nil {
			return err
		}
		l.emit(tx, towpath.ActPullWithdraw, s, a)
	}
	answers, err := tx.Approvals(ctx, l.link.ID, s.Environment.ID)
	if err != nil {
		return err
	}
	for _, c := range consents {
		before := func(a towpath.Approval) bool { return sameApproval(a, c) }
		here := func(a towpath.Approval) bool { return a.MemberID == c.MemberID && a.Evidence == evidence }
		if slices.ContainsFunc(known, before) || slices.ContainsFunc(answers, here) {
			continue
		}
		c.LinkID, c.ProjectID, c.RolloutID, c.Evidence = l.link.ID, s.Project.ID, l.rollout.ID, evidence
		if err := tx.CreateApproval(ctx, &c); err != nil {
			return err
		}
		l.emit(tx, towpath.ActPullApprove, s, c)
	}
	return nil
}

// sameApproval reports whether both are one person's one approval of a pull request.
func sameApproval(a, b towpath.Approval) bool {
	return a.MemberID == b.MemberID && a.PullRequest == b.PullRequest &&
		a.At.Truncate(time.Microsecond).Equal(b.At.Truncate(time.Microsecond))
}

func (l *approvalLook) emit(tx *store.Tx, act towpath.EventKind, s towpath.Stage, a towpath.Approval) {
	actor := towpath.Actor{Member: towpath.Member{ID: a.MemberID}}
	tx.Emit(actor.Did(act, a.RolloutID, a.ProjectID,
		"commit", towpath.ShortHash(l.rollout.Commit),
		"environment", s.Environment.Name, "n", strconv.Itoa(a.PullRequest)))
}

// wakeApprovals asks for a reading of the approvals for a link's open rollout, after an event about one
// of its pull requests.
func wakeApprovals(ctx context.Context, tx *store.Tx, linkID string) error {
	r, err := tx.OpenRollout(ctx, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobReadApprovals, r.ID)
}
