package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/store"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

// branch is what a branch's report is made of.
type branch struct {
	review    towpath.BranchReview
	link      towpath.RepositoryLink
	project   towpath.Project
	files     []towpath.ReviewedFile
	changes   []towpath.BranchFile
	databases []towpath.Database // of the project
	stages    []towpath.Environment

	rehearsals []towpath.BranchRehearsal
}

// PostReview reports the review of a branch on its head: a build status, and a report with findings
// at their lines where the provider has such; and in its pull request, where the grant may. It is a
// job's handler. What is sent is read when it is sent, and what was sent before is not sent again.
func (s *Service) PostReview(ctx context.Context, id string) (requeueAt *time.Time, err error) {
	b, err := s.readBranch(ctx, id)
	if towpath.ErrorCode(err) == towpath.CodeNotFound { // unlinked, or no longer followed
		return nil, nil
	}
	if err != nil || !b.link.AttentionReason.IsZero() {
		return nil, err
	}
	client, err := s.Accounts.Client(ctx, b.link.GrantID)
	if err != nil {
		return nil, err
	}
	if err := s.endSuperseded(ctx, client, &b); err != nil {
		return s.notPosted(ctx, b, err)
	}
	now := s.Store.Now()
	st, send, again := b.status(now)
	if send {
		err = s.sendCommit(ctx, client, &b, st)
	}
	if err == nil {
		err = s.tellPullRequest(ctx, &b)
	}
	if err != nil {
		return s.notPosted(ctx, b, err)
	}
	return again, nil
}

// sendCommit sends what the head's page shows: the report first, so that a status never leads to an
// old one.
func (s *Service) sendCommit(ctx context.Context, client vcs.Client, b *branch, st vcs.Status) error {
	reports, _ := client.(vcs.Reporter)
	if b.told(s.Store.Now()) && reports != nil {
		if err := s.sendReport(ctx, reports, b); err != nil {
			return err
		}
	}
	return s.sendStatus(ctx, client, b, st)
}

func (s *Service) readBranch(ctx context.Context, id string) (b branch, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if b.review, err = tx.BranchReview(ctx, id); err != nil {
			return err
		}
		if b.link, err = tx.Link(ctx, b.review.LinkID); err != nil {
			return err
		}
		if b.project, err = tx.Project(ctx, b.link.ProjectID); err != nil {
			return err
		}
		if b.databases, err = tx.ProjectDatabases(ctx, b.link.ProjectID); err != nil {
			return err
		}
		if b.stages, err = tx.Environments(ctx); err != nil {
			return err
		}
		if b.rehearsals, err = tx.BranchRehearsals(ctx, id); err != nil {
			return err
		}
		if b.changes, err = tx.BranchFiles(ctx, id); err != nil {
			return err
		}
		b.files, err = tx.BranchFindings(ctx, id)
		return err
	})
	return b, err
}

// told reports whether the review of the head has ended, so that there is a report. A rehearsal that
// takes too long is not waited for.
func (b branch) told(now time.Time) bool {
	done := b.review.State == towpath.BranchDone || b.review.State == towpath.BranchFailed
	return done && b.review.Judged && b.review.Reviewed == b.review.Head && !b.review.Rehearsing(now)
}

// notPosted returns when to try again after an error. A commit that the provider does not have is
// given up after some time: after a force push it never will.
func (s *Service) notPosted(
	ctx context.Context, b branch, err error,
) (requeueAt *time.Time, _ error) {
	if vcs.KindOf(err) == vcs.NotFound && s.Store.Now().Sub(b.review.WantedAt) > statusPatience {
		s.Logger.WarnContext(ctx, "gave up reporting a review: the provider does not have the commit",
			"link", b.link.ID, "branch", b.review.Branch, "commit", b.review.Head)
		return nil, nil
	}
	return vcs.RetryAt(err), account.Explain(err, "report review")
}

// endSuperseded ends a status in progress on a head that the branch no longer has.
func (s *Service) endSuperseded(ctx context.Context, client vcs.Client, b *branch) error {
	sent := &b.review.Sent
	if sent.Commit == b.review.Head || sent.State != string(vcs.StatusInProgress) {
		return nil
	}
	why := towpath.Why(towpath.ReasonBranchDeleted)
	if b.review.Head != "" {
		why = towpath.Why(towpath.ReasonBranchSuperseded, "commit", towpath.ShortHash(b.review.Head))
	}
	st := newStatus(vcs.StatusStopped, "%s", wording.Text(why))
	err := client.PutStatus(ctx, b.link.RepositoryID, sent.Commit, s.branchStatus(*b, st))
	if vcs.KindOf(err) == vcs.NotFound { // the commit went with the branch
		err = nil
	}
	if err != nil {
		return fmt.Errorf("end the status of %s: %w", towpath.ShortHash(sent.Commit), err)
	}
	sent.State, sent.Text, sent.Status = string(st.State), st.Description, digestOf(st)
	return s.saveSent(ctx, *b)
}

