package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// ReadBranch reads which migrations a branch changes, and asks for their review. It is a job's
// handler: it reads the newest head that was seen, and a newer one makes it run again.
func (s *Service) ReadBranch(ctx context.Context, id string) (requeueAt *time.Time, err error) {
	var r towpath.BranchReview
	var link towpath.RepositoryLink
	var trunk []towpath.ManifestFile
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if r, err = tx.BranchReview(ctx, id); err != nil {
			return err
		}
		if link, err = tx.Link(ctx, r.LinkID); err != nil {
			return err
		}
		trunk, err = tx.Manifest(ctx, link.ID)
		return err
	})
	switch {
	case towpath.ErrorCode(err) == towpath.CodeNotFound: // unlinked, or no longer followed
		return nil, nil
	case err != nil:
		return nil, err
	case r.Head == "":
		return nil, s.endBranch(ctx, r)
	case r.Head == r.ReadHead: // read before
		return nil, s.reviewAgain(ctx, r)
	case link.SyncedCommit == "" || !link.AttentionReason.IsZero():
		return nil, nil // the next reading of the link's branch asks again
	}
	read, err := s.readBranch(ctx, link, r, trunk)
	if err != nil {
		return vcs.RetryAt(err), s.branchUnread(ctx, r, read.changes, account.Explain(err, "read branch"))
	}
	return nil, s.saveBranch(ctx, link, r, read)
}

// branchRead is what was read of a branch.
type branchRead struct {
	base    string
	changes int // migrations that it changes, as far as their paths show
	files   []towpath.BranchFile
	idle    towpath.Reason // why it is not reviewed; none when it is, or changes nothing
}

// readBranch reads the migrations that a branch has changed since it left the link's branch, with
// their texts. What the link's branch has too is not among them.
func (s *Service) readBranch(
	ctx context.Context, link towpath.RepositoryLink, r towpath.BranchReview,
	trunk []towpath.ManifestFile,
) (read branchRead, err error) {
	scope, err := plan.ScopeOf(link)
	if err != nil {
		return read, err
	}
	client, err := s.Accounts.Client(ctx, link.GrantID)
	if err != nil {
		return read, err
	}
	source := client.Source(link.RepositoryID)
	b, err := source.Since(ctx, link.SyncedCommit, r.Head)
	if err != nil {
		return read, fmt.Errorf("compare %s with %s: %w", r.Branch, link.Branch, err)
	}
	read.base = b.Base
	if newest := newestOf(b.Commits); !newest.IsZero() &&
		s.Store.Now().Sub(newest) > towpath.MaxBranchAge {
		read.idle = towpath.Why(towpath.ReasonBranchOld, "since", newest.Format(time.RFC3339))
		return read, nil
	}
	has := map[string]towpath.ManifestFile{}
	for _, f := range trunk {
		has[f.Path] = f
	}
	var put []towpath.ManifestFile
	for _, c := range b.Changes {
		f, in := s.classify(scope, link.ID, vcs.Entry{Path: c.Path, Kind: c.Kind})
		old, known := has[f.Path]
		switch {
		case !in || f.State != towpath.FileMatched:
		case !c.Removed:
			f.Commit = c.Commit
			put = append(put, f)
		case known && old.State == towpath.FileMatched:
			old.Commit = c.Commit
			read.files = append(read.files, towpath.BranchFile{Removed: true, ManifestFile: old})
		}
	}
	if read.changes = len(put) + len(read.files); read.changes > towpath.MaxBranchFiles {
		return read, nil
	}
	err = s.readFiles(ctx, source, r.Head, put, func(towpath.ManifestFile) error { return nil })
	if err != nil {
		return read, err
	}
	for _, f := range put {
		if old := has[f.Path]; old.Checksum == "" || old.Checksum != f.Checksum {
			read.files = append(read.files, towpath.BranchFile{ManifestFile: f})
		}
	}
	return read, nil
}

// newestOf returns the time of the newest commit; the zero time when none has one.
func newestOf(commits []vcs.Commit) (newest time.Time) {
	for _, c := range commits {
		if c.Time.After(newest) {
			newest = c.Time
		}
	}
	return newest
}

