package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

// demoCommand starts a server and a simulated Bitbucket, with a sample workspace.
type demoCommand struct {
	Listen          string `default:"127.0.0.1:8080" help:"Address of the console and the API. Port 0 takes a free one."`
	BitbucketListen string `default:"localhost:7990" help:"Address of the simulated Bitbucket."`
	Gitea           bool   `help:"Start a simulated Gitea too, to add it with the wizard."`
	GiteaListen     string `default:"localhost:7991" help:"Address of the simulated Gitea."`
	Data            string `type:"path" help:"Folder to keep everything in; without it, a temporary one that is removed at the end."`
	Empty           bool   `help:"Leave out the Git provider and the link, to begin with the wizard."`
	ManualStart     bool   `help:"Let changes wait in prod until a person starts them, as they should in production."`
	Postgres        bool   `help:"Use PostgreSQL for the sample databases: throw-away servers, when the programs are installed."`
	MariaDB         bool   `name:"mariadb" help:"Use MariaDB for the sample databases, likewise."`
	Programs        string `type:"path" help:"Folder of another version's programs, which lie in its bin, for --postgres and --mariadb."`
	PullRequest     bool   `help:"Push a branch with dangerous changes too, and open its pull request."`
	Large           bool   `help:"Make Bitbucket large: 500 repositories in 6 workspaces, and 2,000 more files in the sample repository."`
	Info            string `type:"path" help:"Write addresses and credentials to this file, as JSON."`
	LogLevel        string `default:"warn" enum:"debug,info,warn,error" help:"What the server logs: ${enum}."`
}

// demoInfo is what people and programs need to use a demo.
type demoInfo struct {
	ConsoleURL       string             `json:"consoleUrl"`
	Email            string             `json:"email"`
	Password         string             `json:"password"`
	APIToken         string             `json:"apiToken"`
	BitbucketURL     string             `json:"bitbucketUrl"`
	BitbucketAPIURL  string             `json:"bitbucketApiUrl"`
	CloneURL         string             `json:"cloneUrl"`
	GitUser          string             `json:"gitUser"`
	GitPassword      string             `json:"gitPassword"`
	ApplicationID    string             `json:"applicationId"`
	Secret           string             `json:"secret"`
	Branch           string             `json:"branch"`
	BaseDirectory    string             `json:"baseDirectory"`
	FilePathTemplate string             `json:"filePathTemplate"`
	Databases        []demoDatabaseInfo `json:"databases"`

	PullRequestURL string `json:"pullRequestUrl,omitempty"`

	GiteaURL          string `json:"giteaUrl,omitempty"`
	GiteaClientID     string `json:"giteaClientId,omitempty"`
	GiteaClientSecret string `json:"giteaClientSecret,omitempty"`
}

// demoDatabaseInfo is one of the demo's targets.
type demoDatabaseInfo struct {
	Environment string `json:"environment"`
	Name        string `json:"name"`
	// Admin is the address of a PostgreSQL server as its administrator, for tools that create databases of
	// their own there. The demo's user may not.
	Admin string `json:"admin,omitempty"`
	Path  string `json:"path"` // of the file, or the address of the server
}

// Run runs the demo until ctx ends.
func (c *demoCommand) Run(ctx context.Context) (err error) {
	if c.Gitea && c.Data != "" {
		return usagef("--gitea starts a throw-away server: use it without --data")
	}
	dir := c.Data
	if dir == "" {
		if dir, err = os.MkdirTemp("", "towpath-demo-"); err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("find the demo's folder: %w", err)
	}
	d := &demo{
		dir:          dir,
		empty:        c.Empty,
		large:        c.Large,
		waits:        c.ManualStart,
		pullRequests: c.PullRequest,
		opensPulls:   c.PullRequest,
		files:        demoFiles,
		log:          newLogger(os.Stderr, c.LogLevel, "text"),
	}
	stopTargets, err := d.startTargets(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopTargets()) }()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	bitbucketDone, err := d.startBitbucket(ctx, c.BitbucketListen)
	if err != nil {
		return err
	}
	serverDone, err := d.startServer(ctx, c.Listen)
	if err == nil {
		err = d.seed(ctx)
	}
	var giteaDone <-chan error
	if err == nil && c.Gitea {
		giteaDone, err = d.startGitea(ctx, c.GiteaListen)
	}
	if err == nil && c.Info != "" {
		err = d.writeInfo(c.Info)
	}
	if err == nil {
		d.explain(os.Stdout)
		if c.Gitea {
			d.explainGitea(os.Stdout)
		}
		err = d.watch(ctx, os.Stdout)
	}
	stop()
	if serverDone != nil {
		err = errors.Join(err, <-serverDone)
	}
	if giteaDone != nil {
		err = errors.Join(err, <-giteaDone)
	}
	return errors.Join(err, <-bitbucketDone)
}

