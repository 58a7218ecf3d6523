package bitbucket_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
	"towpath/internal/vcs/vcstest"
)

// fixture returns the simulation for the suite; the driver's requests go through transport if there
// is one.
func (s *simulation) fixture(t *testing.T, transport http.RoundTripper) vcstest.Fixture {
	return vcstest.Fixture{
		Description: s.driver(t).Describe(),
		Provider:    s.provider(t, bitbucket.Config{Client: &http.Client{Transport: transport}}),
		App:         s.app(),
		RedirectURL: redirectURL,
		Account:     vcs.Account{ID: s.user.UUID, Name: s.user.DisplayName},
		Workspaces:  []string{"engines", "poetry"},
		Authorize:   s.authorize,
		AddRepository: func(t *testing.T, workspace, name string) vcstest.Remote {
			t.Helper()
			r, err := s.AddRepository(bitbucketsim.RepositorySpec{
				Workspace: workspace, Slug: name,
				Private: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			return s.remote(r)
		},
		Rename: func(t *testing.T, r vcstest.Remote, name string) vcstest.Remote {
			t.Helper()
			if err := s.RenameRepository(r.Name, name); err != nil {
				t.Fatal(err)
			}
			workspace, _, _ := strings.Cut(r.Name, "/")
			renamed, _ := s.Repository(workspace + "/" + name)
			return s.remote(renamed)
		},
		Hooks: func(_ *testing.T, r vcstest.Remote) []vcs.Hook {
			var out []vcs.Hook
			for _, h := range s.Hooks(r.Name) {
				out = append(out, vcs.Hook{ID: h.UUID, URL: h.URL, Secret: h.Secret, Active: h.Active})
			}
			return out
		},
		Statuses: func(_ *testing.T, r vcstest.Remote, commit string) []vcs.Status {
			var out []vcs.Status
			for _, st := range s.Statuses(r.Name, commit) {
				out = append(out, vcs.Status{
					Key:         st.Key,
					State:       states[st.State],
					Name:        st.Name,
					Description: st.Description,
					URL:         st.URL,
					Branch:      st.Refname,
				})
			}
			return out
		},
		ExpireAccessTokens: func(*testing.T) { s.ExpireAccessTokens() },
		RevokeGrants:       func(*testing.T) { s.RevokeGrants("ada") },
		Throttle: func(_ *testing.T, on bool) {
			f := bitbucketsim.Faults{AutoConsent: true}
			if on {
				f.APIStatus = http.StatusTooManyRequests
			}
			s.SetFaults(f)
		},
	}
}

var states = map[string]vcs.StatusState{
	"INPROGRESS": vcs.StatusInProgress, "SUCCESSFUL": vcs.StatusSuccessful, "FAILED": vcs.StatusFailed,
	"STOPPED": vcs.StatusStopped,
}

func (s *simulation) remote(r bitbucketsim.Repository) vcstest.Remote {
	u, err := url.Parse(r.CloneURL)
	if err != nil {
		panic(err) // the simulator has created it
	}
	u.User = url.UserPassword("ada", password)
	return vcstest.Remote{ID: r.UUID, Name: r.FullName(), PushURL: u.String()}
}
