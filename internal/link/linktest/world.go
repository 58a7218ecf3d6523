package gitops_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
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
	"towpath/internal/gitops"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

const (
	repo     = "acme/shop-db"
	template = "{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql"
)

type (
	Accounts = account.Service
	GitOps   = gitops.Service
)

// bundle is a service beside a simulated Bitbucket, with one owner and a project with the database shop in test and prod.
type bundle struct {
	*Accounts
	*GitOps
	Store    *store.Store
	Keeper   *secret.Keeper
	sim      *bitbucketsim.Sim
	consumer bitbucketsim.Consumer
	actor    towpath.Actor
	project  string
	log      *strings.Builder
	clock    *clock
	asked    func(*http.Request) // before the provider answers; nil for nothing
	answers  http.HandlerFunc    // in the simulator's place; nil for the simulator

	lost func(*http.Request) bool // whether the answer is lost that the provider gives; nil for never

	gitRefuses   map[string]int // with which status Git refuses a repository's name
	tokenRefuses bool           // renewals are refused
}

// clock is a clock that a test can move.
type clock struct {
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.offset)
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// server holds metadata beside the SQLite files.
var server *pgserver.Server

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
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

// onBoth runs a test with its metadata in SQLite and in PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, setup(t, "sqlite:"+filepath.Join(t.TempDir(), "m.db")))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		target := server.Database(t)
		address := url.URL{Scheme: "postgres", User: url.UserPassword(target.Username, target.Password), Host: target.Address, Path: target.Database, RawQuery: "sslmode=disable"}
		test(t, setup(t, address.String()))
	})
}

