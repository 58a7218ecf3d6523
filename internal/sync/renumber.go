package sync

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

const (
	// renumberTries is how often Renumber starts again when the branch moves under it.
	renumberTries = 3
	// maxRenumbered bounds the texts of the files that one commit renames, in bytes.
	maxRenumbered = 32 << 20
)

// Renumbering is what Renumber does.
type Renumbering struct {
	Files  []plan.Renamed // empty when the branch's files come last already
	Commit string         // that renames them; "" for none
}

// Renumbering returns what Renumber would do by what is known of the branches. CodeNotFound when the
// link follows no such branch, and CodeConflict when its review has ended.
func (s *Service) Renumbering(ctx context.Context, linkID, reviewID string) (done Renumbering, err error) {
	link, r, err := s.openBranch(ctx, linkID, reviewID)
	if err == nil {
		done.Files, err = s.renamed(ctx, link, r.Branch)
	}
	return done, err
}

// Renumber gives the migrations that a branch adds versions behind all others, by one commit on the
// branch. It reads the branch first, and again when somebody pushes meanwhile. The second of two
// people who ask finds nothing left to do. Errors are those of Renumbering, CodeConflict also when
// the link's branch is still to be read, and those of the provider.
func (s *Service) Renumber(
	ctx context.Context, actor towpath.Actor, linkID, reviewID string,
) (done Renumbering, err error) {
	for range renumberTries {
		done, err = s.renumber(ctx, actor, linkID, reviewID)
		if vcs.KindOf(err) != vcs.Conflict {
			break
		}
	}
	return done, account.Explain(err, "renumber the branch")
}

func (s *Service) renumber(
	ctx context.Context, actor towpath.Actor, linkID, reviewID string,
) (done Renumbering, err error) {
	link, r, err := s.openBranch(ctx, linkID, reviewID)
	if err != nil {
		return done, err
	}
	client, err := s.Accounts.Client(ctx, link.GrantID)
	if err != nil {
		return done, err
	}
	source := client.Source(link.RepositoryID)
	heads, err := source.Heads(ctx)
	if err != nil {
		return done, fmt.Errorf("read the heads of %s: %w", link.RepositoryName, err)
	}
	head := heads.Branches[r.Branch]
	switch {
	case head == "":
		return done, towpath.Errorf(towpath.CodeConflict, "Branch %s is gone. There is nothing to renumber.",
			r.Branch)
	case heads.Branches[link.Branch] != link.SyncedCommit:
		return done, towpath.Errorf(towpath.CodeConflict,
			"Branch %s has moved and is still to be read. Try again in a moment.", link.Branch)
	case head != r.ReadHead:
		if err := s.readNow(ctx, r.ID, head); err != nil {
			return done, err
		}
	}
	if done.Files, err = s.renamed(ctx, link, r.Branch); err != nil || len(done.Files) == 0 {
		return done, err
	}
	write, err := renaming(ctx, source, head, done.Files)
	if err != nil {
		return done, err
	}
	write.Branch, write.Parent = r.Branch, head
	write.Message = renumberMessage(done.Files, actor.Member.Name)
	if done.Commit, err = client.Write(ctx, link.RepositoryID, write); err != nil {
		return done, err
	}
	return done, s.Store.Write(ctx, func(tx *store.Tx) error {
		tx.Emit(actor.Did(towpath.ActBranchRenumber, link.ID, link.ProjectID, "branch", r.Branch,
			"repository", link.RepositoryName, "commit", towpath.ShortHash(done.Commit)))
		return wantHead(ctx, tx, r.ID, head, done.Commit)
	})
}

// openBranch reads a branch that a link follows, by the id of its review or by its name.
func (s *Service) openBranch(
	ctx context.Context, linkID, reviewID string,
) (link towpath.RepositoryLink, r towpath.BranchReview, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		rows, err := tx.BranchReviews(ctx, linkID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(r towpath.BranchReview) bool {
			return r.ID == reviewID || r.Branch == reviewID
		})
		if at < 0 {
			return towpath.Errorf(towpath.CodeNotFound, "There is no review of this branch.")
		}
		if r = rows[at]; !r.State.Open() {
			return towpath.Errorf(towpath.CodeConflict,
				"The review of branch %s has ended. There is nothing to renumber.", r.Branch)
		}
		return nil
	})
	return link, r, err
}

// readNow reads a branch at a head that nobody has noticed yet.
func (s *Service) readNow(ctx context.Context, reviewID, head string) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error { return wantHead(ctx, tx, reviewID, "", head) })
	if err == nil {
		_, err = s.ReadBranch(ctx, reviewID)
	}
	if err != nil {
		return err
	}
	r, err := store.Get(ctx, s.Store, (*store.Tx).BranchReview, reviewID)
	if err == nil && r.ReadHead != head {
		err = towpath.Errorf(towpath.CodeConflict,
			"Branch %s is still to be read at commit %s. Try again in a moment.", r.Branch,
			towpath.ShortHash(head))
	}
	return err
}

// wantHead notes another head of a branch and asks for its reading. It does so only at the head
// from, unless that is "".
func wantHead(ctx context.Context, tx *store.Tx, reviewID, from, head string) error {
	r, err := tx.BranchReview(ctx, reviewID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound || r.Head == head || (from != "" && r.Head != from) {
		return nil
	}
	if err != nil {
		return err
	}
	r.Want(head, tx.Now)
	if err := tx.UpdateBranchReview(ctx, r); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobReadBranch, r.ID)
}

// renamed asks plan.Renumber about a branch, from what is stored.
func (s *Service) renamed(
	ctx context.Context, link towpath.RepositoryLink, branch string,
) (files []plan.Renamed, err error) {
	scope, err := plan.ScopeOf(link)
	if err != nil {
		return nil, err
	}
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		in, branches, err := s.Manifest.Queue(ctx, tx, link)
		if err == nil {
			files, err = plan.Renumber(in, branches, branch, scope, tx.Now)
		}
		return err
	})
	return files, err
}

// renaming reads the files that get another path.
func renaming(
	ctx context.Context, source vcs.Source, head string, files []plan.Renamed,
) (w vcs.Write, err error) {
	w.Files = map[string][]byte{}
	left := maxRenumbered
	for _, f := range files {
		if w.Files[f.To], err = readAll(ctx, source, head, f.From, left); err != nil {
			return w, err
		}
		left -= len(w.Files[f.To])
	}
	for _, f := range files {
		if _, written := w.Files[f.From]; !written {
			w.Remove = append(w.Remove, f.From)
		}
	}
	return w, nil
}

func readAll(ctx context.Context, source vcs.Source, head, path string, limit int) (text []byte, err error) {
	text, err = vcs.ReadFile(ctx, source, head, path, int64(limit))
	if err != nil {
		return nil, fmt.Errorf("read %s at %s: %w", path, towpath.ShortHash(head), err)
	}
	if len(text) > limit {
		return nil, towpath.Errorf(towpath.CodeConflict,
			"The files to be renumbered are larger than %d MiB together. Rename them in Git.",
			maxRenumbered>>20)
	}
	return text, nil
}

func renumberMessage(files []plan.Renamed, by string) string {
	var b strings.Builder
	b.WriteString("Renumber migrations\n\n")
	for _, f := range files {
		fmt.Fprintf(&b, "%s -> %s\n", f.From, f.To)
	}
	fmt.Fprintf(&b, "\nRequested by %s.\n", strings.Join(strings.Fields(by), " "))
	return b.String()
}
