package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
	syncs "towpath/internal/sync"
)

// BranchReview is how the review of a branch stands.
type BranchReview struct {
	ID           string               `json:"id"`
	LinkID       string               `json:"linkId"`
	Branch       string               `json:"branch"`
	Head         string               `json:"head" doc:"The newest commit; empty when the branch is gone."`
	ReviewedHead string               `json:"reviewedHead" doc:"The commit that the findings are about; empty before the first review."`
	State        towpath.BranchState  `json:"state" enum:"pending,done,failed,ended"`
	Reason       *Reason              `json:"reason,omitempty" doc:"Why it failed, or how it ended."`
	Passed       bool                 `json:"passed" doc:"Whether the build status is successful: the review has no errors, and nothing keeps the branch from being merged."`
	Verdict      towpath.MergeVerdict `json:"verdict,omitempty" enum:"edits-applied,removes-applied,conflict,same-version,late,late-once,same-objects,clear" doc:"How the branch stands to the link's branch and to the others; absent before the first review."`
	MergeOrder   []Reason             `json:"mergeOrder" nullable:"false" doc:"What the verdict is about, the gravest first; empty when clear."`
	Files        int                  `json:"files" doc:"How many migrations the branch adds, changes or removes."`
	Errors       int                  `json:"errors"`
	Warnings     int                  `json:"warnings"`
	Rehearsal    string               `json:"rehearsal" enum:"off,wanted,done,none" doc:"Whether the files were tried on a server: off in the project's settings, not yet, yes, or not, for a reason."`
	WantedAt     time.Time            `json:"wantedAt" doc:"When the head was seen."`
	ReviewedAt   *time.Time           `json:"reviewedAt,omitempty"`
	EndedAt      *time.Time           `json:"endedAt,omitempty"`
	Sent         *branchSent          `json:"sent,omitempty" doc:"What the provider was last told."`
	PullRequest  *pullRequest         `json:"pullRequest,omitempty" doc:"The newest one of the branch, when the link's account may read pull requests."`
}

// pullRequest is a pull request of a branch into the link's branch.
type pullRequest struct {
	Number      int                      `json:"number"`
	Title       string                   `json:"title"`
	URL         string                   `json:"url"`
	State       towpath.PullRequestState `json:"state" enum:"open,merged,declined,moved" doc:"moved: it goes into another branch now."`
	CommentedAt *time.Time               `json:"commentedAt,omitempty" doc:"When the comment was last written; absent before the first time."`
	OpenTasks   int                      `json:"openTasks" doc:"Tasks whose findings are still there. A person may have resolved them."`
}

func pullRequestOf(r towpath.BranchReview) *pullRequest {
	if r.PullRequest.Number == 0 {
		return nil
	}
	v := &pullRequest{
		Number: r.PullRequest.Number,
		Title:  r.PullRequest.Title,
		URL:    r.PullRequest.URL,
		State:  r.PullRequest.State,
	}
	if r.Told.PullRequest == v.Number {
		v.CommentedAt = r.Told.At
		for _, task := range r.Told.Tasks {
			if task.Open {
				v.OpenTasks++
			}
		}
	}
	return v
}

// branchSent is what a provider was last told of a branch.
type branchSent struct {
	Commit      string    `json:"commit"`
	State       string    `json:"state" enum:"in-progress,successful,failed,stopped" doc:"Of the build status."`
	Text        string    `json:"text" doc:"Of the build status."`
	Report      bool      `json:"report" doc:"Whether the commit has a report; some providers have none."`
	Annotations int       `json:"annotations" doc:"How many findings the report has at their lines."`
	At          time.Time `json:"at"`
}

// branchReviews are the open branches of a link, and those that ended lately.
type branchReviews struct {
	Items []BranchReview `json:"items" nullable:"false" doc:"Open reviews by name, then ended ones, the newest first."`
	Idle  int            `json:"idle" doc:"How many other branches change no migration."`
	Full  bool           `json:"full" doc:"Whether the link follows as many branches as it can, so that others may be missing."`
}

