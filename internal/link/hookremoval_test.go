package link_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	links "towpath/internal/link"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
)

// losing loses the answers to a method on a repository's hooks, though the far side has done what
// was asked.
func losing(b *linktest.World, method string) {
	b.Lost = func(r *http.Request) bool {
		return r.Method == method &&
			strings.Contains(r.URL.Path, "/hooks")
	}
}

// removals writes down the hooks that should be gone and are not.
func removals(t *testing.T, b *linktest.World) (list []towpath.HookRemoval) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		list, err = tx.HookRemovals(t.Context(), b.Project, store.Page{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// dueRemoval runs the job that removes a link's hook, which must be wanted.
func dueRemoval(t *testing.T, b *linktest.World, id string) {
	t.Helper()
	b.Clock.Move(10 * time.Minute)
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

func wantHooks(t *testing.T, b *linktest.World, n int, when string) {
	t.Helper()
	if hooks := b.Sim.Hooks(linktest.Repo); len(hooks) != n {
		t.Errorf("%s: %d hooks, want %d: %+v", when, len(hooks), n, hooks)
	}
}

func TestHook_isRemovedAfterALostResponse(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		_, grant := b.Connect(t)
		losing(b, "POST")
		if _, err := b.Link(t.Context(), b.Actor, b.Project,
			b.Spec(grant)); towpath.ErrorCode(err) != towpath.CodeUnavailable {
			t.Fatalf("linked without an answer: %v", err)
		}
		wantHooks(t, b, 0, "after the answer was lost")
		b.Lost = nil
		link, err := b.Link(t.Context(), b.Actor, b.Project, b.Spec(grant))
		if err != nil {
			t.Fatal(err)
		}
		wantHooks(t, b, 1, "after the second try")
		dueRemoval(t, b, link.ID)
		wantHooks(t, b, 1, "after the job, for the link has the hook")
	})
}

func TestHook_isRemovedLaterAfterAFailure(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		_, grant := b.Connect(t)
		losing(b, "POST")
		b.Asked = func(r *http.Request) { // from the lost answer on, the far side is down
			if b.Lost(r) {
				b.Asked = func(*http.Request) {
					b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable})
				}
			}
		}
		_, err := b.Link(t.Context(), b.Actor, b.Project, b.Spec(grant))
		if err == nil {
			t.Fatal("linked without an answer")
		}
		left := removals(t, b)
		if len(left) != 1 || left[0].Reason.Code != towpath.ReasonHookRefused || left[0].GivenUp ||
			!strings.HasSuffix(left[0].HookURL, left[0].HookKey) {
			t.Fatalf("while the far side is down: %+v", left)
		}
		wantHooks(t, b, 1, "while the far side is down")
		b.Asked, b.Lost = nil, nil
		b.Sim.SetFaults(bitbucketsim.Faults{})
		dueRemoval(t, b, left[0].ID)
		wantHooks(t, b, 0, "afterwards")
		if left := removals(t, b); len(left) != 0 {
			t.Errorf("removed, and it still says %+v", left)
		}
	})
}

// TestHook_isRemovedAfterAKilledServer stops between the making of the hook and the link's row.
func TestHook_isRemovedAfterAKilledServer(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		_, grant := b.Connect(t)
		losing(b, "POST")
		var id string
		b.Asked = func(r *http.Request) { // nothing that comes after the hook happens
			if b.Lost(r) {
				_ = b.Store.Read(context.Background(), func(tx *store.Tx) error {
					list, err := tx.HookRemovalsOf(context.Background(), grant)
					if err == nil && len(list) == 1 {
						id = list[0].ID
					}
					return err
				})
				b.Asked = func(*http.Request) {
					b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable})
				}
			}
		}
		_, err := b.Link(t.Context(), b.Actor, b.Project, b.Spec(grant))
		if err == nil || id == "" {
			t.Fatalf("nothing was kept before the hook was made: %v", err)
		}
		b.Asked, b.Lost = nil, nil
		b.Sim.SetFaults(bitbucketsim.Faults{})
		dueRemoval(t, b, id)
		wantHooks(t, b, 0, "afterwards")
	})
}

