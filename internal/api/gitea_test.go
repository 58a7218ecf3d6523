package api

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
	giteasim "towpath/internal/gitsim/gitea"
	"towpath/internal/vcs/gitea"
)

// giteaWorld is a simulated Gitea beside a world.
type giteaWorld struct {
	*world
	far  *giteasim.Sim
	app  giteasim.Application
	repo giteasim.Repository
}

func setupGitea(t *testing.T) *giteaWorld {
	t.Helper()
	w := &giteaWorld{world: setupWorld(t)}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter,
		r *http.Request,
	) {
		w.far.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	var err error
	w.far, err = giteasim.New(giteasim.Options{
		Dir: t.TempDir(), BaseURL: server.URL,
		RotateRefreshTokens: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.far.Close() })
	w.far.AddUser(giteasim.User{
		Login:    "ada",
		FullName: "Ada Lock",
		Email:    "ada@gitea.example",
		Password: "pw",
	})
	w.app = w.far.AddApplication("Towpath", w.url+callbackPath)
	if w.repo, err = w.far.AddRepository("ada", "shop-db"); err != nil {
		t.Fatal(err)
	}
	w.Accounts.Drivers[towpath.ProviderGitea] = gitea.NewDriver()
	return w
}

// wizard is what the wizard sends.
func (w *giteaWorld) wizard(address string) string {
	return `{"type":"gitea","instanceUrl":"` + address + `","displayName":"Our Gitea","applicationId":"` +
		w.app.ClientID +
		`","secret":"` + w.app.Secret + `"}`
}

// allow signs in at Gitea, authorizes the application where it is asked for, and comes back to our
// callback.
func (w *giteaWorld) allow(t *testing.T, authorizeURL string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	asked, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	post := func(path string, form url.Values) string {
		resp, err := client.PostForm(w.far.BaseURL()+path, form)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.Request.URL.String()
	}
	at := post("/user/login", url.Values{
		"user_name": {"ada"}, "password": {"pw"},
		"redirect_to": {asked.RequestURI()},
	})
	if !strings.HasPrefix(at, w.url) {
		form := asked.Query()
		form.Set("granted", "true")
		at = post("/login/oauth/grant", form)
	}
	if !strings.HasPrefix(at, w.url+callbackPath) {
		t.Fatalf("the sign-in ended at %s", at)
	}
}

// added is the provider, as the wizard adds it, and the grant of its one sign-in.
func (w *giteaWorld) added(t *testing.T) (p gitProvider, grantID string) {
	t.Helper()
	var v verification
	w.call(t, "owner", "POST", "/git-provider-verifications", w.wizard(w.far.BaseURL()), 201, &v)
	w.allow(t, v.AuthorizeURL)
	w.call(t, "owner", "POST", "/git-providers", `{"verificationId":"`+v.ID+`"}`, 201, &p)
	w.call(t, "owner", "GET", "/git-provider-verifications/"+v.ID, "", 200, &v)
	return p, v.GrantID
}

func TestGitea_theAddressIsChecked(t *testing.T) {
	t.Parallel()
	w := setupGitea(t)
	var kinds list[providerType]
	w.call(t, "owner", "GET", "/git-provider-types", "", 200, &kinds)
	if len(kinds.Items) != 2 || kinds.Items[1].AddressLabel == "" || kinds.Items[1].InstanceURL != "" {
		t.Errorf("types are %+v", kinds.Items)
	}
	for _, address := range []string{
		"", "http://git.example.com", "https://ada:pw@git.example.com", "https://git.example.com/a/../b",
		"file:///etc/passwd",
	} {
		p := w.fails(t, "owner", "POST", "/git-provider-verifications", w.wizard(address), 422)
		if len(p.Errors) != 1 || p.Errors[0].Location != "body.instanceUrl" {
			t.Errorf("%q gives %+v", address, p)
		}
	}
}

func TestGitea_aPushReachesTheDatabases(t *testing.T) {
	t.Parallel()
	w := setupGitea(t)
	w.targets(t)
	p, grantID := w.added(t)
	if p.Type != towpath.ProviderGitea || p.InstanceURL != w.far.BaseURL() || p.DisplayName != "Our Gitea" {
		t.Errorf("provider is %+v", p)
	}
	files := map[string]string{"shop/1__ddl__orders.sql": "CREATE TABLE orders (id INTEGER);\n"}
	first, err := w.far.Commit(w.repo.ID, "main", files, "first")
	if err != nil {
		t.Fatal(err)
	}
	var found repositories
	w.call(t, "owner", "GET", "/grants/"+grantID+"/repositories", "", 200, &found)
	if len(found.Items) != 1 || found.Items[0].Name != "ada/shop-db" {
		t.Fatalf("repositories are %+v", found)
	}
	var link RepositoryLink
	w.call(t, "owner", "POST", "/projects/"+w.project.ID+"/repository-links",
		`{"grantId":"`+grantID+`","repositoryId":"`+found.Items[0].ID+`",`+linkBody+
			`,"existingFiles":"run"}`, 201, &link)
	if hooks := w.far.Hooks(w.repo.ID); len(hooks) != 1 || !hooks[0].Active ||
		!strings.HasPrefix(hooks[0].URL, w.url+"/hooks/") {
		t.Errorf("webhooks are %+v", hooks)
	}
	if detail := w.finished(t, 1); detail.State != "done" {
		t.Fatalf("rollout is %+v", detail)
	}
	w.far.ExpireAccessTokens() // what follows needs a refresh, with a token that works once
	files = map[string]string{"shop/2__ddl__lines.sql": "CREATE TABLE lines (id INTEGER);\n"}
	second, err := w.far.Commit(w.repo.ID, "main", files, "second")
	if err != nil {
		t.Fatal(err)
	}
	if detail := w.finished(t, 2); detail.State != "done" {
		t.Fatalf("rollout is %+v", detail)
	}
	for _, commit := range []string{first, second} {
		waitFor(t, "the statuses of "+commit, func() bool {
			states := []string{}
			for _, s := range w.far.Statuses(w.repo.ID, commit) {
				states = append(states, s.State)
			}
			return cmp.Equal(states, []string{"success", "success"})
		})
	}
	waitFor(t, "a delivery that was taken", func() bool {
		all := w.far.Deliveries()
		return len(all) == 1 && all[0].Event == "push" && len(all[0].Attempts) == 1 &&
			all[0].Attempts[0].StatusCode/100 == 2
	})
}
