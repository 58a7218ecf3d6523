package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// ledgerAge is how old the snapshot of a target's ledger may be before it is read again.
const ledgerAge = 5 * time.Minute

// blockedRetry is when an incomplete plan is made again.
const blockedRetry = 15 * time.Second

// errChanged means that somebody edited the link while it was being reconciled, so that it must be
// reconciled again.
var errChanged = errors.New("the link changed while it was being reconciled")

// Reconcile compares a link's branch with the ledgers of the project's databases and plans the
// difference. It is a job's handler. Webhooks, polling, the Sync button and restarts all request
// this job.
func (s *Service) Reconcile(ctx context.Context, linkID string) (requeueAt *time.Time, err error) {
	link, err := store.Get(ctx, s.Store, (*store.Tx).Link, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	shown := s.beginProgress(ctx, link.ID)
	found, err := s.readRepository(ctx, link, shown)
	shown.end()
	if err != nil {
		return s.readFailed(ctx, link, err)
	}
	s.refusals.Accepted(link.ID)
	if found.idle {
		return nil, s.notePoll(ctx, link.ID, found)
	}
	if err := s.RefreshLedgers(ctx, link.ProjectID); err != nil {
		return nil, fmt.Errorf("refresh ledgers: %w", err)
	}
	if err := s.Manifest.ValidateTexts(ctx, link, found.delta.apply); err != nil {
		return nil, err
	}
	blocked := false
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		blocked, err = s.commitPlan(ctx, tx, link, found)
		return err
	})
	if err != nil {
		return nil, err
	}
	if blocked {
		retry := s.Store.Now().Add(blockedRetry)
		requeueAt = &retry
	}
	return requeueAt, nil
}

// changedSince reports whether a link has changed so that what was read for it is outdated.
func changedSince(read, now towpath.RepositoryLink) bool {
	return now.SyncedCommit != read.SyncedCommit || now.Branch != read.Branch ||
		now.BaseDirectory != read.BaseDirectory || now.FilePathTemplate != read.FilePathTemplate ||
		now.AnyCaseEndings != read.AnyCaseEndings || !slices.Equal(now.Exclude, read.Exclude)
}

// found is the result of reading the repository.
type found struct {
	name   string // the current name of the repository
	url    string
	head   string
	heads  map[string]string // of all branches
	idle   bool              // the head is synced and the ledgers are fresh
	commit vcs.Commit
	scope  plan.Scope
	delta  delta
	policy *towpath.PolicyFile // nil when it has not changed
}

// readRepository reads the branch's head and the changes up to it.
func (s *Service) readRepository(
	ctx context.Context, link towpath.RepositoryLink, shown *progress,
) (f found, err error) {
	scope, err := plan.ScopeOf(link)
	if err != nil {
		return f, err
	}
	client, err := s.Accounts.Client(ctx, link.GrantID)
	if err != nil {
		return f, err
	}
	source := client.Source(link.RepositoryID)
	f, err = s.headCommit(ctx, source, link)
	if misplaced(link, f, err) {
		moved, doubt := source.Relocate(ctx)
		if moved {
			f, err = s.headCommit(ctx, source, link)
		} else if vcs.KindOf(doubt) == vcs.NotFound {
			err = repositoryGone(link)
		}
	}
	if err != nil {
		return f, err
	}
	f.scope = scope
	if f.head == link.SyncedCommit {
		f.idle, err = s.ledgersFresh(ctx, link.ProjectID)
		return f, err
	}
	if f.delta, err = s.readDelta(ctx, source, link, scope, f.head, shown); err != nil {
		return f, err
	}
	f.policy, err = s.policyFile(ctx, source, link, f.head, f.delta)
	return f, err
}

// headCommit reads the branch's head, and its commit when it is not the synced one. It reads the
// head by the repository's name, and the commit by the repository's id.
func (s *Service) headCommit(
	ctx context.Context, source vcs.Source, link towpath.RepositoryLink,
) (f found, err error) {
	heads, err := source.Heads(ctx)
	f.name, f.url, f.heads = heads.Name, heads.URL, heads.Branches
	if vcs.KindOf(err) == vcs.NotFound {
		return f, repositoryGone(link)
	}
	if err != nil {
		return f, fmt.Errorf("read head of %s: %w", link.Branch, err)
	}
	if f.head = heads.Branches[link.Branch]; f.head == "" {
		return f, &needsPerson{towpath.Why(towpath.ReasonBranchGone, "repository", f.name,
			"branch", link.Branch)}
	}
	if f.head == link.SyncedCommit {
		return f, nil
	}
	if f.commit, err = s.heads.get(ctx, source, link.RepositoryID, f.head); err != nil {
		return f, fmt.Errorf("read commit %s: %w", towpath.ShortHash(f.head), err)
	}
	return f, nil
}

