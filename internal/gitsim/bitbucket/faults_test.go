package bitbucket

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestFaults_ofTheAPI(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"a": "1"}, "first")
	f.sim.SetFaults(Faults{APIStatus: 503})
	if got := f.call("GET", "/user", nil, 503); !strings.HasPrefix(got.header.Get("Content-Type"),
		"text/html") {
		t.Errorf("503 as %s", got.header.Get("Content-Type"))
	}
	f.sim.SetFaults(Faults{APIStatus: 429, RetryAfter: "7", APIStatusFor: 2, APIStatusPath: "/src/"})
	f.get("/user")
	for range 2 {
		if got := f.call("GET", shop+"/src/"+hash+"/a", nil, 429); got.header.Get("Retry-After") != "7" ||
			string(got.body) != "Rate limit for this resource has been exceeded" {
			t.Errorf("429: %v %s", got.header, got.body)
		}
	}
	f.get(shop + "/src/" + hash + "/a")
	f.spec = nil // from here on bodies break the description on purpose
	for shape, want := range map[string]string{
		"plain": "Commit not found", "html": "<html>", "detail-object": `"required":`,
		"fields-array": `"fields":["Commit`,
		"no-type":      `{"error":{"message"`, "code-message": `{"code":404`,
	} {
		f.sim.SetFaults(Faults{ErrorBody: shape})
		if got := f.call("GET", shop+"/commit/abcdef0", nil,
			http.StatusNotFound); !strings.Contains(string(got.body), want) {
			t.Errorf("%s: %s", shape, got.body)
		}
	}
}

func TestFaults_lagAfterAPush(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.sim.SetFaults(Faults{CommitLag: 2, StatusLag: 1})
	hash, err := f.sim.Commit("acme/shop", "main", map[string]string{"a": "1"}, "first")
	f.must(err)
	f.call("GET", shop+"/commit/"+hash, nil, http.StatusNotFound)
	f.call("GET", shop+"/src/"+hash+"/a", nil, http.StatusNotFound)
	f.get(shop + "/commit/" + hash)
	body := obj{"key": "k", "state": "FAILED", "url": "https://x.example/"}
	f.call("POST", shop+"/commit/"+hash+"/statuses/build", body, http.StatusNotFound)
	f.call("POST", shop+"/commit/"+hash+"/statuses/build", body, http.StatusCreated)
}

func TestFaults_ofTheTokenEndpoint(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for want, faults := range map[int]Faults{502: {TokenStatus: 502}, 200: {TokenHTML: true}} {
		f.sim.SetFaults(faults)
		resp, err := http.PostForm(f.url+"/site/oauth2/access_token", url.Values{})
		f.must(err)
		f.must(resp.Body.Close())
		if resp.StatusCode != want || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
		}
	}
}

func TestFaults_outOfBand(t *testing.T) {
	t.Parallel()
	f := setup(t)
	uuid := f.hook("https://towpath.example/")
	repo := f.get(shop)
	byUUID := "/repositories/%7B%7D/" + url.PathEscape(repo.str("uuid"))
	f.must(f.sim.DeleteHook("acme/shop", uuid))
	f.call("GET", shop+"/hooks/"+url.PathEscape(uuid), nil, http.StatusNotFound)
	f.sim.AddWorkspace("other", "Other Ltd")
	f.must(f.sim.TransferRepository("acme/shop", "other"))
	f.call("GET", byUUID, nil, http.StatusNotFound) // ann has no right there
	f.sim.SetMember("other", "ann", "owner")
	if got := f.get(byUUID).str("workspace", "slug"); got != "other" {
		t.Errorf("workspace %q", got)
	}
	f.sim.SetMember("other", "ann", "member")
	f.sim.SetPermission("other/shop", "ann", "read")
	f.call("GET", byUUID+"/hooks", nil, http.StatusForbidden)
	f.must(f.sim.DeleteRepository("other/shop"))
	f.call("GET", byUUID, nil, http.StatusNotFound)
	last := f.sim.Requests()
	if got := last[len(last)-1]; got.Status != 404 || got.User != "ann" || got.Method != "GET" {
		t.Errorf("last request: %+v", got)
	}
}

func TestState_survivesARestart(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"a": "1"}, "first")
	uuid := f.hook("https://towpath.example/")
	f.call("POST", shop+"/commit/"+hash+"/statuses/build",
		obj{"key": "k", "state": "FAILED", "url": "https://x.example/"}, http.StatusCreated)
	f.must(f.sim.Close())
	again, err := New(f.sim.opts)
	f.must(err)
	f.sim = again
	if got := f.get(shop + "/hooks/" + url.PathEscape(uuid)).str("uuid"); got != uuid {
		t.Errorf("hook %q", got)
	}
	if got := again.Statuses("acme/shop", hash); len(got) != 1 {
		t.Errorf("statuses %+v", got)
	}
	if same, err := again.AddRepository(RepositorySpec{Workspace: "acme", Slug: "shop"}); err != nil ||
		same.UUID != f.get(shop).str("uuid") {
		t.Errorf("repository %+v, %v", same, err)
	}
	f.get(shop + "/src/" + hash + "/a")
}
