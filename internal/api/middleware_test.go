package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRequests_fromOtherHostsAndSitesAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, c := range map[string]struct {
		headers []string
		want    int
	}{
		"our own page":                    {[]string{"Sec-Fetch-Site", "same-origin"}, 201},
		"a program":                       {nil, 201},
		"another site's page":             {[]string{"Sec-Fetch-Site", "cross-site"}, 403},
		"another origin, an old browser":  {[]string{"Origin", "https://evil.example"}, 403},
		"a foreign name for our address":  {[]string{"Host", "evil.example"}, 403},
		"the external name":               {[]string{"Host", "towpath.example"}, 201},
		"the local name, whatever port":   {[]string{"Host", "localhost:1234"}, 201},
		"the external name, another port": {[]string{"Host", "towpath.example:81"}, 403},
	} {
		r := b.send(t, "owner", "POST", "/api/v1/environments", `{"name":"e`+
			strings.ToLower(strings.Map(letters, name))+`"}`, c.headers...)
		if r.StatusCode != c.want {
			t.Errorf("%s: %d, want %d: %s", name, r.StatusCode, c.want, r.body)
		}
	}
	if r := b.send(t, "nobody", "GET", "/healthz", "", "Host", "10.0.0.7:8080"); r.StatusCode != 204 {
		t.Errorf("a probe by address gets %d", r.StatusCode)
	}
}

func letters(r rune) rune {
	if r < 'a' || r > 'z' {
		return -1
	}
	return r
}

func TestResponses_haveSecurityHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/api/v1/setup", "/", "/api/v1/nothing", "/healthz"} {
		h := b.send(t, "nobody", "GET", path, "").Header
		if !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") ||
			h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Referrer-Policy") != "same-origin" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers are %v", path, h)
		}
	}
}

func TestProblems_nameFieldsWithoutValues(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		location           string
	}{
		"a missing property": {"POST", "/session", `{"email":"a@b.example"}`, 422, "body.password"},
		"an unknown property": {
			"POST", "/environments", `{"name":"a","s3cret":"s3cret"}`, 422,
			"body.s3cret",
		},
		"a wrong type": {"POST", "/environments", `{"name":["s3cret"]}`, 422, "body.name"},
		"a bad name":   {"POST", "/environments", `{"name":"S3cret"}`, 422, "body.name"},
		"an endless name": {
			"POST", "/environments", `{"name":"` + strings.Repeat("s3cret", 50) + `"}`,
			422, "body.name",
		},
		"a bad page size": {"GET", "/projects?pageSize=0", "", 422, "query.pageSize"},
		"no JSON":         {"POST", "/environments", `{"name":`, 400, "body"},
		"no body":         {"POST", "/environments", "", 400, ""},
	} {
		p := b.fails(t, "owner", c.method, c.path, c.body, c.status)
		if c.location == "" && len(p.Errors) == 0 && p.Detail != "" {
			continue
		}
		if len(p.Errors) == 0 || p.Errors[0].Location != c.location {
			t.Errorf("%s: %+v, want something about %s", name, p, c.location)
		}
		if strings.Contains(p.Detail+p.Errors[0].Message, "s3cret") {
			t.Errorf("%s: the input is repeated: %+v", name, p)
		}
	}
	if p := b.fails(t, "owner", "POST", "/environments", `{"name":"`+strings.Repeat("x", bodyLimit)+`"}`,
		413); p.Code != "too_large" {
		t.Errorf("too large a body gives %+v", p)
	}
	if p := b.fails(t, "owner", "GET", "/nothing", "", 404); p.Code != "not_found" {
		t.Errorf("an unknown address gives %+v", p)
	}
}

func TestInternalErrors_stayInTheLog(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if err := b.Store.Close(); err != nil {
		t.Fatal(err)
	}
	p := b.fails(t, "nobody", "GET", "/setup", "", 500)
	if p.Code != "internal" || strings.Contains(p.Detail, "database") {
		t.Errorf("the client sees %+v", p)
	}
	if log := b.log.String(); !strings.Contains(log, "request="+p.RequestID) ||
		!strings.Contains(log, "database is closed") {
		t.Errorf("the log is %s", log)
	}
	if r := b.send(t, "nobody", "GET", "/readyz", ""); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("ready without metadata: %d", r.StatusCode)
	}
}

func TestPanic_getsAResponse(t *testing.T) {
	t.Parallel()
	b := setup(t)
	w := httptest.NewRecorder()
	h := b.observe(
		b.recoverPanic(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("s3cret") })),
		newMetrics(b.Store, "test"))
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "s3cret") ||
		!strings.Contains(b.log.String(), "s3cret") {
		t.Errorf("%d: %s; log: %s", w.Code, w.Body, b.log)
	}
}

func TestMetrics_countByRoute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.call(t, "owner", "GET", "/projects/"+b.project.ID, "", 200, nil)
	text := string(b.send(t, "nobody", "GET", "/metrics", "").body)
	for _, want := range []string{
		`towpath_http_request_seconds_count{method="GET",route="/api/v1/projects/{project}",status="200"} 1`,
		`towpath_build_info{version="test"} 1`, "towpath_jobs_late_seconds 0", "towpath_jobs_failing 0",
		`towpath_rollouts_open{state="held"} 0`, `towpath_tasks_open{state="unknown"} 0`,
		`towpath_links{state="attention"} 0`, `towpath_grants{state="broken"} 0`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if err := b.Store.Close(); err != nil {
		t.Fatal(err)
	}
	text = string(b.send(t, "nobody", "GET", "/metrics", "").body)
	for _, want := range []string{"towpath_jobs_late_seconds NaN", "towpath_jobs_failing NaN", `towpath_grants{state="broken"} NaN`} {
		if !strings.Contains(text, want) {
			t.Errorf("without metadata, metrics lack %s", want)
		}
	}
}

func TestHookAddress_explainsItselfToBrowsers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/hooks/x", "/hooks/", "/hooks/x/y"} {
		for _, method := range []string{"GET", "HEAD", "PUT", "DELETE"} {
			r := b.send(t, "nobody", method, path, "")
			if kind := r.Header.Get("Content-Type"); r.StatusCode != 404 || !strings.Contains(kind, "json") {
				t.Errorf("%s %s: %d %s", method, path, r.StatusCode, kind)
			}
		}
	}
}

// TestReady_notWhileTheServerLeaves checks that a proxy learns of the stop, while requests are still
// answered, each as the last one of its connection.
func TestReady_notWhileTheServerLeaves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	leaving := make(chan struct{})
	b.Leaving = leaving
	h := b.Handler()
	answers := func(path string, status int, connection string) {
		t.Helper()
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		if got := w.Header().Get("Connection"); w.Code != status || got != connection {
			t.Errorf("%s: %d, connection %q; want %d, %q", path, w.Code, got, status, connection)
		}
	}
	answers("/readyz", http.StatusNoContent, "")
	close(leaving)
	answers("/readyz", http.StatusServiceUnavailable, "close")
	answers("/healthz", http.StatusNoContent, "close")
}
