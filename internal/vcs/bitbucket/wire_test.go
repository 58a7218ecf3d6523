package bitbucket_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

// wire is a far side with the answers of a test case, which no healthy service would send.
func wire(t *testing.T, cfg bitbucket.Config, handler http.HandlerFunc) (*bitbucket.Provider, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	cfg.InstanceURL, cfg.APIURL = server.URL, server.URL+"/2.0"
	p, err := bitbucket.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return p, server.URL
}

// fixedToken never changes, like a token that cannot be renewed.
type fixedToken string

// Token implements vcs.TokenSource.
func (f fixedToken) Token(context.Context, string) (string, error) { return string(f), nil }

func answer(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-B3-TraceId", "4f3a")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const (
	jsonType  = "application/json"
	textType  = "text/plain"
	htmlType  = "text/html; charset=utf-8"
	someID    = "{6e1f0000-1111-4222-8333-444455556666}"
	someHash  = "0123456789abcdef0123456789abcdef01234567"
	otherHash = "89abcdef0123456789abcdef0123456789abcdef"
)

func TestErrors_everyShapeOfABodyIsRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status    int
		kind, say string
		want      vcs.Error
	}{
		"the documented shape": {
			404, jsonType,
			`{"type":"error","error":{"message":"Commit not found: x","detail":"Look again"}}`,
			vcs.Error{Kind: vcs.NotFound, Message: "Commit not found: x; Look again"},
		},
		"without a type, fields as a map": {
			400, jsonType,
			`{"error":{"message":"Bad request","fields":{"url":["Enter a URL.",["nested"]],"events":[]}}}`,
			vcs.Error{Kind: vcs.Rejected, Message: "Bad request; url: Enter a URL.; url: nested"},
		},
		"fields as a list": {
			400, jsonType, `{"type":"error","error":{"fields":["url"],"message":"Missing"}}`,
			vcs.Error{Kind: vcs.Rejected, Message: "Missing; url"},
		},
		"a missing scope": {
			403, jsonType,
			`{"type":"error","error":{"message":"No.","detail":{"required":["webhook","repository"],"granted":["repository:write"]}}}`,
			vcs.Error{
				Kind: vcs.Forbidden, Reason: vcs.ReasonScope, Message: "No.",
				Needs: []string{"Webhooks: Read and write"},
			},
		},
		"a missing scope as a bad request": {
			400, jsonType,
			`{"error":{"message":"No.","detail":{"required":["pullrequest:write","new:scope"],"granted":null}}}`,
			vcs.Error{
				Kind: vcs.Forbidden, Reason: vcs.ReasonScope, Message: "No.",
				Needs: []string{"Pull requests: Write", "new:scope"},
			},
		},
		"a missing right": {
			403, jsonType,
			`{"type":"error","error":{"message":"You do not have admin access"}}`,
			vcs.Error{Kind: vcs.Forbidden, Message: "You do not have admin access"},
		},
		"the shape of the services behind": {
			409, jsonType, `{"code":409,"message":"Duplicate"}`,
			vcs.Error{Kind: vcs.Conflict, Message: "Duplicate"},
		},
		"a removed part of the API": {
			410, jsonType,
			`{"error":{"message":"CHANGE-2770","data":{"announcement_url":"https://x"}}}`,
			vcs.Error{Kind: vcs.Gone, Message: "CHANGE-2770"},
		},
		"plain text": {
			400, textType, "Bad Request\x00\x1b[31m",
			vcs.Error{Kind: vcs.Rejected, Message: "Bad Request [31m"},
		},
		"a web page": {503, htmlType, `<!DOCTYPE html><head><title>Be right
		back</title><script>x()</script></head><body>…</body>`, vcs.Error{Kind: vcs.Unavailable, Message: "Be right back"}},
		"a page without title": {
			502, htmlType, `<html><style>a{}</style><h1>Bad &amp; gone</h1></html>`,
			vcs.Error{Kind: vcs.Unavailable, Message: "Bad & gone"},
		},
		"Bitbucket's time-out": {
			555, jsonType, `{"error":{"message":"timed out"}}`,
			vcs.Error{Kind: vcs.Unavailable, Message: "timed out"},
		},
		"an empty body": {500, jsonType, ``, vcs.Error{Kind: vcs.Unavailable}},
		"a list":        {500, jsonType, `["x"]`, vcs.Error{Kind: vcs.Unavailable, Message: `["x"]`}},
		"an error as a word": {
			400, jsonType, `{"error":"invalid_request","error_description":"Why"}`,
			vcs.Error{Kind: vcs.Rejected, Message: "invalid_request; Why"},
		},
		"no error at all": {418, jsonType, `{"a":1}`, vcs.Error{Kind: vcs.Rejected, Message: `{"a":1}`}},
		"a token that is dead": {
			401, textType, "Login failed",
			vcs.Error{Kind: vcs.Unauthorized, Message: "Login failed"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := wire(t, bitbucket.Config{}, answer(c.status, c.kind, c.say))
			_, err := p.Client(fixedToken("secret-token")).Account(t.Context())
			var got *vcs.Error
			if !errors.As(err, &got) {
				t.Fatalf("error %v", err)
			}
			c.want.Op, c.want.Status, c.want.TraceID = "read the account", c.status, "4f3a"
			if diff := cmp.Diff(c.want, *got); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(fmt.Sprintf("%+v", err), "secret-token") {
				t.Error("the token is in the error")
			}
		})
	}
}

