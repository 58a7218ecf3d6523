package bitbucket

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/gitsim"
)

var update = flag.Bool("update", false, "rewrite the files under testdata")

// shape lists the paths of a JSON value with their types: ".push.changes[].new.name" → "string".
type shape map[string]map[string]bool

func (s shape) add(at string, v any) shape {
	if s[at] == nil {
		s[at] = map[string]bool{}
	}
	switch v := v.(type) {
	case map[string]any:
		s[at]["object"] = true
		for k, inner := range v {
			s.add(at+"."+k, inner)
		}
	case []any:
		s[at]["array"] = true
		for _, inner := range v {
			s.add(at+"[]", inner)
		}
	default:
		s[at][fmt.Sprintf("%T", v)] = true
	}
	return s
}

// beyondRecordings are fields of ours that the recordings, which are some years old, do not hold,
// with the reason why we send them.
var beyondRecordings = map[string]string{
	".target.author":        "today {type, raw, user}, as in the description; recorded as the bare user",
	".commits[].author":     "as above",
	".target.summary":       "schema base_commit",
	".commits[].summary":    "schema base_commit",
	".commits[].date":       "schema base_commit",
	".commits[].parents":    "schema base_commit",
	".merge_strategies":     "schema branch",
	".default_merge_":       "schema branch",
	".repository.workspace": "in captures of recent years",
	".owner.username":       "teams have it",
	".project.name":         "schema project",
	".project.links.self":   "in captures of recent years",
	".pullrequest.draft":    "schema pullrequest",
	".new.tagger":           "annotated tags have it",
	".new.date":             "annotated tags have it",
	".new.message":          "annotated tags have it",
	".links.diffstat":       "schema pullrequest",
}

// missingOnPurpose are recorded fields that we leave out.
var missingOnPurpose = map[string]string{
	".target.author":      "see above",
	".commits[].author":   "see above",
	".owner.account_id":   "our owner is a workspace, not a person",
	".owner.nickname":     "our owner is a workspace, not a person",
	".project.project":    "an odd copy of the name",
	".pullrequest.author": "checked as the actor",
	".rendered":           "for web pages",
	".changes_request":    "another event",
	".participants[]":     "ours have none",
}

func covered(list map[string]string, at string) bool {
	for part := range list {
		if strings.Contains(at, part) {
			return true
		}
	}
	return false
}

// The recordings are not part of the project: with them beside the repository every delivery is
// held against their shape.
func TestDeliveries_haveTheRecordedShape(t *testing.T) {
	t.Parallel()
	for kind, files := range map[string][]string{
		"repo:push":            {"go-playground_webhooks/repo-push.json"},
		"pullrequest:created":  {"atlantis/bitbucket-cloud-pull-event-created.json"},
		"pullrequest:rejected": {"atlantis/bitbucket-cloud-pull-event-rejected.json"},
	} {
		recorded := shape{}
		for _, name := range append(files, "atlantis/bitbucket-cloud-pull-event-created.json",
			"go-playground_webhooks/repo-updated.json") {
			data, err := os.ReadFile(filepath.Join(sharedDir, "payloads", name))
			if err != nil {
				return // no recordings here; the goldens below take their place
			}
			var v map[string]any
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(files, name) {
				// of other events, who and where
				v = map[string]any{"actor": v["actor"], "repository": v["repository"]}
			}
			recorded.add("", v)
		}
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			ours := shape{}
			for _, d := range deliverAllKinds(t) {
				if d.Event == kind {
					var v any
					if err := json.Unmarshal(d.Body, &v); err != nil {
						t.Fatal(err)
					}
					ours.add("", v)
				}
			}
			compareShapes(t, recorded, ours)
		})
	}
}

func compareShapes(t *testing.T, recorded, ours shape) {
	t.Helper()
	for _, at := range slices.Sorted(maps.Keys(ours)) {
		types, known := recorded[at]
		if !known && !covered(beyondRecordings, at) &&
			!strings.HasPrefix(at, ".push.changes[].old.target.message") {
			t.Errorf("we send %s, which no recording has", at)
		}
		for kind := range ours[at] {
			if known && !types[kind] && kind != "<nil>" && !(len(types) == 1 && types["<nil>"]) {
				t.Errorf("%s is %s, recorded as %v", at, kind, types)
			}
		}
	}
	for _, at := range slices.Sorted(maps.Keys(recorded)) {
		if ours[at] == nil && !covered(missingOnPurpose, at) {
			t.Errorf("recordings have %s, we do not send it", at)
		}
	}
}

