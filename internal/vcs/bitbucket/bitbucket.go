// Package bitbucket is the driver for Bitbucket Cloud: its OAuth consumers, its REST API 2.0 and
// its Git hosting, as far as Towpath needs them. It keeps no tokens and decides nothing about
// rollouts.
package bitbucket

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"towpath/internal/vcs"
)

const (
	// DefaultInstanceURL is the address for sign-in and Git.
	DefaultInstanceURL = "https://bitbucket.org"
	// DefaultAPIURL is the base of the REST API.
	DefaultAPIURL = "https://api.bitbucket.org/2.0"

	defaultTimeout         = 30 * time.Second
	defaultRequestsPerHour = 1000 // https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/
	defaultRawFilesPerHour = 5000
)

// Config configures the driver. Zero fields have defaults.
type Config struct {
	InstanceURL string           // by default DefaultInstanceURL
	APIURL      string           // by default DefaultAPIURL
	GitURL      string           // base of the clone URLs, by default InstanceURL
	Client      *http.Client     // only its transport and jar are used
	Now         func() time.Time // by default time.Now
	Timeout     time.Duration    // of one call, by default 30 s; a file's bytes may take ten times as long

	RequestsPerHour int // budget of one grant for /repositories, by default 1,000
	RawFilesPerHour int // budget of one grant for raw files, by default 5,000
}

// Provider is Bitbucket Cloud at one instance. It is safe for concurrent use.
type Provider struct {
	cfg  Config
	api  *url.URL
	git  *url.URL
	http *http.Client
}

// Driver is Bitbucket Cloud, which has one address: Open returns the provider of the Config for
// every instance.
type Driver struct{ cloud *Provider }

var (
	_ vcs.Driver   = (*Driver)(nil)
	_ vcs.Provider = (*Provider)(nil)
)

// NewDriver returns a Driver. It fails as New does.
func NewDriver(cfg Config) (*Driver, error) {
	cloud, err := New(cfg)
	return &Driver{cloud}, err
}

// Open implements vcs.Driver.
func (d *Driver) Open(vcs.Instance) (vcs.Provider, error) { return d.cloud, nil }

// New returns a Provider. It fails only on addresses that are not http(s) URLs.
func New(cfg Config) (*Provider, error) {
	cfg.InstanceURL = strings.TrimRight(orElse(cfg.InstanceURL, DefaultInstanceURL), "/")
	cfg.APIURL = strings.TrimRight(orElse(cfg.APIURL, DefaultAPIURL), "/")
	cfg.GitURL = strings.TrimRight(orElse(cfg.GitURL, cfg.InstanceURL), "/")
	cfg.Timeout = orElse(cfg.Timeout, defaultTimeout)
	cfg.RequestsPerHour = orElse(cfg.RequestsPerHour, defaultRequestsPerHour)
	cfg.RawFilesPerHour = orElse(cfg.RawFilesPerHour, defaultRawFilesPerHour)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Client == nil {
		cfg.Client = http.DefaultClient
	}
	if _, err := parseBase("instance", cfg.InstanceURL); err != nil {
		return nil, err
	}
	api, err := parseBase("API", cfg.APIURL)
	if err != nil {
		return nil, err
	}
	git, err := parseBase("Git", cfg.GitURL)
	if err != nil {
		return nil, err
	}
	guarded := *cfg.Client
	guarded.CheckRedirect = vcs.GuardRedirect
	return &Provider{cfg: cfg, api: api, git: git, http: &guarded}, nil
}

// Client returns a client that uses the tokens of ts. It holds the grant's budget, so a grant
// should have one Client at a time.
func (p *Provider) Client(ts vcs.TokenSource) vcs.Client {
	return &client{p: p, tokens: ts, places: map[string]place{}, budget: newBudget(p.cfg)}
}

func parseBase(what, raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, &vcs.Error{
			Kind:    vcs.Rejected,
			Op:      "configure Bitbucket",
			Message: what + " URL is not a URL",
			Err:     err,
		}
	}
	if u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, &vcs.Error{Kind: vcs.Rejected, Op: "configure Bitbucket", Message: what +
			" URL must be http(s)://host"}
	}
	return u, nil
}

func orElse[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}
