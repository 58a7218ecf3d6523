package sync

import (
	"errors"
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/vcs"
)

// A name that nothing has, or that another repository has now, is a reason to look up the id.
func TestMisplaced(t *testing.T) {
	t.Parallel()
	link := towpath.RepositoryLink{RepositoryName: "acme/shop"}
	shop := found{name: "acme/shop", commit: vcs.Commit{Repository: "acme/shop"}}
	for what, c := range map[string]struct {
		found found
		err   error
		want  bool
	}{
		"as expected":                  {found: shop},
		"another name":                 {found: found{name: "acme/store"}, want: true},
		"a commit of another":          {found: found{name: "acme/shop", commit: vcs.Commit{Repository: "x/shop"}}, want: true},
		"no repository has the name":   {err: repositoryGone(link), want: true},
		"it has no such branch":        {found: shop, err: &needsPerson{towpath.Why(towpath.ReasonBranchGone)}, want: true},
		"it has no such commit":        {found: shop, err: fmt.Errorf("read: %w", &vcs.Error{Kind: vcs.NotFound}), want: true},
		"something else for a person":  {err: &needsPerson{towpath.Why(towpath.ReasonError)}},
		"the provider cannot be asked": {err: &vcs.Error{Kind: vcs.Unavailable}},
		"any other error":              {err: errors.New("canceled")},
	} {
		if got := misplaced(link, c.found, c.err); got != c.want {
			t.Errorf("%s: %t, want %t", what, got, c.want)
		}
	}
}
