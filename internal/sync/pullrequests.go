package sync

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

const (
	// pullRequestsEvery is how often a link with reviewed branches reads its pull requests when no
	// delivery asks for it, in case one was lost; more often when there are no deliveries.
	pullRequestsEvery = 15 * time.Minute
	pollPullRequests  = 5 * time.Minute

	// commentsRead is how many of a pull request's newest comments are looked at for a command.
	commentsRead = 50

	commandReview = "towpath review"
)

// ReadPullRequests notes which pull requests the reviewed branches of a link have, and does what
// their comments ask for. It is a job's handler; it does nothing when the link's grant may not read
// pull requests, and makes no call while no branch is reviewed.
func (s *Service) ReadPullRequests(ctx context.Context, linkID string) (requeueAt *time.Time, err error) {
	var link towpath.RepositoryLink
	var rows []towpath.BranchReview
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		rows, err = tx.BranchReviews(ctx, linkID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	now := s.Store.Now()
	wanted := func(r towpath.BranchReview) bool { return wantsPullRequest(r, now) }
	if err != nil || !link.AttentionReason.IsZero() || !slices.ContainsFunc(rows, wanted) {
		return nil, err
	}
	client, account, err := s.Accounts.PullRequests(ctx, link.GrantID)
	if err != nil || client == nil {
		return nil, err
	}
	look := pullRequestLook{client: client, link: link, account: account}
	again, err := s.readPullRequests(ctx, look, rows)
	if err != nil {
		return vcs.RetryAt(err), explainPullRequests(err)
	}
	return &again, nil
}

func explainPullRequests(err error) error { return account.Explain(err, "read pull requests") }

// lookAgain is the number of comments of a pull request of which something new was heard.
const lookAgain = -1

// declinedFor is how long a branch whose pull request was declined may get another one.
const declinedFor = 7 * 24 * time.Hour

// wantsPullRequest reports whether the pull request of a branch matters at a time.
func wantsPullRequest(r towpath.BranchReview, now time.Time) bool {
	return r.PullRequest.Open() || (r.Files > 0 && r.State.Open()) || r.PullRequest.Comments == lookAgain ||
		(declined(r) && now.Sub(*r.EndedAt) < declinedFor)
}

// declined reports whether the review of a branch has ended since its pull request was declined.
func declined(r towpath.BranchReview) bool {
	return r.State == towpath.BranchEnded && r.Reason.Code == towpath.ReasonBranchDeclined &&
		r.Head != "" && r.EndedAt != nil
}

// pullRequestLook is one look at a link's pull requests.
type pullRequestLook struct {
	client  vcs.PullRequester
	link    towpath.RepositoryLink
	account string // of the grant, at the provider
}

// readPullRequests reads the pull requests of a link's branches, and returns when to do so again.
func (s *Service) readPullRequests(
	ctx context.Context, look pullRequestLook, rows []towpath.BranchReview,
) (again time.Time, err error) {
	open, err := look.client.OpenPullRequests(ctx, look.link.RepositoryID, look.link.Branch)
	if err != nil {
		return again, fmt.Errorf("list pull requests into %s: %w", look.link.Branch, err)
	}
	again = s.Store.Now().Add(pullRequestsEvery)
	if look.link.HookState != towpath.HookActive {
		again = s.Store.Now().Add(pollPullRequests)
	}
	for _, r := range rows {
		next, err := look.newest(ctx, r, open)
		if err != nil {
			return again, err
		}
		if r.PullRequest.Over() && next.Number != r.PullRequest.Number && untold(r) {
			again = s.Store.Now().Add(time.Second) // the old one is to hear its end first
			continue
		}
		asked, err := look.hear(ctx, r, &next)
		if err != nil {
			return again, err
		}
		if next != r.PullRequest {
			if err := s.savePullRequest(ctx, r, next, asked); err != nil {
				return again, err
			}
		}
	}
	return again, nil
}

// untold reports whether the comment on a branch's pull request does not say yet how it ended.
func untold(r towpath.BranchReview) bool {
	return r.Told.PullRequest == r.PullRequest.Number && r.Told.Comment != "" && !r.Told.Last
}

// newest is the pull request of a branch as it is now: of several open ones that which is known, or
// else the newest. One that is no longer open is read once more, to learn its end.
func (l pullRequestLook) newest(
	ctx context.Context, r towpath.BranchReview, open []vcs.PullRequest,
) (towpath.PullRequest, error) {
	known := r.PullRequest
	var found *vcs.PullRequest
	for i, pr := range open {
		if pr.Source != r.Branch {
			continue
		}
		if found == nil || pr.Number == known.Number ||
			(found.Number != known.Number && pr.Number > found.Number) {
			found = &open[i]
		}
	}
	if known.Open() && (found == nil || found.Number != known.Number) {
		pr, err := l.client.PullRequest(ctx, l.link.RepositoryID, known.Number)
		switch {
		case vcs.KindOf(err) == vcs.NotFound:
			pr = vcs.PullRequest{
				Number: known.Number, Title: known.Title, URL: known.URL,
				State: towpath.PullRequestDeclined,
			}
		case err != nil:
			return known, fmt.Errorf("read pull request %d: %w", known.Number, err)
		case pr.State == towpath.PullRequestOpen && pr.Into != l.link.Branch:
			pr.State = towpath.PullRequestMoved
		}
		found = &pr
	}
	if found == nil || (known.Number == 0 && r.Files == 0) { // none, or none that matters
		known.Comments = max(known.Comments, 0)
		return known, nil
	}
	next := towpath.PullRequest{
		Number: found.Number, Title: found.Title, URL: found.URL, Author: found.Author, State: found.State,
		Comments: found.Comments,
	}
	if next.Number == known.Number {
		next.Heard, next.Asked = known.Heard, known.Asked
	}
	return next, nil
}

// hear looks for a command in the comments that are new. It returns who asks for a review; "" for
// nobody.
func (l pullRequestLook) hear(
	ctx context.Context, r towpath.BranchReview, next *towpath.PullRequest,
) (asked string, err error) {
	known := r.PullRequest
	if !next.Open() || (next.Number == known.Number && next.Comments == known.Comments) {
		return "", nil
	}
	if next.Comments == 0 {
		return "", nil
	}
	comments, err := l.client.Comments(ctx, l.link.RepositoryID, next.Number, commentsRead)
	if err != nil {
		return "", fmt.Errorf("read comments of pull request %d: %w", next.Number, err)
	}
	heard := next.Heard
	refused := map[string]bool{}
	for _, c := range comments { // the newest first
		next.Heard = max(next.Heard, c.Number)
		if asked != "" || c.Number <= heard || !isCommand(c.Text) || refused[c.Author.ID] {
			continue
		}
		may, err := l.may(ctx, c.Author.ID, next.Author)
		if err != nil {
			return "", err
		}
		if refused[c.Author.ID] = !may; may {
			asked = c.Author.Name
		}
	}
	if asked != "" {
		next.Asked = towpath.ClipRunes(asked, 100)
	}
	return asked, nil
}

// may reports whether a person may give commands: the author of the pull request, the person of the
// grant, and everybody who may write to the repository.
func (l pullRequestLook) may(ctx context.Context, person, author string) (bool, error) {
	if person == "" {
		return false, nil
	}
	if person == author || person == l.account {
		return true, nil
	}
	may, err := l.client.MayWrite(ctx, l.link.RepositoryID, person)
	if vcs.KindOf(err) == vcs.Forbidden || vcs.KindOf(err) == vcs.NotFound {
		return false, nil // nobody says that this person may
	}
	if err != nil {
		return false, fmt.Errorf("ask for a permission: %w", err)
	}
	return may, nil
}

// isCommand reports whether a comment asks for another review.
func isCommand(text string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.EqualFold(strings.Join(strings.Fields(first), " "), commandReview)
}

// savePullRequest notes the pull request of a branch. asked makes the branch be read and reviewed
// again, and a declined pull request ends its review.
func (s *Service) savePullRequest(
	ctx context.Context, read towpath.BranchReview, next towpath.PullRequest, asked string,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, read.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		before := r.PullRequest
		r.PullRequest = next
		if before.Comments != read.PullRequest.Comments { // a comment was heard of meanwhile
			r.PullRequest.Comments = before.Comments
		}
		newly := !before.Same(next)
		var jobs []towpath.JobKind
		switch {
		case newly && next.State == towpath.PullRequestDeclined && r.State.Open():
			r.End(towpath.Why(towpath.ReasonBranchDeclined, "n", fmt.Sprint(next.Number)), tx.Now)
			jobs = append(jobs, towpath.JobPostReview)
			if err := tx.Enqueue(ctx, towpath.JobJudgeBranches, r.LinkID); err != nil {
				return err
			}
		case newly && next.Open() && declined(r), asked != "" && r.State.Open():
			r.ReadHead = ""
			r.Want(r.Head, tx.Now)
			jobs = append(jobs, towpath.JobReadBranch)
		case newly:
			jobs = append(jobs, towpath.JobPostReview)
		}
		if err := tx.UpdateBranchReview(ctx, r); err != nil {
			return err
		}
		for _, kind := range jobs {
			if err := tx.Enqueue(ctx, kind, r.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// hearPullRequest asks for a look at a link's pull requests, when an event says something that is
// not known: an event is a hint, and may be late.
func hearPullRequest(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, e vcs.Event,
) error {
	pr := e.PullRequest
	if pr.State == towpath.PullRequestMerged {
		if err := wakeApprovals(ctx, tx, link.ID); err != nil {
			return err
		}
	}
	rows, err := tx.BranchReviews(ctx, link.ID)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(rows, func(r towpath.BranchReview) bool {
		return r.PullRequest.Number == pr.Number || (r.Branch == pr.Source && pr.Into == link.Branch)
	})
	if at < 0 {
		return nil // the reading of its branch asks for its pull request
	}
	r := rows[at]
	if e.Comment != nil {
		if !isCommand(e.Comment.Text) {
			return nil
		}
		return lookAt(ctx, tx, r)
	}
	told := towpath.PullRequest{Number: pr.Number, Title: pr.Title, URL: pr.URL, State: pr.State}
	if r.PullRequest.Same(told) && pr.Into == link.Branch {
		return nil
	}
	if !wantsPullRequest(r, tx.Now) {
		return lookAt(ctx, tx, r)
	}
	return tx.Enqueue(ctx, towpath.JobPullRequests, link.ID)
}

// lookAt asks for a look at the pull request of a branch and its comments, however many there are.
func lookAt(ctx context.Context, tx *store.Tx, r towpath.BranchReview) error {
	r.PullRequest.Comments = lookAgain
	if err := tx.UpdateBranchReview(ctx, r); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobPullRequests, r.LinkID)
}
