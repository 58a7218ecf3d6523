package account_test

import (
	"strings"
	"testing"
	"time"

	"towpath/internal/link/linktest"
)

func TestReplaceSecret_mendsTheLinks(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		link := b.Linked(t)
		old := b.Consumer
		b.Consumer.Secret = "another-secret-of-the-consumer"
		b.Sim.AddConsumer(b.Consumer)
		b.Clock.Move(2 * time.Hour)
		b.Refused(t, link.ID)
		if st, _ := b.LinkStatus(t.Context(), link.ID); !strings.Contains(st.GrantBroken,
			"replace the secret") {
			t.Fatalf("broken because of %q", st.GrantBroken)
		}
		v, page, err := b.StartSecretReplacement(t.Context(), b.Actor, link.ProviderID, old.Key,
			b.Consumer.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if v, err = b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant")); err != nil {
			t.Fatal(err)
		}
		if _, err := b.ReplaceSecret(t.Context(), b.Actor, link.ProviderID, v.ID); err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, link.ID)
		b.WantTasks(t, link.ID, "test 1 apply pending", "prod 1 apply pending")
	})
}