// branchStatus completes a status with what all statuses of a branch have.
func (s *Service) branchStatus(b branch, st vcs.Status) vcs.Status {
	st.Key = statusKey(b.link.ID, "branch")
	st.Name = "Towpath review: " + b.project.Name
	st.URL = s.branchPage(b)
	st.Branch = b.review.Branch
	return st
}

func (s *Service) branchPage(b branch) string {
	return s.ExternalURL + "/projects/" + b.project.ID + "/reviews/" + b.link.ID + "/" + b.review.ID
}

// sendStatus sends a build status unless the head has it.
func (s *Service) sendStatus(ctx context.Context, client vcs.Client, b *branch, st vcs.Status) error {
	st = s.branchStatus(*b, st)
	sent := &b.review.Sent
	if sent.Commit == b.review.Head && sent.Status == digestOf(st) {
		return nil
	}
	if err := client.PutStatus(ctx, b.link.RepositoryID, b.review.Head, st); err != nil {
		return fmt.Errorf("post the status of %s: %w", towpath.ShortHash(b.review.Head), err)
	}
	if sent.Commit != b.review.Head {
		*sent = towpath.BranchSent{Commit: b.review.Head}
	}
	now := s.Store.Now()
	sent.State, sent.Text, sent.Status, sent.At = string(st.State), st.Description, digestOf(st), &now
	return s.saveSent(ctx, *b)
}

// sendReport brings the report on the head to what the review says. Annotations cannot be replaced,
// so that others need a report that is made again; the row notes before the first call that there
// may be one.
func (s *Service) sendReport(ctx context.Context, client vcs.Reporter, b *branch) error {
	page := s.branchPage(*b)
	report, lines := b.report(page), b.annotations(page)
	report.Key = reportKey(b.link.ID)
	if b.review.Sent.Commit != b.review.Head {
		b.review.Sent = towpath.BranchSent{Commit: b.review.Head}
	}
	sent := &b.review.Sent
	fields, notes := digestJSON(report), digestJSON(lines)
	if sent.Report == fields && sent.Annotations == notes {
		return nil
	}
	if sent.Annotations != notes && sent.Begun {
		if err := client.DeleteReport(ctx, b.link.RepositoryID, b.review.Head, report.Key); err != nil {
			return fmt.Errorf("remove the report of %s: %w", towpath.ShortHash(b.review.Head), err)
		}
	}
	if !sent.Begun {
		sent.Begun = true
		if err := s.saveSent(ctx, *b); err != nil {
			return err
		}
	}
	if err := client.PutReport(ctx, b.link.RepositoryID, b.review.Head, report); err != nil {
		return fmt.Errorf("set the report of %s: %w", towpath.ShortHash(b.review.Head), err)
	}
	if sent.Annotations != notes && len(lines) > 0 {
		err := client.Annotate(ctx, b.link.RepositoryID, b.review.Head, report.Key, lines)
		if err != nil {
			return fmt.Errorf("annotate %s: %w", towpath.ShortHash(b.review.Head), err)
		}
	}
	now := s.Store.Now()
	sent.Report, sent.Annotations, sent.Lines, sent.At = fields, notes, len(lines), &now
	return s.saveSent(ctx, *b)
}

func digestJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil { // plain data can always be encoded
		return ""
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// saveSent notes what was sent, whatever else has changed meanwhile.
func (s *Service) saveSent(ctx context.Context, b branch) error {
	err := s.Store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, b.review.ID)
		if err != nil {
			return err
		}
		r.Sent, r.Told = b.review.Sent, b.review.Told
		return tx.UpdateBranchReview(ctx, r)
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	return err
}

// stopBranches ends the statuses in progress of the branches of a link that is about to be deleted.
func (s *Service) stopBranches(ctx context.Context, link towpath.RepositoryLink) error {
	var rows []towpath.BranchReview
	var project towpath.Project
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if project, err = tx.Project(ctx, link.ProjectID); err != nil {
			return err
		}
		rows, err = tx.BranchReviews(ctx, link.ID)
		return err
	})
	if err != nil || !link.AttentionReason.IsZero() {
		return err
	}
	var failed error
	for _, r := range rows {
		if r.Sent.State != string(vcs.StatusInProgress) {
			continue
		}
		client, err := s.Accounts.Client(ctx, link.GrantID)
		if err != nil {
			return err
		}
		b := branch{review: r, link: link, project: project}
		st := newStatus(vcs.StatusStopped, "%s", wording.Text(towpath.Why(towpath.ReasonUnlinked)))
		failed = errors.Join(failed,
			client.PutStatus(ctx, link.RepositoryID, r.Sent.Commit, s.branchStatus(b, st)))
	}
	return failed
}
