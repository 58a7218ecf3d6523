package gitops_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/bitbucketsim"
	"towpath/internal/gitops"
	"towpath/internal/store"
)

// losing loses the answers to a method on a repository's hooks, though the far side has done what was asked.
func (b *bundle) losing(method string) {
	b.lost = func(r *http.Request) bool { return r.Method == method && strings.Contains(r.URL.Path, "/hooks") }
}

// removals writes down the hooks that should be gone and are not.
func (b *bundle) removals(t *testing.T) (list []towpath.HookRemoval) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.HookRemovals(t.Context(), b.project, store.Page{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// dueRemoval runs the job that removes a link's hook, which must be wanted.
func (b *bundle) dueRemoval(t *testing.T, id string) {
	t.Helper()
	b.clock.move(10 * time.Minute)
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		job, err := tx.Job(t.Context(), towpath.JobRemoveHook, id)
		if err == nil && (job.Generation == job.ObservedGeneration || job.DueAt.After(tx.Now)) {
			t.Errorf("nobody removes the hook: %+v", job)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.RemoveHook(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

func (b *bundle) wantHooks(t *testing.T, n int, when string) {
	t.Helper()
	if hooks := b.sim.Hooks(repo); len(hooks) != n {
		t.Errorf("%s: %d hooks, want %d: %+v", when, len(hooks), n, hooks)
	}
}

func TestHook_whoseMakingWasNeverAnsweredIsRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		_, grant := b.connect(t)
		b.losing("POST")
		if _, err := b.Link(t.Context(), b.actor, b.project, b.spec(grant)); towpath.ErrorCode(err) != towpath.CodeUnavailable {
			t.Fatalf("linked without an answer: %v", err)
		}
		b.wantHooks(t, 0, "after the answer was lost")
		b.lost = nil
		link, err := b.Link(t.Context(), b.actor, b.project, b.spec(grant))
		if err != nil {
			t.Fatal(err)
		}
		b.wantHooks(t, 1, "after the second try")
		b.dueRemoval(t, link.ID)
		b.wantHooks(t, 1, "after the job, for the link has the hook")
	})
}

func TestHook_thatNobodyCouldRemoveAtOnceGoesLater(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		_, grant := b.connect(t)
		b.losing("POST")
		b.asked = func(r *http.Request) { // from the lost answer on, the far side is down
			if b.lost(r) {
				b.asked = func(*http.Request) { b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable}) }
			}
		}
		_, err := b.Link(t.Context(), b.actor, b.project, b.spec(grant))
		if err == nil {
			t.Fatal("linked without an answer")
		}
		left := b.removals(t)
		if len(left) != 1 || left[0].Reason == "" || left[0].GivenUp || !strings.HasSuffix(left[0].HookURL, left[0].HookKey) {
			t.Fatalf("while the far side is down: %+v", left)
		}
		b.wantHooks(t, 1, "while the far side is down")
		b.asked, b.lost = nil, nil
		b.sim.SetFaults(bitbucketsim.Faults{})
		b.dueRemoval(t, left[0].ID)
		b.wantHooks(t, 0, "afterwards")
		if left := b.removals(t); len(left) != 0 {
			t.Errorf("removed, and it still says %+v", left)
		}
	})
}

// TestHook_ofAServerThatWasKilledIsRemoved stops between the making of the hook and the link's row.
func TestHook_ofAServerThatWasKilledIsRemoved(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		_, grant := b.connect(t)
		b.losing("POST")
		var id string
		b.asked = func(r *http.Request) { // nothing that comes after the hook happens
			if b.lost(r) {
				_ = b.Store.Read(context.Background(), func(tx *store.Tx) error {
					list, err := tx.HookRemovalsOf(context.Background(), grant)
					if err == nil && len(list) == 1 {
						id = list[0].ID
					}
					return err
				})
				b.asked = func(*http.Request) { b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable}) }
			}
		}
		_, err := b.Link(t.Context(), b.actor, b.project, b.spec(grant))
		if err == nil || id == "" {
			t.Fatalf("nothing was kept before the hook was made: %v", err)
		}
		b.asked, b.lost = nil, nil
		b.sim.SetFaults(bitbucketsim.Faults{})
		b.dueRemoval(t, id)
		b.wantHooks(t, 0, "afterwards")
	})
}

