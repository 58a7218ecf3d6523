package bitbucket

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"towpath/internal/gitsim"
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
	opts  Options
	base  string // BaseURL without a trailing slash
	pages http.Handler

	faults       gitsim.FaultSwitch
	repositories *gitsim.Repositories
	git          gitsim.GitHandler
	deliveries   gitsim.Deliveries
	sessions     gitsim.Sessions // of users' UUIDs
	codes        gitsim.Codes
	lag          gitsim.Lag // by commitKey
	rate         gitsim.RateLimit
	requests     gitsim.RequestLog

	mu     sync.Mutex
	state  state
	dirty  bool
	closed bool
	limits Limits
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
	base, err := gitsim.CheckBaseURL(o.BaseURL)
	if err != nil {
		return nil, err
	}
	repositories, err := gitsim.NewRepositories(filepath.Join(o.Dir, "repositories"))
	if err != nil {
		return nil, err
	}
	s := &Sim{
		opts:         o,
		base:         base,
		repositories: repositories,
		sessions:     gitsim.Sessions{Cookie: sessionCookie, Secure: strings.HasPrefix(base, "https:")},
		limits:       o.Limits.withDefaults(),
	}
	s.git = gitsim.GitHandler{
		Realm:     "Bitbucket simulator",
		Logger:    o.Logger,
		Faults:    &s.faults,
		Authorize: s.authorizeGit,
	}
	s.deliveries = gitsim.Deliveries{
		Client: o.Client,
		Now:    o.Now,
		Faults: &s.faults,
		Tries:  deliveryTries,
		Header: deliveryHeader,
	}
	if s.state, err = loadState(s.statePath()); err != nil {
		return nil, err
	}
	for _, r := range s.state.Repositories {
		r.CloneURL = s.cloneURL(*r) // the base URL may have changed since
	}
	s.pages = pages{s}.pageRoutes()
	return s, nil
}

// ServeHTTP serves the pages, OAuth, the REST API and Git.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if git, ok := gitsim.ParseGitRequest(r); ok {
		s.git.Serve(w, r, git)
		return
	}
	switch path := r.URL.Path; {
	case path == "/2.0" || strings.HasPrefix(path, "/2.0/"):
		api{s}.serveAPI(w, r)
	case path == "/site/oauth2/access_token":
		s.serveToken(w, r)
	default:
		s.pages.ServeHTTP(w, r)
	}
}

// Close waits up to five seconds for deliveries in flight, ends the Git processes and saves the
// state.
func (s *Sim) Close() error {
	err := s.deliveries.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return err
	}
	s.save()
	s.closed = true
	s.repositories.Close()
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

// gitRepo is a repository on disk, by its UUID.
func (s *Sim) gitRepo(r Repository) *gitsim.Repo { return s.repositories.Get(bareUUID(r.UUID)) }
