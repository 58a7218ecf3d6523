package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towpath"
	"towpath/internal/store"
)

func TestOpenAPI_matchesItsGoldenFile(t *testing.T) {
	t.Parallel()
	golden(t, "openapi.json", (&Server{}).OpenAPI())
}

func TestRoutes_haveUniqueNames(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, r := range (&Server{}).routes() {
		name, place := r.Handle.name, r.Method+" "+r.Path
		if !regexp.MustCompile(`^[a-z][A-Za-z]+$`).MatchString(name) || seen[name] != "" {
			t.Errorf("%s is named %q, as is %q", place, name, seen[name])
		}
		seen[name] = place
	}
}

// TestRoutes_checkPermissions asks each route as everybody. The handlers are replaced by one that
// does nothing, so that what answers is the check of the permission alone.
func TestRoutes_checkPermissions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	things := b.things(t)
	mux := http.NewServeMux()
	api := humago.New(mux, huma.DefaultConfig("", ""))
	for _, r := range b.routes() {
		op := b.operation(api, r, operationText{})
		op.DefaultStatus, op.Responses = http.StatusNoContent, nil
		huma.Register(api, op, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
	}
	server := httptest.NewServer(b.middleware(mux, newMetrics(b.Store, "test")))
	t.Cleanup(server.Close)
	b.url = server.URL

	var table strings.Builder
	table.WriteString(rightsHead)
	for _, r := range b.routes() {
		path := regexp.MustCompile(`\{(\w+)\}`).ReplaceAllStringFunc(r.Path,
			func(p string) string { return things[p] })
		route := r.Method + " " + r.Path
		fmt.Fprintf(&table, "| `%s` | `%s` |", route, cmp.Or(string(r.Needs), "none"))
		for _, who := range people {
			got := b.send(t, who, r.Method, "/api/v1"+path, "").StatusCode
			if want := b.expected(who, r.Needs); got != want {
				t.Errorf("%s as %s: %d, want %d", route, who, got, want)
			}
			word := map[int]string{204: "yes", 401: "401", 403: "403", 404: "404"}[got]
			fmt.Fprintf(&table, " %s |", word)
		}
		within := b.send(t, "owner approvals", r.Method, "/api/v1"+path, "").StatusCode
		if want := map[bool]int{true: 204, false: 403}[r.Needs == public || r.Within == towpath.ScopeApprovals]; within != want {
			t.Errorf("%s with a token of scope approvals: %d, want %d", route, within, want)
		}
		scoped := map[int]string{204: "yes", 403: "403"}[within]
		audited := "yes"
		if r.Method == "GET" || unaudited[route] != "" {
			audited = ""
		}
		fmt.Fprintf(&table, " %s | %s | %s |\n", cmp.Or(sessionOnly[route], "yes"), scoped, audited)
	}
	golden(t, "../../../docs/api-rights.md", []byte(strings.ReplaceAll(table.String(), " |  |", " | |")))
}

// sessionOnly are the routes that an API token cannot call as its member can.
// TestAPITokens_areCreatedInTheConsoleAndShownOnce and TestStartGrant_byTokenIsForOwners hold them.
var sessionOnly = map[string]string{
	"POST /api-tokens":                           "no",
	"POST /service-accounts/{member}/api-tokens": "no",
	"POST /git-providers/{provider}/grants":      "owners",
}

// rightsHead is the beginning of docs/api-rights.md.
const rightsHead = `# Who may call which route

A test writes this table from the routes and calls each as everybody
(` + "`go test ./internal/api -update -run checkPermissions`" + `). Paths are below ` + "`/api/v1`" + `. 401: sign in
first. 403: the role lacks the right. 404: the project looks like one that does not exist.

- *Owner* and *DBA* are roles in the workspace; everybody else there is a *member*.
- *Project owner* and *developer* are members with a role in the project that the path names.
- *By token*: an API token may do what its member may. "no" and "owners" are the exceptions.
- *Approvals*: what an owner's API token of the scope approvals may do.
- *Audited*: the route writes an event of the [audit log](operate.md#audit-log).

| route | right | owner | DBA | project owner | developer | member | nobody | by token | approvals | audited |
|---|---|---|---|---|---|---|---|---|---|---|
`