func TestHook_ofALinkThatWasRemovedGoesLater(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		link := b.link(t)
		b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable})
		if err := b.Unlink(t.Context(), b.actor, link.ID); err != nil {
			t.Fatal(err)
		}
		left := b.removals(t)
		if len(left) != 1 || left[0].HookURL != link.HookURL || !strings.Contains(left[0].Reason, "tried again") {
			t.Fatalf("unlinked while the far side is down, it says %+v", left)
		}
		if err := b.ForgetHookRemoval(t.Context(), b.actor, b.project, link.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("forgotten while it is tried: %v", err)
		}
		b.sim.SetFaults(bitbucketsim.Faults{})
		b.dueRemoval(t, link.ID)
		b.wantHooks(t, 0, "after the far side came back")
		if left := b.removals(t); len(left) != 0 {
			t.Errorf("removed, and it still says %+v", left)
		}
	})
}

// TestHook_thatALinkDoesNotKnowGoesWithIt makes a hook for a link that polls, and loses the answer.
func TestHook_thatALinkDoesNotKnowGoesWithIt(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		_, grant := b.connect(t)
		spec := b.spec(grant)
		spec.Polling = true
		link, err := b.Link(t.Context(), b.actor, b.project, spec)
		if err != nil {
			t.Fatal(err)
		}
		b.losing("POST")
		b.asked = func(r *http.Request) {
			if b.lost(r) {
				b.asked = func(*http.Request) { b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable}) }
			}
		}
		polling := false
		if _, err := b.UpdateLink(t.Context(), b.actor, link.ID, gitops.LinkChange{Polling: &polling}); err == nil {
			t.Fatal("hooked without an answer")
		}
		b.wantHooks(t, 1, "after the answer was lost")
		if err := b.Unlink(t.Context(), b.actor, link.ID); err != nil {
			t.Fatal(err)
		}
		b.asked, b.lost = nil, nil
		b.sim.SetFaults(bitbucketsim.Faults{})
		b.dueRemoval(t, link.ID)
		b.wantHooks(t, 0, "after the link was removed")
	})
}

func TestHook_thatOnlyAPersonCanRemoveIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		link := b.link(t)
		b.sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable})
		if err := b.Unlink(t.Context(), b.actor, link.ID); err != nil {
			t.Fatal(err)
		}
		if err := b.DeleteProvider(t.Context(), b.actor, link.ProviderID); err != nil {
			t.Fatal(err)
		}
		b.sim.SetFaults(bitbucketsim.Faults{})
		b.dueRemoval(t, link.ID)
		left := b.removals(t)
		if len(left) != 1 || !left[0].GivenUp || !strings.Contains(left[0].Reason, "by hand in the settings of acme/shop-db: "+link.HookURL) {
			t.Fatalf("without the account it says %+v", left)
		}
		if err := b.ForgetHookRemoval(t.Context(), b.actor, "another", link.ID); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("forgotten through another project: %v", err)
		}
		if err := b.ForgetHookRemoval(t.Context(), b.actor, b.project, link.ID); err != nil || len(b.removals(t)) != 0 {
			t.Errorf("not forgotten: %v", err)
		}
	})
}

func TestHook_goesWhenTheAccountIsConnectedAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		link := b.link(t)
		b.sim.RevokeGrants("ada")
		if err := b.Unlink(t.Context(), b.actor, link.ID); err != nil {
			t.Fatal(err)
		}
		if left := b.removals(t); len(left) != 1 || left[0].GivenUp {
			t.Fatalf("with a grant that broke it says %+v", left)
		}
		_, page, err := b.StartGrant(t.Context(), b.actor, link.ProviderID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.FinishVerification(t.Context(), "s1", b.browser(t, page, "grant")); err != nil {
			t.Fatal(err)
		}
		b.dueRemoval(t, link.ID)
		b.wantHooks(t, 0, "after the account was connected again")
	})
}
