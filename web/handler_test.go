package web

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHandlerOf(t *testing.T) {
	t.Parallel()
	built := fstest.MapFS{
		"index.html":        {Data: []byte("page")},
		"index.html.gz":     {Data: []byte("packed page")},
		"assets/a-1234.js":  {Data: []byte("code")},
		"docs/index.html":   {Data: []byte("documentation")},
		"docs/adr.html":     {Data: []byte("decisions")},
		"docs/docs.css":     {Data: []byte("style")},
		"favicon.svg":       {Data: []byte("<svg/>")},
		"assets/.gitignore": {Data: []byte("")},
	}
	tests := map[string]struct {
		files                fstest.MapFS
		path, encoding       string
		status               int
		body, cache, content string
	}{
		"the page itself": {built, "/", "", 200, "page", "no-cache", ""},
		"an address of the console": {
			built, "/projects/1/gitops", "", 200, "page",
			"no-cache", "",
		},
		"packed for those that take it": {
			built, "/rollouts", "br, gzip", 200, "packed page",
			"no-cache", "gzip",
		},
		"plain for those that refuse gzip": {
			built, "/rollouts", "gzip;q=0", 200, "page",
			"no-cache", "",
		},
		"packed for those that take it a little": {
			built, "/rollouts", "gzip;q=0.5", 200, "packed page",
			"no-cache", "gzip",
		},
		"a hashed file may be kept": {
			built, "/assets/a-1234.js", "gzip", 200, "code",
			"public, max-age=31536000, immutable", "",
		},
		"a file at the root is asked for again": {
			built, "/favicon.svg", "", 200, "<svg/>",
			"no-cache", "",
		},
		"the documentation":        {built, "/docs", "", 200, "documentation", "no-cache", ""},
		"with a slash":             {built, "/docs/", "", 200, "documentation", "no-cache", ""},
		"a page of it":             {built, "/docs/adr", "", 200, "decisions", "no-cache", ""},
		"a file of it":             {built, "/docs/docs.css", "", 200, "style", "no-cache", ""},
		"no such page of it":       {built, "/docs/none", "", 404, "404 page not found\n", "", ""},
		"a page that begins alike": {built, "/docsets", "", 200, "page", "no-cache", ""},
		"a file of another build is not the page": {
			built, "/assets/b-1.js", "", 404,
			"404 page not found\n", "", "",
		},
		"nothing above the folder": {
			built, "/../handler.go", "", 404,
			"404 page not found\n", "", "",
		},
		"without a built console there is a notice": {
			fstest.MapFS{".gitkeep": {}},
			"/projects", "", 200,
			missing, "", "",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/", nil)
			r.URL.Path = test.path
			r.Header.Set("Accept-Encoding", test.encoding)
			w := httptest.NewRecorder()
			handlerOf(test.files).ServeHTTP(w, r)
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, test.status, test.body)
			}
			if got := w.Header().Get("Cache-Control"); got != test.cache {
				t.Errorf("Cache-Control is %q, want %q", got, test.cache)
			}
			if got := w.Header().Get("Content-Encoding"); got != test.content {
				t.Errorf("Content-Encoding is %q, want %q", got, test.content)
			}
		})
	}
}

func TestHandler_boundsWhatTheDocumentationLoads(t *testing.T) {
	t.Parallel()
	for path, bounded := range map[string]bool{"/docs": true, "/docs/adr": true, "/docsets": false, "/": false} {
		w := httptest.NewRecorder()
		files := fstest.MapFS{"index.html": {}, "docs/index.html": {}, "docs/adr.html": {}}
		handlerOf(files).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		policy := w.Header().Get("Content-Security-Policy")
		if bounded != strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s has the policy %q", path, policy)
		}
	}
}

func TestHandler_changesNothing(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	handlerOf(fstest.MapFS{"index.html": {}}).ServeHTTP(w, httptest.NewRequest("POST", "/projects", nil))
	if w.Code != 405 {
		t.Errorf("a POST answers %d, want 405", w.Code)
	}
}

func TestBuilt_isAboutThePage(t *testing.T) {
	t.Parallel()
	if built(fstest.MapFS{".gitkeep": {}}) || !built(fstest.MapFS{"index.html": {}}) {
		t.Error("a console is an index.html")
	}
	for _, words := range []string{"without its console", "make build", "/api/openapi.json"} {
		if !strings.Contains(missing, words) {
			t.Errorf("the page without a console does not say %q", words)
		}
	}
}