// needsPerson is an error of a look at the repository that only a person can repair.
type needsPerson struct{ reason towpath.Reason }

// Error implements error, for the log.
func (e *needsPerson) Error() string { return e.reason.String() }

func repositoryGone(link towpath.RepositoryLink) error {
	return &needsPerson{towpath.Why(towpath.ReasonRepositoryGone, "repository", link.RepositoryName)}
}

// misplaced reports whether the result may come of a name that the repository no longer has:
// nothing has it now, or another repository does.
func misplaced(link towpath.RepositoryLink, f found, err error) bool {
	var known *needsPerson
	switch {
	case errors.As(err, &known):
		return known.reason.Code == towpath.ReasonBranchGone ||
			known.reason.Code == towpath.ReasonRepositoryGone
	case vcs.KindOf(err) == vcs.NotFound:
		return true
	case err != nil:
		return false
	}
	return f.name != link.RepositoryName || (f.commit.Repository != "" && f.commit.Repository != f.name)
}

// follow updates a link, and rows that refer to its repository, to the repository's current name.
func (f found) follow(ctx context.Context, tx *store.Tx, link *towpath.RepositoryLink) error {
	if f.name == "" || (f.name == link.RepositoryName && f.url == link.RepositoryURL) {
		return nil
	}
	before := *link
	link.RepositoryName, link.RepositoryURL = f.name, f.url
	return tx.FollowRename(ctx, before, *link)
}

// ledgersFresh reports whether the snapshots of all ledgers of the project are fresh.
func (s *Service) ledgersFresh(ctx context.Context, projectID string) (fresh bool, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		databases, err := store.All(tx.EveryDatabase(ctx, store.DatabaseFilter{ProjectID: projectID}))
		fresh = true
		for _, d := range databases {
			fresh = fresh && d.Ledger.Fresh(tx.Now, ledgerAge)
		}
		return err
	})
	return fresh, err
}

// readFailed keeps why a link could not be read, once a second try was refused too. What a person
// must repair is no reason to try over and over; what may pass is.
func (s *Service) readFailed(
	ctx context.Context, link towpath.RepositoryLink, cause error,
) (*time.Time, error) {
	reason := attentionFor(cause)
	if reason.IsZero() {
		return vcs.RetryAt(cause), account.Explain(cause, "look at repository")
	}
	// a grant that broke has said so on it meanwhile
	link, err := store.Get(ctx, s.Store, (*store.Tx).Link, link.ID)
	if err != nil {
		return nil, errors.Join(err, cause)
	}
	if requeueAt, ok := s.refusals.Confirmed(link.ID, s.Store.Now()); !ok && link.AttentionReason.IsZero() {
		return &requeueAt, errors.Join(towpath.Errorf(towpath.CodeUnavailable,
			"The provider refused once. It is asked again at %s.", requeueAt.UTC().Format("15:04:05 MST")),
			cause)
	}
	s.Logger.Warn("a link needs a person", "link", link.ID, "repository", link.RepositoryName, "error", cause)
	return nil, s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Link(ctx, link.ID)
		if err != nil {
			return err
		}
		if now.AttentionReason.IsZero() { // a grant that broke has said it better
			now.AttentionReason = reason
		}
		s.polled(tx, &now)
		return tx.UpdateLink(ctx, &now)
	})
}

// attentionFor is why a look that failed needs a person; none for what may pass by itself: outages,
// rate limits, and a commit that is not found right after its push.
func attentionFor(cause error) towpath.Reason {
	var known *needsPerson
	if errors.As(cause, &known) {
		return known.reason
	}
	switch kind := vcs.KindOf(cause); {
	case kind == vcs.Unauthorized, kind == vcs.Forbidden, kind == vcs.Gone:
		return vcs.ReasonOf(cause)
	case kind == "" && towpath.ErrorCode(cause) != towpath.CodeInternal:
		return towpath.ReasonOf(cause)
	}
	return towpath.Reason{}
}

func (s *Service) polled(tx *store.Tx, link *towpath.RepositoryLink) {
	link.LastPollAt = &tx.Now
}

