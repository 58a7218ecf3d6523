package bitbucket

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestPullRequest_isOpenedCommentedAndMerged(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.commit("main", map[string]string{"README": "hello"}, "first")
	feature := f.commit("feature/one", map[string]string{"db/1.sql": "select 1;"}, "second")
	f.commit("main", map[string]string{"other": "x"}, "meanwhile")
	hooks := f.receiver()
	f.hook(hooks.URL, "repo:push", "pullrequest:created", "pullrequest:updated", "pullrequest:fulfilled")
	made := f.call("POST", shop+"/pullrequests",
		obj{
			"title": "Add a table", "source": obj{"branch": obj{"name": "feature/one"}},
			"close_source_branch": true,
		}, http.StatusCreated)
	pr := shop + "/pullrequests/1"
	if made.str("source", "commit", "hash") != feature[:12] ||
		made.str("destination", "branch", "name") != "main" || made.str("state") != "OPEN" {
		t.Errorf("made: %s", made.body)
	}
	if created, head := f.wait(hooks, 0); head.Get("X-Event-Key") != "pullrequest:created" ||
		created.at("pullrequest", "id") != 1.0 {
		t.Errorf("event: %v", head)
	}

	redirect := f.call("GET", pr+"/diffstat", nil, http.StatusFound).header.Get("Location")
	if !strings.Contains(redirect, "%0D") || !strings.Contains(redirect, "acme/shop:"+feature[:12]) {
		t.Errorf("redirect: %s", redirect)
	}
	if got := f.get(redirect); got.str("values", 0, "new", "path") != "db/1.sql" || got.at("size") != 1.0 {
		t.Errorf("diffstat: %s", got.body)
	}
	comment := f.call("POST", pr+"/comments", obj{
		"content": obj{"raw": "**2 findings**"},
		"inline":  obj{"path": "db/1.sql", "to": 1},
	}, http.StatusCreated)
	at := comment.header.Get("Location")
	f.call("PUT", at, obj{"content": obj{"raw": "fine"}}, http.StatusOK)
	f.call("DELETE", at, nil, http.StatusNoContent)
	if got := f.get(pr + "/comments"); got.at("values", 0, "deleted") != true {
		t.Errorf("comments: %s", got.body)
	}
	f.shows(f.browser().signIn("ann").open("/acme/shop/pull-requests/1"), 200, "Add a table", "OPEN")

	merged := f.call("POST", pr+"/merge", obj{"type": "pullrequest_merge_parameters"}, http.StatusOK)
	if merged.str("state") != "MERGED" || len(merged.str("merge_commit", "hash")) != 12 {
		t.Errorf("merged: %s", merged.body)
	}
	// The push and the end of the pull request come in any order.
	f.wait(hooks, 2)
	push, head := f.wait(hooks, 1)
	if head.Get("X-Event-Key") != "repo:push" {
		push, _ = f.wait(hooks, 2)
	}
	events := map[string]bool{}
	for i := range push.at("push", "changes").([]any) {
		if push.at("push", "changes", i, "new") == nil {
			events["closed "+push.str("push", "changes", i, "old", "name")] = true
		} else {
			events["moved "+push.str("push", "changes", i, "new", "name")] = true
		}
	}
	if !events["closed feature/one"] || !events["moved main"] {
		t.Errorf("push after the merge: %v", events)
	}
	f.get(shop + "/src/main/db/1.sql")
	f.call("POST", pr+"/merge", nil, http.StatusBadRequest)
	if n := f.get(shop + "/pullrequests?state=MERGED&state=OPEN&pagelen=50").at("size"); n != 1.0 {
		t.Errorf("%v pull requests", n)
	}
	f.call("GET", shop+"/pullrequests?pagelen=51", nil, http.StatusBadRequest)
}

func TestPullRequest_isApprovedAndThatTakenBack(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.commit("main", map[string]string{"README": "hello"}, "first")
	f.commit("side", map[string]string{"a": "1"}, "second")
	f.call("POST", shop+"/pullrequests", obj{"title": "x", "source": obj{"branch": obj{"name": "side"}}},
		http.StatusCreated)
	const pr = shop + "/pullrequests/1"
	approve := func(want float64) {
		t.Helper()
		if got := f.get(pr).at("participants").([]any); float64(len(got)) != want {
			t.Errorf("%d participants, want %v", len(got), want)
		}
	}
	if got := f.call("POST", pr+"/approve", nil, http.StatusOK); got.at("approved") != true {
		t.Errorf("approved: %s", got.body)
	}
	approve(1)
	f.call("DELETE", pr+"/approve", nil, http.StatusNoContent)
	approve(0)
	f.call("POST", pr+"/approve", nil, http.StatusOK)
	f.call("POST", pr+"/merge", nil, http.StatusOK)
	f.call("DELETE", pr+"/approve", nil, http.StatusBadRequest)
	approve(1)
	log := f.get(pr + "/activity")
	if log.str("values", 0, "update", "state") != "MERGED" || log.at("values", 1, "approval", "user") == nil ||
		log.str("values", 2, "update", "state") != "OPEN" {
		t.Errorf("activity: %s", log.body)
	}
}

