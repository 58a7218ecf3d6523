package bitbucket

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"towpath/internal/gitsim"
)

// pushCase clones acme/shop, which has one commit on main, with a hook that listens.
func pushCase(t *testing.T) (f *fixture, hooks *receiver, dir string) {
	f = setup(t)
	f.commit("main", map[string]string{"README": "hello"}, "first")
	hooks = f.receiver()
	f.hook(hooks.URL)
	return f, hooks, f.clone("bob")
}

func (f *fixture) commitIn(dir, path, message string) string {
	f.Helper()
	f.write(dir, path, message)
	f.git(dir, "add", "-A")
	f.git(dir, "commit", "-q", "-m", message)
	return f.git(dir, "rev-parse", "HEAD")
}

func TestPush_isDeliveredSigned(t *testing.T) {
	t.Parallel()
	f, hooks, dir := pushCase(t)
	old := f.git(dir, "rev-parse", "HEAD")
	hash := f.commitIn(dir, "db/größe 100% #1.sql", "Ändere Größe\n\nmit Text")
	f.git(dir, "push", "-q", "origin", "main")
	body, head := f.wait(hooks, 0)
	change := func(path ...any) any { return body.at(append([]any{"push", "changes", 0}, path...)...) }
	for name, got := range map[string][2]any{
		"old":       {change("old", "target", "hash"), old},
		"new":       {change("new", "target", "hash"), hash},
		"type":      {change("new", "type"), "branch"},
		"name":      {change("new", "name"), "main"},
		"message":   {change("commits", 0, "message"), "Ändere Größe\n\nmit Text\n"},
		"author":    {change("commits", 0, "author", "user", "display_name"), "Bob Doe"},
		"created":   {change("created"), false},
		"closed":    {change("closed"), false},
		"forced":    {change("forced"), false},
		"truncated": {change("truncated"), false},
		"actor":     {body.at("actor", "nickname"), "Bob Doe"},
		"slug":      {body.at("repository", "slug"), nil},
		"username":  {body.at("actor", "username"), nil},
		"full name": {body.at("repository", "full_name"), "acme/shop"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %v, want %v", name, got[0], got[1])
		}
	}
	if head.Get("X-Hub-Signature") != Signature("s3cret", body.body) ||
		head.Get("X-Event-Key") != "repo:push" || head.Get("X-Attempt-Number") != "1" {
		t.Errorf("headers %v", head)
	}
	if uuid := head.Get("X-Hook-UUID"); "{"+uuid+"}" != f.sim.Hooks("acme/shop")[0].UUID ||
		strings.Contains(head.Get("X-Request-UUID"), "{") {
		t.Errorf("UUIDs in headers: %v", head)
	}
	f.get(shop + "/src/" + hash + "/" + escapePath("db/größe 100% #1.sql"))
}

func TestPush_ofManyCommitsIsTruncated(t *testing.T) {
	t.Parallel()
	f, hooks, dir := pushCase(t)
	var hashes []string
	for _, name := range []string{"1", "2", "3", "4", "5", "6"} {
		hashes = append(hashes, f.commitIn(dir, name, name))
	}
	f.git(dir, "push", "-q", "origin", "main")
	body, _ := f.wait(hooks, 0)
	var told []string
	for _, c := range body.at("push", "changes", 0, "commits").([]any) {
		told = append(told, c.(map[string]any)["hash"].(string))
	}
	slices.Reverse(told)
	if !slices.Equal(told, hashes[1:]) || body.at("push", "changes", 0, "truncated") != true {
		t.Errorf("commits %v of %v, truncated %v", told, hashes, body.at("push", "changes", 0, "truncated"))
	}
}

func TestPush_ofSeveralRefsIsOneDelivery(t *testing.T) {
	t.Parallel()
	f, hooks, dir := pushCase(t)
	f.git(dir, "branch", "feature/one")
	f.git(dir, "tag", "light")
	f.git(dir, "tag", "-a", "-m", "heavy words", "heavy")
	f.commitIn(dir, "x", "second")
	f.git(dir, "push", "-q", "--atomic", "origin", "main", "feature/one", "light", "heavy")
	body, _ := f.wait(hooks, 0)
	kinds := map[string]string{}
	for i := range body.at("push", "changes").([]any) {
		kinds[body.str("push", "changes", i, "new", "name")] = body.str("push", "changes", i, "new", "type")
	}
	if len(kinds) != 4 || kinds["heavy"] != "tag" || kinds["light"] != "tag" ||
		kinds["feature/one"] != "branch" {
		t.Errorf("changes: %v", kinds)
	}
	if hooks.count() != 1 {
		t.Errorf("%d deliveries", hooks.count())
	}
	for i := range 4 {
		change := body.at("push", "changes", i).(map[string]any)
		switch body.str("push", "changes", i, "new", "name") {
		case "heavy":
			if body.str("push", "changes", i, "new", "message") != "heavy words\n" ||
				change["commits"] != nil {
				t.Errorf("tag: %v", change)
			}
		case "feature/one":
			// A new branch lists ancestors that others had already.
			if change["old"] != nil || change["created"] != true || len(change["commits"].([]any)) != 1 {
				t.Errorf("new branch: %v", change)
			}
		}
	}
}

