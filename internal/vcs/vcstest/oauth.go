package vcstest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"towpath/internal/vcs"
)

var oauthCases = map[string]func(*testing.T, *harness){
	"a consent gives the account and all that is needed": func(t *testing.T, h *harness) {
		token := h.consent(t)
		if token.RefreshToken == "" || token.ExpiresAt.Before(time.Now()) {
			t.Errorf("refresh token of %d characters, expiry %v", len(token.RefreshToken), token.ExpiresAt)
		}
		if missing := h.Provider.Missing(token.Scopes); len(missing) > 0 {
			t.Errorf("scopes %q lack %q", token.Scopes, missing)
		}
		client, _ := h.client(t)
		if account := must[vcs.Account](t)(client.Account(t.Context())); account != h.Account {
			t.Errorf("account %+v, want %+v", account, h.Account)
		}
	},
	"without scopes every needed permission is named": func(t *testing.T, h *harness) {
		needed := len(h.Description.Permissions)
		if missing := h.Provider.Missing(nil); len(missing) != needed || needed == 0 {
			t.Errorf("missing %q, want the %d that the description needs", missing, needed)
		}
	},
	"a code works once": func(t *testing.T, h *harness) {
		back := h.Authorize(t, h.Provider.AuthorizeURL(h.App, "state", h.RedirectURL))
		if _, err := h.Provider.Exchange(t.Context(), h.App, back.Get("code"), h.RedirectURL); err != nil {
			t.Fatal(err)
		}
		_, err := h.Provider.Exchange(t.Context(), h.App, back.Get("code"), h.RedirectURL)
		if e := wantKind(t, err, vcs.Unauthorized); e.Reason != vcs.ReasonCode {
			t.Errorf("reason %q, want %q", e.Reason, vcs.ReasonCode)
		}
	},
	"a probe tells good, wrong and swapped credentials apart": func(t *testing.T, h *harness) {
		for _, c := range []struct {
			app  vcs.App
			want vcs.Reason
		}{
			{h.App, ""},
			{vcs.App{ApplicationID: h.App.ApplicationID, Secret: "wrong"}, vcs.ReasonCredentials},
			{vcs.App{ApplicationID: h.App.Secret, Secret: h.App.ApplicationID}, vcs.ReasonSwapped},
		} {
			err := h.Provider.Probe(t.Context(), c.app)
			var e *vcs.Error
			if errors.As(err, &e) != (c.want != "") || (e != nil && e.Reason != c.want) {
				t.Errorf("probe: %v, want reason %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), h.App.Secret) {
				t.Errorf("the secret is in the error: %v", err)
			}
		}
	},
	"a refresh gives a pair that works": func(t *testing.T, h *harness) {
		first := h.consent(t)
		second, err := h.Provider.Refresh(t.Context(), h.App, first.RefreshToken)
		if err != nil {
			t.Fatal(err)
		}
		if second.AccessToken == first.AccessToken {
			// Tokens that contain their time of issue are equal within a second.
			time.Sleep(time.Second)
			if second, err = h.Provider.Refresh(t.Context(), h.App, orOld(second, first)); err != nil ||
				second.AccessToken == first.AccessToken {
				t.Errorf("the access token is the old one, or %v", err)
			}
		}
		client := h.Provider.Client(&grant{provider: h.Provider, app: h.App, token: second})
		if _, err := client.Account(t.Context()); err != nil {
			t.Errorf("with the new access token: %v", err)
		}
		if third := orOld(second, first); third != "" {
			if _, err := h.Provider.Refresh(t.Context(), h.App, third); err != nil {
				t.Errorf("with the new refresh token: %v", err)
			}
		}
	},
	"an access token that is refused is renewed once, and the call repeated": func(t *testing.T, h *harness) {
		client, grant := h.client(t)
		remote, work := h.repository(t, "renewal")
		hash := work.commit("first")
		work.push("main")
		h.ExpireAccessTokens(t)
		if _, err := client.Account(t.Context()); err != nil || grant.refreshes != 1 {
			t.Fatalf("account: %v after %d refreshes, want none and 1", err, grant.refreshes)
		}
		h.ExpireAccessTokens(t)
		status := vcs.Status{Key: "k", State: vcs.StatusFailed, Name: "n", URL: "https://towpath.example/1"}
		if err := client.PutStatus(t.Context(), remote.ID, hash, status); err != nil || grant.refreshes != 2 {
			t.Fatalf("a call with a body: %v after %d refreshes, want none and 2", err, grant.refreshes)
		}
		if got := h.Statuses(t, remote, hash); len(got) != 1 {
			t.Errorf("%d statuses, want 1", len(got))
		}
		h.ExpireAccessTokens(t)
		if _, err := client.Source(remote.ID).Heads(t.Context()); err != nil || grant.refreshes != 3 {
			t.Errorf("heads: %v after %d refreshes, want none and 3", err, grant.refreshes)
		}
	},
	"a revoked grant says that the person must act": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		h.RevokeGrants(t)
		_, err := client.Account(t.Context())
		wantKind(t, err, vcs.Unauthorized)
	},
}

func orOld(fresh, old vcs.Token) string {
	if fresh.RefreshToken != "" {
		return fresh.RefreshToken
	}
	return old.RefreshToken
}