func TestPullRequest_withConflictsIsNotMerged(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.commit("main", map[string]string{"README": "hello"}, "first")
	f.commit("side", map[string]string{"README": "theirs"}, "second")
	f.commit("main", map[string]string{"README": "ours"}, "third")
	f.call("POST", shop+"/pullrequests", obj{"title": "x", "source": obj{"branch": obj{"name": "side"}}},
		http.StatusCreated)
	f.call("POST", shop+"/pullrequests/1/merge", nil, http.StatusConflict)
	f.call("POST", shop+"/pullrequests", obj{"title": "x", "source": obj{"branch": obj{"name": "nope"}}},
		http.StatusBadRequest)
	if got := f.call("POST", shop+"/pullrequests/1/decline", nil,
		http.StatusOK).str("state"); got != "DECLINED" {
		t.Errorf("state %q", got)
	}
}

func TestPullRequest_followsItsBranch(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.commit("main", map[string]string{"README": "hello"}, "first")
	f.commit("side", map[string]string{"a": "1"}, "second")
	f.call("POST", shop+"/pullrequests", obj{"title": "x", "source": obj{"branch": obj{"name": "side"}}},
		http.StatusCreated)
	hash, err := f.sim.Commit("acme/shop", "side", map[string]string{"a": "2"}, "third")
	f.must(err)
	if got := f.get(shop+"/pullrequests/1").str("source", "commit", "hash"); got != hash[:12] {
		t.Errorf("source %s, want %s", got, hash[:12])
	}
	if got := f.get(shop+"/commit/"+hash+"/pullrequests").at("values", 0, "id"); got != 1.0 {
		t.Errorf("pull request %v", got)
	}
}

// The page lives through a review: comment and tasks, findings at their lines, a command, a merge.
func TestPullRequest_isLivedThroughOnItsPage(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.commit("main", map[string]string{"README": "hello"}, "first")
	head := f.commit("feature/one", map[string]string{"db/1.sql": "select 1;\n-- <here>\n"}, "second")
	ann := f.browser().signIn("ann")
	f.shows(ann.post("/acme/shop/pull-requests", url.Values{"source": {"feature/one"}, "title": {"One"}}), 200,
		"#1 One", "No tasks.")
	pr := shop + "/pullrequests/1"
	f.call("PUT", shop+"/commit/"+head+"/reports/r", obj{
		"title": "Review", "details": "d", "report_type": "TEST", "result": "FAILED",
	}, http.StatusOK)
	f.call("POST", shop+"/commit/"+head+"/reports/r/annotations", []obj{{
		"external_id": "1", "annotation_type": "BUG", "severity": "HIGH", "path": "db/1.sql", "line": 2,
		"summary": "Look here",
	}}, http.StatusOK)
	f.call("POST", pr+"/comments", obj{"content": obj{
		"raw": "## Review\n\n| a | b |\n|---|---|\n| `x` | **y** |\n\n- one\\_two <b>\n\n[more](https://x.test/?a=1)",
	}}, http.StatusCreated)
	task := f.call("POST", pr+"/tasks", obj{"content": obj{"raw": "Confirm it"}}, http.StatusCreated)
	f.shows(ann.open("/acme/shop/pull-requests/1"), 200, "<h2>Review</h2>", "<th>a</th><th>b</th>",
		"<td><code>x</code></td><td><strong>y</strong></td>", "<li>one_two &lt;b&gt;</li>",
		`<a href="https://x.test/?a=1">more</a>`, "Confirm it", "<code>-- &lt;here&gt;</code><p class=\"annotation HIGH\">")
	f.call("PUT", pr+"/tasks/"+fmt.Sprint(task.at("id")), obj{"state": "RESOLVED"}, http.StatusOK)
	if got := f.get(pr + "/tasks"); got.str("values", 0, "state") != "RESOLVED" || got.str("values", 0, "resolved_on") == "" {
		t.Errorf("tasks: %s", got.body)
	}
	f.shows(ann.post("/acme/shop/pull-requests/1/tasks", url.Values{"task": {fmt.Sprint(task.at("id"))}}), 200, "Resolve<")
	if got := f.get(pr); got.at("task_count") != 1.0 || got.at("comment_count") != 1.0 {
		t.Errorf("it counts %s", got.body)
	}
	f.call("DELETE", pr+"/tasks/"+fmt.Sprint(task.at("id")), nil, http.StatusNoContent)
	f.call("PUT", pr+"/tasks/"+fmt.Sprint(task.at("id")), obj{"state": "RESOLVED"}, http.StatusNotFound)
	f.shows(ann.post("/acme/shop/pull-requests/1/comments", url.Values{"text": {"review"}}), 200, "<p>review</p>")
	f.commit("main", map[string]string{"other": "x"}, "meanwhile")
	f.shows(ann.post("/acme/shop/pull-requests/1/merge", url.Values{"strategy": {"fast_forward"}}), 409, "cannot be merged")
	f.shows(ann.post("/acme/shop/pull-requests/1/merge", url.Values{"strategy": {"squash"}}), 200, "MERGED")
	if got := f.get(shop + "/commit/main"); len(got.at("parents").([]any)) != 1 {
		t.Errorf("a squash has one parent: %s", got.body)
	}
	f.shows(ann.post("/acme/shop/pull-requests/1/decline", nil), 400, "already closed")
}

// A token without the scope reads nothing of pull requests, whatever its person may.
func TestPullRequest_needsItsScope(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.sim.AddConsumer(Consumer{
		Workspace: "acme", Key: f.key, Secret: f.secret, Name: "Towpath",
		CallbackURL: "http://app.example/oauth/callback", Scopes: []string{"account", "repository:write"},
	})
	f.token = f.tokenOf("ann")
	for _, path := range []string{"", "/1", "/1/comments", "/1/tasks"} {
		f.call("GET", shop+"/pullrequests"+path, nil, http.StatusForbidden)
	}
}
