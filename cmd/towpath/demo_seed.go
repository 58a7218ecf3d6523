package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/secret"
)

const (
	demoRepository = "acme/shop-db"
	demoDirectory  = "migrations"
	demoTemplate   = "{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql"
)

var demoEnvironments = []string{"test", "staging", "prod"}

// demoFiles is the sample repository's first commit.
var demoFiles = map[string]string{
	"README.md": `# Shop database

Each file below migrations/shop is one change of the database shop. Merged to main, it runs in test, then staging, then prod.
Its name is VERSION__TYPE__DESCRIPTION.sql; the type is ddl (schema) or dml (data).
`,
	"migrations/shop/1__ddl__create_customer.sql": `CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    email VARCHAR(200) NOT NULL UNIQUE
);
`,
	"migrations/shop/2__ddl__create_orders.sql": `CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    total_cents INTEGER NOT NULL CHECK (total_cents >= 0),
    ordered_at TIMESTAMP NOT NULL
);

CREATE INDEX orders_customer ON orders (customer_id);
`,
	"migrations/shop/3__dml__first_customers.sql": `INSERT INTO customer (id, name, email) VALUES
    (1, 'Ada Lock', 'ada@example.com'),
    (2, 'Ben Weir', 'ben@example.com');
`,
}

// seed fills the simulator and, only through the public API, the server. A demo with a kept folder
// continues as it was.
func (d *demo) seed(ctx context.Context) error {
	if known, err := d.readSaved(); err != nil || known {
		return err
	}
	d.info.Email, d.info.Password = "owner@example.com", secret.NewToken(12)
	d.info.GitUser, d.info.GitPassword = "olive", secret.NewToken(12)
	d.info.Branch = "main"
	d.info.BaseDirectory = demoDirectory
	d.info.FilePathTemplate = demoTemplate
	steps := []func(context.Context) error{d.seedBitbucket, d.seedOwner, d.seedWorkspace}
	if !d.empty {
		steps = append(steps, d.seedLink)
	}
	if d.waits {
		steps = append(steps, d.seedManualStart)
	}
	if !d.empty && d.pullRequests {
		steps = append(steps, d.seedPullRequest)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return fmt.Errorf("prepare the demo: %w", err)
		}
	}
	return d.writeInfo(d.savedPath())
}

func (d *demo) savedPath() string { return filepath.Join(d.dir, "demo.json") }

// readSaved reads the credentials of an earlier run in the same folder; addresses are this run's.
func (d *demo) readSaved() (known bool, err error) {
	text, err := os.ReadFile(d.savedPath())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the demo's folder: %w", err)
	}
	now := d.info
	if err := json.Unmarshal(text, &d.info); err != nil {
		return false, fmt.Errorf("read %s: %w", d.savedPath(), err)
	}
	if d.info.ConsoleURL != now.ConsoleURL || d.info.BitbucketURL != now.BitbucketURL {
		return false, fmt.Errorf("the folder %s belongs to a demo at %s with Bitbucket at %s; start it "+
			"with the same --listen and --bitbucket-listen, or use another --data",
			d.dir, d.info.ConsoleURL, d.info.BitbucketURL)
	}
	d.api.token = d.info.APIToken
	return true, nil
}

func (d *demo) seedBitbucket(context.Context) error {
	d.sim.AddUser(bitbucketsim.User{
		Username:    d.info.GitUser,
		DisplayName: "Olive Owner",
		Email:       d.info.Email,
		Password:    d.info.GitPassword,
	})
	d.sim.AddWorkspace("acme", "Acme")
	d.sim.SetMember("acme", d.info.GitUser, "owner")
	repository, err := d.sim.AddRepository(bitbucketsim.RepositorySpec{
		Workspace:  "acme",
		Slug:       "shop-db",
		MainBranch: d.info.Branch,
		Private:    true,
	})
	if err != nil {
		return err
	}
	d.info.CloneURL = repository.CloneURL
	if _, err := d.sim.CommitQuiet(demoRepository, d.info.Branch, d.files,
		"Create the shop's tables"); err != nil {
		return err
	}
	if d.large {
		if err := d.seedLarge(); err != nil {
			return err
		}
	}
	consumer := d.sim.AddConsumer(bitbucketsim.Consumer{
		Workspace:   "acme",
		Name:        "Towpath",
		CallbackURL: d.info.ConsoleURL + "/oauth/callback",
		Scopes:      d.scopes(),
	})
	d.info.ApplicationID, d.info.Secret = consumer.Key, consumer.Secret
	return nil
}

