// Package vcstest has the suite that every Git provider driver must pass. It uses the driver
// through the seam and the far side, a simulator in this process or a real service, through a
// Fixture; all content of the far side comes from real git pushes.
package vcstest

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"towpath/internal/vcs"
)

// Fixture is a driver together with its far side. Its functions change or return the state of the
// far side.
type Fixture struct {
	Description vcs.Description // of the driver
	Provider    vcs.Provider
	App         vcs.App
	RedirectURL string
	Account     vcs.Account // of the person who consents and who administers all repositories
	Workspaces  []string    // at least two, without repositories

	// Authorize makes the person consent on the page and returns the query of the redirect.
	Authorize func(t *testing.T, authorizeURL string) url.Values
	// AddRepository creates an empty repository.
	AddRepository func(t *testing.T, workspace, name string) Remote
	// Pushed waits until the far side has handled a push; nil: it does so before the push ends.
	Pushed func(t *testing.T, r Remote)
	// Rename changes a repository's name and returns the renamed repository.
	Rename func(t *testing.T, r Remote, name string) Remote
	// Hooks and Statuses return those of the far side, including secrets.
	Hooks    func(t *testing.T, r Remote) []vcs.Hook
	Statuses func(t *testing.T, r Remote, commit string) []vcs.Status
	// KeptStatus returns the part of a status that the far side keeps; nil: all of it.
	KeptStatus func(vcs.Status) vcs.Status
	// ExpireAccessTokens ends all access tokens; RevokeGrants ends refresh tokens too.
	ExpireAccessTokens func(t *testing.T)
	RevokeGrants       func(t *testing.T)
	// Throttle makes the far side answer that there were too many requests, until it is called with
	// false.
	Throttle func(t *testing.T, on bool)
}

// Remote is a repository of the far side.
type Remote struct {
	ID      string
	Name    string // full name
	PushURL string // with credentials in it
}

// Run checks a driver. Each case has its own fixture, and cases run in parallel.
func Run(t *testing.T, fixture func(*testing.T) Fixture) {
	for _, group := range []map[string]func(*testing.T, *harness){
		oauthCases, repositoryCases, sourceCases,
		hookCases,
	} {
		for name, check := range group {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				check(t, &harness{Fixture: fixture(t)})
			})
		}
	}
}

// harness is a fixture with the grant of its case.
type harness struct {
	Fixture
}

// consent runs the whole flow and returns the tokens.
func (h *harness) consent(t *testing.T) vcs.Token {
	t.Helper()
	const state = "a state / with + odd & characters"
	back := h.Authorize(t, h.Provider.AuthorizeURL(h.App, state, h.RedirectURL))
	if back.Get("state") != state {
		t.Fatalf("the state came back as %q", back.Get("state"))
	}
	token, err := h.Provider.Exchange(t.Context(), h.App, back.Get("code"), h.RedirectURL)
	if err != nil {
		t.Fatalf("exchange: %v", err)
	}
	return token
}

// client returns a client with a new grant.
func (h *harness) client(t *testing.T) (vcs.Client, *grant) {
	t.Helper()
	g := &grant{provider: h.Provider, app: h.App, token: h.consent(t)}
	return h.Provider.Client(g), g
}

// repository creates a repository with an empty working tree.
func (h *harness) repository(t *testing.T, name string) (Remote, *workTree) {
	t.Helper()
	r := h.AddRepository(t, h.Workspaces[0], name)
	return r, newWorkTree(t, r.PushURL, func() {
		if h.Pushed != nil {
			h.Pushed(t, r)
		}
	})
}

// grant is the smallest correct TokenSource: one refresh at a time, and only for a token that is
// still the current one.
type grant struct {
	provider vcs.Provider
	app      vcs.App

	mu        sync.Mutex
	token     vcs.Token
	refreshes int
}

// Token implements vcs.TokenSource.
func (g *grant) Token(ctx context.Context, stale string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if stale == "" || stale != g.token.AccessToken {
		return g.token.AccessToken, nil
	}
	fresh, err := g.provider.Refresh(ctx, g.app, g.token.RefreshToken)
	if err != nil {
		return "", err
	}
	if fresh.RefreshToken == "" {
		fresh.RefreshToken = g.token.RefreshToken
	}
	g.token = fresh
	g.refreshes++
	return fresh.AccessToken, nil
}

func wantKind(t *testing.T, err error, want vcs.Kind) *vcs.Error {
	t.Helper()
	var e *vcs.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want a *vcs.Error of kind %q", err, want)
	}
	if e.Kind != want {
		t.Fatalf("kind %q of %v, want %q", e.Kind, err, want)
	}
	return e
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// eventually waits for something that the far side does by itself, such as a delivery.
func eventually[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

func names(repositories []vcs.Repository) []string {
	var out []string
	for _, r := range repositories {
		out = append(out, r.Name)
	}
	slices.Sort(out)
	return out
}
