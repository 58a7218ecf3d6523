package bitbucket_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
	"towpath/internal/vcs/vcstest"
)

func TestProvider(t *testing.T) {
	t.Parallel()
	vcstest.Run(t, func(t *testing.T) vcstest.Fixture { return newSimulation(t).fixture(t, nil) })
}

const (
	redirectURL = "http://towpath.example:8080/oauth/callback"
	password    = "correct horse"
)

// simulation is a Bitbucket with one owner of two workspaces, and a consumer as on the setup page.
type simulation struct {
	*bitbucketsim.Sim
	user     bitbucketsim.User
	consumer bitbucketsim.Consumer
}

func newSimulation(t *testing.T) *simulation {
	t.Helper()
	s := &simulation{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request,
	) {
		s.Sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	sim, err := bitbucketsim.New(bitbucketsim.Options{Dir: t.TempDir(), BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Sim = sim
	sim.SetFaults(bitbucketsim.Faults{AutoConsent: true})
	s.user = sim.AddUser(bitbucketsim.User{Username: "ada", DisplayName: "Ada Lovelace", Password: password})
	for _, slug := range []string{"engines", "poetry"} {
		sim.AddWorkspace(slug, strings.ToUpper(slug))
		sim.SetMember(slug, "ada", "owner")
	}
	s.consumer = sim.AddConsumer(bitbucketsim.Consumer{
		Workspace:   "engines",
		Name:        "Towpath",
		CallbackURL: redirectURL,
		Private:     true,
		Scopes:      []string{"account", "webhook", "repository:write"},
	})
	return s
}

func (s *simulation) app() vcs.App {
	return vcs.App{ApplicationID: s.consumer.Key, Secret: s.consumer.Secret}
}

// provider is the driver's provider at the simulator; cfg may set anything except the addresses.
func (s *simulation) provider(t *testing.T, cfg bitbucket.Config) *bitbucket.Provider {
	t.Helper()
	cfg.InstanceURL, cfg.APIURL = s.BaseURL(), s.APIURL()
	p, err := bitbucket.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// driver is the driver whose one instance is the simulator.
func (s *simulation) driver(t *testing.T) *bitbucket.Driver {
	t.Helper()
	d, err := bitbucket.NewDriver(bitbucket.Config{InstanceURL: s.BaseURL(), APIURL: s.APIURL()})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// authorize signs in and consents as a browser does, and returns the query of the redirect.
func (s *simulation) authorize(t *testing.T, authorizeURL string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back url.Values
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Host == "towpath.example:8080" {
			back = r.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	u, err := url.Parse(authorizeURL)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := browser.PostForm(s.BaseURL()+"/account/signin/", url.Values{
		"username": {"ada"}, "password": {password}, "next": {u.RequestURI()},
	})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if back == nil {
		t.Fatalf("the consent did not come back: %s", resp.Status)
	}
	return back
}
