package vcs

import (
	"context"

	"towpath"
)

// MergeReader is a PullRequester whose provider says who approved what was merged. Errors are *Error.
type MergeReader interface {
	// Merged reads the pull request that was merged into a branch as a commit, by its full hash. It
	// looks among the newest ones. Kind NotFound when it is not there.
	Merged(ctx context.Context, id, into, commit string) (towpath.MergedPullRequest, error)
}
