package account_test

import (
	"testing"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
)

func TestReplaceSecret_wakesTheLinks(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		link := b.Linked(t)
		old := b.Consumer
		b.Consumer.Secret = "another-secret-of-the-consumer"
		b.Sim.AddConsumer(b.Consumer)
		b.Clock.Move(2 * time.Hour)
		b.Refused(t, link.ID)
		if st, _ := b.LinkStatus(t.Context(), link.ID); st.GrantBroken.Code != towpath.ReasonApplicationRefused {
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
		c := account.Confirmation{VerificationID: v.ID}
		if _, err := b.ReplaceSecret(t.Context(), b.Actor, link.ProviderID, c); err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, link.ID)
		b.WantTasks(t, link.ID, "test 1 apply pending", "prod 1 apply pending")
	})
}

func TestAddProvider_storesTheSignInAsAGrant(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		verified := b.Verified(t)
		if verified.GrantID != "" || verified.EncryptedToken == nil {
			t.Errorf("before the provider is added: %+v", verified)
		}
		other := b.Actor
		other.Member.ID = "somebody else"
		c := account.Confirmation{VerificationID: verified.ID, ConnectAccount: true}
		if _, err := b.AddProvider(t.Context(), other, c); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("somebody else goes on: %v", err)
		}
		b.Clock.Move(9 * time.Minute)
		p, err := b.AddProvider(t.Context(), b.Actor, c)
		if err != nil {
			t.Fatal(err)
		}
		grants, err := b.Grants(t.Context(), b.Actor, p.ID)
		if err != nil || len(grants) != 1 || grants[0].AccountName != "Ada Lock" {
			t.Fatalf("grants %+v %v, want one of Ada Lock", grants, err)
		}
		if _, err := b.Branches(t.Context(), b.Actor, grants[0].ID, b.Spec("").RepositoryID); err != nil {
			t.Errorf("reading with it: %v", err)
		}
		b.Sim.ExpireAccessTokens()
		b.Clock.Move(24 * time.Hour)
		if _, err := b.Branches(t.Context(), b.Actor, grants[0].ID, b.Spec("").RepositoryID); err != nil {
			t.Errorf("reading with it a day later: %v", err)
		}
		if _, err := b.AddProvider(t.Context(), b.Actor, c); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("the same verification twice: %v", err)
		}
		used, err := store.Get(t.Context(), b.Store, (*store.Tx).Verification, verified.ID)
		if err != nil || used.GrantID != grants[0].ID || used.EncryptedToken != nil ||
			used.EncryptedSecret != nil {
			t.Errorf("a used verification is %+v %v, want the grant and no secrets", used, err)
		}
	})
}

func TestAddProvider_storesNoUnwantedSignIn(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		v := b.Verified(t)
		p, err := b.AddProvider(t.Context(), b.Actor, account.Confirmation{VerificationID: v.ID})
		if err != nil {
			t.Fatal(err)
		}
		if grants, err := b.Grants(t.Context(), b.Actor, p.ID); err != nil || len(grants) != 0 {
			t.Errorf("grants %+v %v, want none", grants, err)
		}
		used, err := store.Get(t.Context(), b.Store, (*store.Tx).Verification, v.ID)
		if err != nil || used.EncryptedToken != nil {
			t.Errorf("a used verification is %+v %v, want no token", used, err)
		}
		late := b.Verified(t)
		b.Clock.Move(towpath.VerificationTTL)
		c := account.Confirmation{VerificationID: late.ID, ConnectAccount: true}
		if _, err := b.AddProvider(t.Context(), b.Actor, c); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("ten minutes later: %v", err)
		}
	})
}

func TestReplaceSecret_renewsTheGrantOfTheActor(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		link := b.Linked(t)
		b.Sim.RevokeGrants("ada")
		b.Refused(t, link.ID)
		v, page, err := b.StartSecretReplacement(t.Context(), b.Actor, link.ProviderID, "",
			b.Consumer.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if v, err = b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant")); err != nil {
			t.Fatal(err)
		}
		c := account.Confirmation{VerificationID: v.ID, ConnectAccount: true}
		if _, err := b.ReplaceSecret(t.Context(), b.Actor, link.ProviderID, c); err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, link.ID)
		if st, err := b.LinkStatus(t.Context(), link.ID); err != nil || !st.GrantBroken.IsZero() ||
			st.Link.GrantID != link.GrantID {
			t.Errorf("the link is %+v %v, want its own grant, working", st, err)
		}
	})
}
