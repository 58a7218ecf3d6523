// Package linktest is a world for tests of account, link, sync and report: their services beside a
// simulated Bitbucket.
package linktest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/engine/enginetest/pgserver"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/link"
	"towpath/internal/manifest"
	"towpath/internal/report"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/store/storetest"
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

// World is all services beside a simulated Bitbucket, with one owner and a project with the
// database shop in test and prod.
type World struct {
	*Accounts
	*Links
	*Syncs
	*Reports
	Files    *manifest.Service
	Store    *store.Store
	Keyring  *secret.Keyring
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
		if err = makeTemplate(); err == nil {
			code = m.Run()
		}
		err = errors.Join(err, server.Stop())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// template is a database with empty metadata, which the tests copy.
const template = "metadata_template"

func makeTemplate() error {
	ctx := context.Background()
	if err := server.Administer(ctx, "CREATE DATABASE "+template+" TEMPLATE template0"); err != nil {
		return err
	}
	return storetest.Migrate(ctx, address(template))
}

// address is that of metadata in a database of the server.
func address(database string) string {
	target := server.Target()
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(target.Username, target.Password),
		Host:     target.Address,
		Path:     database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// OnBoth runs a test with its metadata in SQLite and in PostgreSQL.
func OnBoth(t *testing.T, test func(t *testing.T, b *World)) {
	t.Helper()
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, Setup(t, SQLite(t)))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, Setup(t, address(server.Copy(t, template).Database)))
	})
}

// SQLite makes empty metadata in a file of its own, and returns its address.
func SQLite(t *testing.T) string { return storetest.SQLite(t, filepath.Join(t.TempDir(), "m.db")) }

// Setup makes a world with its metadata at an address.
func Setup(t *testing.T, metadata string) *World {
	t.Helper()
	b := &World{Log: &strings.Builder{}, Clock: &Clock{}}
	far := b.startBitbucket(t)
	driver, err := bitbucket.NewDriver(bitbucket.Config{
		InstanceURL:     far.URL,
		APIURL:          far.URL + "/2.0",
		Now:             b.Clock.Now,
		RawFilesPerHour: 60,
	})
	if err != nil {
		t.Fatal(err)
	}
	keyring, err := secret.Open(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(t.Context(), metadata)
	if err != nil {
		t.Fatal(err)
	}
	st.Now = b.Clock.Now
	t.Cleanup(func() { _ = st.Close() })
	b.Store, b.Keyring = st, keyring
	logger := slog.New(slog.NewTextHandler(b.Log, nil))
	b.Accounts = &account.Service{
		Store:       st,
		Keyring:     keyring,
		Drivers:     map[towpath.ProviderType]vcs.Driver{towpath.ProviderBitbucket: driver},
		ExternalURL: externalURL,
		Logger:      logger,
	}
	b.Files = &manifest.Service{Store: st}
	b.Reports = &report.Service{
		Store:       st,
		Accounts:    b.Accounts,
		Manifest:    b.Files,
		ExternalURL: externalURL,
		Logger:      logger,
	}
	b.Links = &link.Service{
		Store:          st,
		Keyring:        keyring,
		Accounts:       b.Accounts,
		Manifest:       b.Files,
		ExternalURL:    externalURL,
		Logger:         logger,
		RefreshLedgers: b.ReadLedgers,
		StopStatuses:   b.Reports.StopStatuses,
	}
	b.Syncs = &syncs.Service{
		Store:          st,
		Accounts:       b.Accounts,
		Manifest:       b.Files,
		Logger:         logger,
		RefreshLedgers: b.ReadLedgers,
		HookSecret:     b.Links.HookSecret,
	}
	b.seed(t)
	return b
}

// startBitbucket starts the far side, with a person, an empty repository and our consumer.
func (b *World) startBitbucket(t *testing.T) *httptest.Server {
	t.Helper()
	far := httptest.NewServer(http.HandlerFunc(b.answer))
	t.Cleanup(far.Close)
	var err error
	if b.Sim, err = bitbucketsim.New(bitbucketsim.Options{
		Dir: t.TempDir(), BaseURL: far.URL,
		Now: b.Clock.Now,
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Sim.Close() })
	b.Sim.AddUser(bitbucketsim.User{Username: "ada", DisplayName: "Ada Lock", Password: "pw"})
	b.Sim.AddWorkspace("acme", "Acme")
	b.Sim.SetMember("acme", "ada", "owner")
	if _, err := b.Sim.AddRepository(bitbucketsim.RepositorySpec{
		Workspace: "acme",
		Slug:      "shop-db",
	}); err != nil {
		t.Fatal(err)
	}
	b.Consumer = b.Sim.AddConsumer(bitbucketsim.Consumer{
		Workspace:   "acme",
		Name:        "Towpath",
		CallbackURL: externalURL + "/oauth/callback",
		Scopes:      []string{"account", "webhook", "repository:write"},
	})
	return far
}

// ReadLedgers stands where the catalog reads the targets: they are all reachable and what is noted
// of them is true.
func (b *World) ReadLedgers(ctx context.Context, projectID string) error {
	return b.Store.Write(ctx, func(tx *store.Tx) error {
		list, err := tx.ProjectDatabases(ctx, projectID)
		for _, d := range list {
			d.Ledger.At, d.Ledger.Served = &tx.Now, d.Ledger.Requested
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
	d := towpath.Database{
		InstanceID:    i.ID,
		EnvironmentID: e.ID,
		Name:          "shop",
		ProjectID:     projectID,
		AssignedAt:    &tx.Now,
	}
	return tx.CreateDatabase(ctx, &d)
}

// answer is the far side: the simulator, unless the test has something else in mind.
func (b *World) answer(w http.ResponseWriter, r *http.Request) {
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
}
