package bitbucket

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"towpath"

	"towpath/internal/vcs"
)

const (
	mergedLooked   = 2 * pullRequestsOfPage // how many of the newest merged pull requests are looked at
	activityLooked = 300                    // how many entries of a pull request's log are read
	shortHash      = 12                     // the length of hashes in pull requests
)

var _ vcs.MergeReader = (*client)(nil)

// Merged implements vcs.MergeReader. The list of a commit's pull requests would need an app that
// somebody must install, so it looks through the merged ones.
func (c *client) Merged(
	ctx context.Context, id, into, commit string,
) (merged towpath.MergedPullRequest, err error) {
	const op = "read the merged pull request"
	number := 0
	looked := 0
	r := c.apiRequest(op, repositoryPath(id)+"/pullrequests", url.Values{
		"pagelen": {strconv.Itoa(pullRequestsOfPage)}, "sort": {"-updated_on"},
		"q": {`state = "MERGED" AND destination.branch.name = ` + quoted(into)},
	})
	err = list(ctx, c, r, func(pr pullRequestJSON) bool {
		looked++
		if pr.State == "MERGED" && pr.Destination.name() == into && pr.MergeCommit.is(commit) {
			number = pr.ID
		}
		return number == 0 && looked < mergedLooked
	})
	if err != nil {
		return merged, err
	}
	var pr pullRequestJSON
	if number != 0 {
		if err := c.do(ctx, c.apiRequest(op, pullRequestPath(id, number), nil), &pr); err != nil {
			return merged, err
		}
	}
	if pr.State != "MERGED" || !pr.MergeCommit.is(commit) {
		return merged, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "no pull request was merged as " + commit}
	}
	merged = towpath.MergedPullRequest{Number: pr.ID, Approvals: convertApprovals(pr.Participants)}
	if pr.Author != nil {
		merged.Author = pr.Author.UUID
	}
	head, base := pr.Source.commit(), pr.Destination.commit()
	if bareUUID(pr.Source.repository()) != bareUUID(id) || head == "" || base == "" {
		return merged, nil // a fork, or its commits are gone: it is not known what was approved
	}
	if err := c.readMerged(ctx, id, head, base, commit, &merged); err != nil {
		return merged, err
	}
	merged.HeadAt, err = c.headSince(ctx, id, number, head)
	return merged, err
}

// readMerged compares what was merged with the pull request's head. Commits that are gone leave it
// not exact.
func (c *client) readMerged(
	ctx context.Context, id, head, base, commit string, merged *towpath.MergedPullRequest,
) error {
	s := &source{c: c, id: id}
	differs, err := s.compare(ctx, head, commit, false)
	if vcs.KindOf(err) == vcs.NotFound || (err == nil && len(differs) > 0) {
		return nil
	}
	if err != nil {
		return err
	}
	shown, err := s.compare(ctx, base, head, true)
	if vcs.KindOf(err) == vcs.NotFound {
		return nil
	}
	for _, change := range shown {
		merged.Paths = append(merged.Paths, change.Path)
	}
	merged.Exact = err == nil
	return err
}

// headSince returns when the branch of a pull request got its last commit. It is zero when the log,
// the newest entries first, does not say so.
func (c *client) headSince(ctx context.Context, id string, number int, head string) (time.Time, error) {
	r := c.apiRequest("read the activity", pullRequestPath(id, number)+"/activity", url.Values{
		"pagelen": {strconv.Itoa(pullRequestsOfPage)},
	})
	var since time.Time
	read, other, ended := 0, false, true
	err := list(ctx, c, r, func(entry activityJSON) bool {
		read++
		if entry.Update != nil {
			other = entry.Update.Source.commit() != head
			if !other {
				since = entry.Update.Date.Time
			}
		}
		ended = read < activityLooked
		return !other && ended
	})
	if err != nil || (!other && !ended) {
		return time.Time{}, err
	}
	return since, nil
}

// is reports whether the abbreviated hash is that of a commit.
func (h *targetJSON) is(commit string) bool {
	return h != nil && len(h.Hash) >= shortHash && strings.HasPrefix(commit, h.Hash)
}

// convertApprovals leaves out everybody who asks for changes, or whose time of approval is not known.
func convertApprovals(participants []participantJSON) (list []towpath.PullApproval) {
	for _, p := range participants {
		if !p.Approved || p.State == "changes_requested" || p.User == nil || p.ParticipatedOn.IsZero() {
			continue
		}
		who := convertAccount(*p.User)
		list = append(list, towpath.PullApproval{
			Account: who.ID, Name: who.Name, At: p.ParticipatedOn.Time,
		})
	}
	return list
}
