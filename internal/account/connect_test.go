package account_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/account"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/link/linktest"
)

func TestVerification_findsWrongCredentialsEarly(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		noCallback := b.Sim.AddConsumer(bitbucketsim.Consumer{Workspace: "acme", Name: "bare"})
		for name, c := range map[string]struct {
			change func(*account.StartVerification)
			field  string
			says   string
		}{
			"a wrong secret": {
				func(in *account.StartVerification) { in.Secret = "wrong" },
				"secret", "does not know",
			},
			"a wrong key": {
				func(in *account.StartVerification) { in.ApplicationID = "wrong" },
				"secret", "does not know",
			},
			"key and secret exchanged": {func(in *account.StartVerification) {
				in.ApplicationID, in.Secret = in.Secret, in.ApplicationID
			}, "applicationId", "exchange them"},
			"an address that is not it": {func(in *account.StartVerification) {
				in.InstanceURL = "http://169.254.169.254"
			}, "instanceUrl", "not supported"},
			"no name": {
				func(in *account.StartVerification) { in.DisplayName = " " },
				"displayName", "1 to 100",
			},
			"no key": {
				func(in *account.StartVerification) { in.ApplicationID = "" },
				"applicationId", "Paste",
			},
			"a consumer without callback": {func(in *account.StartVerification) {
				in.ApplicationID, in.Secret = noCallback.Key, noCallback.Secret
			}, "applicationId", "http://towpath.test/oauth/callback"},
		} {
			in := b.Start()
			c.change(&in)
			_, _, err := b.StartVerification(t.Context(), b.Actor, in)
			var e *towpath.Error
			if !errors.As(err, &e) || e.Field != c.field || !strings.Contains(e.Message, c.says) {
				t.Errorf("%s: %v, want an error of %s that says %q", name, err, c.field, c.says)
			}
		}
		if strings.Contains(b.Log.String(), b.Consumer.Secret) {
			t.Error("the log has the secret")
		}
	})
}

func TestVerification_continuesWithoutAProbe(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Sim.SetFaults(bitbucketsim.Faults{TokenStatus: 503})
		v, page, err := b.StartVerification(t.Context(), b.Actor, b.Start())
		if err != nil {
			t.Fatal(err)
		}
		if v, err = b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant")); err != nil ||
			v.Reason.Code != towpath.ReasonSignInUnanswered || v.State != towpath.VerificationFailed {
			t.Errorf("%+v %v, want a failure that is called unavailable", v, err)
		}
	})
}

func TestVerification_failsWithItsReason(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		_, page, err := b.StartVerification(t.Context(), b.Actor, b.Start())
		if err != nil {
			t.Fatal(err)
		}
		back := b.Browse(t, page, "deny")
		v, err := b.FinishVerification(t.Context(), "s1", back)
		if err != nil || v.Reason.Code != towpath.ReasonSignInDenied {
			t.Errorf("denied: %+v %v", v, err)
		}
		if _, err := b.FinishVerification(t.Context(), "s1",
			back); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("the same callback twice: %v", err)
		}

		poor := b.Sim.AddConsumer(bitbucketsim.Consumer{
			Workspace:   "acme",
			Name:        "poor",
			CallbackURL: b.Consumer.CallbackURL,
			Scopes:      []string{"account"},
		})
		in := b.Start()
		in.ApplicationID, in.Secret = poor.Key, poor.Secret
		if _, page, err = b.StartVerification(t.Context(), b.Actor, in); err != nil {
			t.Fatal(err)
		}
		v, err = b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant"))
		if err != nil || v.Reason.Code != towpath.ReasonPermissionMissing || len(v.Missing) != 2 {
			t.Errorf("missing permissions: %+v %v", v, err)
		}
		c := account.Confirmation{VerificationID: v.ID}
		if _, err := b.AddProvider(t.Context(), b.Actor, c); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("adding an unverified provider: %v", err)
		}
	})
}

