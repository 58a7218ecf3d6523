package bitbucket

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"towpath/internal/vcs"
	"towpath/internal/vcs/gitwire"
)

const gitTimeouts = 4 // a pack may take this many times the time-out of a call

// Heads implements vcs.Source by what `git ls-remote` does.
func (s *source) Heads(ctx context.Context) (vcs.Heads, error) {
	ctx, cancel := context.WithTimeout(ctx, s.c.p.cfg.Timeout)
	defer cancel()
	at, known, err := s.c.placeOf(ctx, s.id)
	if err != nil {
		return vcs.Heads{}, err
	}
	branches, redirected, err := s.c.remote(at.clone).Heads(ctx)
	if known && (redirected || vcs.Displaced(err)) {
		if at, err = s.c.locate(ctx, s.id); err != nil {
			return vcs.Heads{}, err
		}
		branches, _, err = s.c.remote(at.clone).Heads(ctx)
	}
	return vcs.Heads{Name: at.name, URL: at.url, Branches: branches}, err
}

// remote is the repository at a clone address. Git has its own quota.
func (c *client) remote(clone string) gitwire.Remote {
	return gitwire.Remote{
		URL:     clone,
		Servers: &c.servers,
		Send: func(ctx context.Context, r gitwire.Request) (*http.Response, error) {
			return c.send(ctx, request{
				op:     r.Op,
				method: r.Method,
				url:    r.URL,
				body:   r.Body,
				header: r.Header,
				git:    true,
			})
		},
	}
}

// Between implements vcs.Source over the Git protocol, which has a budget of its own.
func (s *source) Between(ctx context.Context, from, to string) (vcs.Between, error) {
	ctx, cancel := context.WithTimeout(ctx, gitTimeouts*s.c.p.cfg.Timeout)
	defer cancel()
	at, _, err := s.c.placeOf(ctx, s.id)
	if err != nil {
		return vcs.Between{}, err
	}
	b, err := s.c.remote(at.clone).Between(ctx, from, to)
	for i := range b.Commits {
		b.Commits[i].URL = at.url + "/commits/" + b.Commits[i].Hash
	}
	return b, err
}

// Since implements vcs.Source over the Git protocol, or else by one call of the API, which does not
// name the common commit and cannot show symbolic links.
func (s *source) Since(ctx context.Context, trunk, head string) (vcs.Between, error) {
	limited, cancel := context.WithTimeout(ctx, gitTimeouts*s.c.p.cfg.Timeout)
	defer cancel()
	at, _, err := s.c.placeOf(limited, s.id)
	if err != nil {
		return vcs.Between{}, err
	}
	b, err := s.c.remote(at.clone).Since(limited, trunk, head)
	if err != nil && ctx.Err() == nil {
		b = vcs.Between{}
		changes, err := s.compare(ctx, trunk, head, true)
		for _, c := range changes {
			b.Changes = append(b.Changes, vcs.Brought{Change: c, Kind: vcs.EntryFile, Commit: head})
		}
		return b, err
	}
	for i := range b.Commits {
		b.Commits[i].URL = at.url + "/commits/" + b.Commits[i].Hash
	}
	return b, err
}

// cloneOf uses the link only at the configured host, since the token is sent there. It drops the
// link's user name.
func (p *Provider) cloneOf(repo repositoryJSON) string {
	if repo.Links != nil {
		for _, l := range repo.Links.Clone {
			u, err := url.Parse(l.Href)
			if err == nil && vcs.SameOrigin(u, p.git) {
				u.User = nil
				u.RawQuery = ""
				u.Fragment = ""
				return strings.TrimRight(u.String(), "/")
			}
		}
	}
	return p.cfg.GitURL + "/" + escapePath(repo.FullName) + ".git"
}