// demo is a running demo.
type demo struct {
	dir   string
	empty bool
	large bool
	waits bool // for a start in prod
	// the consumer may read pull requests, and there is one
	pullRequests bool
	opensPulls   bool              // the consumer may open them too
	files        map[string]string // the repository's first commit
	// servers hold the sample databases by environment; nil for SQLite.
	servers map[string]*databaseServer
	log     *slog.Logger
	info    demoInfo
	sim     *bitbucketsim.Sim
	setup   string // the setup token
	api     *apiClient
}

// startTargets starts the database servers for the command's options.
func (d *demo) startTargets(ctx context.Context, c *demoCommand) (stop func() error, err error) {
	if !c.Postgres && !c.MariaDB {
		if c.Programs != "" {
			return nil, usagef("--programs names the programs of --postgres or --mariadb: add one of them")
		}
		return func() error { return nil }, nil
	}
	if (c.Postgres && c.MariaDB) || c.Data != "" {
		return nil, usagef("--postgres and --mariadb start throw-away servers: use one of them, and " +
			"without --data")
	}
	kind := towpath.EnginePostgres
	if c.MariaDB {
		kind = towpath.EngineMySQL
	}
	d.servers, err = startServers(ctx, kind, c.Programs)
	return func() error { return stopServers(d.servers) }, err
}

// startBitbucket serves the simulator until ctx ends; then the channel returns its last error.
func (d *demo) startBitbucket(ctx context.Context, address string) (<-chan error, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the simulated Bitbucket (--bitbucket-listen): %w", err)
	}
	d.info.BitbucketURL = "http://" + shownAddress(address, listener)
	d.sim, err = bitbucketsim.New(bitbucketsim.Options{
		Dir:     filepath.Join(d.dir, "bitbucket"),
		BaseURL: d.info.BitbucketURL,
		Logger:  d.log.With("part", "bitbucket"),
		Limits:  bitbucketsim.Limits{RequestsPerHour: -1},
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the simulated Bitbucket: %w", err), listener.Close())
	}
	d.info.BitbucketAPIURL = d.sim.APIURL()
	server := &http.Server{Handler: d.sim, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.log.Error("the simulated Bitbucket stopped", "error", err)
		}
	}()
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		// A connected client that sends nothing counts as busy for 5 s:
		// https://pkg.go.dev/net/http#Server.Shutdown
		err := server.Shutdown(end)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		done <- errors.Join(err, d.sim.Close())
	}()
	return done, nil
}

// shownAddress is the address to show: as it was given, with the actual port.
func shownAddress(given string, listener net.Listener) string {
	host, _, err := net.SplitHostPort(given)
	_, port, err2 := net.SplitHostPort(listener.Addr().String())
	if err != nil || err2 != nil || host == "" {
		return listener.Addr().String()
	}
	return net.JoinHostPort(host, port)
}

func (d *demo) writeInfo(path string) error {
	text, err := json.MarshalIndent(d.info, "", "  ")
	if err != nil {
		return fmt.Errorf("write info: %w", err)
	}
	// A new file is renamed into place, so that a process waiting for it never reads half of it. It
	// contains credentials.
	if err := os.WriteFile(path+".part", append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write info (--info): %w", err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return fmt.Errorf("write info (--info): %w", err)
	}
	return nil
}

func (d *demo) sqliteRoot() string { return filepath.Join(d.dir, "databases") }

// startServer runs the server until ctx ends; then the channel returns its last error.
func (d *demo) startServer(ctx context.Context, address string) (<-chan error, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the console (--listen): %w", err)
	}
	d.info.ConsoleURL = "http://" + shownAddress(address, listener)
	s, err := newServer(ctx, &serveCommand{
		Listen:          listener.Addr().String(),
		ExternalURL:     d.info.ConsoleURL,
		Data:            filepath.Join(d.dir, "data"),
		SQLiteRoot:      d.sqliteRoot(),
		BitbucketURL:    d.info.BitbucketURL,
		BitbucketAPIURL: d.info.BitbucketAPIURL,
		PollInterval:    30 * time.Second,
		MaxPerInstance:  8,
		SchemaHistory:   true,
		CheckSchemas:    24 * time.Hour, // by the button, so that a first look at the demo stays as it is
		listener:        listener,
	}, d.log)
	if err != nil {
		return nil, err
	}
	d.setup = s.auth.SetupToken()
	if d.api, err = newAPIClient(d.info.ConsoleURL); err != nil {
		return nil, errors.Join(err, s.close())
	}
	done := make(chan error, 1)
	go func() { done <- s.run(ctx) }()
	return done, nil
}
