package bitbucket

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// browser is a person with a browser that stays on the simulator: it stops at redirects to other
// hosts.
type browser struct {
	f      *fixture
	client *http.Client
}

func (f *fixture) browser() *browser {
	jar, err := cookiejar.New(nil)
	f.must(err)
	host := strings.TrimPrefix(f.url, "http://")
	return &browser{f, &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host != host {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

// page is what a browser shows, or where it was sent.
type page struct {
	status   int
	body     string
	location *url.URL // of a redirect to another host
	header   http.Header
}

func (b *browser) do(r *http.Request) page {
	b.f.Helper()
	resp, err := b.client.Do(r)
	b.f.must(err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	b.f.must(err)
	location, _ := resp.Location()
	return page{resp.StatusCode, string(data), location, resp.Header}
}

func (b *browser) open(path string) page {
	b.f.Helper()
	r, err := http.NewRequestWithContext(b.f.Context(), http.MethodGet, b.f.url+path, nil)
	b.f.must(err)
	return b.do(r)
}

func (b *browser) post(path string, form url.Values) page {
	b.f.Helper()
	r, err := http.NewRequestWithContext(b.f.Context(), http.MethodPost, b.f.url+path,
		strings.NewReader(form.Encode()))
	b.f.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) signIn(username string) *browser {
	b.f.Helper()
	if got := b.post("/account/signin/",
		url.Values{"username": {username}, "password": {username + "-pw"}}); got.status != http.StatusOK {
		b.f.Fatalf("sign in: %d %s", got.status, got.body)
	}
	return b
}

func (f *fixture) authorizePath(change ...string) string {
	v := url.Values{
		"client_id": {f.key}, "response_type": {"code"}, "state": {"st&te=1"},
		"redirect_uri": {"http://app.example/oauth/callback"},
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
		if change[i+1] == "" {
			v.Del(change[i])
		}
	}
	return "/site/oauth2/authorize?" + v.Encode()
}

// decide opens the consent page as ann and presses one of its buttons.
func (f *fixture) decide(action string, change ...string) page {
	f.Helper()
	path := f.authorizePath(change...)
	query, err := url.ParseQuery(strings.SplitN(path, "?", 2)[1])
	f.must(err)
	query.Set("action", action)
	return f.browser().signIn("ann").post("/site/oauth2/authorize", query)
}

// token asks the token endpoint.
func (f *fixture) askToken(key, secret string, form url.Values, want int) map[string]any {
	f.Helper()
	r, err := http.NewRequestWithContext(f.Context(), http.MethodPost, f.url+"/site/oauth2/access_token",
		strings.NewReader(form.Encode()))
	f.must(err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if key != "" {
		r.SetBasicAuth(key, secret)
	}
	resp, err := http.DefaultClient.Do(r)
	f.must(err)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	f.must(err)
	if resp.StatusCode != want {
		f.Fatalf("token endpoint: status %d, want %d: %s", resp.StatusCode, want, data)
	}
	var body map[string]any
	f.must(json.Unmarshal(data, &body))
	return body
}

func (f *fixture) refused(key, secret string, form url.Values, wantCode, wantWords string) {
	f.Helper()
	got := f.askToken(key, secret, form, http.StatusBadRequest)
	if got["error"] != wantCode || !strings.Contains(got["error_description"].(string), wantWords) {
		f.Errorf("%v, want %s with %q", got, wantCode, wantWords)
	}
}

func TestAuthorize_leadsThroughSignInAndConsent(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := f.browser()
	signIn := b.open(f.authorizePath())
	if !strings.Contains(signIn.body, "Log in to Bitbucket (simulator)") {
		t.Fatalf("no sign-in page: %s", signIn.body)
	}
	next := f.authorizePath()
	wrong := b.post("/account/signin/", url.Values{"username": {"ann"}, "password": {"no"}, "next": {next}})
	if wrong.status != http.StatusUnauthorized ||
		!strings.Contains(wrong.body, "Incorrect username or password") {
		t.Errorf("wrong password: %d", wrong.status)
	}
	consent := b.post("/account/signin/", url.Values{
		"username": {"ann"}, "password": {"ann-pw"},
		"next": {next},
	})
	for _, words := range []string{
		"Towpath", "Account: Read", "Repositories: Write",
		"Webhooks: Read and write", "Grant access", "Cancel",
	} {
		if !strings.Contains(consent.body, words) {
			t.Errorf("the consent page lacks %q", words)
		}
	}
	back := f.decide("grant")
	if back.location == nil || back.location.Host != "app.example" ||
		back.location.Query().Get("state") != "st&te=1" {
		t.Fatalf("back: %v", back.location)
	}
	got := f.askToken(f.key, f.secret, url.Values{
		"grant_type": {"authorization_code"}, "code": {back.location.Query().Get("code")},
		"redirect_uri": {"http://app.example/oauth/callback"},
	}, http.StatusOK)
	if len(got["access_token"].(string)) < 2500 || got["expires_in"] != 3600.0 ||
		got["scope"] != strings.Join(allScopes, " ") || got["state"] != "authorization_code" {
		t.Errorf("tokens: %v", got)
	}
	f.token = got["access_token"].(string)
	f.get("/user")
	f.refused(f.key, f.secret, url.Values{
		"grant_type": {"authorization_code"},
		"code":       {back.location.Query().Get("code")},
	}, "invalid_grant", "")
}

func TestAuthorize_denialGoesBackWithAnError(t *testing.T) {
	t.Parallel()
	f := setup(t)
	got := f.decide("deny").location
	if got == nil || got.Query().Get("error") != "access_denied" || got.Query().Get("state") != "st&te=1" {
		t.Errorf("back: %v", got)
	}
}

func TestAuthorize_neverRedirectsToAnUnknownAddress(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := f.browser().signIn("ann")
	for uri, ok := range map[string]bool{
		"http://app.example/oauth/callback":         true,
		"http://app.example/oauth/callback/more":    true,
		"http://app.example/oauth/callback?x=1":     true,
		"http://app.example/oauth":                  false,
		"https://app.example/oauth/callback":        false,
		"http://app.example:81/oauth/callback":      false,
		"http://evil.example/oauth/callback":        false,
		"http://app.example@evil.example/oauth/cal": false,
	} {
		got := b.open(f.authorizePath("redirect_uri", uri))
		shown := strings.Contains(got.body,
			"Invalid redirect_uri. This integration is misconfigured. Contact the vendor for assistance.")
		if shown == ok || got.location != nil {
			t.Errorf("%s: status %d, location %v", uri, got.status, got.location)
		}
	}
	if got := b.open(f.authorizePath("client_id", "nobody")); got.status != http.StatusBadRequest ||
		!strings.Contains(got.body, "Invalid client_id") {
		t.Errorf("unknown client: %d", got.status)
	}
	if got := f.decide("grant", "redirect_uri", ""); got.location == nil ||
		got.location.Path != "/oauth/callback" {
		t.Errorf("without redirect_uri: %v", got.location)
	}
	f.sim.SetFaults(Faults{COOP: true, AutoConsent: true})
	if got := b.open(f.authorizePath()); got.location == nil ||
		got.header.Get("Cross-Origin-Opener-Policy") != "same-origin" {
		t.Errorf("automatic consent: %d %v", got.status, got.header)
	}
}

func TestTokenEndpoint_refusesInKnownWords(t *testing.T) {
	t.Parallel()
	f := setup(t)
	nonsense := url.Values{"grant_type": {"authorization_code"}, "code": {"nonsense"}}
	f.refused(f.key, f.secret, nonsense, "invalid_grant", "")
	f.refused(f.key, "wrong", nonsense, "unauthorized_client", "Invalid OAuth client credentials")
	f.refused(f.secret, f.key, nonsense, "unauthorized_client", "Invalid OAuth client credentials")
	f.refused("", "", nonsense, "unauthorized_client",
		"Requests must be authenticated using OAuth client credentials")
	f.refused(f.key, f.secret, url.Values{}, "unsupported_grant_type", "None")
	f.refused(f.key, f.secret, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"x"}},
		"invalid_grant", "refresh_token")
	f.refused(f.key, f.secret, url.Values{"grant_type": {"client_credentials"}}, "invalid_grant",
		`marked as "public"`)
	bare := f.sim.AddConsumer(Consumer{Workspace: "acme", Name: "Bare", Scopes: allScopes})
	f.refused(bare.Key, bare.Secret, nonsense, "invalid_request",
		"No callback uri defined for the OAuth client.")
	if len(bare.Key) != 32 || len(bare.Secret) != 76 {
		t.Errorf("key of %d, secret of %d characters", len(bare.Key), len(bare.Secret))
	}
	other := f.sim.AddConsumer(Consumer{
		Workspace:   "acme",
		Name:        "Other",
		CallbackURL: "http://app.example/",
		Scopes:      allScopes,
		Private:     true,
	})
	code := f.decide("grant").location.Query().Get("code")
	f.refused(other.Key, other.Secret, url.Values{"grant_type": {"authorization_code"}, "code": {code}},
		"invalid_grant", "")
	late := f.decide("grant").location.Query().Get("code")
	f.clock.advance(11 * time.Minute)
	f.refused(f.key, f.secret, url.Values{"grant_type": {"authorization_code"}, "code": {late}},
		"invalid_grant", "")
	own := f.askToken(other.Key, other.Secret, url.Values{"grant_type": {"client_credentials"}},
		http.StatusOK)
	if own["refresh_token"] != nil {
		t.Error("client_credentials bring no refresh token")
	}
}

func TestRefreshTokens_rotateWithAGrace(t *testing.T) {
	t.Parallel()
	f := setup(t)
	_, first, err := f.sim.IssueTokens(f.key, "ann")
	f.must(err)
	refresh := func(text string) url.Values {
		return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text}}
	}
	second := f.askToken(f.key, f.secret, refresh(first), http.StatusOK)["refresh_token"].(string)
	if second == first {
		t.Fatal("the refresh token did not change")
	}
	f.clock.advance(9 * time.Minute)
	f.askToken(f.key, f.secret, refresh(first), http.StatusOK)
	f.clock.advance(2 * time.Minute)
	f.refused(f.key, f.secret, refresh(first), "invalid_grant", "")
	third := f.askToken(f.key, f.secret, refresh(second), http.StatusOK)["refresh_token"].(string)
	f.sim.SetFaults(Faults{NoRotation: true})
	if got := f.askToken(f.key, f.secret, refresh(third), http.StatusOK); got["refresh_token"] != nil {
		t.Error("a refresh token came although rotation is off")
	}
	f.sim.RevokeGrants("ann")
	f.refused(f.key, f.secret, refresh(third), "invalid_grant", "")
}
