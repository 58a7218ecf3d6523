// Package linktest is a world for tests of account, link, sync and report: their services beside a simulated Bitbucket.
package linktest

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/bitbucketsim"
	"towpath/internal/engine/enginetest/pgserver"
	"towpath/internal/link"
	"towpath/internal/manifest"
	"towpath/internal/report"
	"towpath/internal/secret"
	"towpath/internal/store"
	syncs "towpath/internal/sync"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

const (
	externalURL = "http://towpath.test"

	// Repo is the full name of the world's repository.
	Repo = "acme/shop-db"
	// Template is the file path template of its links.
	Template = "{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql"
)

// The services of a World, by the names of its fields.
type (
	Accounts = account.Service
	Links    = link.Service
	Syncs    = syncs.Service
	Reports  = report.Service
)

// World is all services beside a simulated Bitbucket, with one owner and a project with the database shop in test and prod.
type World struct {
	*Accounts
	*Links
	*Syncs
	*Reports
	Files    *manifest.Service
	Store    *store.Store
	Keeper   *secret.Keeper
	Sim      *bitbucketsim.Sim
	Consumer bitbucketsim.Consumer
	Actor    towpath.Actor
	Project  string
	Log      *strings.Builder
	Clock    *Clock
	Asked    func(*http.Request) // before the provider answers; nil for nothing
	Answers  http.HandlerFunc    // in the simulator's place; nil for the simulator

	Lost func(*http.Request) bool // whether the answer is lost that the provider gives; nil for never

	GitRefuses   map[string]int // with which status Git refuses a repository's name
	TokenRefuses bool           // renewals are refused
}

// Clock is a clock that a test can move.
type Clock struct {
	mu     sync.Mutex
	offset time.Duration
}

// Now is the time on the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

// Move puts the clock forward.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// server holds metadata beside the SQLite files.
var server *pgserver.Server

