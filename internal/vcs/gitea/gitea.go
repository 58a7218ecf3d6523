// Package gitea is the driver for Gitea and Forgejo: their OAuth2 applications, the REST API v1 and
// Git over HTTP, as far as Towpath needs them. It keeps no tokens and decides nothing about
// rollouts.
package gitea

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"towpath/internal/vcs"
)

const (
	apiPath        = "/api/v1"
	defaultTimeout = 30 * time.Second
)

// Config configures the driver. Zero fields have defaults, except for InstanceURL.
type Config struct {
	// ROOT_URL of the instance: the address for sign-in, and the base of Git and the API
	InstanceURL string
	Client      *http.Client     // only its transport is used
	Now         func() time.Time // by default time.Now
	Timeout     time.Duration    // of one call, by default 30 s; a file's bytes may take ten times as long
}

// Provider is one instance of Gitea. It is safe for concurrent use.
type Provider struct {
	cfg  Config
	http *http.Client
}

// Driver opens instances of Gitea, each at its own address. It is safe for concurrent use.
type Driver struct {
	away  *http.Client // never connects to this machine
	local *http.Client
}

// NewDriver returns a Driver. Its instances share connections.
func NewDriver() *Driver {
	return &Driver{away: vcs.GuardedClient(false), local: vcs.GuardedClient(true)}
}

var (
	_ vcs.Driver   = (*Driver)(nil)
	_ vcs.Provider = (*Provider)(nil)
)

// Open implements vcs.Driver. An owner enters the address, so what is asked never leads to this
// machine or to the addresses that clouds keep for themselves; an address that names this machine
// may lead there.
func (d *Driver) Open(i vcs.Instance) (vcs.Provider, error) {
	client := d.away
	if vcs.LoopbackURL(i.URL) {
		client = d.local
	}
	return New(Config{InstanceURL: i.URL, Client: client})
}

// New returns a Provider. It fails only on an address that is not an http(s) URL.
func New(cfg Config) (*Provider, error) {
	cfg.InstanceURL = strings.TrimRight(cfg.InstanceURL, "/")
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Client == nil {
		cfg.Client = http.DefaultClient
	}
	u, err := url.Parse(cfg.InstanceURL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, &vcs.Error{
			Kind:    vcs.Rejected,
			Op:      "configure Gitea",
			Message: "the address must be http(s)://host",
			Err:     err,
		}
	}
	guarded := *cfg.Client
	guarded.CheckRedirect = vcs.GuardRedirect
	return &Provider{cfg: cfg, http: &guarded}, nil
}

// Client returns a client that uses the tokens of ts. It holds the grant's count of calls, so a
// grant should have one Client at a time.
func (p *Provider) Client(ts vcs.TokenSource) vcs.Client {
	return &client{p: p, tokens: ts, places: map[string]place{}}
}

// page is the address of a repository's page, below the address that the owner entered: addresses
// from the API may belong to another host.
func (p *Provider) page(fullName string) string {
	return p.cfg.InstanceURL + "/" + escapePath(fullName)
}

// escapePath escapes each segment and keeps the slashes.
func escapePath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}
