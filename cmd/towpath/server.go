package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/api"
	"towpath/internal/auth"
	"towpath/internal/catalog"
	"towpath/internal/engine/sqlite"
	"towpath/internal/executor"
	"towpath/internal/jobs"
	"towpath/internal/link"
	"towpath/internal/manifest"
	"towpath/internal/notify"
	"towpath/internal/receipt"
	"towpath/internal/rehearsal"
	"towpath/internal/report"
	"towpath/internal/review"
	"towpath/internal/rollout"
	"towpath/internal/secret"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview/rules"
	"towpath/internal/store"
	"towpath/internal/sync"
	"towpath/internal/vcs"
	"towpath/internal/webhook"
	"towpath/internal/workspace"
	"towpath/web"
)

// Run serves until ctx ends.
func (c *serveCommand) Run(ctx context.Context) error {
	s, err := newServer(ctx, c, newLogger(os.Stderr, c.LogLevel, c.LogFormat))
	if err != nil {
		return err
	}
	if err := s.greet(ctx, os.Stdout); err != nil {
		return errors.Join(err, s.close())
	}
	return s.run(ctx)
}

// server is the whole program with its parts.
type server struct {
	url      string
	log      *slog.Logger
	lock     *metadataLock // held while this process owns the metadata
	store    *store.Store
	parsers  *sqlparse.Pool
	auth     *auth.Service
	sync     *sync.Service
	runner   *jobs.Runner
	listener net.Listener
	http     *http.Server
	owner    string        // of the leases of this process
	drain    time.Duration // how long requests are answered after the signal to stop
	leaving  chan struct{} // closed at the signal to stop
}

