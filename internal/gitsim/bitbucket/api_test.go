package bitbucket

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestUser_tellsIdentityAndWorkspaces(t *testing.T) {
	t.Parallel()
	f := setup(t)
	me := f.get("/user")
	if me.str("username") != "ann" || !strings.HasPrefix(me.str("uuid"), "{") || me.str("account_id") == "" {
		t.Errorf("user: %s", me.body)
	}
	all := f.get("/user/workspaces")
	if all.str("values", 0, "workspace", "slug") != "acme" || all.at("values", 0, "administrator") != true {
		t.Errorf("workspaces: %s", all.body)
	}
	if all.at("values", 0, "workspace", "name") != nil {
		t.Error("the list of workspaces tells a name, the real one does not")
	}
	if got := f.get("/workspaces/acme").str("name"); got != "Acme Ltd" {
		t.Errorf("name %q", got)
	}
	if got := f.as("bob").get("/user/workspaces/acme/permission").str("permission"); got != "member" {
		t.Errorf("permission %q", got)
	}
	f.get("/user/emails")
}

func TestRepositoryPermissions_filterByQuery(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for i := range 12 {
		_, err := f.sim.AddRepository(RepositorySpec{
			Workspace: "acme", Slug: fmt.Sprintf("repo-%02d", i),
			Private: true,
		})
		f.must(err)
	}
	f.sim.SetPermission("acme/repo-03", "bob", "admin")
	base := "/user/workspaces/acme/permissions/repositories?q="
	for name, c := range map[string]struct {
		user, query string
		want        int
	}{
		"an owner is admin of all":     {"ann", `permission="admin"`, 13},
		"a member has explicit rights": {"bob", `permission="admin"`, 1},
		"several rights at once":       {"bob", `permission IN ("admin", "write")`, 2},
		"one repository by its name":   {"bob", `repository.full_name="acme/shop"`, 1},
		"name and right together": {
			"bob",
			`repository.full_name="acme/shop" AND permission="admin"`, 0,
		},
		"either of two":                  {"bob", `(repository.name ~ "SHOP") OR permission = "admin"`, 2},
		"a member without rights: empty": {"eve", `permission="admin"`, 0},
	} {
		got := f.as(c.user).get(base + url.QueryEscape(c.query) + "&pagelen=100")
		if n := len(got.at("values").([]any)); n != c.want {
			t.Errorf("%s: %d rows, want %d", name, n, c.want)
		}
	}
	f.call("GET", base+url.QueryEscape(`permission=`), nil, http.StatusBadRequest)
}

func TestRepositories_arePagedAndFilteredByRole(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for i := range 24 {
		_, err := f.sim.AddRepository(RepositorySpec{
			Workspace: "acme", Slug: fmt.Sprintf("repo-%02d", i),
			Private: true,
		})
		f.must(err)
	}
	var names []string
	for next := "/repositories/acme?role=admin&sort=-slug"; next != ""; {
		page := f.get(next)
		names = append(names, page.column("slug")...)
		next = page.str("next")
	}
	if len(names) != 25 || names[0] != "shop" || names[24] != "repo-00" {
		t.Errorf("names: %v", names)
	}
	for role, want := range map[string]int{"admin": 0, "contributor": 1, "member": 1, "owner": 0} {
		if got := f.as("bob").get("/repositories/acme?role=" + role).at("size"); got != float64(want) {
			t.Errorf("role %s: %v, want %d", role, got, want)
		}
	}
	f.call("GET", "/repositories/acme?pagelen=101", nil, http.StatusBadRequest)
}

func TestRepository_isFoundByNameAndByUUID(t *testing.T) {
	t.Parallel()
	f := setup(t)
	shop := f.get("/repositories/acme/shop")
	if shop.at("mainbranch") != nil {
		t.Error("an empty repository has no main branch")
	}
	hash := f.commit("main", map[string]string{"a": "1"}, "first")
	uuid := url.PathEscape(shop.str("uuid"))
	workspace := url.PathEscape(shop.str("workspace", "uuid"))
	for _, path := range []string{
		"/repositories/%7B%7D/" + uuid, "/repositories/acme/" + uuid,
		"/repositories/" + workspace + "/shop", "/repositories/" + workspace + "/" + uuid,
	} {
		if got := f.get(path); got.str("full_name") != "acme/shop" ||
			got.str("mainbranch", "name") != "main" {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	f.must(f.sim.RenameRepository("acme/shop", "store"))
	if got := f.get("/repositories/%7B%7D/" + uuid).str("full_name"); got != "acme/store" {
		t.Errorf("after the rename: %s", got)
	}
	f.call("GET", "/repositories/acme/shop", nil, http.StatusNotFound)
	f.get("/repositories/acme/store/commit/" + hash)
}

func TestAccess_isDeniedInTheWordsOfTheService(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"a": "1"}, "first")
	f.as("eve").call("GET", "/repositories/acme/shop", nil, http.StatusNotFound)
	f.as("bob").call("GET", "/repositories/acme/shop/hooks", nil, http.StatusForbidden)

	poor := f.sim.AddConsumer(Consumer{
		Workspace:   "acme",
		Name:        "Poor",
		CallbackURL: "http://x.example/",
		Scopes:      []string{"account"},
	})
	access, _, err := f.sim.IssueTokens(poor.Key, "ann")
	f.must(err)
	g := *f
	g.token = access
	denied := g.call("GET", "/repositories/acme/shop/commit/"+hash, nil, http.StatusForbidden)
	if denied.str("error", "detail", "required", 0) != "repository" ||
		denied.str("error", "detail", "granted", 0) != "account" {
		t.Errorf("scopes: %s", denied.body)
	}

	g.token = "nonsense"
	g.call("GET", "/user", nil, http.StatusUnauthorized)
	g.token = ""
	g.call("GET", "/user?access_token="+f.token, nil, http.StatusUnauthorized)
	g.call("GET", "/repositories/acme/shop", nil, http.StatusNotFound)

	f.sim.ExpireAccessTokens()
	if got := f.call("GET", "/user", nil, http.StatusUnauthorized).str("error",
		"message"); !strings.HasPrefix(got, "Access token expired") {
		t.Errorf("message %q", got)
	}
}

