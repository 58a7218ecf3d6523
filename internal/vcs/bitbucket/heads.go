package bitbucket

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"towpath/internal/vcs"
)

const (
	opHeads     = "read branch heads"
	branchesRef = "refs/heads/"
	maxRefBytes = 64 << 20 // of one advertisement
)

// Heads implements vcs.Source by what `git ls-remote` does: protocol version 2 where the server speaks it, else the advertisement
// of all refs. https://git-scm.com/docs/protocol-v2
func (s *source) Heads(ctx context.Context) (map[string]string, error) {
	ctx, cancel := context.WithTimeout(ctx, s.c.p.cfg.Timeout)
	defer cancel()
	clone, cached, err := s.c.cloneURL(ctx, s.id)
	if err != nil {
		return nil, err
	}
	heads, err := s.c.lsRefs(ctx, clone)
	if !cached || !moved(err) {
		return heads, err
	}
	// The name behind a remembered address has changed, the id has not.
	s.c.forgetClone(s.id)
	if clone, _, err = s.c.cloneURL(ctx, s.id); err != nil {
		return nil, err
	}
	return s.c.lsRefs(ctx, clone)
}

func moved(err error) bool {
	var e *vcs.Error
	return errors.As(err, &e) && (e.Kind == vcs.NotFound || e.Status/100 == 3)
}

func (c *client) lsRefs(ctx context.Context, clone string) (map[string]string, error) {
	advertised, err := c.git(ctx, request{
		op: opHeads, method: http.MethodGet, url: clone + "/info/refs?service=git-upload-pack", git: true,
		header: http.Header{"Git-Protocol": {"version=2"}},
	})
	if err != nil {
		return nil, err
	}
	if !advertised.version2 {
		return advertised.heads, nil
	}
	answer, err := c.git(ctx, request{
		op: opHeads, method: http.MethodPost, url: clone + "/git-upload-pack", git: true, body: lsRefsCommand(advertised.capabilities),
		header: http.Header{
			"Git-Protocol": {"version=2"}, "Content-Type": {"application/x-git-upload-pack-request"},
			"Accept": {"application/x-git-upload-pack-result"},
		},
	})
	return answer.heads, err
}

// refAnswer is what a server told: its capabilities in version 2, or refs.
type refAnswer struct {
	version2     bool
	capabilities []string
	heads        map[string]string
}

func (c *client) git(ctx context.Context, r request) (refAnswer, error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return refAnswer{}, err
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/x-git-upload-pack-") {
		return refAnswer{}, &vcs.Error{Kind: vcs.Unavailable, Op: r.op, Status: resp.StatusCode, Message: "the answer is not Git's"}
	}
	answer, err := readRefs(io.LimitReader(resp.Body, maxRefBytes))
	if err != nil {
		return refAnswer{}, &vcs.Error{Kind: vcs.Unavailable, Op: r.op, Status: resp.StatusCode, Message: cleanText(err.Error()), Err: err}
	}
	return answer, nil
}

// cloneURL is a repository's address for Git, remembered after the first call; cached tells that no call was made.
func (c *client) cloneURL(ctx context.Context, id string) (clone string, cached bool, err error) {
	c.mu.Lock()
	clone, cached = c.clones[id]
	c.mu.Unlock()
	if cached {
		return clone, true, nil
	}
	repo, err := c.readRepository(ctx, id)
	if err != nil {
		return "", false, err
	}
	clone = c.p.cloneOf(repo)
	c.mu.Lock()
	c.clones[id] = clone
	c.mu.Unlock()
	return clone, false, nil
}

func (c *client) forgetClone(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.clones, id)
}

// cloneOf trusts the link only at the configured host, since the token goes there. Its user name is not ours.
func (p *Provider) cloneOf(repo repositoryJSON) string {
	if repo.Links != nil {
		for _, l := range repo.Links.Clone {
			u, err := url.Parse(l.Href)
			if err == nil && sameOrigin(u, p.git) {
				u.User, u.RawQuery, u.Fragment = nil, "", ""
				return strings.TrimRight(u.String(), "/")
			}
		}
	}
	return p.cfg.GitURL + "/" + escapePath(repo.FullName) + ".git"
}
