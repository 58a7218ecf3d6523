package bitbucket

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Options configure a simulator.
type Options struct {
	Dir     string           // state and bare repositories; created when missing, reopened when there
	BaseURL string           // public address of pages and Git; the API is at BaseURL + "/2.0"
	Logger  *slog.Logger     // by default none
	Client  *http.Client     // for deliveries; by default with the 10 s that Bitbucket waits
	Now     func() time.Time // by default time.Now
	Limits  Limits
}

// Sim is a running simulator. All methods are safe for concurrent use.
type Sim struct {
	opts   Options
	base   string // BaseURL without a trailing slash
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup // deliveries in flight
	pages  http.Handler

	mu         sync.Mutex
	state      state
	dirty      bool
	closing    bool // no delivery starts any more
	closed     bool
	limits     Limits
	faults     Faults
	git        map[string]*gitRepo // by repository UUID
	codes      map[string]*code
	sessions   map[string]string // cookie → user UUID
	lag        map[string]*lag   // by commitKey
	calls      map[string][]time.Time
	requests   []Request
	deliveries []*Delivery
	held       []*outgoing // deliveries that wait for the next ones, see Faults.SwapDeliveries
}

// New opens the simulator that lives in o.Dir, or makes a new one.
func New(o Options) (*Sim, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || (base.Scheme != "http" && base.Scheme != "https") {
		return nil, fmt.Errorf("base URL %q of the simulator: want http(s)://host[:port]", o.BaseURL)
	}
	if err := os.MkdirAll(filepath.Join(o.Dir, "repositories"), 0o700); err != nil {
		return nil, fmt.Errorf("create the directory of the simulator: %w", err)
	}
	s := &Sim{
		opts:     o,
		base:     strings.TrimRight(o.BaseURL, "/"),
		limits:   o.Limits.withDefaults(),
		git:      map[string]*gitRepo{},
		codes:    map[string]*code{},
		sessions: map[string]string{},
		lag:      map[string]*lag{},
		calls:    map[string][]time.Time{},
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if s.state, err = loadState(s.statePath()); err != nil {
		return nil, err
	}
	for _, r := range s.state.Repositories {
		r.CloneURL = s.cloneURL(*r) // the base URL may have changed since
	}
	s.pages = s.pageRoutes()
	return s, nil
}

// ServeHTTP serves the pages, OAuth, the REST API and Git.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case path == "/2.0" || strings.HasPrefix(path, "/2.0/"):
		s.serveAPI(w, r)
	case path == "/site/oauth2/access_token":
		s.serveToken(w, r)
	case isGitRequest(r):
		s.serveGit(w, r)
	default:
		s.pages.ServeHTTP(w, r)
	}
}

// Close waits up to five seconds for deliveries in flight, ends the Git processes and saves the
// state.
func (s *Sim) Close() error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.wg.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		err = errors.New("close the simulator: deliveries still in flight were given up")
	}
	s.cancel()
	<-done
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return err
	}
	s.save()
	s.closed = true
	for _, g := range s.git {
		g.close()
	}
	return err
}

// BaseURL is the public address of pages and Git, without a trailing slash.
func (s *Sim) BaseURL() string { return s.base }

// APIURL is the base of the REST API.
func (s *Sim) APIURL() string { return s.base + "/2.0" }

// SetLimits replaces the service limits.
func (s *Sim) SetLimits(l Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = l.withDefaults()
}

func (s *Sim) currentLimits() Limits {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limits
}

func (s *Sim) cloneURL(r Repository) string { return s.base + "/" + r.FullName() + ".git" }

func (s *Sim) repoDir(r Repository) string {
	// Named by UUID, so that a rename touches no file.
	return filepath.Join(s.opts.Dir, "repositories", bareUUID(r.UUID)+".git")
}

func (s *Sim) gitRepo(r Repository) *gitRepo {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.git[r.UUID]
	if g == nil {
		g = newGitRepo(s.repoDir(r))
		s.git[r.UUID] = g
	}
	return g
}