// branchReviewDetail is the review of a branch with what it says.
type branchReviewDetail struct {
	BranchReview
	Base    string         `json:"base" doc:"The commit that the branch has in common with the link's branch; empty when unknown."`
	Changes []branchChange `json:"changes" nullable:"false"`
	Review  review         `json:"review" doc:"What the SQL review says of the files."`

	Rehearsals []rehearsed `json:"rehearsals" nullable:"false" doc:"What servers did when they ran the files, for each kind of database."`
}

// branchChange is a migration that a branch adds, changes or removes.
type branchChange struct {
	Migration
	Removed bool     `json:"removed"`
	Objects []string `json:"objects" nullable:"false" doc:"The tables and views that the file changes."`
	Reason  *Reason  `json:"reason,omitempty" doc:"Why the file cannot run."`
	Commit  string   `json:"commit"`
	SQL     *text    `json:"sql,omitempty" doc:"Absent for a file that is removed, or has no text."`
}

// maxBranchText bounds the texts of a branch that one answer has, in bytes.
const maxBranchText = 2 << 20

func branchReviewOf(r towpath.BranchReview) BranchReview {
	v := BranchReview{
		ID:           r.ID,
		LinkID:       r.LinkID,
		Branch:       r.Branch,
		Head:         r.Head,
		ReviewedHead: r.Reviewed,
		State:        r.State,
		Reason:       reasonOf(r.Reason),
		Passed:       r.Passed(),
		Verdict:      r.Verdict,
		MergeOrder:   all(r.Order, func(why towpath.Reason) Reason { return *reasonOf(why) }).Items,
		Files:        r.Files,
		Errors:       r.Errors,
		Warnings:     r.Warnings,
		Rehearsal:    cmp.Or(string(r.Rehearsal), "off"),
		WantedAt:     r.WantedAt,
		ReviewedAt:   r.ReviewedAt,
		EndedAt:      r.EndedAt,
		PullRequest:  pullRequestOf(r),
	}
	if r.Sent.At != nil && r.Sent.State != "" {
		v.Sent = &branchSent{
			Commit:      r.Sent.Commit,
			State:       r.Sent.State,
			Text:        r.Sent.Text,
			Report:      r.Sent.Report != "",
			Annotations: r.Sent.Lines,
			At:          *r.Sent.At,
		}
	}
	return v
}

// shown reports whether a branch is in the list: it changes migrations, or has done so before.
func shown(r towpath.BranchReview) bool {
	return r.State == towpath.BranchEnded || (r.Files > 0 && r.State.Open())
}

// listBranchReviews lists the reviews of a link's branches.
func (s *Server) listBranchReviews(ctx context.Context, in *LinkPath) (v branchReviews, err error) {
	var rows []towpath.BranchReview
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Link(ctx, in.Link); err != nil {
			return err
		}
		rows, err = tx.BranchReviews(ctx, in.Link)
		return err
	})
	v.Full = len(rows) >= towpath.MaxBranches
	kept := slices.DeleteFunc(rows, func(r towpath.BranchReview) bool { return !shown(r) })
	v.Idle = len(rows) - len(kept)
	slices.SortStableFunc(kept, func(a, b towpath.BranchReview) int {
		switch {
		case a.EndedAt == nil && b.EndedAt == nil:
			return 0
		case a.EndedAt == nil:
			return -1
		case b.EndedAt == nil:
			return 1
		}
		return b.EndedAt.Compare(*a.EndedAt)
	})
	v.Items = all(kept, branchReviewOf).Items
	return v, err
}

// branchReviewPath names the review of a branch in a path.
type branchReviewPath struct {
	LinkPath
	Review string `path:"review" maxLength:"500" doc:"The id of the review, or the name of the branch."`
}

