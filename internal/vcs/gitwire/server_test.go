package gitwire

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/vcs"
)

// answers is a far side: a body or an error by method. It counts what it was asked.
type answers struct {
	body  map[string]string
	fails map[string]error
	asked []string
}

func (a *answers) remote(servers *Servers) Remote {
	return Remote{URL: "https://git.example/%C3%A4/order.git", Servers: servers, Send: a.send}
}

func (a *answers) send(_ context.Context, r Request) (*http.Response, error) {
	a.asked = append(a.asked, r.Method)
	if err := a.fails[r.Method]; err != nil {
		return nil, err
	}
	request, err := http.NewRequest(r.Method, r.URL, http.NoBody)
	return &http.Response{
		StatusCode: http.StatusOK, Request: request, Body: io.NopCloser(strings.NewReader(a.body[r.Method])),
		Header: http.Header{"Content-Type": {contentTypeGit + "result"}},
	}, err
}

func TestHeads_asksWhatAServerCanDoOnce(t *testing.T) {
	t.Parallel()
	version2 := packets("version 2", "agent=git/2.39", "object-format=sha1", "")
	version0 := packets(hashB+" refs/heads/main\x00multi_ack", "")
	refs := packets(hashA+" refs/heads/main", "")
	refusal := func(kind vcs.Kind) error { return &vcs.Error{Kind: kind, Op: opHeads} }

	for name, c := range map[string]struct {
		then  answers // the far side at the second reading
		heads map[string]string
		asked []string
		kind  vcs.Kind
	}{
		"a second reading is one request": {
			answers{body: map[string]string{"POST": refs}}, map[string]string{"main": hashA}, []string{"POST"}, "",
		},
		"a server of an older version is asked for all": {
			answers{
				body:  map[string]string{"GET": version0},
				fails: map[string]error{"POST": refusal(vcs.Rejected)},
			},
			map[string]string{"main": hashB}, []string{"POST", "GET"}, "",
		},
		"an answer that is not Git's is no answer": {
			answers{body: map[string]string{"POST": "<html>", "GET": version0}},
			map[string]string{"main": hashB}, []string{"POST", "GET"}, "",
		},
		"a repository that is gone is refused by both": {
			answers{fails: map[string]error{"POST": refusal(vcs.NotFound), "GET": refusal(vcs.NotFound)}},
			nil, []string{"POST", "GET"}, vcs.NotFound,
		},
		"a spent budget is not asked again": {
			answers{fails: map[string]error{"POST": refusal(vcs.RateLimited)}}, nil, []string{"POST"},
			vcs.RateLimited,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var servers Servers
			before := answers{body: map[string]string{"GET": version2, "POST": refs}}
			if _, _, err := before.remote(&servers).Heads(t.Context()); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{"GET", "POST"}, before.asked); d != "" {
				t.Fatalf("first reading (-want +got):\n%s", d)
			}
			heads, redirected, err := c.then.remote(&servers).Heads(t.Context())
			if redirected || vcs.KindOf(err) != c.kind || (err != nil) != (c.kind != "") {
				t.Errorf("redirected %v, error %v", redirected, err)
			}
			if d := cmp.Diff(c.heads, heads); d != "" {
				t.Errorf("heads (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.asked, c.then.asked); d != "" {
				t.Errorf("requests (-want +got):\n%s", d)
			}
		})
	}
}
