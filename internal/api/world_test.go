package api

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/catalog"
	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/executor"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/jobs"
	links "towpath/internal/link"
	"towpath/internal/manifest"
	"towpath/internal/notify"
	"towpath/internal/receipt"
	"towpath/internal/rehearsal"
	reports "towpath/internal/report"
	rollouts "towpath/internal/rollout"
	syncs "towpath/internal/sync"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
	"towpath/internal/webhook"
)

const repositoryName = "acme/shop-db"

// world is a server with all its services, beside a simulated Bitbucket and a folder of SQLite
// files.
type world struct {
	*bundle
	sim      *bitbucketsim.Sim
	consumer bitbucketsim.Consumer
	root     string // of SQLite files
}

func setupWorld(t *testing.T) *world {
	t.Helper()
	w := &world{bundle: setup(t), root: t.TempDir()}
	far := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter,
		r *http.Request,
	) {
		w.sim.ServeHTTP(rw, r)
	}))
	t.Cleanup(far.Close)
	near := httptest.NewUnstartedServer(nil)
	w.url = "http://" + near.Listener.Addr().String()
	w.ExternalURL = w.url
	var err error
	if w.sim, err = bitbucketsim.New(bitbucketsim.Options{Dir: t.TempDir(), BaseURL: far.URL}); err != nil {
		t.Fatal(err)
	}
	w.sim.AddUser(bitbucketsim.User{Username: "ada", DisplayName: "Ada Lock", Password: "pw"})
	w.sim.AddWorkspace("acme", "Acme")
	w.sim.SetMember("acme", "ada", "owner")
	if _, err := w.sim.AddRepository(bitbucketsim.RepositorySpec{
		Workspace: "acme",
		Slug:      "shop-db",
	}); err != nil {
		t.Fatal(err)
	}
	w.consumer = w.sim.AddConsumer(bitbucketsim.Consumer{
		Workspace:   "acme",
		Name:        "Towpath",
		CallbackURL: w.url + callbackPath,
		Scopes:      []string{"account", "webhook", "repository:write"},
	})
	w.wire(t, far.URL)
	near.Config.Handler = w.Handler()
	near.Start()
	t.Cleanup(func() {
		_ = w.sim.Close() // its deliveries go to the server, so it closes first
		near.Close()
	})
	return w
}