// scopes are those of the consumer.
func (d *demo) scopes() []string {
	needed := []string{"account", "webhook", "repository:write"}
	switch {
	case d.opensPulls:
		return append(needed, "pullrequest:write")
	case d.pullRequests:
		return append(needed, "pullrequest")
	}
	return needed
}

// The size of a large Bitbucket.
const (
	largeWorkspaces   = 6 // acme is one of them
	largeRepositories = 500
	largeFiles        = 2000
)

// seedLarge adds workspaces, repositories, and files that are not migrations.
func (d *demo) seedLarge() error {
	for n := 1; n < largeRepositories; n++ {
		workspace := "acme"
		if w := n % largeWorkspaces; w > 0 {
			workspace = fmt.Sprintf("acme-%d", w)
			d.sim.AddWorkspace(workspace, fmt.Sprintf("Acme %d", w))
			d.sim.SetMember(workspace, d.info.GitUser, "owner")
		}
		if _, err := d.sim.AddRepository(bitbucketsim.RepositorySpec{
			Workspace: workspace,
			Slug:      fmt.Sprintf("service-%03d", n), Private: true,
		}); err != nil {
			return err
		}
	}
	files := map[string]string{}
	for n := range largeFiles {
		files[fmt.Sprintf("services/%02d/handler_%04d.go", n%40, n)] = fmt.Sprintf("package service%d\n", n)
	}
	_, err := d.sim.CommitQuiet(demoRepository, d.info.Branch, files, "Add services")
	return err
}

func (d *demo) seedOwner(ctx context.Context) error {
	err := d.api.call(ctx, "POST", "/setup", map[string]string{
		"token": d.setup, "email": d.info.Email, "name": "Olive Owner", "password": d.info.Password,
	}, nil)
	if err != nil {
		return err
	}
	var token struct {
		Token string `json:"token"`
	}
	if err := d.api.call(ctx, "POST", "/api-tokens", map[string]string{"name": "demo"}, &token); err != nil {
		return err
	}
	d.info.APIToken = token.Token
	return nil
}

