package sync_test

import (
	"net/http"
	"testing"

	"towpath/internal/link/linktest"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/secret"
	"towpath/internal/store"
)

func deliveries(t *testing.T, b *linktest.World, linkID string) (list []towpath.Delivery, job towpath.Job) {
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
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		link := b.Linked(t)
		hook := b.Sim.Hooks(linktest.Repo)[0]
		if link.EncryptedHookSecret == nil || secret.HashToken(hook.Secret) == nil {
			t.Fatal("no secret")
		}
		r, _ := b.Sim.Repository(linktest.Repo)
		push := func(ref, kind string) []byte {
			return []byte(`{"repository":{"uuid":"` + r.UUID +
				`","full_name":"acme/shop-db"},"push":{"changes":[{"old":null,"new":{"type":"` + kind +
				`","name":"` + ref + `","target":{"hash":"1234567890123456789012345678901234567890"}}}]}}`)
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
		if list, job := deliveries(t, b, link.ID); len(list) != 0 || job.Generation != 1 {
			t.Fatalf("a bad signature left %d deliveries and woke the link %d times", len(list),
				job.Generation-1)
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
			{"4", "repo:push", push("other", "branch"), towpath.DeliveryAccepted, 3, 4}, // for its review
			{"5", "repo:sold", []byte(`{"new":"event"}`), towpath.DeliveryIgnored, 4, 4},
		} {
			if code := send(c.id, c.event, c.body, bitbucketsim.Signature(hook.Secret, c.body)); code != "" {
				t.Errorf("%s: %s", c.id, code)
			}
			list, job := deliveries(t, b, link.ID)
			if len(list) != c.stored || list[len(list)-1].Verdict != c.verdict || job.Generation != c.wanted {
				t.Errorf("%s %s: %d stored, %+v, wanted %d", c.id, c.event, len(list), list[len(list)-1],
					job.Generation)
			}
			if c.verdict == towpath.DeliveryIgnored && list[len(list)-1].Reason.IsZero() {
				t.Errorf("%s was ignored without a reason", c.id)
			}
		}
		if code := towpath.ErrorCode(b.ReceiveWebhook(t.Context(), "unknown", http.Header{},
			good)); code != towpath.CodeNotFound {
			t.Errorf("an unknown hook: %s", code)
		}
	})
}
