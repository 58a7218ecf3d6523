package api

import (
	"testing"

	"towpath"
)

// The description names the owner's rights as all that there are, so a route must not need another
// one.
func TestPermission_ownersHaveEveryRight(t *testing.T) {
	t.Parallel()
	for _, r := range (&Server{}).routes() {
		if r.Needs != public && !towpath.RoleOwner.Can(r.Needs) {
			t.Errorf("%s %s needs %s, which no owner holds", r.Method, r.Path, r.Needs)
		}
	}
}