// seedWorkspace creates the environments, an instance with the database shop in each, and the
// project.
func (d *demo) seedWorkspace(ctx context.Context) error {
	var project identified
	if err := d.api.call(ctx, "POST", "/projects", map[string]string{"name": "Shop"}, &project); err != nil {
		return err
	}
	for _, name := range demoEnvironments {
		spec, err := d.instance(ctx, name)
		if err != nil {
			return err
		}
		var environment, instance identified
		if err := d.api.call(ctx, "POST", "/environments", map[string]string{"name": name},
			&environment); err != nil {
			return err
		}
		spec["environmentId"] = environment.ID
		if err := d.api.call(ctx, "POST", "/instances", spec, &instance); err != nil {
			return err
		}
		var databases items[identified]
		if err := d.api.call(ctx, "GET", "/databases?instance="+instance.ID, nil, &databases); err != nil {
			return err
		}
		for _, database := range databases.Items {
			if err := d.api.call(ctx, "PATCH", "/databases/"+database.ID,
				map[string]string{"projectId": project.ID}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// seedManualStart makes the start of prod manual, after the first commit.
func (d *demo) seedManualStart(ctx context.Context) error {
	var all items[struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}]
	if err := d.api.call(ctx, "GET", "/environments", nil, &all); err != nil {
		return err
	}
	for _, e := range all.Items {
		if e.Name != "prod" {
			continue
		}
		if err := d.api.call(ctx, "PATCH", "/environments/"+e.ID, map[string]string{"start": "manual"},
			nil); err != nil {
			return err
		}
	}
	return nil
}

// instance returns the API's input for the instance of an environment; for SQLite it creates the
// empty file.
func (d *demo) instance(ctx context.Context, environment string) (map[string]any, error) {
	if s := d.servers[environment]; s != nil {
		d.info.Databases = append(d.info.Databases,
			demoDatabaseInfo{Environment: environment, Name: demoDatabase, Admin: s.admin(), Path: s.shown()})
		return map[string]any{
			"name": environment, "engine": s.engine, "address": s.address(), "username": demoAccount,
			"password": s.password, "options": map[string]string{"tls": "disable"},
		}, nil
	}
	folder := filepath.Join(d.sqliteRoot(), environment)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	target := engine.Target{Address: environment, Database: demoDatabase}
	if err := sqlite.New(sqlite.Config{Root: d.sqliteRoot()}).Create(ctx, target); err != nil {
		return nil, err
	}
	d.info.Databases = append(d.info.Databases, demoDatabaseInfo{
		Environment: environment, Name: demoDatabase,
		Path: filepath.Join(folder, demoDatabase+".db"),
	})
	return map[string]any{"name": "SQLite " + environment, "engine": "sqlite", "address": environment}, nil
}

// seedLink goes through the wizard's steps and waits until the first commit is applied.
func (d *demo) seedLink(ctx context.Context) error {
	grant, err := d.connect(ctx)
	if err != nil {
		return err
	}
	if _, err := d.link(ctx, grant, map[string]any{"existingFiles": "run"}); err != nil {
		return err
	}
	return d.awaitFirstCommit(ctx)
}

// connect adds the Git provider through its verified consumer. It returns the grant of the owner's
// account, which signed in for the verification.
func (d *demo) connect(ctx context.Context) (grantID string, err error) {
	var started struct {
		ID           string `json:"id"`
		AuthorizeURL string `json:"authorizeUrl"`
	}
	err = d.api.call(ctx, "POST", "/git-provider-verifications", map[string]string{
		"type": "bitbucket", "instanceUrl": d.info.BitbucketURL, "displayName": "Bitbucket.org",
		"applicationId": d.info.ApplicationID, "secret": d.info.Secret,
	}, &started)
	if err == nil {
		err = d.authorize(ctx, started.AuthorizeURL)
	}
	var provider identified
	if err == nil {
		err = d.api.call(ctx, "POST", "/git-providers", map[string]string{"verificationId": started.ID},
			&provider)
	}
	var grants items[identified]
	if err == nil {
		err = d.api.call(ctx, "GET", "/git-providers/"+provider.ID+"/grants", nil, &grants)
	}
	if err == nil && len(grants.Items) == 0 {
		err = errors.New("the provider gave no grant")
	}
	if err != nil {
		return "", err
	}
	return grants.Items[0].ID, nil
}

// link links the sample repository with the project; spec adds settings to the demo's own, or
// changes them.
func (d *demo) link(ctx context.Context, grantID string, spec map[string]any) (linkID string, err error) {
	repository, _ := d.sim.Repository(demoRepository)
	full := map[string]any{
		"grantId": grantID, "repositoryId": repository.UUID, "branch": d.info.Branch,
		"baseDirectory": d.info.BaseDirectory, "filePathTemplate": d.info.FilePathTemplate,
	}
	maps.Copy(full, spec)
	var projects items[identified]
	if err := d.api.call(ctx, "GET", "/projects", nil, &projects); err != nil {
		return "", err
	}
	var link identified
	err = d.api.call(ctx, "POST", "/projects/"+projects.Items[0].ID+"/repository-links", full, &link)
	return link.ID, err
}

// awaitFirstCommit waits until the first commit is applied.
func (d *demo) awaitFirstCommit(ctx context.Context) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		var rollouts items[demoRollout]
		if err := d.api.call(ctx, "GET", "/rollouts", nil, &rollouts); err != nil {
			return err
		}
		if len(rollouts.Items) > 0 &&
			!slices.ContainsFunc(rollouts.Items, func(r demoRollout) bool { return r.State != "done" }) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-deadline:
			return fmt.Errorf("the first rollout did not end within a minute: %+v", rollouts.Items)
		case <-tick.C:
		}
	}
}
