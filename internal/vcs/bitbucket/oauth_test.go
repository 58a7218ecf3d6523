package bitbucket_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

var someApp = vcs.App{ApplicationID: "key", Secret: "s3cret"}

func TestAuthorizeURL(t *testing.T) {
	t.Parallel()
	p, err := bitbucket.New(bitbucket.Config{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(p.AuthorizeURL(someApp, "st&te", redirectURL))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"client_id": {"key"}, "response_type": {"code"}, "redirect_uri": {redirectURL},
		"scope": {"account webhook repository:write"}, "state": {"st&te"},
	}
	if diff := cmp.Diff(want, u.Query()); diff != "" || u.Scheme+"://"+
		u.Host+u.Path != "https://bitbucket.org/site/oauth2/authorize" {
		t.Error(u, diff)
	}
}

func TestExchange_readsOldAndNewAnswers(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 10, 12, 0, 0, 0, time.UTC)
	long := strings.Repeat("t", 2600)
	for name, c := range map[string]struct {
		body string
		want vcs.Token
	}{
		"before May 2026": {
			`{"scopes":"account webhook","access_token":"a","expires_in":7200,"token_type":"bearer","state":"authorization_code","refresh_token":"r"}`,
			vcs.Token{
				AccessToken: "a", RefreshToken: "r", ExpiresAt: now.Add(2 * time.Hour),
				Scopes: []string{"account", "webhook"},
			},
		},
		"since May 2026": {
			`{"scope":"account  repository:write","access_token":"` + long +
				`","expires_in":3600,"token_type":"bearer","refresh_token":"` + long + `"}`,
			vcs.Token{
				AccessToken: long, RefreshToken: long, ExpiresAt: now.Add(time.Hour),
				Scopes: []string{"account", "repository:write"},
			},
		},
		"without what is optional": {
			`{"access_token":"a","token_type":"bearer"}`,
			vcs.Token{AccessToken: "a", ExpiresAt: now.Add(time.Hour)},
		},
		"scopes as a list": {
			`{"access_token":"a","scopes":["account",7],"expires_in":"60"}`,
			vcs.Token{AccessToken: "a", ExpiresAt: now.Add(time.Minute), Scopes: []string{"account"}},
		},
	} {
		p, _ := wire(t, bitbucket.Config{Now: func() time.Time { return now }},
			func(w http.ResponseWriter, r *http.Request) {
				if key, secret, ok := r.BasicAuth(); !ok || key != "key" || secret != "s3cret" ||
					r.PostFormValue("client_secret") != "" {
					t.Errorf("%s: the consumer is not in the header alone", name)
				}
				if r.PostFormValue("code") != "c" || r.PostFormValue("redirect_uri") != redirectURL ||
					r.PostFormValue("grant_type") != "authorization_code" {
					t.Errorf("%s: form %v", name, r.PostForm)
				}
				answer(200, jsonType, c.body)(w, r)
			})
		got, err := p.Exchange(t.Context(), someApp, "c", redirectURL)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Error(name, diff, err)
		}
	}
}

