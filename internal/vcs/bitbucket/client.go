package bitbucket

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"towpath"

	"towpath/internal/vcs"
	"towpath/internal/vcs/gitwire"
)

const (
	maxAnswer = 16 << 20 // bytes of one JSON answer; 500 diffstat rows are below 2 MiB
	maxPages  = 1000     // of one listing
)

// client acts for one grant.
type client struct {
	p      *Provider
	tokens vcs.TokenSource
	budget *budget

	mu     sync.Mutex
	places map[string]place // by repository id

	servers gitwire.Servers
}

// request is one call; everything of it can be sent twice.
type request struct {
	op     string // its purpose, for errors
	method string
	url    string
	body   []byte
	quota  quota
	git    bool // Basic authentication, which Git over HTTPS expects
	header http.Header

	repository string // the repository in its path; "" for none
}

// apiRequest builds a GET of an already escaped path below the API's base.
func (c *client) apiRequest(op, path string, query url.Values) request {
	r := request{op: op, method: http.MethodGet, url: c.p.cfg.APIURL + path, quota: quotaNone}
	if strings.HasPrefix(path, "/repositories/") {
		r.quota = quotaRepositories
		if parts := strings.SplitN(path, "/", 5); len(parts) > 3 {
			r.repository = parts[2] + "/" + parts[3]
		}
	}
	if len(query) > 0 {
		r.url += "?" + query.Encode()
	}
	return r
}

// writing makes r a request with a JSON body.
func (r request) writing(method string, body any) (request, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return r, &vcs.Error{Kind: vcs.Rejected, Op: r.op, Message: "cannot be encoded", Err: err}
	}
	r.method, r.body = method, raw
	r.header = http.Header{"Content-Type": {"application/json"}}
	return r, nil
}

// do sends r within the time-out and decodes the answer into out, which may be nil.
func (c *client) do(ctx context.Context, r request, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.p.cfg.Timeout)
	defer cancel()
	resp, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	trace := towpath.ClipRunes(resp.Header.Get(headerTraceID), 100)
	err = vcs.DecodeAnswer(r.op, resp, maxAnswer, out)
	var e *vcs.Error
	if errors.As(err, &e) {
		e.TraceID = trace
	}
	return err
}

// send returns a successful answer, whose body the caller closes. It renews a refused token once.
func (c *client) send(ctx context.Context, r request) (*http.Response, error) {
	return vcs.WithToken(ctx, c.tokens, r.op,
		func(token string) (*http.Response, error) { return c.attempt(ctx, r, token) })
}

func (c *client) attempt(ctx context.Context, r request, token string) (*http.Response, error) {
	if at, ok := c.budget.take(r.quota, r.repository); !ok {
		return nil, &vcs.Error{
			Kind:    vcs.RateLimited,
			Op:      r.op,
			RetryAt: at,
			Message: "not sent: the budget of this account is spent",
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, r.url, bytes.NewReader(r.body))
	if err != nil {
		return nil, &vcs.Error{Kind: vcs.Rejected, Op: r.op, Message: "not a valid request", Err: err}
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", "towpath")
	if r.git {
		// https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/ (cloning
		// with an access token)
		req.SetBasicAuth("x-token-auth", token)
	} else {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.p.http.Do(req)
	if err != nil {
		return nil, &vcs.Error{Kind: vcs.Unavailable, Op: r.op, Message: vcs.NoAnswer(err), Err: err}
	}
	if resp.StatusCode/100 == 2 {
		c.budget.accepted(r.quota)
		return resp, nil
	}
	e := responseError(r.op, resp)
	if e.Kind == vcs.RateLimited {
		e.RetryAt = c.budget.refused(r.quota, resp.Header)
	}
	return nil, e
}

// page is the envelope of listings; next is opaque and absent on the last one.
// https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination
type page[T any] struct {
	Values []T    `json:"values"`
	Next   string `json:"next"`
}

// list calls yield for every value of every page until it returns false.
func list[T any](ctx context.Context, c *client, r request, yield func(T) bool) error {
	seen := map[string]bool{}
	for range maxPages {
		if seen[r.url] {
			return &vcs.Error{
				Kind: vcs.Unavailable, Op: r.op,
				Message: "the listing leads back to a page that was read",
			}
		}
		seen[r.url] = true
		var p page[T]
		if err := c.do(ctx, r, &p); err != nil {
			return err
		}
		for _, v := range p.Values {
			if !yield(v) {
				return nil
			}
		}
		if p.Next == "" {
			return nil
		}
		next, err := url.Parse(p.Next)
		if err != nil || !vcs.SameOrigin(next, c.p.api) || next.User != nil {
			return &vcs.Error{
				Kind:    vcs.Unavailable,
				Op:      r.op,
				Message: "the next page is not on the API's own host",
				Err:     err,
			}
		}
		r.url = p.Next
	}
	return &vcs.Error{Kind: vcs.Rejected, Op: r.op, Message: fmt.Sprintf("more than %d pages", maxPages)}
}

// Usage implements vcs.Client.
func (c *client) Usage() vcs.Usage { return c.budget.usage() }

// repositoryPath addresses a repository by its UUID alone, which survives renames and transfers.
// https://developer.atlassian.com/cloud/bitbucket/rest/intro/#universally-unique-identifier
func repositoryPath(id string) string { return "/repositories/%7B%7D/" + escapeUUID(id) }

func escapeUUID(id string) string { return url.PathEscape("{" + bareUUID(id) + "}") }

func bareUUID(id string) string { return strings.Trim(id, "{}") }

// escapePath escapes each segment and keeps the slashes: Bitbucket does not find files with an
// escaped slash in the path.
func escapePath(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/")
}