func TestVerification_needsItsBrowserInTime(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		v, page, err := b.StartVerification(t.Context(), b.Actor, b.Start())
		if err != nil {
			t.Fatal(err)
		}
		back := b.Browse(t, page, "grant")
		if _, err := b.FinishVerification(t.Context(), "another session",
			back); towpath.ErrorCode(err) != towpath.CodeForbidden {
			t.Errorf("another browser: %v", err)
		}
		forged := back
		forged.State = "guessed"
		if _, err := b.FinishVerification(t.Context(), "s1",
			forged); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("a guessed state: %v", err)
		}
		other := b.Actor
		other.Member.ID = "somebody else"
		if _, err := b.Verification(t.Context(), other,
			v.ID); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("somebody else looks: %v", err)
		}
		b.Clock.Move(towpath.VerificationTTL)
		if _, err := b.FinishVerification(t.Context(), "s1",
			back); towpath.ErrorCode(err) != towpath.CodeNotFound {
			t.Errorf("ten minutes later: %v", err)
		}
		if v, err = b.Verification(t.Context(), b.Actor, v.ID); err != nil ||
			v.Reason.Code != towpath.ReasonSignInExpired ||
			!strings.HasSuffix(v.Reason.Params["url"], "/oauth/callback") {
			t.Errorf("ten minutes later it reads %+v %v", v, err)
		}
	})
}

func TestStartGrant_byTokenIsForOwners(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		provider, _ := b.Connect(t)
		token := b.Actor
		token.SessionID = ""
		if _, _, err := b.StartGrant(t.Context(), token, provider); err != nil {
			t.Errorf("an owner's token: %v", err)
		}
		token.Member.Role = towpath.RoleMember
		if _, _, err := b.StartGrant(t.Context(), token,
			provider); towpath.ErrorCode(err) != towpath.CodeForbidden {
			t.Errorf("a member's token: %v", err)
		}
	})
}

func TestDeleteProvider_refusesOneWithLinks(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": "hi"})
		link := b.Linked(t)
		err := b.DeleteProvider(t.Context(), b.Actor, link.ProviderID)
		if towpath.ErrorCode(err) != towpath.CodeConflict ||
			!strings.Contains(err.Error(), "Shop (acme/shop-db)") {
			t.Errorf("deleting a provider in use: %v", err)
		}
		if err := b.Unlink(t.Context(), b.Actor, link.ID); err != nil {
			t.Fatal(err)
		}
		if hooks := b.Sim.Hooks(linktest.Repo); len(hooks) != 0 {
			t.Errorf("unlinking left hooks: %v", hooks)
		}
		if err := b.DeleteProvider(t.Context(), b.Actor, link.ProviderID); err != nil {
			t.Error(err)
		}
	})
}

func TestGrant_isRefreshedOnceAndStoredBeforeUse(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": "hi"})
		_, grant := b.Connect(t)
		before := countTokens(b)
		b.Clock.Move(58 * time.Minute)
		done := make(chan error, 8)
		for range cap(done) {
			go func() {
				_, err := b.Branches(t.Context(), b.Actor, grant,
					b.Spec(grant).RepositoryID)
				done <- err
			}()
		}
		for range cap(done) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if n := countTokens(b) - before; n != 1 {
			t.Errorf("%d requests to the token endpoint, want 1", n)
		}
		b.Sim.ExpireAccessTokens() // a 401 in the middle renews, too
		if _, err := b.Branches(t.Context(), b.Actor, grant, b.Spec(grant).RepositoryID); err != nil {
			t.Error(err)
		}
		// the refresh token that was used first is long dead: only the stored one can work
		b.Clock.Move(time.Hour)
		if _, err := b.Branches(t.Context(), b.Actor, grant, b.Spec(grant).RepositoryID); err != nil {
			t.Error(err)
		}
	})
}

func countTokens(b *linktest.World) (n int) {
	for _, r := range b.Sim.Requests() {
		if strings.HasSuffix(r.Path, "/access_token") {
			n++
		}
	}
	return n
}

func TestGrant_whenRevokedItsLinkNeedsAttention(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "CREATE TABLE a (id INT);"})
		link := b.Linked(t)
		b.Sim.RevokeGrants("ada")
		b.Refused(t, link.ID)
		st, err := b.LinkStatus(t.Context(), link.ID)
		if err != nil || st.WaitsFor.Code != towpath.ReasonAccessRevoked ||
			st.WaitsFor.Params["account"] != "Ada Lock" || st.GrantBroken.IsZero() {
			t.Fatalf("%q %q %v, want a reason that names the person", st.WaitsFor, st.GrantBroken, err)
		}
		_, page, err := b.StartGrant(t.Context(), b.Actor, link.ProviderID)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant")); err != nil ||
			v.GrantID != link.GrantID {
			t.Fatalf("connected again as %+v %v", v, err)
		}
		b.Reconciled(t, link.ID)
		if st, err = b.LinkStatus(t.Context(), link.ID); err != nil || !st.Link.AttentionReason.IsZero() ||
			st.Rollout == nil {
			t.Errorf("after connecting again: %+v %v", st, err)
		}
	})
}