func TestErrors_longMessagesAreClipped(t *testing.T) {
	t.Parallel()
	p, _ := wire(t, bitbucket.Config{}, answer(500, textType, strings.Repeat("ü ", 1<<20)))
	_, err := p.Client(fixedToken("t")).Account(t.Context())
	if n := len([]rune(err.Error())); n > 500 {
		t.Errorf("%d runes", n)
	}
}

func TestClient_answersThatAreNoAnswers(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"a web page instead of JSON": answer(200, htmlType,
			"<html><title>Sign in to the Wi-Fi</title></html>"),
		"an object without its uuid": answer(200, jsonType, "{}"),
		"a body that never ends":     func(w http.ResponseWriter, _ *http.Request) { endless(w) },
		"a connection that is cut": func(http.ResponseWriter,
			*http.Request,
		) {
			panic(http.ErrAbortHandler)
		},
		"an answer that does not come": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a redirect in circles": func(w http.ResponseWriter,
			r *http.Request,
		) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := wire(t, bitbucket.Config{Timeout: 300 * time.Millisecond}, handler)
			_, err := p.Client(fixedToken("t")).Account(t.Context())
			if vcs.KindOf(err) != vcs.Unavailable {
				t.Errorf("error %v", err)
			}
		})
	}
}

func endless(w io.Writer) {
	chunk := []byte(strings.Repeat(" ", 1<<20))
	for {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

func TestClient_tokensStayAtHome(t *testing.T) {
	t.Parallel()
	var leaked atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter,
		*http.Request,
	) {
		leaked.Add(1)
	}))
	t.Cleanup(elsewhere.Close)
	api := func(t *testing.T, handler http.HandlerFunc) vcs.Client {
		p, _ := wire(t, bitbucket.Config{}, handler)
		return p.Client(fixedToken("t"))
	}
	redirect := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusMovedPermanently)
	}
	t.Run("a file that is stored elsewhere is told, not fetched", func(t *testing.T) {
		_, err := api(t, redirect).Source(someID).File(t.Context(), someHash, "big.bin")
		if vcs.KindOf(err) != vcs.Rejected || !strings.Contains(err.Error(), "redirected to") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a write is not redirected", func(t *testing.T) {
		err := api(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				t.Errorf("the POST became a %s", r.Method)
			}
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}).PutStatus(t.Context(), someID, someHash, vcs.Status{
			Key: "k", State: vcs.StatusFailed,
			URL: "https://x.example",
		})
		if vcs.KindOf(err) != vcs.Rejected {
			t.Errorf("error %v", err)
		}
	})
	t.Run("a repository that has moved is followed on the same host", func(t *testing.T) {
		got, err := api(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/2.0/user" {
				http.Redirect(w, r, "/2.0/moved", http.StatusMovedPermanently)
				return
			}
			if r.Header.Get("Authorization") != "Bearer t" {
				t.Errorf("authorization %q", r.Header.Get("Authorization"))
			}
			answer(200, jsonType, `{"uuid":"{u}","nickname":"n"}`)(w, r)
		}).Account(t.Context())
		if err != nil || got != (vcs.Account{ID: "{u}", Name: "n"}) {
			t.Errorf("%+v, %v", got, err)
		}
	})
	for name, next := range map[string]string{
		"on another host": elsewhere.URL + "/2.0/x", "on another scheme": "ftp://127.0.0.1/",
		"that is no address": "http://[", "that is relative": "/2.0/x",
		"with a user in it": "http://user:password@HOST/2.0/x",
	} {
		t.Run("a next page "+name+" is not fetched", func(t *testing.T) {
			_, err := api(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/2.0/x" {
					t.Error("it was fetched")
				}
				answer(200, jsonType, `{"values":[],"next":"`+strings.ReplaceAll(next, "HOST", r.Host)+
					`"}`)(w, r)
			}).Source(someID).Branches(t.Context())
			if vcs.KindOf(err) != vcs.Unavailable {
				t.Errorf("error %v", err)
			}
		})
	}
	if n := leaked.Load(); n > 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
}

