package gitea

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"towpath"

	"towpath/internal/vcs"
	"towpath/internal/vcs/gitwire"
)

const (
	maxAnswer    = 16 << 20 // bytes of one JSON answer
	maxErrorBody = 64 << 10
	maxErrorText = 400 // runes
	maxPages     = 1000
	perPage      = "50" // MAX_RESPONSE_ITEMS by default; an instance may allow fewer
	usageWindow  = time.Hour
)

// client acts for one grant.
type client struct {
	p      *Provider
	tokens vcs.TokenSource

	mu     sync.Mutex
	gate   vcs.Gate
	calls  []time.Time      // of the last hour, oldest first
	places map[string]place // by repository id

	servers gitwire.Servers
}

// request is one call; everything of it can be sent twice.
type request struct {
	op     string // its purpose, for errors
	method string
	url    string
	body   []byte
	git    bool // Basic authentication, which Git over HTTPS expects
	header http.Header
}

// api builds a GET of an already escaped path below the API's base.
func (c *client) api(op, path string, query url.Values) request {
	r := request{op: op, method: http.MethodGet, url: c.p.cfg.InstanceURL + apiPath + path}
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
	_, err := c.read(ctx, r, out)
	return err
}

func (c *client) read(ctx context.Context, r request, out any) (http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, c.p.cfg.Timeout)
	defer cancel()
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	return resp.Header, vcs.DecodeAnswer(r.op, resp, maxAnswer, out)
}

// send returns a successful answer, whose body the caller closes.
func (c *client) send(ctx context.Context, r request) (*http.Response, error) {
	return vcs.WithToken(ctx, c.tokens, r.op,
		func(token string) (*http.Response, error) { return c.attempt(ctx, r, token) })
}

func (c *client) attempt(ctx context.Context, r request, token string) (*http.Response, error) {
	if at, open := c.take(); !open {
		return nil, &vcs.Error{
			Kind:    vcs.RateLimited,
			Op:      r.op,
			RetryAt: at,
			Message: "not sent: the server has told us to wait",
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
		req.SetBasicAuth("oauth2", token)
	} else {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := c.p.http.Do(req)
	if err != nil {
		return nil, &vcs.Error{Kind: vcs.Unavailable, Op: r.op, Message: vcs.NoAnswer(err), Err: err}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if resp.StatusCode/100 == 2 {
		c.gate.Accept(c.p.cfg.Now())
		return resp, nil
	}
	e := responseError(r.op, resp)
	if e.Kind == vcs.RateLimited {
		e.RetryAt = c.gate.Refuse(resp.Header, c.p.cfg.Now())
	}
	return nil, e
}

// take counts a call unless the gate is shut. Gitea itself has no limit; a proxy before it may have
// one.
func (c *client) take() (retryAt time.Time, open bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.p.cfg.Now()
	if now.Before(c.gate.Until()) {
		return c.gate.Until(), false
	}
	c.forget(now)
	c.calls = append(c.calls, now)
	return time.Time{}, true
}

func (c *client) forget(now time.Time) {
	i := 0
	for i < len(c.calls) && !c.calls[i].After(now.Add(-usageWindow)) {
		i++
	}
	c.calls = c.calls[i:]
}

// Usage implements vcs.Client.
func (c *client) Usage() vcs.Usage {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.p.cfg.Now()
	c.forget(now)
	u := vcs.Usage{Used: len(c.calls)}
	if now.Before(c.gate.Until()) {
		u.BackoffUntil = c.gate.Until()
	}
	return u
}

// list calls yield for every item of every page until it returns false. It counts pages and does
// not follow links: links in headers use the address that the instance is configured with.
func list[T any](ctx context.Context, c *client, op, path string, yield func(T) bool) error {
	read := 0
	for page := 1; page <= maxPages; page++ {
		var items []T
		header, err := c.read(ctx,
			c.api(op, path, url.Values{"limit": {perPage}, "page": {strconv.Itoa(page)}}), &items)
		if err != nil {
			return err
		}
		for _, item := range items {
			if !yield(item) {
				return nil
			}
		}
		read += len(items)
		total, err := strconv.Atoi(header.Get("X-Total-Count"))
		if len(items) == 0 || (err == nil && read >= total) {
			return nil
		}
	}
	return &vcs.Error{Kind: vcs.Rejected, Op: op, Message: fmt.Sprintf("more than %d pages", maxPages)}
}

// requiredScopes finds in a refusal the scopes that would be enough.
var requiredScopes = regexp.MustCompile(`required scope\(s\), required=\[([a-z:, ]+)\]`)

// responseError converts an answer that is not a success. It closes the body.
func responseError(op string, resp *http.Response) *vcs.Error {
	defer resp.Body.Close()
	// A partly read body is enough: the status alone decides the kind.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	e := &vcs.Error{Kind: vcs.KindOfStatus(resp.StatusCode), Op: op, Status: resp.StatusCode}
	if location, err := resp.Location(); err == nil && resp.StatusCode < 400 {
		e.Message = "redirected to " + towpath.ClipRunes(location.Host, maxErrorText)
		return e
	}
	e.Message = errorMessage(body)
	if found := requiredScopes.FindStringSubmatch(e.Message); found != nil && e.Kind == vcs.Forbidden {
		e.Reason = vcs.ReasonScope
		for _, scope := range strings.FieldsFunc(found[1],
			func(r rune) bool { return r == ' ' || r == ',' }) {
			e.Needs = append(e.Needs, label(scope))
		}
	}
	return e
}

// errorMessage reads {"message"} of the API, {"error", "error_description"} of OAuth2, plain text
// and pages. It never fails.
func errorMessage(body []byte) string {
	var known struct {
		Message     string `json:"message"`
		Word        string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &known) != nil {
		return vcs.CleanText(string(body), maxErrorText)
	}
	var parts []string
	for _, part := range []string{known.Message, known.Word, known.Description} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return vcs.CleanText(strings.Join(parts, "; "), maxErrorText)
}
