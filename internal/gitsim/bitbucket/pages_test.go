package bitbucket

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func (f *fixture) shows(p page, status int, words ...string) {
	f.Helper()
	if p.status != status {
		f.Errorf("status %d, want %d: %s", p.status, status, p.body)
	}
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			f.Errorf("the page lacks %q:\n%s", w, p.body)
		}
	}
}

func TestPages_showACommitWithItsBuilds(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"db/größe #1.sql": "select '<b>';"}, "Add <größe>")
	f.call("POST", shop+"/commit/"+hash+"/statuses/build", obj{
		"key": "k", "state": "SUCCESSFUL",
		"url": "https://towpath.example/r/7", "name": "Rollout 7",
	}, http.StatusCreated)
	f.call("PUT", shop+"/commit/"+hash+"/reports/r", obj{
		"title": "SQL review", "details": "fine",
		"report_type": "BUG",
	}, http.StatusOK)
	b := f.browser().signIn("ann")
	f.shows(b.open("/"), 200, "Bitbucket simulator", "/acme/shop", "admin")
	f.shows(b.open("/acme/shop"), 200, "git clone "+f.url+"/acme/shop.git", "Add &lt;größe&gt;", "Successful")
	f.shows(b.open("/acme/shop/commits/"+hash), 200, "Rollout 7", "https://towpath.example/r/7", "Successful",
		"SQL review", "db/größe #1.sql")
	f.shows(b.open("/acme/shop/src/"+hash+"/"+escapePath("db/größe #1.sql")), 200,
		"select &#39;&lt;b&gt;&#39;;")
	f.shows(b.open("/acme/shop/src/"+hash+"/"), 200, "db/")
	f.shows(b.open("/acme/shop/branch/main"), 200, "Add &lt;größe&gt;")
	f.shows(b.open("/acme/shop/branch/nope"), 404)
	f.shows(b.open("/acme/shop/commits/"+strings.Repeat("a", 40)), 404)
	f.shows(b.open("/simulator.css"), 200)
	f.shows(f.browser().signIn("eve").open("/acme/shop"), 404)
	f.shows(f.browser().open("/acme/shop"), 200, "Log in to Bitbucket (simulator)")
	f.shows(f.browser().signIn("bob").open("/acme/shop/admin/webhooks"), 403)
}

func TestPages_resendADelivery(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hooks := f.receiver()
	f.hook(hooks.URL)
	f.push("one")
	f.wait(hooks, 0)
	id := f.sim.Deliveries()[0].ID
	b := f.browser().signIn("ann")
	f.shows(b.open("/acme/shop/admin/webhooks"), 200, hooks.URL, "repo:push", id)
	b.post("/acme/shop/admin/webhooks/resend", url.Values{"request": {id}})
	f.wait(hooks, 1)
}

func TestPages_addAndEditAConsumer(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := f.browser().signIn("ann")
	form := b.open("/acme/workspace/settings/oauth-consumers/new/edit")
	f.shows(form, 200, "Callback URL", "This is a private consumer", "Account", "Workspace membership",
		"Projects", "Repositories", "Pull requests",
		"Webhooks", "Read and write", "Pipelines", "Runners")
	f.shows(b.post("/acme/workspace/settings/oauth-consumers/new/edit", url.Values{"name": {"CD"}}), 400,
		"Select at least one permission.")
	f.shows(b.post("/acme/workspace/settings/oauth-consumers/new/edit", url.Values{
		"name": {"CD"}, "callback": {"https://cd.example/oauth/callback"},
		"scope": {"account", "webhook", "repository:write"}, "private": {"1"},
	}), 200, "CD", "https://cd.example/oauth/callback",
		"Account: Read, Repositories: Write, Webhooks: Read and write")
	f.shows(b.post("/acme/workspace/settings/oauth-consumers/2/edit",
		url.Values{"name": {"CD2"}, "scope": {"account"}}), 200, "CD2")
	f.shows(b.post("/acme/workspace/settings/oauth-consumers/2/delete", nil), 200)
	f.shows(b.open("/acme/workspace/settings/oauth-consumers/2/edit"), 404)
	f.shows(f.browser().signIn("bob").open("/acme/workspace/settings/api"), 403)
}

func TestPages_revokeAnAuthorization(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := f.browser().signIn("ann")
	f.shows(b.open("/account/settings/app-authorizations/"), 200, "Towpath", "Revoke")
	f.shows(b.post("/account/settings/app-authorizations/", url.Values{"consumer": {f.key}}), 200,
		"not authorized any")
	f.call("GET", "/user", nil, http.StatusUnauthorized)
	f.shows(b.post("/account/signout/", nil), 200, "Log in")
	f.shows(b.open("/"), 200, "Log in")
}

func TestPages_refuseFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	f := setup(t)
	b := f.browser().signIn("ann")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.url+f.authorizePath()+
		"&action=grant", nil)
	f.must(err)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	f.shows(b.do(r), http.StatusForbidden)
}

func TestAvatars_areDrawn(t *testing.T) {
	t.Parallel()
	f := setup(t)
	avatar := f.get("/user").str("links", "avatar", "href")
	f.shows(f.browser().open(strings.TrimPrefix(avatar, f.url)), 200, "<svg", "AD")
}

func TestPages_editAFileWithoutAClone(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.commit("main", map[string]string{"db/größe #1.sql": "select 1;"}, "first")
	hooks := f.receiver()
	f.hook(hooks.URL)
	b := f.browser().signIn("bob")
	head := f.get(shop+"/refs/branches/main").str("target", "hash")
	f.shows(b.open("/acme/shop/edit?path="+url.QueryEscape("db/größe #1.sql")), 200, "select 1;", head)
	change := url.Values{
		"branch": {"main"}, "path": {"db/größe #1.sql"}, "content": {"select 2;\r\n"},
		"message": {"Second"}, "head": {head},
	}
	f.shows(b.post("/acme/shop/edit", change), 200, "Second", "Bob Doe")
	push, _ := f.wait(hooks, 0)
	if push.str("actor", "display_name") != "Bob Doe" {
		t.Errorf("actor: %s", push.body)
	}
	if got := f.get(shop + "/src/main/" + escapePath("db/größe #1.sql")); string(got.body) != "select 2;\n" {
		t.Errorf("content %q", got.body)
	}
	f.shows(b.post("/acme/shop/edit", change), 400, "The branch moved meanwhile")
	change.Set("branch", "a b")
	f.shows(b.post("/acme/shop/edit", change), 400, "valid branch name")
	f.shows(f.browser().signIn("eve").open("/acme/shop/edit"), 404)
}
