package sync_test

import (
	"slices"
	"testing"
	"time"
)

// A hook hears of pull requests as soon as its grant may read them.
func TestPullRequests_areHeardOfOnceTheGrantMay(t *testing.T) {
	t.Parallel()
	b, link := pullRequestWorld(t)
	heard := func() bool {
		hooks := b.Sim.Hooks("acme/shop-db")
		return len(hooks) == 1 && slices.Contains(hooks[0].Events, "pullrequest:created")
	}
	check := func() {
		t.Helper()
		if _, err := b.CheckHook(t.Context(), link.ID); err != nil {
			t.Fatal(err)
		}
	}
	if check(); heard() {
		t.Error("it hears of pull requests without the permission")
	}
	b.Consumer.Scopes = append(b.Consumer.Scopes, "pullrequest")
	b.Sim.AddConsumer(b.Consumer)
	b.Clock.Move(2 * time.Hour) // until the token is renewed, its scopes are the old ones
	lookAtPullRequests(t, b, link.ID)
	b.Reconciled(t, link.ID)
	if check(); !heard() {
		t.Error("it does not hear of pull requests")
	}
	before := len(b.Sim.Requests())
	check()
	if n := len(b.Sim.Requests()) - before; n != 1 {
		t.Errorf("a hook that is in order takes %d calls", n)
	}
}