func TestHook_ofADeletedLinkIsRemovedLater(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		link := b.Linked(t)
		b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable})
		if err := b.Unlink(t.Context(), b.Actor, link.ID); err != nil {
			t.Fatal(err)
		}
		left := removals(t, b)
		if len(left) != 1 || left[0].HookURL != link.HookURL ||
			left[0].Reason.Code != towpath.ReasonHookRefused {
			t.Fatalf("unlinked while the far side is down, it says %+v", left)
		}
		if err := b.ForgetHookRemoval(t.Context(), b.Actor, b.Project,
			link.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("forgotten while it is tried: %v", err)
		}
		b.Sim.SetFaults(bitbucketsim.Faults{})
		dueRemoval(t, b, link.ID)
		wantHooks(t, b, 0, "after the far side came back")
		if left := removals(t, b); len(left) != 0 {
			t.Errorf("removed, and it still says %+v", left)
		}
	})
}

// TestHook_thatItsLinkDoesNotKnowIsRemovedToo makes a hook for a link that polls, and loses the
// answer.
func TestHook_thatItsLinkDoesNotKnowIsRemovedToo(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		_, grant := b.Connect(t)
		spec := b.Spec(grant)
		spec.Polling = true
		link, err := b.Link(t.Context(), b.Actor, b.Project, spec)
		if err != nil {
			t.Fatal(err)
		}
		losing(b, "POST")
		b.Asked = func(r *http.Request) {
			if b.Lost(r) {
				b.Asked = func(*http.Request) {
					b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable})
				}
			}
		}
		polling := false
		if _, err := b.UpdateLink(t.Context(), b.Actor, link.ID,
			links.Change{Polling: &polling}); err == nil {
			t.Fatal("hooked without an answer")
		}
		wantHooks(t, b, 1, "after the answer was lost")
		if err := b.Unlink(t.Context(), b.Actor, link.ID); err != nil {
			t.Fatal(err)
		}
		b.Asked, b.Lost = nil, nil
		b.Sim.SetFaults(bitbucketsim.Faults{})
		dueRemoval(t, b, link.ID)
		wantHooks(t, b, 0, "after the link was removed")
	})
}

func TestHook_thatOnlyAPersonCanRemoveIsListed(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		link := b.Linked(t)
		b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: http.StatusServiceUnavailable})
		if err := b.Unlink(t.Context(), b.Actor, link.ID); err != nil {
			t.Fatal(err)
		}
		if err := b.DeleteProvider(t.Context(), b.Actor, link.ProviderID); err != nil {
			t.Fatal(err)
		}
		b.Sim.SetFaults(bitbucketsim.Faults{})
		dueRemoval(t, b, link.ID)
		left := removals(t, b)
		if len(left) != 1 || !left[0].GivenUp || left[0].Reason.Code != towpath.ReasonHookLeft ||
			left[0].Reason.Params["url"] != link.HookURL {
			t.Fatalf("without the account it says %+v", left)
		}
		if err := b.ForgetHookRemoval(t.Context(), b.Actor, "another",
			link.ID); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("forgotten through another project: %v", err)
		}
		if err := b.ForgetHookRemoval(t.Context(), b.Actor, b.Project, link.ID); err != nil ||
			len(removals(t, b)) != 0 {
			t.Errorf("not forgotten: %v", err)
		}
	})
}

func TestHook_isRemovedWhenTheAccountReconnects(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		link := b.Linked(t)
		b.Sim.RevokeGrants("ada")
		if err := b.Unlink(t.Context(), b.Actor, link.ID); err != nil {
			t.Fatal(err)
		}
		if left := removals(t, b); len(left) != 1 || left[0].GivenUp {
			t.Fatalf("with a grant that broke it says %+v", left)
		}
		_, page, err := b.StartGrant(t.Context(), b.Actor, link.ProviderID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant")); err != nil {
			t.Fatal(err)
		}
		dueRemoval(t, b, link.ID)
		wantHooks(t, b, 0, "after the account was connected again")
	})
}
