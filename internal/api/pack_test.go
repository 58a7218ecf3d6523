package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPacked(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(`{"state":"größe"} `, 1000)
	for name, c := range map[string]struct {
		method, accept, kind, body string
		status                     int
		packed                     bool
	}{
		"a long list":                   {"GET", "gzip, br", "application/json", long, 200, true},
		"a short answer":                {"GET", "gzip", "application/json", "{}", 200, false},
		"for a client that refuses it":  {"GET", "gzip;q=0", "application/json", long, 200, false},
		"the answer to a write":         {"POST", "gzip", "application/json", long, 201, false},
		"an error":                      {"GET", "gzip", "application/problem+json", long, 404, false},
		"a stream":                      {"GET", "gzip", "text/event-stream", long, 200, false},
		"nothing":                       {"GET", "gzip", "", "", 204, false},
		"a long answer with its status": {"GET", "gzip", "application/json", long, 202, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := packed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if c.kind != "" {
					w.Header().Set("Content-Type", c.kind)
				}
				w.WriteHeader(c.status)
				if c.body != "" {
					_, _ = io.WriteString(w, c.body)
				}
				_ = http.NewResponseController(w).Flush()
			}))
			r := httptest.NewRequestWithContext(t.Context(), c.method, "/api/v1/rollouts", nil)
			r.Header.Set("Accept-Encoding", c.accept)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var body io.Reader = w.Body
			if got := w.Header().Get("Content-Encoding") == "gzip"; got != c.packed || w.Code != c.status {
				t.Fatalf("status %d, packed %t", w.Code, got)
			}
			if c.packed {
				if w.Body.Len() > len(c.body)/10 {
					t.Errorf("%d bytes of %d", w.Body.Len(), len(c.body))
				}
				var err error
				if body, err = gzip.NewReader(w.Body); err != nil {
					t.Fatal(err)
				}
			}
			if text, err := io.ReadAll(body); err != nil || string(text) != c.body {
				t.Errorf("%d bytes, %v", len(text), err)
			}
		})
	}
}
