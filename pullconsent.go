package towpath

import (
	"slices"
	"strconv"
	"time"
)

// FromPullRequest is the source of an approval that was given to a pull request, at its provider.
const FromPullRequest ApprovalSource = "pull-request"

// pullFresh is how long before a start the approvals of a pull request may have been read.
const pullFresh = time.Minute

// MergedPullRequest is what a provider says of the pull request that was merged as one commit.
type MergedPullRequest struct {
	Number    int
	Author    string         // the provider's id of an account
	Exact     bool           // what was merged is, file by file, what its head has
	HeadAt    time.Time      // when its branch got the head that was merged; zero when unknown
	Paths     []string       // that it showed as changed
	Approvals []PullApproval // that stand
}

// PullApproval is a person's approval of a pull request.
type PullApproval struct {
	Account string // the provider's id
	Name    string
	At      time.Time
}

// PullReading is what was last read of the pull request of a stage, and why approvals of it do not
// count. It has Evidence as the stage had it.
type PullReading struct {
	RolloutID     string
	EnvironmentID string
	ProjectID     string
	LinkID        string
	Evidence      Evidence
	PullRequest   int    // its number; 0 when none is known
	Commit        string // as which it was looked for
	Doubts        []Reason
	At            *time.Time // nil when it was never read to the end
}

// PullCommit is the commit as which the pull request of the stage was merged: the head of the branch
// when it was first read, as long as what waits is the same.
func (s Stage) PullCommit(head string) string {
	if s.Pull.PullRequest != 0 && s.Pull.Evidence == s.Evidence() {
		return s.Pull.Commit
	}
	return head
}

// PullConsents returns the approvals of a pull request that count for the stage, and why others do
// not. accounts has the members by their accounts at the provider. The approvals have no evidence yet.
func (s Stage) PullConsents(
	pr MergedPullRequest, accounts map[string][]string, now time.Time,
) (consents []Approval, doubts []Reason) {
	if doubt := s.pullDoubt(pr); !doubt.IsZero() {
		return nil, []Reason{doubt}
	}
	for _, a := range pr.Approvals {
		memberID, doubt := s.pullMember(pr, a, accounts, now)
		if !doubt.IsZero() {
			doubts = append(doubts, doubt)
			continue
		}
		consents = append(consents, Approval{
			EnvironmentID: s.Environment.ID, MemberID: memberID, Source: FromPullRequest,
			PullRequest: pr.Number, At: a.At,
		})
	}
	return consents, doubts
}

// pullDoubt is why no approval of a pull request counts for the stage.
func (s Stage) pullDoubt(pr MergedPullRequest) Reason {
	n := strconv.Itoa(pr.Number)
	switch {
	case !pr.Exact:
		return Why(ReasonPullTree, "n", n)
	case pr.HeadAt.IsZero():
		return Why(ReasonPullHead, "n", n)
	case len(pr.Approvals) == 0:
		return Why(ReasonPullNone, "n", n)
	}
	for _, t := range s.Tasks {
		if t.Type == TypeUndo {
			return Why(ReasonPullUndo)
		}
		if !slices.Contains(pr.Paths, t.Path) {
			return Why(ReasonPullPath, "n", n, "path", t.Path)
		}
	}
	return Reason{}
}

// pullMember returns the member who gave an approval, or why it does not count.
func (s Stage) pullMember(
	pr MergedPullRequest, a PullApproval, accounts map[string][]string, now time.Time,
) (memberID string, doubt Reason) {
	n, name := strconv.Itoa(pr.Number), ClipRunes(a.Name, 200)
	ids := slices.Compact(slices.Sorted(slices.Values(accounts[a.Account])))
	if a.Account == "" || len(ids) != 1 {
		return "", Why(ReasonPullStranger, "n", n, "account", name)
	}
	who := s.Answerers[ids[0]]
	switch {
	case a.Account == pr.Author || who.Author:
		return "", Why(ReasonPullAuthor, "n", n, "account", name)
	case !who.HasOne(s.Environment.Consent.Of()):
		return "", Why(ReasonPullRole, "n", n, "account", name)
	case !a.At.After(pr.HeadAt):
		return "", Why(ReasonPullOld, "n", n, "account", name)
	case !now.Before(a.At.Add(ApprovalLasts)):
		return "", Why(ReasonPullExpired, "n", n, "account", name)
	}
	return ids[0], Reason{}
}

// PullUnread reports whether the approvals of the stage's pull request must be read now: they were not
// yet for its evidence, or the decision is to start by some that were read too long ago.
func (s Stage) PullUnread(d Decision, evidence Evidence, now time.Time) bool {
	if !s.Environment.Consent.PullRequests || s.Unreviewed() {
		return false
	}
	return d.Waits() && s.Pull.Evidence != evidence || d.PullStale(s, now)
}

// PullStale reports whether the decision counts approvals of a pull request that were read too long ago
// to start by them.
func (d Decision) PullStale(s Stage, now time.Time) bool {
	byPull := slices.ContainsFunc(d.Approved, func(a Approval) bool { return a.Source == FromPullRequest })
	return byPull && d.Missing == 0 && (s.Pull.At == nil || now.Sub(*s.Pull.At) > pullFresh)
}