// Main runs a package's tests beside the server that OnBoth needs, and returns the exit code.
func Main(m *testing.M) (code int) {
	var err error
	if server, err = pgserver.Start(); err == nil {
		code = m.Run()
		err = server.Stop()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// OnBoth runs a test with its metadata in SQLite and in PostgreSQL.
func OnBoth(t *testing.T, test func(t *testing.T, b *World)) {
	t.Helper()
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, Setup(t, "sqlite:"+filepath.Join(t.TempDir(), "m.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		target := server.Database(t)
		address := url.URL{Scheme: "postgres", User: url.UserPassword(target.Username, target.Password), Host: target.Address, Path: target.Database, RawQuery: "sslmode=disable"}
		test(t, Setup(t, address.String()))
	})
}

// Setup makes a world with its metadata at an address.
func Setup(t *testing.T, metadata string) *World {
	t.Helper()
	b := &World{Log: &strings.Builder{}, Clock: &Clock{}}
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.Asked != nil {
			b.Asked(r)
		}
		for name, status := range b.GitRefuses {
			if strings.HasPrefix(r.URL.Path, "/"+name+".git/") {
				w.WriteHeader(status)
				return
			}
		}
		if b.TokenRefuses && r.URL.Path == "/site/oauth2/access_token" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"Invalid refresh_token"}`)
			return
		}
		if b.Lost != nil && b.Lost(r) {
			b.Sim.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		if b.Answers != nil {
			b.Answers(w, r)
			return
		}
		b.Sim.ServeHTTP(w, r)
	}))
	t.Cleanup(far.Close)
	var err error
	if b.Sim, err = bitbucketsim.New(bitbucketsim.Options{Dir: t.TempDir(), BaseURL: far.URL, Now: b.Clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Sim.Close() })
	b.Sim.AddUser(bitbucketsim.User{Username: "ada", DisplayName: "Ada Lock", Password: "pw"})
	b.Sim.AddWorkspace("acme", "Acme")
	b.Sim.SetMember("acme", "ada", "owner")
	if _, err := b.Sim.AddRepository(bitbucketsim.RepositorySpec{Workspace: "acme", Slug: "shop-db"}); err != nil {
		t.Fatal(err)
	}
	b.Consumer = b.Sim.AddConsumer(bitbucketsim.Consumer{Workspace: "acme", Name: "Towpath", CallbackURL: externalURL + "/oauth/callback",
		Scopes: []string{"account", "webhook", "repository:write"}})
	driver, err := bitbucket.NewDriver(bitbucket.Config{InstanceURL: far.URL, APIURL: far.URL + "/2.0", Now: b.Clock.Now, RawFilesPerHour: 60})
	if err != nil {
		t.Fatal(err)
	}
	keeper, err := secret.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), metadata)
	if err != nil {
		t.Fatal(err)
	}
	st.Now = b.Clock.Now
	t.Cleanup(func() { _ = st.Close() })
	b.Store, b.Keeper = st, keeper
	logger := slog.New(slog.NewTextHandler(b.Log, nil))
	b.Accounts = &account.Service{
		Store: st, Keeper: keeper, Drivers: map[towpath.ProviderType]vcs.Driver{towpath.ProviderBitbucket: driver},
		ExternalURL: externalURL, Logger: logger,
	}
	b.Files = &manifest.Service{Store: st}
	b.Reports = &report.Service{Store: st, Accounts: b.Accounts, Manifest: b.Files, ExternalURL: externalURL, Logger: logger}
	b.Links = &link.Service{
		Store: st, Keeper: keeper, Accounts: b.Accounts, Manifest: b.Files, ExternalURL: externalURL, Logger: logger,
		RefreshLedgers: b.ReadLedgers, Settle: b.Reports.Settle,
	}
	b.Syncs = &syncs.Service{
		Store: st, Accounts: b.Accounts, Manifest: b.Files, Logger: logger, RefreshLedgers: b.ReadLedgers, HookSecret: b.Links.HookSecret,
	}
	b.seed(t)
	return b
}

// ReadLedgers stands where the catalog reads the targets: they are all reachable and what is noted of them is true.
func (b *World) ReadLedgers(ctx context.Context, projectID string) error {
	return b.Store.Write(ctx, func(tx *store.Tx) error {
		list, err := tx.ProjectDatabases(ctx, projectID)
		for _, d := range list {
			d.Ledger.At = &tx.Now
			if err := tx.SetLedger(ctx, d.ID, d.Ledger); err != nil {
				return err
			}
		}
		return err
	})
}

func (b *World) seed(t *testing.T) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		m := towpath.Member{Email: "ada@example.com", Name: "Ada", Role: towpath.RoleOwner, PasswordHash: "x"}
		if err := tx.CreateMember(ctx, &m); err != nil {
			return err
		}
		b.Actor = towpath.Actor{Member: m, SessionID: "s1"}
		p := towpath.Project{Name: "Shop"}
		if err := tx.CreateProject(ctx, &p); err != nil {
			return err
		}
		b.Project = p.ID
		for _, name := range []string{"test", "prod"} {
			if err := AddEnvironment(ctx, tx, p.ID, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// AddEnvironment adds an environment in which the project has its database shop.
func AddEnvironment(ctx context.Context, tx *store.Tx, projectID, name string) error {
	e := towpath.Environment{Name: name}
	if err := tx.CreateEnvironment(ctx, &e); err != nil {
		return err
	}
	i := towpath.Instance{ID: store.NewID(), Name: name, Engine: towpath.EngineSQLite, EnvironmentID: e.ID}
	if err := tx.CreateInstance(ctx, &i); err != nil {
		return err
	}
	d := towpath.Database{InstanceID: i.ID, EnvironmentID: e.ID, Name: "shop", ProjectID: projectID, AssignedAt: &tx.Now}
	return tx.CreateDatabase(ctx, &d)
}

// Write changes the metadata in one transaction.
func (b *World) Write(t *testing.T, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := b.Store.Write(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// Browse signs in at the simulator, grants access and returns what Bitbucket sends back to the callback URL.
func (b *World) Browse(t *testing.T, authorizeURL, action string) account.Callback {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "towpath.test" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	post := func(path string, form url.Values) *http.Response {
		resp, err := client.PostForm(b.Sim.BaseURL()+path, form)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	post("/account/signin/", url.Values{"username": {"ada"}, "password": {"pw"}})
	asked, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	form := asked.Query()
	form.Set("action", action)
	resp := post("/site/oauth2/authorize", form)
	back, err := resp.Location()
	if err != nil {
		page, _ := io.ReadAll(resp.Body)
		t.Fatalf("not sent back: %s\n%s", resp.Status, page)
	}
	q := back.Query()
	return account.Callback{State: q.Get("state"), Code: q.Get("code"), Error: q.Get("error"), ErrorDescription: q.Get("error_description")}
}

// Start is what an owner enters to add the simulator.
func (b *World) Start() account.StartVerification {
	return account.StartVerification{Type: towpath.ProviderBitbucket, DisplayName: "Bitbucket.org", ApplicationID: b.Consumer.Key, Secret: b.Consumer.Secret}
}

// Connect adds the provider and gives a grant.
func (b *World) Connect(t *testing.T) (providerID, grantID string) {
	t.Helper()
	v, page, err := b.StartVerification(t.Context(), b.Actor, b.Start())
	if err != nil {
		t.Fatal(err)
	}
	if v, err = b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant")); err != nil || v.State != towpath.VerificationVerified {
		t.Fatalf("%+v %v", v, err)
	}
	p, err := b.AddProvider(t.Context(), b.Actor, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, page, err = b.StartGrant(t.Context(), b.Actor, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	v, err = b.FinishVerification(t.Context(), "s1", b.Browse(t, page, "grant"))
	if err != nil || v.GrantID == "" {
		t.Fatalf("%+v %v", v, err)
	}
	return p.ID, v.GrantID
}

// Spec is a link with the world's repository and template.
func (b *World) Spec(grantID string) link.LinkSpec {
	r, _ := b.Sim.Repository(Repo)
	return link.LinkSpec{GrantID: grantID, RepositoryID: r.UUID, Branch: "main", FilePathTemplate: Template}
}

// Commit pushes files to main without a delivery, and returns the commit's hash.
func (b *World) Commit(t *testing.T, files map[string]string) string {
	t.Helper()
	hash, err := b.Sim.CommitQuiet(Repo, "main", files, "change "+strings.Join(slices.Sorted(maps.Keys(files)), ", "))
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

// Linked links the repository as it is, to run what it has.
func (b *World) Linked(t *testing.T) towpath.RepositoryLink {
	t.Helper()
	_, grant := b.Connect(t)
	spec := b.Spec(grant)
	spec.ExistingFiles = link.ExistingRun
	link, err := b.Link(t.Context(), b.Actor, b.Project, spec)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// Reconciled reconciles a link that nothing keeps from it.
func (b *World) Reconciled(t *testing.T, linkID string) {
	t.Helper()
	if _, err := b.Reconcile(t.Context(), linkID); err != nil {
		t.Fatal(err)
	}
}

// Refused reconciles a link that the far side refuses: a first refusal is tried again, a second one stands.
func (b *World) Refused(t *testing.T, linkID string) {
	t.Helper()
	again, err := b.Reconcile(t.Context(), linkID)
	st, _ := b.LinkStatus(t.Context(), linkID)
	if err == nil || again == nil || st.Link.AttentionReason != "" {
		t.Fatalf("after one refusal: again at %v, error %v, attention %q", again, err, st.Link.AttentionReason)
	}
	b.Clock.Move(again.Sub(b.Clock.Now()) + time.Second)
	b.Reconciled(t, linkID)
}

// Tasks writes the open rollout's tasks down, a line each.
func (b *World) Tasks(t *testing.T, linkID string) (lines []string) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		r, err := tx.OpenRollout(t.Context(), linkID)
		for _, task := range r.Tasks {
			lines = append(lines, fmt.Sprintf("%s %s %s %s", task.Environment, task.Version, task.Action, task.State))
		}
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// OpenRollout is the open rollout of a link, with its tasks.
func (b *World) OpenRollout(t *testing.T, linkID string) towpath.Rollout {
	t.Helper()
	st, err := b.LinkStatus(t.Context(), linkID)
	if err != nil || st.Rollout == nil {
		t.Fatalf("no open rollout: %v", err)
	}
	return *st.Rollout
}

// Finish ends all of a rollout well and posts its statuses.
func (b *World) Finish(t *testing.T, r towpath.Rollout) {
	t.Helper()
	b.Done(t, r)
	if _, err := b.PostStatus(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
}

// Done ends all of a rollout well.
func (b *World) Done(t *testing.T, r towpath.Rollout) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		for _, task := range r.Tasks {
			task.State = towpath.TaskDone
			if err := tx.UpdateTask(ctx, &task); err != nil {
				return err
			}
		}
		r.State, r.FinishedAt = towpath.RolloutDone, &tx.Now
		return tx.UpdateRollout(ctx, &r)
	})
}

// Change changes the open task of a version in an environment.
func (b *World) Change(t *testing.T, linkID, environment, version string, change func(*towpath.Task)) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.OpenRollout(ctx, linkID)
		if err != nil {
			return err
		}
		for _, task := range r.Tasks {
			if task.Environment != environment || task.Version != version || !task.State.Open() {
				continue
			}
			before := task.State
			if change(&task); !before.MayBecome(task.State) && before != task.State { // then it has run
				running := task
				running.State = towpath.TaskRunning
				if err := tx.UpdateTask(ctx, &running); err != nil {
					return err
				}
			}
			return tx.UpdateTask(ctx, &task)
		}
		t.Fatalf("no open task of %s in %s", version, environment)
		return nil
	})
}

// Replan schedules a new plan although nothing was pushed.
func (b *World) Replan(t *testing.T, linkID string) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error { return tx.StaleLedgers(ctx, b.Project) })
	b.Reconciled(t, linkID)
}

// WantTasks compares the open rollout's tasks with lines such as Tasks returns.
func (b *World) WantTasks(t *testing.T, linkID string, want ...string) {
	t.Helper()
	if got := b.Tasks(t, linkID); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("open tasks\n got %q\nwant %q", got, want)
	}
}
