package link_test

import (
	"testing"
	"time"

	"towpath"
	"towpath/internal/link/linktest"
)

func TestCheckHook_findsAHookThatNeverFires(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		b.Clock.Move(time.Hour)
		if _, err := b.CheckHook(t.Context(), link.ID); err != nil {
			t.Fatal(err)
		}
		if st, _ := b.LinkStatus(t.Context(), link.ID); st.Link.HookState != towpath.HookActive {
			t.Errorf("a hook without a push is %s: %s", st.Link.HookState, st.Link.HookReason)
		}
		b.Commit(t, map[string]string{"README.md": "pushed, and nothing was delivered"})
		b.Reconciled(t, link.ID)
		again, err := b.CheckHook(t.Context(), link.ID)
		if err != nil || again == nil {
			t.Fatalf("a delivery may still come, so it wants to look again: %v %v", again, err)
		}
		b.Clock.Move(time.Minute)
		if _, err := b.CheckHook(t.Context(), link.ID); err != nil {
			t.Fatal(err)
		}
		if st, _ := b.LinkStatus(t.Context(), link.ID); st.Link.HookState != towpath.HookMissing {
			t.Errorf("a hook that does not fire is %s", st.Link.HookState)
		}
	})
}

func TestCheckHook_findsADeletedHook(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		if err := b.Sim.DeleteHook(linktest.Repo, b.Sim.Hooks(linktest.Repo)[0].UUID); err != nil {
			t.Fatal(err)
		}
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		b.Reconciled(t, link.ID)
		if got := len(b.Tasks(t, link.ID)); got != 2 {
			t.Errorf("the push without a delivery planned %d tasks, want 2", got)
		}
		if again, err := b.CheckHook(t.Context(), link.ID); err != nil || again == nil {
			t.Fatalf("one answer that it is gone is not tried again: %v %v", again, err)
		}
		b.Clock.Move(time.Minute)
		if _, err := b.CheckHook(t.Context(), link.ID); err != nil {
			t.Fatal(err)
		}
		if st, _ := b.LinkStatus(t.Context(), link.ID); st.Link.HookState != towpath.HookMissing ||
			st.Link.HookReason.IsZero() {
			t.Errorf("%+v", st.Link)
		}
		if repaired, err := b.RepairHook(t.Context(), b.Actor, link.ID); err != nil ||
			repaired.HookState != towpath.HookActive || len(b.Sim.Hooks(linktest.Repo)) != 1 {
			t.Errorf("repaired: %+v %v", repaired, err)
		}
	})
}

func TestCheckHook_followsTheExternalURL(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		link := b.Linked(t)
		b.Links.ExternalURL = "https://towpath.example.com"
		if _, err := b.CheckHook(t.Context(), link.ID); err != nil {
			t.Fatal(err)
		}
		if hooks := b.Sim.Hooks(linktest.Repo); len(hooks) != 1 ||
			hooks[0].URL != "https://towpath.example.com/hooks/"+link.HookKey {
			t.Errorf("%+v", hooks)
		}
	})
}
