package vcs

import (
	"context"
	"time"

	"towpath"
)

// The rungs above what Towpath needs.
const (
	RungPullRequests     = 1 // reading and commenting on pull requests
	RungOpenPullRequests = 2 // opening them
)

// MaxPullRequests is how many open pull requests of a repository are read.
const MaxPullRequests = 500

// PullRequester is a Client whose provider has pull requests that a grant may read and comment on.
// It is used only for grants whose Provider.Rung is RungPullRequests or higher. Errors are *Error.
type PullRequester interface {
	// OpenPullRequests lists the open pull requests into a branch from other branches of the same
	// repository, at most MaxPullRequests.
	OpenPullRequests(ctx context.Context, id, into string) ([]PullRequest, error)

	// PullRequest reads one by its number. Kind NotFound when there is none.
	PullRequest(ctx context.Context, id string, number int) (PullRequest, error)

	// Comments lists the newest comments that were not deleted, newest first, at most n.
	Comments(ctx context.Context, id string, number, n int) ([]Comment, error)

	// AddComment adds a comment in Markdown without HTML, and returns its id.
	AddComment(ctx context.Context, id string, number int, text string) (comment string, err error)

	// EditComment replaces the text of a comment. Kind NotFound when it was deleted.
	EditComment(ctx context.Context, id string, number int, comment, text string) error

	// MayWrite reports whether an account may write to the repository.
	MayWrite(ctx context.Context, id, account string) (bool, error)
}

// Tasker is a PullRequester whose provider has tasks in pull requests. Errors are *Error.
type Tasker interface {
	// Tasks lists the tasks of a pull request.
	Tasks(ctx context.Context, id string, number int) ([]Task, error)

	// AddTask adds an open task, and returns its id.
	AddTask(ctx context.Context, id string, number int, text string) (task string, err error)

	// SetTask opens or resolves a task. Kind NotFound when it was deleted.
	SetTask(ctx context.Context, id string, number int, task string, open bool) error
}

// PullOpener is a PullRequester that can open pull requests. It is used only for grants whose
// Provider.Rung is RungOpenPullRequests or higher. Errors are *Error.
type PullOpener interface {
	PullRequester

	// OpenPullRequest opens a pull request between two branches of the repository. It does not look
	// whether there is one.
	OpenPullRequest(ctx context.Context, id string, p NewPullRequest) (PullRequest, error)
}

// NewPullRequest is a pull request to be opened.
type NewPullRequest struct {
	Title       string
	Description string // Markdown without HTML
	Source      string // branch
	Into        string // branch
}

// PullRequest is a pull request as a provider describes it.
type PullRequest struct {
	Number   int
	Title    string
	URL      string
	Author   string // id of an account
	State    towpath.PullRequestState
	Source   string // branch
	Into     string // branch
	Foreign  bool   // its source is in another repository, or gone
	Comments int    // how many there are, as far as the provider says
}

// Comment is a comment on a pull request.
type Comment struct {
	ID     string
	Number int // grows with time
	Author Account
	Text   string
	At     time.Time
}

// Task is a task of a pull request.
type Task struct {
	ID   string
	Text string
	Open bool
}

// Rung is what a provider's form offers beyond the permissions that Towpath needs.
type Rung struct {
	Number      int
	Name        string
	Gives       string
	Permissions []Permission
}