func TestRemovedLists_answerGone(t *testing.T) {
	t.Parallel()
	f := setup(t)
	for _, path := range []string{
		"/user/permissions/repositories", "/user/permissions/workspaces",
		"/workspaces", "/repositories?role=admin",
	} {
		if got := f.call("GET", path, nil, http.StatusGone).str("error", "message"); !strings.Contains(got,
			"CHANGE-") {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestRateLimit_countsPerUserAndHour(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.sim.SetLimits(Limits{RequestsPerHour: 3})
	for range 3 {
		f.get("/repositories/acme/shop")
	}
	limited := f.call("GET", "/repositories/acme/shop", nil, http.StatusTooManyRequests)
	if limited.header.Get("Content-Type") != "text/plain" || limited.header.Get("Retry-After") != "" {
		t.Errorf("headers %v", limited.header)
	}
	f.get("/user")
	f.as("bob").get("/repositories/acme/shop")
	f.clock.advance(61 * time.Minute)
	f = f.as("ann") // the token has run out as well
	f.get("/repositories/acme/shop")
}

func TestBranches_withSlashesAndQueries(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"a": "1"}, "first")
	f.commit("feature/one", map[string]string{"b": "2"}, "second")
	f.commit("feature/größe#1", map[string]string{"c": "3"}, "third")
	base := "/repositories/acme/shop/refs/branches"
	if got := f.get(base + "?sort=-name").column("name"); !slices.Equal(got,
		[]string{"main", "feature/one", "feature/größe#1"}) {
		t.Errorf("branches: %v", got)
	}
	if got := f.get(base + "?q=" + url.QueryEscape(`name ~ "ONE"`)).column("name"); !slices.Equal(got,
		[]string{"feature/one"}) {
		t.Errorf("filtered: %v", got)
	}
	for _, path := range []string{"/feature/one", "/feature%2Fone", "/feature/gr%C3%B6%C3%9Fe%231"} {
		if got := f.get(base + path); len(got.str("target", "hash")) != 40 {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	f.call("GET", base+"/feature", nil, http.StatusNotFound)
	made := f.call("POST", base, obj{"name": "made/here", "target": obj{"hash": hash[:12]}},
		http.StatusCreated)
	if made.str("target", "hash") != hash {
		t.Errorf("made: %s", made.body)
	}
	f.call("POST", base, obj{"name": "made/here", "target": obj{"hash": hash}}, http.StatusBadRequest)
	f.call("DELETE", base+"/made/here", nil, http.StatusNoContent)
	f.call("DELETE", base+"/main", nil, http.StatusBadRequest)
}

func TestCommits_walkBackWithCursors(t *testing.T) {
	t.Parallel()
	f := setup(t)
	var hashes []string
	for i := range 5 {
		hashes = append(hashes, f.commit("main", map[string]string{"a": fmt.Sprint(i)},
			fmt.Sprint("commit ", i)))
		f.clock.advance(time.Second)
	}
	base := "/repositories/acme/shop"
	if got := f.get(base + "/commit/" + hashes[2][:12]).str("hash"); got != hashes[2] {
		t.Errorf("by twelve characters: %s", got)
	}
	f.call("GET", base+"/commit/"+strings.Repeat("a", 40), nil, http.StatusNotFound)
	var got []string
	for next := base + "/commits?include=" + hashes[4] + "&exclude=" + hashes[0] + "&pagelen=3"; next != ""; {
		page := f.get(next)
		if page.at("size") != nil {
			t.Error("an iterator tells no size")
		}
		got = append(got, page.column("hash")...)
		next = page.str("next")
	}
	slices.Reverse(got)
	if diff := cmp.Diff(hashes[1:], got); diff != "" {
		t.Errorf("commits (-want +got):\n%s", diff)
	}
	if base := f.get(base + "/merge-base/" + hashes[1] + ".." + hashes[3]).str("hash"); base != hashes[1] {
		t.Errorf("merge base %s", base)
	}
	f.get(base + "/commits/main")
}
