package api

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"towpath"
)

func TestWizard_fromNextToConfirm(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	var kinds list[providerType]
	w.call(t, "outsider", "GET", "/git-provider-types", "", 200, &kinds)
	if len(kinds.Items) != 1 || kinds.Items[0].CallbackURL != w.url+"/oauth/callback" ||
		len(kinds.Items[0].Permissions) == 0 {
		t.Errorf("types are %+v", kinds.Items)
	}
	var v verification
	r := w.call(t, "owner", "POST", "/git-provider-verifications", w.wizard(), 201, &v)
	if v.State != "pending" || v.AuthorizeURL == "" || strings.Contains(string(r.body), w.consumer.Secret) {
		t.Fatalf("verification is %s", r.body)
	}
	back := w.consent(t, v.AuthorizeURL, "grant", "")
	if back.StatusCode != 200 || !strings.Contains(string(back.body), "Access granted") ||
		!strings.Contains(string(back.body), v.ID) {
		t.Errorf("callback answers %d: %s", back.StatusCode, back.body)
	}
	if csp := back.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'nonce-") ||
		strings.Contains(csp, "unsafe") {
		t.Errorf("callback's CSP is %s", csp)
	}
	r = w.call(t, "owner", "GET", "/git-provider-verifications/"+v.ID, "", 200, &v)
	if v.State != "verified" || v.AccountName != "Ada Lock" || v.AuthorizeURL != "" &&
		strings.Contains(string(r.body), w.consumer.Secret) {
		t.Errorf("verification is %s", r.body)
	}
	w.fails(t, "dba", "GET", "/git-provider-verifications/"+v.ID, "", 404)
	var p gitProvider
	w.call(t, "owner", "POST", "/git-providers", `{"verificationId":"`+v.ID+`"}`, 201, &p)
	if w.fails(t, "owner", "POST", "/git-providers", `{"verificationId":"`+v.ID+`"}`, 409).Detail == "" {
		t.Error("a verification was used twice without a word")
	}
	w.call(t, "owner", "PATCH", "/git-providers/"+p.ID, `{"displayName":"Our Bitbucket"}`, 200, nil)
	var seen list[gitProvider]
	w.call(t, "owner", "GET", "/git-providers", "", 200, &seen)
	if seen.Items[0].ApplicationID != w.consumer.Key || seen.Items[0].Health != "ok" ||
		seen.Items[0].DisplayName != "Our Bitbucket" {
		t.Errorf("owner sees %+v", seen.Items)
	}
	seen = list[gitProvider]{}
	w.call(t, "developer", "GET", "/git-providers", "", 200, &seen)
	if seen.Items[0].ApplicationID != "" || seen.Items[0].Health != "" ||
		seen.Items[0].DisplayName != "Our Bitbucket" {
		t.Errorf("a developer sees %+v", seen.Items)
	}
	w.call(t, "owner", "DELETE", "/git-providers/"+p.ID, "", 204, nil)
	if strings.Contains(w.log.String(), w.consumer.Secret) || strings.Contains(w.log.String(), "code=") {
		t.Error("the log holds a secret")
	}
}

func TestWizard_keepsTheSignInForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	for body, want := range map[string]int{
		``:                        1,
		`,"connectAccount":true`:  1,
		`,"connectAccount":false`: 0,
	} {
		var v verification
		w.call(t, "owner", "POST", "/git-provider-verifications", w.wizard(), 201, &v)
		w.consent(t, v.AuthorizeURL, "grant", "")
		var p gitProvider
		w.call(t, "owner", "POST", "/git-providers", `{"verificationId":"`+v.ID+`"`+body+`}`, 201, &p)
		r := w.call(t, "owner", "GET", "/git-provider-verifications/"+v.ID, "", 200, &v)
		var mine, theirs list[grant]
		w.call(t, "owner", "GET", "/git-providers/"+p.ID+"/grants", "", 200, &mine)
		w.call(t, "dba", "GET", "/git-providers/"+p.ID+"/grants", "", 200, &theirs)
		if len(mine.Items) != want || len(theirs.Items) != 0 || (v.GrantID != "") != (want == 1) {
			t.Errorf("%q: the owner has %+v, a DBA %+v, the verification is %s", body, mine.Items,
				theirs.Items, r.body)
		}
		for _, g := range mine.Items {
			w.call(t, "owner", "GET", "/grants/"+g.ID+"/repositories", "", 200, nil)
			w.fails(t, "dba", "GET", "/grants/"+g.ID+"/repositories", "", 422)
		}
	}
}

func TestWizard_namesTheWrongField(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	for name, c := range map[string]struct{ id, secret, location string }{
		"exchanged":       {w.consumer.Secret, w.consumer.Key, "body.applicationId"},
		"a wrong secret":  {w.consumer.Key, "wrong", "body.secret"},
		"an empty secret": {w.consumer.Key, " ", "body.secret"},
	} {
		p := w.fails(t, "owner", "POST", "/git-provider-verifications",
			`{"type":"bitbucket","displayName":"B","applicationId":"`+c.id+`","secret":"`+c.secret+`"}`, 422)
		if len(p.Errors) != 1 || p.Errors[0].Location != c.location {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestCallback_showsTheError(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	r := w.send(t, "nobody", "GET", "/oauth/callback?state=made-up&code=x", "")
	if r.StatusCode != 404 || !strings.Contains(string(r.body), "press Next again") ||
		strings.Contains(string(r.body), "<script") {
		t.Errorf("an unknown state gives %d: %s", r.StatusCode, r.body)
	}
	var v verification
	w.call(t, "owner", "POST", "/git-provider-verifications", w.wizard(), 201, &v)
	back := w.consent(t, v.AuthorizeURL, "deny", "")
	w.call(t, "owner", "GET", "/git-provider-verifications/"+v.ID, "", 200, &v)
	if v.State != "failed" || v.Reason == nil || v.Reason.Code != reasonCode(towpath.ReasonSignInDenied) ||
		!strings.Contains(string(back.body), "did not grant access") {
		t.Errorf("a denial gives %+v: %s", v, back.body)
	}
	w.call(t, "owner", "POST", "/git-provider-verifications", w.wizard(), 201, &v)
	state := stateOf(t, v.AuthorizeURL)
	r = w.send(t, "nobody", "GET", "/oauth/callback?state="+state+"&error=x&error_description="+
		url.QueryEscape("<script>alert(1)</script>"), "")
	if strings.Contains(string(r.body), "<script>alert") {
		t.Errorf("the provider's words are run: %s", r.body)
	}
}

func TestCallback_needsTheBrowserThatStarted(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	r := w.send(t, "nobody", "POST", "/api/v1/git-provider-verifications", w.wizard(), "Cookie",
		sessionCookie+"=session-owner")
	if r.StatusCode != http.StatusCreated {
		t.Fatalf("%d: %s", r.StatusCode, r.body)
	}
	v := decode[verification](t, r)
	if back := w.consent(t, v.AuthorizeURL, "grant", "session-dba"); back.StatusCode != 403 {
		t.Errorf("somebody else's browser gets %d: %s", back.StatusCode, back.body)
	}
	if back := w.consent(t, v.AuthorizeURL, "grant", "session-owner"); back.StatusCode != 200 {
		t.Errorf("the browser that started gets %d: %s", back.StatusCode, back.body)
	}
}

func stateOf(t *testing.T, authorizeURL string) string {
	t.Helper()
	u, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("state")
}
