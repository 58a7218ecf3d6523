package towpath

import "time"

// PullRequestState says whether a pull request may still be merged.
type PullRequestState string

// The states of pull requests.
const (
	PullRequestOpen     PullRequestState = "open"
	PullRequestMerged   PullRequestState = "merged"
	PullRequestDeclined PullRequestState = "declined"
	PullRequestMoved    PullRequestState = "moved" // it goes into another branch now
)

// PullRequest is the newest pull request of a branch into its link's branch. It is zero when none
// is known: the link's grant may not read pull requests, or there is none.
type PullRequest struct {
	Number   int              `json:"number,omitempty"`
	Title    string           `json:"title,omitempty"`
	URL      string           `json:"url,omitempty"`
	Author   string           `json:"author,omitempty"` // the provider's id of an account
	State    PullRequestState `json:"state,omitempty"`
	Comments int              `json:"comments,omitempty"` // how many it had when they were last read
	Heard    int              `json:"heard,omitempty"`    // the newest comment that was read
	Asked    string           `json:"asked,omitempty"`    // who asked for the last review; "" for nobody
}

// Open reports whether the pull request is known and may still be merged.
func (p PullRequest) Open() bool { return p.State == PullRequestOpen }

// Same reports whether both have all that a provider says of a pull request in common.
func (p PullRequest) Same(other PullRequest) bool {
	return p.Number == other.Number && p.Title == other.Title && p.URL == other.URL &&
		p.State == other.State
}

// Over reports whether the pull request has ended, as far as the link's branch is concerned.
func (p PullRequest) Over() bool { return p.Number != 0 && !p.Open() }

// BranchTold is what a pull request was last told of its branch's review. What exists at the
// provider is found by its id; before a call that makes something, the row notes that it may exist.
type BranchTold struct {
	PullRequest int          `json:"pullRequest,omitempty"` // the number of the one that was told
	Comment     string       `json:"comment,omitempty"`     // the provider's id of our comment
	Begun       bool         `json:"begun,omitempty"`       // there may be a comment without a known id
	Text        string       `json:"text,omitempty"`        // digest of the comment
	Last        bool         `json:"last,omitempty"`        // the comment says how the pull request ended
	Tasks       []BranchTask `json:"tasks,omitempty"`
	At          *time.Time   `json:"at,omitempty"`
}

// BranchTask is a task of ours in a pull request.
type BranchTask struct {
	Key  string `json:"key"` // of the statement that it is about
	ID   string `json:"id,omitempty"`
	Open bool   `json:"open,omitempty"` // false once its finding is gone
}