func newServer(ctx context.Context, c *serveCommand, log *slog.Logger) (s *server, err error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	s = &server{
		url: c.ExternalURL, log: log, listener: c.listener, owner: store.NewID(), drain: c.Drain,
		leaving: make(chan struct{}),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if err := s.open(ctx, c); err != nil {
		return s, err
	}
	keyring, serverID, err := s.identity(ctx, c)
	if err != nil {
		return s, err
	}
	if err := s.wire(c, keyring, serverID); err != nil {
		return s, err
	}
	if s.listener == nil {
		if s.listener, err = net.Listen("tcp", c.Listen); err != nil {
			return s, fmt.Errorf("listen (--listen): %w", err)
		}
	}
	return s, s.sync.WakeAll(ctx)
}

// open creates the data folder and opens the metadata.
func (s *server) open(ctx context.Context, c *serveCommand) (err error) {
	for _, dir := range []string{c.Data, c.SQLiteRoot, filepath.Dir(c.KeyFile)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	if path, ok := strings.CutPrefix(c.MetadataURL, "sqlite:"); ok {
		if s.lock, err = lockMetadata(path); err != nil {
			return err
		}
	}
	if err := sqlite.BoundMemory(); err != nil {
		s.log.WarnContext(ctx, "SQLite is not bounded in memory", "error", err)
	}
	if s.store, err = store.Open(ctx, c.MetadataURL); err != nil {
		return err
	}
	if s.store.Shared() {
		return nil
	}
	// The lock proves that no other process uses this metadata: leases of earlier processes are
	// void.
	return s.store.Write(ctx, func(tx *store.Tx) error { return tx.FreeLeases(ctx) })
}

// identity opens the key, checks that the metadata was encrypted with it, and reads the server's
// id.
func (s *server) identity(
	ctx context.Context, c *serveCommand,
) (keyring *secret.Keyring, serverID string, err error) {
	if err := s.keyIsThere(ctx, c.KeyFile); err != nil {
		return nil, "", err
	}
	if keyring, err = secret.Open(c.KeyFile); err != nil {
		return nil, "", fmt.Errorf("open key file (--key-file): %w", err)
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		if serverID, err = tx.ServerID(ctx); err != nil {
			return err
		}
		if err := tx.SetProgram(ctx, version); err != nil {
			return err
		}
		proof, err := tx.Meta(ctx, store.KeyProof)
		if err != nil {
			return err
		}
		if proof == nil {
			return tx.SetMeta(ctx, store.KeyProof, keyring.Proof())
		}
		if err := keyring.Verify(proof); err != nil {
			return fmt.Errorf("the key in %s is not the one that the metadata was encrypted with; put the "+
				"right file there, every server on the same metadata needs the same: %w", c.KeyFile, err)
		}
		return nil
	})
	return keyring, serverID, err
}

// keyIsThere refuses to start without the key file for the metadata: a new key could not decrypt
// it.
func (s *server) keyIsThere(ctx context.Context, path string) error {
	_, err := os.Stat(path)
	if !errors.Is(err, os.ErrNotExist) {
		return nil // opening it reports any other error
	}
	return s.store.Read(ctx, func(tx *store.Tx) error {
		proof, err := tx.Meta(ctx, store.KeyProof)
		if err == nil && proof != nil {
			err = fmt.Errorf("the key file %s (--key-file) is missing, and the metadata was encrypted with "+
				"it; put it back from its backup. "+
				"If it is lost, nothing encrypted can be read again: start with new metadata and a new "+
				"key, and add everything again", path)
		}
		return err
	})
}

// workers is how many jobs run at once. Most wait for a target or a provider; long migrations must
// not keep everything else waiting.
const workers = 64

func (s *server) wire(c *serveCommand, keyring *secret.Keyring, serverID string) error {
	providers, err := gitProviders(c)
	if err != nil {
		return err
	}
	targets := engines(c)
	cat := &catalog.Service{
		Store: s.store, Keyring: keyring, Secrets: c.secrets(), Engines: targets, Logger: s.log,
	}
	if c.SchemaHistory {
		cat.CheckSchemas = c.CheckSchemas
	}
	exec := &executor.Service{
		Store: s.store, Keyring: keyring, Secrets: c.secrets(), Engines: targets, Logger: s.log,
		Owner: s.owner, ServerID: serverID,
		SnapshotSchemas: c.SchemaHistory, PerInstance: c.MaxPerInstance,
	}
	roll := &rollout.Service{
		Store: s.store, Logger: s.log,
		Catalog: rollout.Catalog{Footprint: cat.Footprint, Objects: cat.Objects},
	}
	s.auth = &auth.Service{
		Store: s.store, Keyring: keyring, SingleSignOn: c.OIDC.service(c.ExternalURL), NoPasswords: c.OIDC.Only,
		Mails: c.SMTPURL != "",
	}
	accounts := &account.Service{
		Store: s.store, Keyring: keyring, Drivers: providers, ExternalURL: c.ExternalURL, Logger: s.log,
	}
	files := &manifest.Service{Store: s.store, Refusal: exec.Refusal, Names: cat.Names, Rules: build()}
	report := &report.Service{
		Store: s.store, Accounts: accounts, Manifest: files, ExternalURL: c.ExternalURL, Logger: s.log,
	}
	links := &link.Service{
		Store:          s.store,
		Keyring:        keyring,
		Accounts:       accounts,
		Manifest:       files,
		ExternalURL:    c.ExternalURL,
		Logger:         s.log,
		RefreshLedgers: cat.RefreshLedgers,
		StopStatuses:   report.StopStatuses,
		Footprint:      cat.Footprint,
		Objects:        cat.Objects,
		Histories:      cat.Histories,
		Import:         exec.Import,
		Polling:        c.PollingOnly,
		PollInterval:   c.PollInterval,
	}
	s.sync = &sync.Service{
		Store: s.store, Accounts: accounts, Manifest: files, ExternalURL: c.ExternalURL, Logger: s.log,
		RefreshLedgers: cat.RefreshLedgers, HookSecret: links.HookSecret, PollInterval: c.PollInterval,
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	s.parsers = &sqlparse.Pool{Command: []string{self, "parse-sql"}}
	reviews := &review.Service{
		Store: s.store, Manifest: files, Parser: s.parsers, Logger: s.log, Content: cat.Content,
	}
	links.Review = reviews.Draft
	r := rooms{
		webhooks: &webhook.Service{
			Store: s.store, Keyring: keyring, ExternalURL: c.ExternalURL,
			Client: vcs.GuardedClient(vcs.LoopbackURL(c.ExternalURL)), Trial: vcs.LoopbackURL(c.ExternalURL),
		},
		notify:   c.notifier(s, keyring),
		receipts: c.receipts(s, keyring, serverID),
		accounts: accounts, catalog: cat,
		links:    links,
		report:   report,
		rollouts: roll,
		executor: exec,
		reviews:  reviews,
		rehearse: &rehearsal.Service{Store: s.store, Catalog: cat, Logger: s.log},
	}
	s.sync.TryUndo, s.sync.ReviewUndo = r.rehearse.TryUndo, reviews.WayBack
	s.runner = s.jobs(c, r)
	s.serve(c, r)
	return nil
}

// serve makes the HTTP server of the API and the console.
func (s *server) serve(c *serveCommand, r rooms) {
	stopping := make(chan struct{})
	handler := &api.Server{
		Store:       s.store,
		Workspace:   &workspace.Service{Store: s.store, Rules: rules.All},
		Auth:        s.auth,
		Accounts:    r.accounts,
		Links:       r.links,
		Syncs:       s.sync,
		Rollouts:    r.rollouts,
		Catalog:     r.catalog,
		Executor:    r.executor,
		Rehearsals:  r.rehearse,
		Webhooks:    r.webhooks,
		Notify:      r.notify,
		Receipts:    r.receipts,
		Logger:      s.log,
		ExternalURL: c.ExternalURL,
		Listen:      c.Listen,
		Build:       thisBuild(), Leaving: s.leaving, Stopping: stopping, Console: web.Handler(),
	}
	s.http = s.bounded(handler.Handler())
	s.http.RegisterOnShutdown(func() { close(stopping) })
}

// rooms are the services that the runner's jobs and the API call.
type rooms struct {
	accounts *account.Service
	catalog  *catalog.Service
	links    *link.Service
	report   *report.Service
	rollouts *rollout.Service
	executor *executor.Service
	reviews  *review.Service
	rehearse *rehearsal.Service
	webhooks *webhook.Service
	notify   *notify.Service
	receipts *receipt.Service
}

// jobs returns the runner with the handler of each kind of job.
func (s *server) jobs(c *serveCommand, r rooms) *jobs.Runner {
	return &jobs.Runner{
		Store: s.store, Owner: s.owner, Logger: s.log, Workers: workers,
		Handlers: map[towpath.JobKind]jobs.Handler{
			towpath.JobReconcile:    s.sync.Reconcile,
			towpath.JobPostPlan:     r.report.PostPlan,
			towpath.JobPostStatus:   r.report.PostStatus,
			towpath.JobWriteBack:    r.report.WriteBack,
			towpath.JobCheckHook:    r.links.CheckHook,
			towpath.JobRemoveHook:   r.links.RemoveHook,
			towpath.JobRefreshGrant: r.accounts.RefreshGrant,
			towpath.JobAdvance:      r.rollouts.Advance,
			towpath.JobRunTask:      r.executor.RunTask,
			towpath.JobReview:       r.reviews.Review,
			towpath.JobAskApproval:  r.webhooks.Send,

			towpath.JobNotifyRollout:    r.notify.Rollout,
			towpath.JobNotifyLink:       r.notify.Link,
			towpath.JobNotifyDatabase:   r.notify.Database,
			towpath.JobSendNotification: r.notify.Send,
			towpath.JobSendInvitation:   r.notify.Invite,

			towpath.JobCheckSchema:   r.catalog.RunSchemaCheck,
			towpath.JobReadBranch:    s.sync.ReadBranch,
			towpath.JobReviewBranch:  r.reviews.ReviewBranch,
			towpath.JobJudgeBranches: r.reviews.JudgeBranches,
			towpath.JobRehearse:      r.rehearse.Rehearse,
			towpath.JobPostReview:    r.report.PostReview,
			towpath.JobPullRequests:  s.sync.ReadPullRequests,
			towpath.JobReadApprovals: s.sync.ReadApprovals,
		},
		Periodic: []jobs.PeriodicJob{
			{Name: "poll", Every: time.Second, Run: s.sync.WakeDue},
			{Name: "schema checks", Every: min(time.Minute, max(time.Second, c.CheckSchemas)), Run: r.catalog.WakeSchemaChecks},
			{Name: "idle grants", Every: time.Hour, Run: r.accounts.WakeIdleGrants},
			{
				Name: "prune", Every: time.Hour,
				Run: func(ctx context.Context) error { return s.store.Prune(ctx, c.retention()) },
			},
		},
	}
}

// bounded returns the HTTP server with its limits of time and size.
func (s *server) bounded(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}

// greet prints the server's address and, until somebody has signed up, how the first owner does.
func (s *server) greet(ctx context.Context, w interface{ Write([]byte) (int, error) }) error {
	needed, err := s.auth.SetupNeeded(ctx)
	if err != nil {
		return err
	}
	token := ""
	if needed {
		token = s.auth.SetupToken()
	}
	_, err = io.WriteString(w, greeting(s.url, token, web.Built()))
	return err
}

// noConsole is printed at the start of a program that was built without Node.
const noConsole = "This program was built without its console: there is the API alone. " +
	"To have the console, run make build, which needs Node 20 and make.\n"

// greeting is the text of greet. token is "" when somebody has signed up.
func greeting(address, token string, console bool) string {
	text := fmt.Sprintf("Towpath %s at %s\n", version, address)
	if !console {
		text += noConsole
	}
	if token == "" {
		return text
	}
	if !console {
		return text + fmt.Sprintf("\nNobody has signed up yet. Sign up as the first owner by POST "+
			"%s/api/v1/setup with this token:\n\n    %s\n\n", address, token)
	}
	return text + fmt.Sprintf("\nNobody has signed up yet. Open this link to become the first owner:\n\n   "+
		" %s/setup#token=%s\n\n"+
		"Or open %[1]s/setup and enter this token:\n\n    %[2]s\n\n", address, token)
}

// close closes what is open.
func (s *server) close() (err error) {
	if s.listener != nil {
		_ = s.listener.Close() // the HTTP server has usually closed it
	}
	if s.parsers != nil {
		s.parsers.Close()
	}
	if s.store != nil {
		err = s.store.Close()
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	return err
}
