package gitea_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	giteasim "towpath/internal/gitsim/gitea"
	"towpath/internal/vcs"
	"towpath/internal/vcs/gitea"
	"towpath/internal/vcs/vcstest"
)

const (
	redirectURL = "http://towpath.example:8080/oauth/callback"
	password    = "correct horse"
)

func TestProvider(t *testing.T) {
	t.Parallel()
	for name, rotate := range map[string]bool{
		"refresh tokens that last":      false,
		"refresh tokens that work once": true,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vcstest.Run(t, func(t *testing.T) vcstest.Fixture {
				return newSimulation(t, giteasim.Options{RotateRefreshTokens: rotate}).fixture(t)
			})
		})
	}
}

// simulation is a Gitea with one person, who also owns an organization, and an application as on
// the setup page.
type simulation struct {
	*giteasim.Sim
	user giteasim.User
	app  giteasim.Application
}

func newSimulation(t *testing.T, o giteasim.Options) *simulation {
	t.Helper()
	s := &simulation{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request,
	) {
		s.Sim.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	o.Dir, o.BaseURL = t.TempDir(), server.URL
	sim, err := giteasim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
	s.Sim = sim
	sim.SetFaults(giteasim.Faults{AutoConsent: true})
	s.user = sim.AddUser(giteasim.User{
		Login:    "ada",
		FullName: "Ada Lovelace",
		Email:    "ada@gitea.example",
		Password: password,
	})
	sim.AddUser(giteasim.User{Login: "engines", Owners: []string{"ada"}})
	s.app = sim.AddApplication("Towpath", redirectURL)
	return s
}

// provider is the driver's provider at the simulator; cfg may set anything except the address.
func (s *simulation) provider(t *testing.T, cfg gitea.Config) *gitea.Provider {
	t.Helper()
	cfg.InstanceURL = s.BaseURL() + "/"
	p, err := gitea.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s *simulation) fixture(t *testing.T) vcstest.Fixture {
	return vcstest.Fixture{
		Description: gitea.NewDriver().Describe(),
		Provider:    s.provider(t, gitea.Config{}),
		App:         vcs.App{ApplicationID: s.app.ClientID, Secret: s.app.Secret},
		RedirectURL: redirectURL,
		Account:     vcs.Account{ID: strconv.FormatInt(s.user.ID, 10), Name: s.user.FullName},
		Workspaces:  []string{"ada", "engines"},
		Authorize:   s.authorize,
		AddRepository: func(t *testing.T, owner, name string) vcstest.Remote {
			t.Helper()
			r, err := s.AddRepository(owner, name)
			if err != nil {
				t.Fatal(err)
			}
			return s.remote(r)
		},
		Rename: func(t *testing.T, r vcstest.Remote, name string) vcstest.Remote {
			t.Helper()
			owner, _, _ := strings.Cut(r.Name, "/")
			renamed, err := s.Rename(number(r.ID), owner, name)
			if err != nil {
				t.Fatal(err)
			}
			return s.remote(renamed)
		},
		Hooks: func(_ *testing.T, r vcstest.Remote) (out []vcs.Hook) {
			for _, h := range s.Sim.Hooks(number(r.ID)) {
				out = append(out, vcs.Hook{
					ID:     strconv.FormatInt(h.ID, 10),
					URL:    h.URL,
					Secret: h.Secret,
					Active: h.Active,
				})
			}
			return out
		},
		Statuses: func(_ *testing.T, r vcstest.Remote, commit string) (out []vcs.Status) {
			for _, st := range s.Sim.Statuses(number(r.ID), commit) {
				out = append(out, vcs.Status{
					Key:         st.Context,
					State:       states[st.State],
					Description: st.Description,
					URL:         st.TargetURL,
				})
			}
			return out
		},
		KeptStatus: func(s vcs.Status) vcs.Status {
			s.Name, s.Branch = "", ""
			return s
		},
		ExpireAccessTokens: func(*testing.T) { s.Sim.ExpireAccessTokens() },
		RevokeGrants:       func(*testing.T) { s.Sim.RevokeGrants() },
		Throttle: func(_ *testing.T, on bool) {
			f := giteasim.Faults{AutoConsent: true}
			if on {
				f.APIStatus = http.StatusTooManyRequests
			}
			s.SetFaults(f)
		},
	}
}

var states = map[string]vcs.StatusState{
	"pending": vcs.StatusInProgress, "success": vcs.StatusSuccessful, "failure": vcs.StatusFailed,
	"error": vcs.StatusStopped,
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

func (s *simulation) remote(r giteasim.Repository) vcstest.Remote {
	host := strings.TrimPrefix(s.BaseURL(), "http://")
	push := url.URL{
		Scheme: "http",
		User:   url.UserPassword("ada", password),
		Host:   host,
		Path:   "/" + r.FullName() + ".git",
	}
	return vcstest.Remote{ID: strconv.FormatInt(r.ID, 10), Name: r.FullName(), PushURL: push.String()}
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
	resp, err := browser.PostForm(s.BaseURL()+"/user/login", url.Values{
		"user_name": {"ada"}, "password": {password}, "redirect_to": {u.RequestURI()},
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