func TestPush_ofADeletionAndARewrite(t *testing.T) {
	t.Parallel()
	f, hooks, dir := pushCase(t)
	f.commitIn(dir, "x", "second")
	f.git(dir, "push", "-q", "origin", "main", "main:side")
	f.wait(hooks, 0)
	f.git(dir, "push", "-q", "origin", ":side")
	gone, _ := f.wait(hooks, 1)
	change := gone.at("push", "changes", 0).(map[string]any)
	_, commits := change["commits"]
	if change["new"] != nil || change["closed"] != true || commits || change["links"] != nil ||
		gone.str("push", "changes", 0, "old", "name") != "side" {
		t.Errorf("deletion: %v", change)
	}
	f.git(dir, "commit", "-q", "--amend", "-m", "rewritten")
	f.git(dir, "push", "-q", "--force", "origin", "main")
	forced, _ := f.wait(hooks, 2)
	change = forced.at("push", "changes", 0).(map[string]any)
	if change["forced"] != true || len(change["commits"].([]any)) != 1 ||
		change["links"].(map[string]any)["diff"] != nil {
		t.Errorf("rewrite: %v", change)
	}
}

func TestPush_reachesEveryActiveSubscribedHook(t *testing.T) {
	t.Parallel()
	f, first, _ := pushCase(t)
	second, deaf, off := f.receiver(), f.receiver(), f.receiver()
	f.hook(second.URL)
	f.hook(deaf.URL, "repo:updated")
	f.call("POST", shop+"/hooks", obj{
		"description": "off", "url": off.URL, "events": []string{"repo:push"},
		"active": false,
	}, http.StatusCreated)
	if _, err := f.sim.Commit("acme/shop", "main", map[string]string{"x": "1"}, "seeded"); err != nil {
		t.Fatal(err)
	}
	_, a := f.wait(first, 0)
	_, b := f.wait(second, 0)
	if a.Get("X-Request-UUID") == b.Get("X-Request-UUID") {
		t.Error("two hooks share a request UUID")
	}
	if deaf.count()+off.count() != 0 {
		t.Error("a hook that was not meant got a delivery")
	}
}

func TestGit_checksWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	f, _, _ := pushCase(t)
	at := func(userinfo string) string {
		return strings.Replace(f.url, "http://", "http://"+userinfo, 1) + "/acme/shop"
	}
	reader := f.sim.AddConsumer(Consumer{
		Workspace:   "acme",
		Name:        "Reader",
		CallbackURL: "http://x.example/",
		Scopes:      []string{"repository"},
	})
	readToken, _, err := f.sim.IssueTokens(reader.Key, "ann")
	f.must(err)
	for name, c := range map[string]struct {
		userinfo string
		args     []string
		ok       bool
	}{
		"a token reads":    {"x-token-auth:" + f.token + "@", []string{"ls-remote"}, true},
		"a password reads": {"ann:ann-pw@", []string{"ls-remote"}, true},
		"protocol 1 works": {
			"ann:ann-pw@",
			[]string{"-c", "protocol.version=0", "ls-remote"},
			true,
		},
		"nobody reads a private repository":  {"", []string{"ls-remote"}, false},
		"a wrong password is refused":        {"ann:wrong@", []string{"ls-remote"}, false},
		"a stranger sees nothing":            {"eve:eve-pw@", []string{"ls-remote"}, false},
		"a reading token does not write":     {"x-token-auth:" + readToken + "@", []string{"push"}, false},
		"a token with write scope may write": {"x-token-auth:" + f.token + "@", []string{"push"}, true},
	} {
		dir := f.TempDir()
		f.git(dir, "clone", "-q", at("ann:ann-pw@")+".git", "c")
		args := append(c.args, at(c.userinfo))
		if c.args[0] == "push" {
			args = append(args, "main:refs/heads/by-"+strings.ReplaceAll(name, " ", "-"))
		}
		if out, err := f.tryGit(dir+"/c", args...); (err == nil) != c.ok {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestGit_takesALargePush(t *testing.T) {
	t.Parallel()
	f, hooks, dir := pushCase(t)
	// More than http.postBuffer and hard to compress: git sends it in chunks.
	f.write(dir, "big.bin", gitsim.RandomText(3<<20))
	f.commitIn(dir, "x", "big")
	f.git(dir, "push", "-q", "origin", "main")
	f.wait(hooks, 0)
	fresh := f.clone("ann")
	if f.git(fresh, "rev-parse", "HEAD") != f.git(dir, "rev-parse", "HEAD") {
		t.Error("the push is not in the repository")
	}
}