func TestClient_pagesAreFollowedAsTheyAre(t *testing.T) {
	t.Parallel()
	pages := map[string]string{
		"pagelen=100&sort=name": `{"values":[{"name":"b","target":{"hash":"2"}},{"name":"lost","target":null}],"next":"%s?page=8x%%25hd"}`,
		"page=8x%25hd":          `{"values":[],"next":"%s?after=z"}`,
		"after=z":               `{"values":[{"name":"a","target":{"hash":"1"}},{"name":"b","target":{"hash":"2"}}]}`,
	}
	var url string
	p, url := wire(t, bitbucket.Config{}, func(w http.ResponseWriter, r *http.Request) {
		body, known := pages[r.URL.RawQuery]
		if !known {
			t.Errorf("query %q", r.URL.RawQuery)
		}
		if strings.Contains(body, "%s") {
			body = fmt.Sprintf(body, url+"/2.0/opaque")
		}
		answer(200, jsonType, body)(w, r)
	})
	got, err := p.Client(fixedToken("t")).Source(someID).Branches(t.Context())
	if diff := cmp.Diff([]vcs.Branch{{Name: "a", Head: "1"}, {Name: "b", Head: "2"}}, got); diff != "" ||
		err != nil {
		t.Error(diff, err)
	}
}

func TestClient_aListingInCirclesEnds(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	var url string
	p, url := wire(t, bitbucket.Config{}, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		answer(200, jsonType, `{"values":[],"next":"`+url+`/2.0/again"}`)(w, r)
	})
	_, err := p.Client(fixedToken("t")).Source(someID).Branches(t.Context())
	if vcs.KindOf(err) != vcs.Unavailable || calls.Load() != 2 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
}

func TestClient_anotherTokenOnlyOnce(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	p, _ := wire(t, bitbucket.Config{}, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		answer(401, textType, "no")(w, r)
	})
	_, err := p.Client(counting{new(atomic.Int32)}).Account(t.Context())
	if vcs.KindOf(err) != vcs.Unauthorized || calls.Load() != 2 {
		t.Errorf("%v after %d calls, want 2", err, calls.Load())
	}
	calls.Store(0)
	if _, err := p.Client(fixedToken("t")).Account(t.Context()); vcs.KindOf(err) != vcs.Unauthorized ||
		calls.Load() != 1 {
		t.Errorf("without another token: %v after %d calls, want 1", err, calls.Load())
	}
}

// counting returns a new token each time.
type counting struct{ n *atomic.Int32 }

// Token implements vcs.TokenSource.
func (c counting) Token(context.Context, string) (string, error) {
	return fmt.Sprintf("token-%d", c.n.Add(1)), nil
}

func TestClient_errorsOfTheTokenSourceKeepTheirKind(t *testing.T) {
	t.Parallel()
	p, _ := wire(t, bitbucket.Config{}, answer(200, jsonType, "{}"))
	dead := &vcs.Error{Kind: vcs.Unauthorized, Op: "refresh", Message: "authorize again"}
	_, err := p.Client(failing{fmt.Errorf("grant 7: %w", dead)}).Account(t.Context())
	if vcs.KindOf(err) != vcs.Unauthorized || !errors.Is(err, dead) {
		t.Errorf("error %v", err)
	}
	_, err = p.Client(failing{io.ErrClosedPipe}).Account(t.Context())
	if vcs.KindOf(err) != vcs.Unavailable || !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v", err)
	}
}

type failing struct{ err error }

// Token implements vcs.TokenSource.
func (f failing) Token(context.Context, string) (string, error) { return "", f.err }

func TestClient_theBudgetIsNotOverdrawn(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	now := time.Date(2026, 10, 10, 12, 0, 0, 0, time.UTC)
	p, _ := wire(t, bitbucket.Config{RequestsPerHour: 2, Now: func() time.Time { return now }},
		func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			answer(200, jsonType, `{"values":[]}`)(w, r)
		})
	client := p.Client(fixedToken("t"))
	var err error
	for range 3 {
		_, err = client.Source(someID).Branches(t.Context())
	}
	var e *vcs.Error
	if !errors.As(err, &e) || e.Kind != vcs.RateLimited || !e.RetryAt.Equal(now.Add(time.Hour)) ||
		calls.Load() != 2 {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	if u := client.Usage(); u.Used != 2 || u.Limit != 2 {
		t.Errorf("usage %+v", u)
	}
}

func TestNew_refusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	for _, cfg := range []bitbucket.Config{
		{InstanceURL: "bitbucket.org"},
		{APIURL: "ftp://x"},
		{GitURL: "http://"},
		{APIURL: "http://%zz"},
	} {
		if _, err := bitbucket.New(cfg); vcs.KindOf(err) != vcs.Rejected {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}