// expected says by the tables of roles what somebody's call comes to.
func (b *bundle) expected(who string, right towpath.Permission) int {
	inProject := map[string]towpath.ProjectRole{
		"lead":      towpath.ProjectOwner,
		"developer": towpath.ProjectDeveloper,
	}[who]
	role := b.members[who].Role
	switch {
	case right == public:
		return 204
	case who == "nobody":
		return 401
	case role.Can(right) || inProject.Can(right):
		return 204
	case strings.HasPrefix(string(right), projectRight) && !role.Can(towpath.ViewProject) && inProject == "":
		return 404
	}
	return 403
}

// things makes one of each kind that a path can name, in the project, and returns their ids by
// placeholder.
func (b *bundle) things(t *testing.T) map[string]string {
	t.Helper()
	ctx := t.Context()
	ids := map[string]string{"{project}": b.project.ID, "{member}": b.members["developer"].ID}
	for _, other := range []string{
		"{session}", "{token}", "{environment}", "{instance}", "{change}", "{drift}",
		"{attempt}", "{verification}", "{provider}", "{grant}", "{repository}", "{delivery}", "{removal}",
		"{review}", "{look}", "{receiver}", "{notification}",
	} {
		ids[other] = store.NewID()
	}
	err := b.Store.Write(ctx, func(tx *store.Tx) error {
		e := towpath.Environment{Name: "things"}
		if err := tx.CreateEnvironment(ctx, &e); err != nil {
			return err
		}
		i := towpath.Instance{
			ID:            store.NewID(),
			Name:          "main",
			Engine:        towpath.EngineSQLite,
			EnvironmentID: e.ID,
		}
		if err := tx.CreateInstance(ctx, &i); err != nil {
			return err
		}
		d := towpath.Database{InstanceID: i.ID, EnvironmentID: e.ID, Name: "shop", ProjectID: b.project.ID}
		if err := tx.CreateDatabase(ctx, &d); err != nil {
			return err
		}
		p := towpath.GitProvider{
			ID: store.NewID(), Type: towpath.ProviderBitbucket,
			EncryptedSecret: []byte("x"),
		}
		if err := tx.CreateGitProvider(ctx, &p); err != nil {
			return err
		}
		g := towpath.Grant{
			ID:                    store.NewID(),
			ProviderID:            p.ID,
			MemberID:              b.members["lead"].ID,
			EncryptedAccessToken:  []byte("x"),
			EncryptedRefreshToken: []byte("x"),
		}
		if err := tx.CreateGrant(ctx, &g); err != nil {
			return err
		}
		l := towpath.RepositoryLink{
			ID:                  store.NewID(),
			ProjectID:           b.project.ID,
			ProviderID:          p.ID,
			GrantID:             g.ID,
			LatePolicy:          towpath.LateHold,
			HookKey:             "key",
			HookState:           towpath.HookPolling,
			EncryptedHookSecret: []byte("x"),
			RepositoryName:      "acme/shop",
			Branch:              "main",
		}
		if err := tx.CreateLink(ctx, &l); err != nil {
			return err
		}
		r := towpath.Rollout{
			ProjectID: b.project.ID,
			LinkID:    l.ID,
			State:     towpath.RolloutHeld,
			Commit:    strings.Repeat("a", 40),
		}
		if err := tx.CreateRollout(ctx, &r); err != nil {
			return err
		}
		k := towpath.Task{
			RolloutID:     r.ID,
			ProjectID:     b.project.ID,
			DatabaseID:    d.ID,
			EnvironmentID: e.ID,
			State:         towpath.TaskHeld,
			Action:        towpath.ActionApply,
		}
		k.Version, k.Type, k.Label, k.Checksum = "1", towpath.TypeDDL, "1", "c1"
		if err := tx.CreateTask(ctx, &k); err != nil {
			return err
		}
		ids["{environment}"], ids["{instance}"], ids["{database}"], ids["{provider}"] = e.ID, i.ID, d.ID, p.ID
		ids["{grant}"], ids["{link}"], ids["{rollout}"], ids["{task}"] = g.ID, l.ID, r.ID, k.ID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}