func TestRefresh_anAnswerWithoutARefreshTokenKeepsTheOldOne(t *testing.T) {
	t.Parallel()
	p, _ := wire(t, bitbucket.Config{}, answer(200, jsonType, `{"access_token":"a","expires_in":60}`))
	got, err := p.Refresh(t.Context(), someApp, "old")
	if err != nil || (got.RefreshToken != "old" && got.RefreshToken != "") {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := p.Refresh(t.Context(), someApp, ""); vcs.KindOf(err) != vcs.Unauthorized {
		t.Errorf("without a refresh token: %v", err)
	}
}

func TestTokenEndpoint_refusalsAreToldApart(t *testing.T) {
	t.Parallel()
	type result struct {
		Kind   vcs.Kind
		Reason vcs.Reason
	}
	for name, c := range map[string]struct {
		status            int
		contentType, body string
		exchange, refresh result
		probe             result
		retried           bool
	}{
		"wrong key or secret": {
			400, jsonType,
			`{"error":"unauthorized_client","error_description":"Invalid OAuth client credentials"}`,
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			false,
		},
		"the word of the RFC": {
			401, jsonType, `{"error":"invalid_client"}`,
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			false,
		},
		"a refusal without a word": {
			401, textType, `Unauthorized`,
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			result{vcs.Unauthorized, vcs.ReasonCredentials},
			false,
		},
		"a dead code or token": {
			400, jsonType, `{"error":"invalid_grant","error_description":"Nope"}`,
			result{vcs.Unauthorized, vcs.ReasonCode},
			result{vcs.Unauthorized, ""},
			result{},
			false,
		},
		"a dead token of 2017": {
			400, jsonType,
			`{"error":"invalid_request","error_description":"Invalid refresh_token"}`,
			result{vcs.Unauthorized, ""},
			result{vcs.Unauthorized, ""},
			result{vcs.Unauthorized, ""},
			false,
		},
		"no callback URL": {
			400, jsonType,
			`{"error":"invalid_request","error_description":"No callback uri defined for the OAuth client."}`,
			result{vcs.Rejected, vcs.ReasonNoCallback},
			result{vcs.Rejected, vcs.ReasonNoCallback},
			result{vcs.Rejected, vcs.ReasonNoCallback},
			false,
		},
		"an outage": {
			502, htmlType, `<html><h1>Bad gateway</h1></html>`,
			result{vcs.Unavailable, ""},
			result{vcs.Unavailable, ""},
			result{vcs.Unavailable, ""},
			false,
		},
		"a page with status 200": {
			200, htmlType, `<html>hi</html>`,
			result{vcs.Unavailable, ""},
			result{vcs.Unavailable, ""},
			result{vcs.Unavailable, ""},
			false,
		},
		"a proxy that refuses": {
			403, htmlType, `<html>Blocked</html>`,
			result{vcs.Unavailable, ""},
			result{vcs.Unavailable, ""},
			result{vcs.Unavailable, ""},
			false,
		},
		"too many requests": {
			429, textType, `Rate limit for this resource has been exceeded`,
			result{vcs.RateLimited, ""},
			result{vcs.RateLimited, ""},
			result{vcs.RateLimited, ""},
			true,
		},
		"an empty object": {
			200, jsonType, `{}`,
			result{vcs.Unavailable, ""},
			result{vcs.Unavailable, ""},
			result{vcs.Unavailable, ""},
			false,
		},
		"a word we do not know": {
			400, jsonType, `{"error":"teapot"}`,
			result{vcs.Rejected, ""},
			result{vcs.Rejected, ""},
			result{vcs.Rejected, ""},
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := wire(t, bitbucket.Config{}, answer(c.status, c.contentType, c.body))
			_, exchange := p.Exchange(t.Context(), someApp, "c", redirectURL)
			_, refresh := p.Refresh(t.Context(), someApp, "r")
			for i, err := range []error{exchange, refresh, p.Probe(t.Context(), someApp)} {
				var e *vcs.Error
				got, want := result{}, []result{c.exchange, c.refresh, c.probe}[i]
				if errors.As(err, &e) {
					got = result{e.Kind, e.Reason}
					if strings.Contains(err.Error(), someApp.Secret) || c.retried == e.RetryAt.IsZero() {
						t.Errorf("error %+v", e)
					}
				}
				if got != want {
					t.Errorf("%d: %v %v, want %v", i, got, err, want)
				}
			}
		})
	}
}

func TestProbe_faultsOfTheConsumer(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	p := s.provider(t, bitbucket.Config{})
	s.AddConsumer(bitbucketsim.Consumer{Workspace: "engines", Key: "no-callback", Secret: "x"})
	var e *vcs.Error
	if err := p.Probe(t.Context(), vcs.App{ApplicationID: "no-callback", Secret: "x"}); !errors.As(err, &e) ||
		e.Reason != vcs.ReasonNoCallback {
		t.Errorf("without a callback: %v", err)
	}
	s.SetFaults(bitbucketsim.Faults{TokenStatus: http.StatusServiceUnavailable})
	if err := p.Probe(t.Context(), s.app()); vcs.KindOf(err) != vcs.Unavailable {
		t.Errorf("during an outage: %v", err)
	}
}

func TestRefresh_withoutRotation(t *testing.T) {
	t.Parallel()
	s := newSimulation(t)
	p := s.provider(t, bitbucket.Config{})
	back := s.authorize(t, p.AuthorizeURL(s.app(), "state", redirectURL))
	token, err := p.Exchange(t.Context(), s.app(), back.Get("code"), redirectURL)
	if err != nil {
		t.Fatal(err)
	}
	s.SetFaults(bitbucketsim.Faults{NoRotation: true})
	again, err := p.Refresh(t.Context(), s.app(), token.RefreshToken)
	if err != nil || again.AccessToken == token.AccessToken ||
		(again.RefreshToken != "" && again.RefreshToken != token.RefreshToken) {
		t.Errorf("refresh %v", err)
	}
}

func TestMissing(t *testing.T) {
	t.Parallel()
	p, err := bitbucket.New(bitbucket.Config{})
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"Account: Read", "Webhooks: Read and write", "Repositories: Write"}
	for granted, want := range map[string][]string{
		"":                                 all,
		"account webhook repository:write": nil,
		"account:write webhook pullrequest:write": nil,
		"account webhook repository":              {"Repositories: Write"},
		"account webhook repository:admin":        {"Repositories: Write"},
		"account webhook pullrequest project":     {"Repositories: Write"},
		"email repository:write":                  {"Account: Read", "Webhooks: Read and write"},
	} {
		if diff := cmp.Diff(want, p.Missing(strings.Fields(granted))); diff != "" {
			t.Errorf("%q: %s", granted, diff)
		}
	}
}
