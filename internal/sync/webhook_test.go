package gitops_test

import (
	"net/http"
	"testing"
	"time"

	"towpath"
	"towpath/internal/bitbucketsim"
	"towpath/internal/secret"
	"towpath/internal/store"
)

func (b *bundle) deliveries(t *testing.T, linkID string) (list []towpath.Delivery, job towpath.Job) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		if list, err = tx.Deliveries(t.Context(), linkID, store.Page{}); err != nil {
			return err
		}
		job, err = tx.Job(t.Context(), towpath.JobReconcile, linkID)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list, job
}

func TestReceiveWebhook(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		link := b.link(t)
		hook := b.sim.Hooks(repo)[0]
		if link.SealedHookSecret == nil || secret.HashToken(hook.Secret) == nil {
			t.Fatal("no secret")
		}
		r, _ := b.sim.Repository(repo)
		push := func(ref, kind string) []byte {
			return []byte(`{"repository":{"uuid":"` + r.UUID + `","full_name":"acme/shop-db"},"push":{"changes":[{"old":null,"new":{"type":"` + kind + `","name":"` + ref + `","target":{"hash":"1234567890123456789012345678901234567890"}}}]}}`)
		}
		send := func(id, event string, body []byte, signature string) towpath.Code {
			header := http.Header{}
			header.Set("X-Request-UUID", id)
			header.Set("X-Event-Key", event)
			if signature != "" {
				header.Set("X-Hub-Signature", signature)
			}
			return towpath.ErrorCode(b.ReceiveWebhook(t.Context(), link.HookKey, header, body))
		}
		good := push("main", "branch")
		for name, c := range map[string]struct {
			body      []byte
			signature string
		}{
			"no signature":          {good, ""},
			"another secret":        {good, bitbucketsim.Signature("guess", good)},
			"another body":          {good, bitbucketsim.Signature(hook.Secret, push("other", "branch"))},
			"another algorithm":     {good, "sha1=0000"},
			"half of the signature": {good, bitbucketsim.Signature(hook.Secret, good)[:40]},
		} {
			if code := send("1", "repo:push", c.body, c.signature); code != towpath.CodeUnauthorized {
				t.Errorf("%s: %q, want unauthorized", name, code)
			}
		}
		if list, job := b.deliveries(t, link.ID); len(list) != 0 || job.Generation != 1 {
			t.Fatalf("a bad signature left %d deliveries and woke the link %d times", len(list), job.Generation-1)
		}
		for _, c := range []struct {
			id, event string
			body      []byte
			verdict   towpath.DeliveryVerdict
			stored    int
			wanted    int64
		}{
			{"2", "repo:push", good, towpath.DeliveryAccepted, 1, 2},
			{"2", "repo:push", good, towpath.DeliveryAccepted, 1, 3}, // a retry is the same delivery
			{"3", "repo:push", push("main", "tag"), towpath.DeliveryIgnored, 2, 3},
			{"4", "repo:push", push("other", "branch"), towpath.DeliveryIgnored, 3, 3},
			{"5", "repo:sold", []byte(`{"new":"event"}`), towpath.DeliveryIgnored, 4, 3},
		} {
			if code := send(c.id, c.event, c.body, bitbucketsim.Signature(hook.Secret, c.body)); code != "" {
				t.Errorf("%s: %s", c.id, code)
			}
			list, job := b.deliveries(t, link.ID)
			if len(list) != c.stored || list[len(list)-1].Verdict != c.verdict || job.Generation != c.wanted {
				t.Errorf("%s %s: %d stored, %+v, wanted %d", c.id, c.event, len(list), list[len(list)-1], job.Generation)
			}
			if c.verdict == towpath.DeliveryIgnored && list[len(list)-1].Reason == "" {
				t.Errorf("%s was ignored without a reason", c.id)
			}
		}
		if code := towpath.ErrorCode(b.ReceiveWebhook(t.Context(), "unknown", http.Header{}, good)); code != towpath.CodeNotFound {
			t.Errorf("an unknown hook: %s", code)
		}
	})
}

func TestCheckHook_saysThatTheHookIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		link := b.link(t)
		b.reconcile(t, link.ID)
		if err := b.sim.DeleteHook(repo, b.sim.Hooks(repo)[0].UUID); err != nil {
			t.Fatal(err)
		}
		b.commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		b.reconcile(t, link.ID)
		if got := len(b.tasks(t, link.ID)); got != 2 {
			t.Errorf("the push without a delivery planned %d tasks, want 2", got)
		}
		if again, err := b.CheckHook(t.Context(), link.ID); err != nil || again == nil {
			t.Fatalf("one answer that it is gone is not tried again: %v %v", again, err)
		}
		b.clock.move(time.Minute)
		if _, err := b.CheckHook(t.Context(), link.ID); err != nil {
			t.Fatal(err)
		}
		if st, _ := b.LinkStatus(t.Context(), link.ID); st.Link.HookState != towpath.HookMissing || st.Link.HookReason == "" {
			t.Errorf("%+v", st.Link)
		}
		if repaired, err := b.RepairHook(t.Context(), b.actor, link.ID); err != nil || repaired.HookState != towpath.HookActive || len(b.sim.Hooks(repo)) != 1 {
			t.Errorf("repaired: %+v %v", repaired, err)
		}
	})
}

func TestCheckHook_followsTheExternalURL(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		link := b.link(t)
		b.GitOps.ExternalURL = "https://towpath.example.com"
		if _, err := b.CheckHook(t.Context(), link.ID); err != nil {
			t.Fatal(err)
		}
		if hooks := b.sim.Hooks(repo); len(hooks) != 1 || hooks[0].URL != "https://towpath.example.com/hooks/"+link.HookKey {
			t.Errorf("%+v", hooks)
		}
	})
}

func TestPostStatus_healsAfterAnOutage(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		commit := b.commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/x__ddl.sql": ""})
		link := b.link(t)
		b.reconcile(t, link.ID)
		st, _ := b.LinkStatus(t.Context(), link.ID)
		b.change(t, link.ID, "test", "1", func(task *towpath.Task) { task.State = towpath.TaskDone })
		b.change(t, link.ID, "prod", "1", func(task *towpath.Task) {
			task.State, task.Reason = towpath.TaskFailed, saysNo("secret data of the database")
		})
		b.sim.SetFaults(bitbucketsim.Faults{APIStatus: 503})
		if _, err := b.PostStatus(t.Context(), st.Rollout.ID); err == nil {
			t.Error("an outage was swallowed")
		}
		b.sim.SetFaults(bitbucketsim.Faults{})
		for range 2 {
			if _, err := b.PostStatus(t.Context(), st.Rollout.ID); err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]string{}
		for _, s := range b.sim.Statuses(repo, commit) {
			got[s.Name] = s.State + ": " + s.Description
		}
		if len(got) != 2 || got["Towpath: Shop / test"] != "SUCCESSFUL: 1 done" || got["Towpath: Shop / prod"] != "FAILED: shop/1__ddl__a.sql failed in shop; 0 of 1 done" {
			t.Errorf("%v", got)
		}
	})
}
