package bitbucket_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"towpath/internal/gitsim/bitbucket/contract"
	"towpath/internal/vcs/vcstest"
)

// TestContract checks every request that the suite makes the driver send against Atlassian's own
// description, if the checkout has a copy.
func TestContract(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "..", "..", "shared", "bitbucket", "openapi.json")
	if _, err := os.Stat(path); err != nil {
		t.Logf("no description at %s: no case is registered", path)
		return
	}
	spec, err := contract.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	checker := &contractChecker{spec: spec, seen: map[string]bool{}}
	t.Run("suite", func(t *testing.T) {
		vcstest.Run(t, func(t *testing.T) vcstest.Fixture {
			return newSimulation(t).fixture(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				checker.check(t, r)
				return http.DefaultTransport.RoundTrip(r)
			}))
		})
	})
	if len(checker.seen) < 10 {
		t.Errorf("only %d kinds of requests were seen: %v", len(checker.seen), checker.seen)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type contractChecker struct {
	spec *contract.Spec
	mu   sync.Mutex
	seen map[string]bool
}

// check checks requests to the API; OAuth and Git have other descriptions.
func (c *contractChecker) check(t *testing.T, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path, "/2.0/") {
		return
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err := c.spec.CheckRequest(r.Method, r.URL.EscapedPath(), r.URL.Query(), r.Header.Get("Content-Type"),
		body); err != nil {
		t.Error(err)
	}
	parts := strings.Split(r.URL.EscapedPath(), "/")
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[r.Method+" "+
		strings.Join(append(parts[2:min(3, len(parts))], parts[min(5, len(parts)):min(6, len(parts))]...),
			"/")] = true
}