func setup(t *testing.T, metadata string) *bundle {
	t.Helper()
	b := &bundle{log: &strings.Builder{}, clock: &clock{}}
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.asked != nil {
			b.asked(r)
		}
		for name, status := range b.gitRefuses {
			if strings.HasPrefix(r.URL.Path, "/"+name+".git/") {
				w.WriteHeader(status)
				return
			}
		}
		if b.tokenRefuses && r.URL.Path == "/site/oauth2/access_token" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"Invalid refresh_token"}`)
			return
		}
		if b.lost != nil && b.lost(r) {
			b.sim.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		if b.answers != nil {
			b.answers(w, r)
			return
		}
		b.sim.ServeHTTP(w, r)
	}))
	t.Cleanup(far.Close)
	var err error
	if b.sim, err = bitbucketsim.New(bitbucketsim.Options{Dir: t.TempDir(), BaseURL: far.URL, Now: b.clock.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.sim.Close() })
	b.sim.AddUser(bitbucketsim.User{Username: "ada", DisplayName: "Ada Lock", Password: "pw"})
	b.sim.AddWorkspace("acme", "Acme")
	b.sim.SetMember("acme", "ada", "owner")
	if _, err := b.sim.AddRepository(bitbucketsim.RepositorySpec{Workspace: "acme", Slug: "shop-db"}); err != nil {
		t.Fatal(err)
	}
	b.consumer = b.sim.AddConsumer(bitbucketsim.Consumer{Workspace: "acme", Name: "Towpath", CallbackURL: "http://towpath.test/oauth/callback",
		Scopes: []string{"account", "webhook", "repository:write"}})
	driver, err := bitbucket.NewDriver(bitbucket.Config{InstanceURL: far.URL, APIURL: far.URL + "/2.0", Now: b.clock.now, RawFilesPerHour: 60})
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
	st.Now = b.clock.now
	t.Cleanup(func() { _ = st.Close() })
	b.Store, b.Keeper = st, keeper
	logger := slog.New(slog.NewTextHandler(b.log, nil))
	b.Accounts = &account.Service{
		Store: st, Keeper: keeper, Drivers: map[towpath.ProviderType]vcs.Driver{towpath.ProviderBitbucket: driver},
		ExternalURL: "http://towpath.test", Logger: logger,
	}
	b.GitOps = &gitops.Service{
		Store: st, Keeper: keeper, Accounts: b.Accounts, ExternalURL: "http://towpath.test", Logger: logger, RefreshLedgers: b.readLedgers,
	}
	b.seed(t)
	return b
}

// readLedgers stands where the catalog reads the targets: they are all reachable and what is noted of them is true.
func (b *bundle) readLedgers(ctx context.Context, projectID string) error {
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

func (b *bundle) seed(t *testing.T) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		m := towpath.Member{Email: "ada@example.com", Name: "Ada", Role: towpath.RoleOwner, PasswordHash: "x"}
		if err := tx.CreateMember(ctx, &m); err != nil {
			return err
		}
		b.actor = towpath.Actor{Member: m, SessionID: "s1"}
		p := towpath.Project{Name: "Shop"}
		if err := tx.CreateProject(ctx, &p); err != nil {
			return err
		}
		b.project = p.ID
		for _, name := range []string{"test", "prod"} {
			if err := addEnvironment(ctx, tx, p.ID, name); err != nil {
				return err
			}
		}
		return nil
	})
}

// addEnvironment adds an environment in which the project has its database shop.
func addEnvironment(ctx context.Context, tx *store.Tx, projectID, name string) error {
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

func (b *bundle) write(t *testing.T, fn func(ctx context.Context, tx *store.Tx) error) {
	t.Helper()
	if err := b.Store.Write(t.Context(), func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// browser signs in at the simulator, grants access and returns what Bitbucket sends back to the callback URL.
func (b *bundle) browser(t *testing.T, authorizeURL, action string) account.Callback {
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
		resp, err := client.PostForm(b.sim.BaseURL()+path, form)
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

func (b *bundle) start() account.StartVerification {
	return account.StartVerification{Type: towpath.ProviderBitbucket, DisplayName: "Bitbucket.org", ApplicationID: b.consumer.Key, Secret: b.consumer.Secret}
}

// connect adds the provider and gives a grant.
func (b *bundle) connect(t *testing.T) (providerID, grantID string) {
	t.Helper()
	v, page, err := b.StartVerification(t.Context(), b.actor, b.start())
	if err != nil {
		t.Fatal(err)
	}
	if v, err = b.FinishVerification(t.Context(), "s1", b.browser(t, page, "grant")); err != nil || v.State != towpath.VerificationVerified {
		t.Fatalf("%+v %v", v, err)
	}
	p, err := b.AddProvider(t.Context(), b.actor, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, page, err = b.StartGrant(t.Context(), b.actor, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	v, err = b.FinishVerification(t.Context(), "s1", b.browser(t, page, "grant"))
	if err != nil || v.GrantID == "" {
		t.Fatalf("%+v %v", v, err)
	}
	return p.ID, v.GrantID
}

func (b *bundle) spec(grantID string) gitops.LinkSpec {
	r, _ := b.sim.Repository(repo)
	return gitops.LinkSpec{GrantID: grantID, RepositoryID: r.UUID, Branch: "main", FilePathTemplate: template}
}

func (b *bundle) commit(t *testing.T, files map[string]string) string {
	t.Helper()
	hash, err := b.sim.CommitQuiet(repo, "main", files, "change "+strings.Join(slices.Sorted(keys(files)), ", "))
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func keys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// link links the repository as it is, to run what it has.
func (b *bundle) link(t *testing.T) towpath.RepositoryLink {
	t.Helper()
	_, grant := b.connect(t)
	spec := b.spec(grant)
	spec.ExistingFiles = gitops.ExistingRun
	link, err := b.Link(t.Context(), b.actor, b.project, spec)
	if err != nil {
		t.Fatal(err)
	}
	return link
}

func (b *bundle) reconcile(t *testing.T, linkID string) {
	t.Helper()
	if _, err := b.Reconcile(t.Context(), linkID); err != nil {
		t.Fatal(err)
	}
}

// refused reconciles a link that the far side refuses: a first refusal is tried again, a second one stands.
func (b *bundle) refused(t *testing.T, linkID string) {
	t.Helper()
	again, err := b.Reconcile(t.Context(), linkID)
	st, _ := b.LinkStatus(t.Context(), linkID)
	if err == nil || again == nil || st.Link.AttentionReason != "" {
		t.Fatalf("after one refusal: again at %v, error %v, attention %q", again, err, st.Link.AttentionReason)
	}
	b.clock.move(again.Sub(b.clock.now()) + time.Second)
	b.reconcile(t, linkID)
}

// tasks writes the open rollout's tasks down, a line each.
func (b *bundle) tasks(t *testing.T, linkID string) (lines []string) {
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