// getBranchReview returns the review of a branch, by its id or by the branch's name.
func (s *Server) getBranchReview(
	ctx context.Context, in *branchReviewPath,
) (v branchReviewDetail, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.BranchReviews(ctx, in.Link)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(rows, func(r towpath.BranchReview) bool {
			return shown(r) && (r.ID == in.Review || r.Branch == in.Review)
		})
		if at < 0 {
			return towpath.Errorf(towpath.CodeNotFound,
				"There is no review of this branch, or it is not yours to see.")
		}
		r := rows[at]
		files, err := tx.BranchFiles(ctx, r.ID)
		if err != nil {
			return err
		}
		found, err := tx.BranchFindings(ctx, r.ID)
		if err != nil {
			return err
		}
		v.BranchReview, v.Base, v.Review = branchReviewOf(r), r.Base, reviewOfBranch(r, found)
		rehearsals, err := tx.BranchRehearsals(ctx, r.ID)
		if err != nil {
			return err
		}
		v.Rehearsals = all(rehearsals, rehearsedOf).Items
		v.Changes, err = branchChanges(ctx, tx, files)
		return err
	})
	return v, err
}

// renumbering is what a renumbering of a branch would do, or has done.
type renumbering struct {
	Files  []renamedFile `json:"files" nullable:"false" doc:"Empty when the files that the branch adds come last already."`
	Commit string        `json:"commit,omitempty" doc:"The commit on the branch that renames them; absent when nothing was committed."`
}

// renamedFile is a migration that gets another version.
type renamedFile struct {
	From    string `json:"from" doc:"From the root of the repository."`
	To      string `json:"to"`
	Version string `json:"version"`
}

func renumberingOf(r syncs.Renumbering) renumbering {
	return renumbering{
		Files: all(r.Files, func(f plan.Renamed) renamedFile {
			return renamedFile{From: f.From, To: f.To, Version: f.Version}
		}).Items,
		Commit: r.Commit,
	}
}

// getRenumbering returns what a renumbering would do, as far as the branches are known.
func (s *Server) getRenumbering(ctx context.Context, in *branchReviewPath) (renumbering, error) {
	r, err := s.Syncs.Renumbering(ctx, in.Link, in.Review)
	return renumberingOf(r), err
}

// renumberBranch commits to a branch that its new migrations come behind all others.
func (s *Server) renumberBranch(ctx context.Context, in *branchReviewPath) (renumbering, error) {
	r, err := s.Syncs.Renumber(ctx, actorOf(ctx), in.Link, in.Review)
	return renumberingOf(r), err
}

func reviewOfBranch(r towpath.BranchReview, files []towpath.ReviewedFile) review {
	v := towpath.Review{
		State: towpath.ReviewPending, Reason: r.Reason, ReviewedAt: r.ReviewedAt,
		Errors: r.Errors, Warnings: r.Warnings, Files: files,
	}
	switch r.State {
	case towpath.BranchFailed:
		v.State = towpath.ReviewFailed
	case towpath.BranchDone, towpath.BranchEnded:
		v.State, v.Reason = towpath.ReviewDone, towpath.Reason{}
	}
	return reviewOf(v)
}

func branchChanges(ctx context.Context, tx *store.Tx, files []towpath.BranchFile) ([]branchChange, error) {
	changes, shown := make([]branchChange, 0, len(files)), 0
	for _, f := range files {
		c := branchChange{
			Migration: migrationOf(f.Migration),
			Removed:   f.Removed,
			Objects:   orEmpty(f.Objects),
			Reason:    reasonOf(f.Reason),
			Commit:    f.Commit,
		}
		if !f.Removed && shown < maxBranchText {
			text, err := readFile(ctx, tx, f.Checksum)
			if err != nil {
				return nil, err
			}
			if c.SQL = text; text != nil {
				shown += len(text.Text)
			}
		}
		changes = append(changes, c)
	}
	return changes, nil
}