// wire makes the services as cmd does, and starts the jobs.
func (w *world) wire(t *testing.T, bitbucketURL string) {
	t.Helper()
	driver, err := bitbucket.NewDriver(bitbucket.Config{InstanceURL: bitbucketURL, APIURL: bitbucketURL +
		"/2.0"})
	if err != nil {
		t.Fatal(err)
	}
	engines := map[towpath.EngineType]engine.Engine{
		towpath.EngineSQLite: sqlite.New(sqlite.Config{Root: w.root}),
	}
	w.Catalog = &catalog.Service{Store: w.Store, Keyring: w.Keyring, Engines: engines, Logger: w.Logger}
	w.Catalog.CheckSchemas = time.Hour
	w.Executor = &executor.Service{
		Store:    w.Store,
		Keyring:  w.Keyring,
		Engines:  engines,
		Owner:    "test",
		ServerID: "test",
		Logger:   w.Logger,
	}
	w.Notify = &notify.Service{Store: w.Store, Keyring: w.Keyring, ExternalURL: w.url, Client: http.DefaultClient, Trial: true}
	w.Receipts = &receipt.Service{Store: w.Store, Keyring: w.Keyring, ExternalURL: w.url, Version: "test"}
	w.Webhooks = &webhook.Service{Store: w.Store, Keyring: w.Keyring, ExternalURL: w.url, Client: http.DefaultClient, Trial: true}
	w.Rehearsals = &rehearsal.Service{Store: w.Store, Catalog: w.Catalog, Logger: w.Logger}
	w.Rollouts = &rollouts.Service{Store: w.Store, Logger: w.Logger}
	w.Accounts = &account.Service{
		Store:       w.Store,
		Keyring:     w.Keyring,
		Drivers:     map[towpath.ProviderType]vcs.Driver{towpath.ProviderBitbucket: driver},
		ExternalURL: w.url,
		Logger:      w.Logger,
	}
	files := &manifest.Service{Store: w.Store}
	report := &reports.Service{
		Store:       w.Store,
		Accounts:    w.Accounts,
		Manifest:    files,
		ExternalURL: w.url,
		Logger:      w.Logger,
	}
	w.Links = &links.Service{
		Store:          w.Store,
		Keyring:        w.Keyring,
		Accounts:       w.Accounts,
		Manifest:       files,
		ExternalURL:    w.url,
		Logger:         w.Logger,
		RefreshLedgers: w.Catalog.RefreshLedgers,
		StopStatuses:   report.StopStatuses,
	}
	w.Syncs = &syncs.Service{
		Store: w.Store, Accounts: w.Accounts, Manifest: files, Logger: w.Logger,
		RefreshLedgers: w.Catalog.RefreshLedgers, HookSecret: w.Links.HookSecret,
		TryUndo: w.Rehearsals.TryUndo,
	}
	runner := &jobs.Runner{
		Store: w.Store, Owner: "test", Logger: w.Logger,
		Handlers: map[towpath.JobKind]jobs.Handler{
			towpath.JobReconcile: w.Syncs.Reconcile, towpath.JobPostPlan: report.PostPlan,
			towpath.JobPostStatus: report.PostStatus, towpath.JobCheckHook: w.Links.CheckHook,
			towpath.JobAdvance: w.Rollouts.Advance, towpath.JobRunTask: w.Executor.RunTask,
		},
	}
	ended := make(chan error)
	go func() { ended <- runner.Run(t.Context()) }()
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// file makes an empty database file in a folder below the root.
func (w *world) file(t *testing.T, folder, name string) {
	t.Helper()
	dir := filepath.Join(w.root, folder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

// targets makes the environments test and prod with an instance and its database shop each, in the
// project.
func (w *world) targets(t *testing.T) {
	t.Helper()
	for _, name := range []string{"test", "prod"} {
		w.file(t, name, "shop")
		var e environment
		w.call(t, "dba", "POST", "/environments", `{"name":"`+name+`"}`, 201, &e)
		var i instance
		w.call(t, "dba", "POST", "/instances", `{"name":"`+name+`","engine":"sqlite","environmentId":"`+e.ID+
			`","address":"`+name+`"}`, 201, &i)
		var found list[database]
		w.call(t, "dba", "GET", "/databases?instance="+i.ID, "", 200, &found)
		w.call(t, "dba", "PATCH", "/databases/"+found.Items[0].ID, `{"projectId":"`+w.project.ID+`"}`,
			200, nil)
	}
}

// consent signs in at the simulator as a person, answers its question, and returns where that led:
// our callback's page.
func (w *world) consent(t *testing.T, authorizeURL, action, session string) response {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	home, err := url.Parse(w.url)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(home, []*http.Cookie{{Name: sessionCookie, Value: session, Path: "/"}})
	client := &http.Client{Jar: jar}
	asked, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	form := asked.Query()
	form.Set("action", action)
	var last response
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"/account/signin/", url.Values{"username": {"ada"}, "password": {"pw"}}},
		{"/site/oauth2/authorize", form},
	} {
		resp, err := client.PostForm(w.sim.BaseURL()+step.path, step.form)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		last = response{resp, text}
	}
	return last
}

// wizard is what the first page of the wizard sends.
func (w *world) wizard() string {
	return `{"type":"bitbucket","displayName":"Bitbucket.org","applicationId":"` + w.consumer.Key +
		`","secret":"` + w.consumer.Secret + `"}`
}

// provider adds the provider as the owner.
func (w *world) provider(t *testing.T) gitProvider {
	t.Helper()
	var v verification
	w.call(t, "owner", "POST", "/git-provider-verifications", w.wizard(), 201, &v)
	w.consent(t, v.AuthorizeURL, "grant", "")
	var p gitProvider
	w.call(t, "owner", "POST", "/git-providers", `{"verificationId":"`+v.ID+`"}`, 201, &p)
	return p
}

// grant lets the lead use an account through a provider.
func (w *world) grant(t *testing.T, providerID string) string {
	t.Helper()
	var v verification
	w.call(t, "owner", "POST", "/git-providers/"+providerID+"/grants", "", 201, &v)
	w.consent(t, v.AuthorizeURL, "grant", "")
	w.call(t, "owner", "GET", "/git-provider-verifications/"+v.ID, "", 200, &v)
	if v.GrantID == "" {
		t.Fatalf("no grant came of %+v", v)
	}
	return v.GrantID
}

// waitFor asks until the condition holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1000 {
		if holds() {
			return
		}
		<-tick.C
	}
	t.Fatal("timed out: " + what)
}