// saveBranch stores what was read of a branch, unless it has moved meanwhile.
func (s *Service) saveBranch(
	ctx context.Context, link towpath.RepositoryLink, read towpath.BranchReview, found branchRead,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, read.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound || (err == nil && r.Head != read.Head) {
			return nil
		}
		if err != nil {
			return err
		}
		now, err := tx.Link(ctx, link.ID)
		if err != nil {
			return err
		}
		if now.Branch != link.Branch || now.BaseDirectory != link.BaseDirectory ||
			now.FilePathTemplate != link.FilePathTemplate || !slices.Equal(now.Exclude, link.Exclude) {
			return errChanged
		}
		had := r.Files > 0
		tooMany := found.changes > towpath.MaxBranchFiles
		r.ReadHead, r.Base, r.Files, r.Reason = r.Head, found.base, len(found.files), towpath.Reason{}
		r.Judged = false
		next := towpath.JobReviewBranch
		switch {
		case tooMany:
			r.Files, found.files = found.changes, nil
			r.State, next = towpath.BranchFailed, towpath.JobPostReview
			r.Reason = towpath.Why(towpath.ReasonBranchTooLarge, "limit",
				strconv.Itoa(towpath.MaxBranchFiles))
			r.Judged, r.ReviewedAt = true, &tx.Now
		case r.Files > 0:
			r.State = towpath.BranchPending
			r.Generation++
		case had:
			why := towpath.ReasonBranchEmptied
			if r.Base == r.Head {
				why = towpath.ReasonBranchMerged
			}
			r.End(towpath.Why(why, "branch", link.Branch), tx.Now)
			next = towpath.JobPostReview
		default:
			r.State, r.Reason, next = towpath.BranchIdle, found.idle, ""
		}
		if err := tx.SetBranchFiles(ctx, r.ID, found.files); err != nil {
			return err
		}
		if r.State != towpath.BranchPending {
			r.Errors, r.Warnings, r.Rehearsal = 0, 0, towpath.RehearsalOff
			err := errors.Join(tx.SetBranchFindings(ctx, r.ID, nil), tx.SetBranchRehearsals(ctx, r.ID, nil))
			if err != nil {
				return err
			}
		}
		if err := tx.UpdateBranchReview(ctx, r); err != nil {
			return err
		}
		if r.State == towpath.BranchPending { // what is not known by then is said in progress
			at := r.WantedAt.Add(towpath.BranchStatusDelay)
			if err := tx.EnqueueAt(ctx, towpath.JobPostReview, r.ID, at); err != nil {
				return err
			}
			if !r.PullRequest.Open() {
				if err := tx.Enqueue(ctx, towpath.JobPullRequests, r.LinkID); err != nil {
					return err
				}
			}
		}
		if had {
			if err := tx.Enqueue(ctx, towpath.JobJudgeBranches, r.LinkID); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		return tx.Enqueue(ctx, next, r.ID)
	})
}

// branchUnread notes why a branch could not be read, and returns the error for the next try.
func (s *Service) branchUnread(
	ctx context.Context, read towpath.BranchReview, changes int, cause error,
) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, read.ID)
		if err != nil || r.Head != read.Head {
			return err
		}
		if r.Files = max(r.Files, changes); r.Files == 0 { // nobody knows whether it changes migrations
			return nil
		}
		r.Reason = towpath.Why(towpath.ReasonBranchUnread).From(towpath.ReasonOf(cause))
		if err := tx.UpdateBranchReview(ctx, r); err != nil {
			return err
		}
		at := r.WantedAt.Add(towpath.BranchStatusDelay)
		return tx.EnqueueAt(ctx, towpath.JobPostReview, r.ID, at)
	})
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	return cause
}

// reviewAgain asks for the review of a branch that was read, in case it was lost.
func (s *Service) reviewAgain(ctx context.Context, r towpath.BranchReview) error {
	if r.State != towpath.BranchPending {
		return nil
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.Enqueue(ctx, towpath.JobReviewBranch, r.ID)
	})
}

// endBranch ends the review of a branch that is gone.
func (s *Service) endBranch(ctx context.Context, read towpath.BranchReview) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, read.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound || r.Head != "" ||
			r.State == towpath.BranchEnded {
			return nil
		}
		if err != nil {
			return err
		}
		if r.Files == 0 {
			return tx.DeleteBranchReview(ctx, r)
		}
		files, err := tx.BranchFiles(ctx, r.ID)
		if err != nil {
			return err
		}
		trunk, err := tx.Manifest(ctx, r.LinkID)
		if err != nil {
			return err
		}
		link, err := tx.Link(ctx, r.LinkID)
		if err != nil {
			return err
		}
		why := towpath.Why(towpath.ReasonBranchDeleted)
		if merged := manifest.Contains(trunk, files); merged {
			why = towpath.Why(towpath.ReasonBranchMerged, "branch", link.Branch)
		}
		r.End(why, tx.Now)
		if err := tx.UpdateBranchReview(ctx, r); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobPostReview, r.ID); err != nil {
			return err
		}
		return tx.Enqueue(ctx, towpath.JobJudgeBranches, r.LinkID)
	})
}

// otherBranches lists the branches other than a link's that an event has moved.
func otherBranches(link towpath.RepositoryLink, e vcs.Event) (branches []string) {
	for _, ref := range e.Refs {
		if ref.Branch != "" && ref.Branch != link.Branch && !slices.Contains(branches, ref.Branch) {
			branches = append(branches, ref.Branch)
		}
	}
	return branches
}