// deliverAllKinds makes one delivery of each kind, in a fixed order.
func deliverAllKinds(t *testing.T) []gitsim.Delivery {
	f := setup(t)
	hooks := f.receiver()
	f.hook(hooks.URL, "repo:push", "pullrequest:created", "pullrequest:rejected",
		"repo:commit_status_created")
	step := 0
	next := func() { f.wait(hooks, step); step++ }
	f.push("first")
	next()
	dir := f.clone("bob")
	hash := f.commitIn(dir, "db/größe #1.sql", "Second\n\nwith words")
	f.git(dir, "push", "-q", "origin", "main")
	next()
	f.git(dir, "commit", "-q", "--amend", "-m", "rewritten")
	f.git(dir, "push", "-q", "--force", "origin", "main")
	next()
	f.git(dir, "tag", "-a", "-m", "a tag", "v1")
	f.git(dir, "push", "-q", "origin", "v1")
	next()
	f.commitIn(dir, "x", "on a branch")
	f.git(dir, "push", "-q", "origin", "main:side")
	next()
	f.call("POST", shop+"/pullrequests",
		obj{"title": "T", "description": "D", "source": obj{"branch": obj{"name": "side"}}}, 201)
	next()
	f.call("POST", shop+"/pullrequests/1/decline", nil, 200)
	next()
	f.call("POST", shop+"/commit/"+hash+"/statuses/build",
		obj{"key": "k", "state": "FAILED", "url": "https://x.example/"}, 201)
	next()
	f.git(dir, "push", "-q", "origin", ":side")
	next()
	return f.sim.Deliveries()
}

func TestDeliveries_matchTheirGoldens(t *testing.T) {
	t.Parallel()
	names := []string{
		"push_first", "push_update", "push_forced", "push_tag", "push_branch", "pullrequest_created",
		"pullrequest_rejected", "status_created", "push_deleted",
	}
	for i, d := range deliverAllKinds(t) {
		golden(t, names[i], d.Body)
	}
}

func TestAnswers_matchTheirGoldens(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"db/größe #1.sql": "select 1;", "README": "x"}, "first")
	status := obj{"key": "k", "state": "FAILED", "url": "https://x.example/", "name": "N", "refname": "main"}
	f.call("POST", shop+"/commit/"+hash+"/statuses/build", status, 201)
	f.hook("https://towpath.example/")
	for name, path := range map[string]string{
		"user": "/user", "workspaces": "/user/workspaces", "workspace": "/workspaces/acme",
		"repository": shop, "hooks": shop + "/hooks",
		"repository_permissions": "/user/workspaces/acme/permissions/repositories?q=" +
			url.QueryEscape(`permission="admin"`), "branch": shop + "/refs/branches/main",
		"commit": shop + "/commit/" + hash, "source": shop + "/src/" + hash + "/?max_depth=3",
		"diffstat": shop + "/diffstat/" + hash, "statuses": shop + "/commit/" + hash + "/statuses",
	} {
		golden(t, "answer_"+name, f.get(path).body)
	}
}

var volatile = []struct {
	pattern *regexp.Regexp
	name    string
}{
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "https://bitbucket.example"},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "uuid"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00`), "time"},
	{regexp.MustCompile(`\b[0-9a-f]{40}\b`), "hash"},
	{regexp.MustCompile(`"[0-9a-f]{12}"|/[0-9a-f]{12}"`), "short"},
}

// golden compares a body with a file, after names took the place of what differs from run to run.
func golden(t *testing.T, name string, body []byte) {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	pretty, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got := string(pretty) + "\n"
	for _, part := range volatile {
		switch part.name {
		case "uuid", "time", "hash":
			got = part.pattern.ReplaceAllString(got, "<"+part.name+">")
		case "short":
			got = part.pattern.ReplaceAllStringFunc(got, func(s string) string { return s[:1] + `<short>"` })
		default:
			got = part.pattern.ReplaceAllString(got, part.name)
		}
	}
	path := filepath.Join("testdata", name+".golden.json")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; -update rewrites it (-want +got):\n%s", path, diff)
	}
}
