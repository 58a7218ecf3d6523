package bitbucket

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
)

func TestHook_isCreatedReadReplacedAndDeleted(t *testing.T) {
	t.Parallel()
	f := setup(t)
	made := f.call("POST", shop+"/hooks", obj{
		"description": "Towpath", "url": "https://towpath.example/hooks/1", "events": []string{"repo:push"},
		"active": true, "secret": "s",
		"skip_cert_verification": true,
	}, http.StatusCreated)
	uuid := made.str("uuid")
	if made.at("secret_set") != true || made.at("secret") != nil ||
		made.str("subject", "full_name") != "acme/shop" || made.header.Get("Location") == "" {
		t.Errorf("created: %s", made.body)
	}
	path := shop + "/hooks/" + url.PathEscape(uuid)
	if got := f.get(path).str("url"); got != "https://towpath.example/hooks/1" {
		t.Errorf("url %q", got)
	}
	whole := obj{
		"description": "Towpath", "url": "https://new.example/",
		"events": []string{"repo:push", "repo:updated"}, "active": true,
	}
	replaced := f.call("PUT", path, whole, http.StatusOK)
	if replaced.at("secret_set") != true || replaced.str("url") != "https://new.example/" {
		t.Errorf("an absent secret stays: %s", replaced.body)
	}
	whole["secret"] = nil
	if got := f.call("PUT", path, whole, http.StatusOK); got.at("secret_set") != false {
		t.Errorf("a null secret goes: %s", got.body)
	}
	delete(whole, "active")
	if got := f.call("PUT", path, whole, http.StatusOK); got.at("active") != false {
		t.Errorf("PUT replaces what is absent: %s", got.body)
	}
	delete(whole, "url")
	if got := f.call("PUT", path, whole, http.StatusBadRequest).str("error", "fields", 0); got != "url" {
		t.Errorf("fields: %q", got)
	}
	f.call("DELETE", path, nil, http.StatusNoContent)
	f.call("DELETE", path, nil, http.StatusNotFound)
}

func TestHook_isRefused(t *testing.T) {
	t.Parallel()
	f := setup(t)
	good := func(change func(obj)) obj {
		o := obj{
			"description": "x", "url": "https://towpath.example/", "events": []string{"repo:push"},
			"active": true,
		}
		change(o)
		return o
	}
	for name, body := range map[string]obj{
		"no url":            good(func(o obj) { delete(o, "url") }),
		"relative url":      good(func(o obj) { o["url"] = "/x" }),
		"no description":    good(func(o obj) { delete(o, "description") }),
		"no events":         good(func(o obj) { o["events"] = []string{} }),
		"unknown event":     good(func(o obj) { o["events"] = []string{"repo:pushed"} }),
		"twice one event":   good(func(o obj) { o["events"] = []string{"repo:push", "repo:push"} }),
		"null for a bool":   good(func(o obj) { o["skip_cert_verification"] = nil }),
		"secret is too big": good(func(o obj) { o["secret"] = fmt.Sprintf("%129d", 1) }),
	} {
		t.Run(name, func(t *testing.T) { f.in(t).call("POST", shop+"/hooks", body, http.StatusBadRequest) })
	}
	f.sim.SetFaults(Faults{PrivateHooks: true})
	f.call("POST", shop+"/hooks", good(func(o obj) { o["url"] = "http://127.0.0.1:8080/x" }),
		http.StatusBadRequest)
	f.call("POST", shop+"/hooks", good(func(obj) {}), http.StatusCreated)
	f.sim.SetFaults(Faults{RefuseHooks: true})
	f.call("POST", shop+"/hooks", good(func(obj) {}), http.StatusForbidden)
}

func TestHook_forPullRequestsNeedsTheirScope(t *testing.T) {
	t.Parallel()
	f := setup(t)
	c := f.sim.AddConsumer(Consumer{
		Workspace:   "acme",
		Name:        "Small",
		CallbackURL: "http://x.example/",
		Scopes:      []string{"account", "webhook", "repository:write"},
	})
	access, _, err := f.sim.IssueTokens(c.Key, "ann")
	f.must(err)
	f.token = access
	denied := f.call("POST", shop+"/hooks", obj{
		"description": "x", "url": "https://towpath.example/",
		"events": []string{"repo:push", "pullrequest:created"}, "active": true,
	}, http.StatusForbidden)
	if denied.str("error", "detail", "required", 1) != "pullrequest" {
		t.Errorf("denied: %s", denied.body)
	}
}

func TestHooks_mayRepeatUpToALimit(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for range 50 {
		f.hook("https://towpath.example/same")
	}
	f.call("POST", shop+"/hooks", obj{
		"description": "x", "url": "https://towpath.example/",
		"events": []string{"repo:push"}, "active": true,
	}, http.StatusBadRequest)
	if got := f.get(shop + "/hooks?pagelen=30&page=2").column("uuid"); len(got) != 20 {
		t.Errorf("%d on the second page", len(got))
	}
	events := f.get("/hook_events/repository?pagelen=100").column("event")
	if !slices.Contains(events, "repo:push") || !slices.Contains(events, "pullrequest:push") {
		t.Errorf("events: %v", events)
	}
}
