package gitea

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"towpath/internal/gitsim"
)

// Options configure a simulator.
type Options struct {
	Dir     string           // bare repositories; made when missing
	BaseURL string           // public address, without a trailing slash
	Logger  *slog.Logger     // by default none
	Client  *http.Client     // for deliveries; by default with Gitea's 5 s
	Now     func() time.Time // by default time.Now

	// RotateRefreshTokens is Gitea's INVALIDATE_REFRESH_TOKENS: a refresh token works once.
	RotateRefreshTokens bool
}

// Faults are simulated failures. Gitea has no lag, one shape of error bodies, and does
// not check whether a hook's address is public.
type Faults = gitsim.Faults

// User is an account, or an organization when it has owners.
type User struct {
	ID       int64
	Login    string
	FullName string
	Email    string
	Password string
	Owners   []string // logins; of an organization
}

// Application is an OAuth2 application.
type Application struct {
	ClientID     string
	Secret       string
	Name         string
	RedirectURIs []string
}

// Repository is a repository as it is now.
type Repository struct {
	ID            int64
	Owner         string
	Name          string
	Private       bool
	DefaultBranch string
	Updated       time.Time
	Permissions   map[string]string // login → "read", "write" or "admin", beside the owners
}

// FullName is owner/name.
func (r Repository) FullName() string { return r.Owner + "/" + r.Name }

// Hook is a webhook.
type Hook struct {
	ID     int64
	URL    string
	Secret string
	Active bool
	Events []string
}

// Status is a commit status.
type Status struct {
	State       string
	Context     string
	Description string
	TargetURL   string
}

// Sim is a running simulator. All methods are safe for concurrent use.
type Sim struct {
	opts Options
	api  http.Handler

	faults     gitsim.FaultSwitch
	gitHandler gitsim.GitHandler
	deliveries gitsim.Deliveries
	sessions   gitsim.Sessions // of logins
	codes      gitsim.Codes

	repositories *gitsim.Repositories

	mu           sync.Mutex
	nextID       int64
	users        []*User
	applications []*Application
	known        []*Repository
	former       map[string]int64 // lower-case full name → repository
	hooks        map[int64][]*Hook
	statuses     map[string][]Status // id/hash → oldest first
	grants       map[string]*grant   // by client and user
	tokens       map[string]token
}

// New makes an empty simulator.
func New(o Options) (*Sim, error) {
	base, err := gitsim.CheckBaseURL(o.BaseURL)
	if err != nil {
		return nil, err
	}
	repositories, err := gitsim.NewRepositories(o.Dir)
	if err != nil {
		return nil, err
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 5 * time.Second}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	o.BaseURL = base
	s := &Sim{
		opts:         o,
		repositories: repositories,
		sessions:     gitsim.Sessions{Cookie: cookieName},
		former:       map[string]int64{},
		hooks:        map[int64][]*Hook{},
		statuses:     map[string][]Status{},
		grants:       map[string]*grant{},
		tokens:       map[string]token{},
	}
	s.gitHandler = gitsim.GitHandler{
		Realm:     "Gitea",
		Logger:    o.Logger,
		Faults:    &s.faults,
		Authorize: s.authorizeGit,
	}
	s.deliveries = gitsim.Deliveries{
		Client: o.Client,
		Now:    o.Now,
		Faults: &s.faults,
		Tries:  1,
		Header: deliveryHeader,
	}
	s.api = s.apiRoutes()
	return s, nil
}

// ServeHTTP serves the pages, OAuth2, the REST API and Git.
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if git, ok := gitsim.ParseGitRequest(r); ok {
		s.gitHandler.Serve(w, r, git)
		return
	}
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/api/v1/"):
		s.serveAPI(w, r)
	case path == "/login/oauth/access_token":
		s.serveToken(w, r)
	case path == "/login/oauth/authorize", path == "/login/oauth/grant":
		s.serveAuthorize(w, r)
	case path == "/user/login":
		s.serveLogin(w, r)
	default:
		s.page(w, http.StatusOK, "Gitea simulator", "<p>Gitea: Git with a cup of tea</p>")
	}
}

// Close waits up to five seconds for deliveries in flight, and ends the Git processes.
func (s *Sim) Close() error {
	err := s.deliveries.Close()
	s.repositories.Close()
	return err
}

// BaseURL is the public address, without a trailing slash.
func (s *Sim) BaseURL() string { return s.opts.BaseURL }

// SetFaults replaces all faults.
func (s *Sim) SetFaults(f Faults) {
	s.faults.Set(f)
	if !f.SwapDeliveries {
		s.deliveries.Flush()
	}
}