func (s *Service) notePoll(ctx context.Context, linkID string, f found) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		s.polled(tx, &link)
		if !link.AttentionReason.IsZero() {
			if err := tx.WakeLink(ctx, link.ID); err != nil {
				return err
			}
		}
		if err := s.noteBranches(ctx, tx, link, f.heads); err != nil {
			return err
		}
		link.HeadCommit, link.AttentionReason = f.head, towpath.Reason{}
		if err := f.follow(ctx, tx, &link); err != nil {
			return err
		}
		return tx.UpdateLink(ctx, &link)
	})
}

// commitPlan updates the manifest to the head, builds the plan and updates the link's rollout, all
// in one transaction.
func (s *Service) commitPlan(
	ctx context.Context, tx *store.Tx, read towpath.RepositoryLink, f found,
) (blocked bool, err error) {
	link, err := tx.Link(ctx, read.ID)
	if err != nil {
		return false, err
	}
	if changedSince(read, link) {
		return false, errChanged
	}
	files, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return false, err
	}
	before, first := files, link.SyncedCommit == ""
	moved := f.head != link.SyncedCommit
	if moved {
		for _, file := range f.delta.put {
			if file.Commit != "" { // an interrupted reading knows only the last one
				f.delta.touch(file.Path, file.Commit)
			}
		}
		f.delta = f.delta.withCommits(before, f.head, first)
		files = f.delta.apply(files)
		if err := tx.PutCommits(ctx, link.ID, f.delta.withHead(commitOf(f.commit))...); err != nil {
			return false, err
		}
		if err := tx.AddFileCommits(ctx, link.ID, f.delta.touched); err != nil {
			return false, err
		}
		if err := saveManifest(ctx, tx, link.ID, f.delta); err != nil {
			return false, err
		}
		if err := s.afterMove(ctx, tx, &link); err != nil {
			return false, err
		}
		link.SyncedCommit, link.SyncedAt = f.head, &tx.Now
		if err := tx.DeleteReading(ctx, link.ID); err != nil {
			return false, err
		}
	}
	if !link.AttentionReason.IsZero() {
		if err := tx.WakeLink(ctx, link.ID); err != nil {
			return false, err
		}
	}
	if err := s.branchesAfter(ctx, tx, link, f, first); err != nil {
		return false, err
	}
	link.HeadCommit, link.AttentionReason = f.head, towpath.Reason{}
	s.polled(tx, &link)
	if err := f.follow(ctx, tx, &link); err != nil {
		return false, err
	}
	in, err := s.Manifest.Input(ctx, tx, link, files)
	if err != nil {
		return false, err
	}
	p := plan.Build(in)
	if moved && !first {
		notes, err := withoutOtherLinks(ctx, tx, link, notesOf(link, before, files, f.delta, p))
		if err != nil {
			return false, err
		}
		if err := saveNotes(ctx, tx, link.ID, f.head, notes); err != nil {
			return false, err
		}
	}
	noted, err := tx.Notes(ctx, link.ID)
	if err != nil {
		return false, err
	}
	link.UnplannedFiles = manifest.Unplanned(p, noted[f.head])
	if err := tx.UpdateLink(ctx, &link); err != nil {
		return false, err
	}
	if err := s.applyPlan(ctx, tx, link, f, p, files); err != nil {
		return false, err
	}
	return !p.Blocked.IsZero(), tx.Enqueue(ctx, towpath.JobPostPlan, link.ID)
}

func saveManifest(ctx context.Context, tx *store.Tx, linkID string, d delta) error {
	if d.whole {
		if err := tx.DeleteManifest(ctx, linkID); err != nil {
			return err
		}
	}
	for _, p := range d.removed {
		if err := tx.DeleteManifestFile(ctx, linkID, p); err != nil {
			return err
		}
	}
	return tx.PutManifestFile(ctx, d.put...)
}

// afterMove schedules plans for the project's other links, since their files may conflict with this
// one's. When there was no delivery for the new head, it also schedules a check of the hook, which
// may have been deleted or may not fire.
func (s *Service) afterMove(ctx context.Context, tx *store.Tx, link *towpath.RepositoryLink) error {
	if err := tx.WakeSiblings(ctx, *link); err != nil {
		return err
	}
	told := link.LastDeliveryAt != nil && tx.Now.Sub(*link.LastDeliveryAt) < towpath.DeliveryGrace
	if link.HookState != towpath.HookActive || told || link.SyncedCommit == "" {
		return nil
	}
	if link.UntoldAt == nil {
		link.UntoldAt = &tx.Now
	}
	return tx.Enqueue(ctx, towpath.JobCheckHook, link.ID)
}
