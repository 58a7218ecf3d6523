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
func (s *source) Heads(ctx context.Context) (vcs.Heads, error) {
	ctx, cancel := context.WithTimeout(ctx, s.c.p.cfg.Timeout)
	defer cancel()
	at, known, err := s.c.placeOf(ctx, s.id)
	if err != nil {
		return vcs.Heads{}, err
	}
	branches, redirected, err := s.c.lsRefs(ctx, at.clone)
	if known && (redirected || displaced(err)) {
		if at, err = s.c.locate(ctx, s.id); err != nil {
			return vcs.Heads{}, err
		}
		branches, _, err = s.c.lsRefs(ctx, at.clone)
	}
	return vcs.Heads{Name: at.name, URL: at.url, Branches: branches}, err
}

// displaced finds in a refusal that the repository may be elsewhere: whoever took its name may hide what is there.
func displaced(err error) bool {
	switch vcs.KindOf(err) {
	case vcs.NotFound, vcs.Forbidden, vcs.Unauthorized:
		return true
	}
	var e *vcs.Error
	return errors.As(err, &e) && e.Status/100 == 3
}

// lsRefs reads the heads at an address; redirected tells that they came from another one.
func (c *client) lsRefs(ctx context.Context, clone string) (heads map[string]string, redirected bool, err error) {
	advertised, err := c.git(ctx, request{
		op: opHeads, method: http.MethodGet, url: clone + "/info/refs?service=git-upload-pack", git: true,
		header: http.Header{"Git-Protocol": {"version=2"}},
	})
	if err != nil || !advertised.version2 || advertised.redirected {
		return advertised.heads, advertised.redirected, err
	}
	answer, err := c.git(ctx, request{
		op: opHeads, method: http.MethodPost, url: clone + "/git-upload-pack", git: true, body: lsRefsCommand(advertised.capabilities),
		header: http.Header{
			"Git-Protocol": {"version=2"}, "Content-Type": {"application/x-git-upload-pack-request"},
			"Accept": {"application/x-git-upload-pack-result"},
		},
	})
	return answer.heads, answer.redirected, err
}

// refAnswer is what a server told: its capabilities in version 2, or refs.
type refAnswer struct {
	version2     bool
	capabilities []string
	heads        map[string]string
	redirected   bool
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
	answer.redirected = resp.Request.URL.String() != r.url
	return answer, nil
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