// AddUser adds an account, or an organization when u has owners.
func (s *Sim) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u.ID = s.newID()
	s.users = append(s.users, &u)
	return u
}

// AddApplication adds a confidential OAuth2 application.
func (s *Sim) AddApplication(name string, redirectURIs ...string) Application {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw := gitsim.RandomHex(16)
	a := Application{
		ClientID:     strings.Join([]string{raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:]}, "-"),
		Secret:       "gto_" + strings.ToLower(rand.Text()) + strings.ToLower(rand.Text()),
		Name:         name,
		RedirectURIs: redirectURIs,
	}
	s.applications = append(s.applications, &a)
	return a
}

// AddRepository makes an empty private repository.
func (s *Sim) AddRepository(owner, name string) (Repository, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &Repository{
		ID:            s.newID(),
		Owner:         owner,
		Name:          name,
		Private:       true,
		DefaultBranch: "main",
		Updated:       s.opts.Now().UTC(),
		Permissions:   map[string]string{},
	}
	if s.user(owner) == nil || s.repository(owner, name) != nil {
		return Repository{}, fmt.Errorf("add repository %s: no such owner, or it is there already",
			r.FullName())
	}
	if err := s.repositories.Create(strconv.FormatInt(r.ID, 10), r.DefaultBranch); err != nil {
		return Repository{}, fmt.Errorf("add repository %s: %w", r.FullName(), err)
	}
	s.known = append(s.known, r)
	return *r, nil
}

// Rename gives a repository another owner or name. Its former name leads to it until another one
// takes it.
func (s *Sim) Rename(id int64, owner, name string) (Repository, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID(id)
	if r == nil || s.user(owner) == nil || s.repository(owner, name) != nil {
		return Repository{}, fmt.Errorf("rename repository %d to %s/%s: not possible", id, owner, name)
	}
	s.former[strings.ToLower(r.FullName())] = id
	delete(s.former, strings.ToLower(owner+"/"+name))
	r.Owner, r.Name = owner, name
	return *r, nil
}

// Permit gives a person "read", "write" or "admin" in a repository; "" takes it away.
func (s *Sim) Permit(id int64, login, permission string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.byID(id); r != nil {
		r.Permissions[login] = permission
	}
}

// Hooks are a repository's webhooks, secrets included.
func (s *Sim) Hooks(id int64) (hooks []Hook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hooks[id] {
		hooks = append(hooks, *h)
	}
	return hooks
}

// Statuses are what a commit's page shows: the latest status of each context.
func (s *Sim) Statuses(id int64, commit string) []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	return latest(s.statuses[statusKey(id, commit)])
}

// ExpireAccessTokens ends all access tokens and keeps the refresh tokens.
func (s *Sim) ExpireAccessTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for text, t := range s.tokens {
		if !t.refresh {
			delete(s.tokens, text)
		}
	}
}

// RevokeGrants ends all grants with their tokens, as "Revoke access" on the page of applications
// does.
func (s *Sim) RevokeGrants() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.grants)
	for text, t := range s.tokens {
		if !t.refresh {
			delete(s.tokens, text)
		}
	}
}

// Deliveries lists the webhook requests so far, oldest first, each with its attempts.
func (s *Sim) Deliveries() []gitsim.Delivery { return s.deliveries.All() }

// What follows needs s.mu.

func (s *Sim) newID() int64 {
	s.nextID++
	return s.nextID
}

func (s *Sim) user(login string) *User {
	for _, u := range s.users {
		if strings.EqualFold(u.Login, login) {
			return u
		}
	}
	return nil
}

func (s *Sim) byID(id int64) *Repository {
	for _, r := range s.known {
		if r.ID == id {
			return r
		}
	}
	return nil
}

func (s *Sim) repository(owner, name string) *Repository {
	for _, r := range s.known {
		if strings.EqualFold(r.FullName(), owner+"/"+name) {
			return r
		}
	}
	return nil
}

// permission is what a person may do: "", "read", "write" or "admin".
func (s *Sim) permission(r *Repository, login string) string {
	owner := s.user(r.Owner)
	if login != "" && (strings.EqualFold(r.Owner, login) || (owner != nil && contains(owner.Owners, login))) {
		return "admin"
	}
	if p := r.Permissions[login]; p != "" {
		return p
	}
	if !r.Private {
		return "read"
	}
	return ""
}

func contains(list []string, want string) bool {
	for _, s := range list {
		if strings.EqualFold(s, want) {
			return true
		}
	}
	return false
}
