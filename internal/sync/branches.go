package sync

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"towpath"
	"towpath/internal/store"
)

const (
	// branchesAtOnce is how many new branches are read at once; the others take their turn, one each
	// branchPause, so that a repository with hundreds of them keeps no other work waiting.
	branchesAtOnce = 8
	branchPause    = 250 * time.Millisecond
)

// noteBranches compares the heads of a repository with the branches that a link follows, and asks
// for the reading of those that are new, have moved or are gone. It follows no more than
// towpath.MaxBranches; a link that needed a person asks again for all that is still to be read.
func (s *Service) noteBranches(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, heads map[string]string,
) error {
	known, err := tx.BranchReviews(ctx, link.ID)
	if err != nil {
		return err
	}
	followed := map[string]bool{link.Branch: true}
	asked := 0
	ask := func(id string) error {
		wait := max(0, asked-branchesAtOnce) * int(branchPause)
		asked++
		if wait == 0 {
			return tx.Enqueue(ctx, towpath.JobReadBranch, id)
		}
		return tx.EnqueueAt(ctx, towpath.JobReadBranch, id, tx.Now.Add(time.Duration(wait)))
	}
	for _, r := range known {
		followed[r.Branch] = true
		head := heads[r.Branch]
		if r.Branch == link.Branch {
			head = "" // the link's branch has rollouts instead
		}
		if head == "" && r.Head == "" && r.State == towpath.BranchIdle { // named, and gone by now
			if err := tx.DeleteBranchReview(ctx, r); err != nil {
				return err
			}
			continue
		}
		again := r.State == towpath.BranchPending && !link.AttentionReason.IsZero()
		if head == r.Head && !again {
			continue
		}
		if head != r.Head {
			over := head == "" && r.State == towpath.BranchEnded
			if r.Head = head; !over {
				r.Want(head, tx.Now)
			}
			if err := tx.UpdateBranchReview(ctx, r); err != nil {
				return err
			}
			if over {
				continue
			}
		}
		if err := ask(r.ID); err != nil {
			return err
		}
	}
	for _, branch := range slices.Sorted(maps.Keys(heads)) {
		if followed[branch] || len(known) >= towpath.MaxBranches || !fitsName(branch) {
			continue
		}
		r := towpath.BranchReview{LinkID: link.ID, ProjectID: link.ProjectID, Branch: branch}
		r.Want(heads[branch], tx.Now)
		if heads[branch] == link.SyncedCommit { // a branch that has just been made
			r.ReadHead, r.State = r.Head, towpath.BranchIdle
		}
		if err := tx.CreateBranchReview(ctx, &r); err != nil {
			return err
		}
		known = append(known, r)
		if r.State == towpath.BranchIdle {
			continue
		}
		if err := ask(r.ID); err != nil {
			return err
		}
	}
	return nil
}

// maxBranchName bounds the name of a branch, in bytes: the metadata keeps it in an index.
const maxBranchName = 500

// fitsName reports whether the metadata can keep the name of a branch as it is. Others are not
// followed.
func fitsName(branch string) bool {
	return len(branch) <= maxBranchName && utf8.ValidString(branch) && !strings.ContainsRune(branch, 0)
}

// branchesAfter brings the reviews of a link's other branches in step after its own was read. first
// is true when the link takes other files than before.
func (s *Service) branchesAfter(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, f found, first bool,
) error {
	if err := s.noteBranches(ctx, tx, link, f.heads); err != nil {
		return err
	}
	if first {
		if err := readAgain(ctx, tx, link.ID); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, towpath.JobJudgeBranches, link.ID)
}

// readAgain asks for the reading of all branches of a link, which now takes other files.
func readAgain(ctx context.Context, tx *store.Tx, linkID string) error {
	known, err := tx.BranchReviews(ctx, linkID)
	if err != nil {
		return err
	}
	for _, r := range known {
		if r.Head == "" || r.ReadHead == "" {
			continue
		}
		r.ReadHead = ""
		r.Want(r.Head, tx.Now)
		if err := tx.UpdateBranchReview(ctx, r); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobReadBranch, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// makeRoom makes a link follow a branch that a delivery names, in place of one that changes no
// migrations, when the link follows as many as it may.
func makeRoom(ctx context.Context, tx *store.Tx, linkID string, branches []string) error {
	if len(branches) == 0 {
		return nil
	}
	known, err := tx.BranchReviews(ctx, linkID)
	if err != nil || len(known) < towpath.MaxBranches {
		return err
	}
	named := map[string]bool{}
	for _, branch := range branches {
		named[branch] = fitsName(branch)
	}
	maps.DeleteFunc(named, func(_ string, fits bool) bool { return !fits })
	for _, r := range known {
		delete(named, r.Branch)
	}
	oldest := slices.SortedFunc(slices.Values(known), func(a, b towpath.BranchReview) int {
		return a.WantedAt.Compare(b.WantedAt)
	})
	for _, branch := range slices.Sorted(maps.Keys(named)) {
		at := slices.IndexFunc(oldest, func(r towpath.BranchReview) bool { return !r.State.Open() })
		if at < 0 {
			return nil
		}
		if err := tx.DeleteBranchReview(ctx, oldest[at]); err != nil {
			return err
		}
		oldest = slices.Delete(oldest, at, at+1)
		link, err := tx.Link(ctx, linkID)
		if err != nil {
			return err
		}
		r := towpath.BranchReview{LinkID: linkID, ProjectID: link.ProjectID, Branch: branch}
		r.State, r.WantedAt = towpath.BranchIdle, tx.Now // the reading of the heads finds its own
		if err := tx.CreateBranchReview(ctx, &r); err != nil {
			return err
		}
	}
	return nil
}
