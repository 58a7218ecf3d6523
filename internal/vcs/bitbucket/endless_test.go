package bitbucket_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

// Reading an answer without end, plain or compressed, stops at its bound; the test counts all
// memory that was allocated.
func TestClient_anAnswerWithoutEnd(t *testing.T) {
	const enough = 2 << 30 // bytes, of which a bounded reader takes a few
	pour := func(w io.Writer) {
		chunk := strings.Repeat("x", 1<<20)
		for range enough >> 20 {
			if _, err := io.WriteString(w, chunk); err != nil {
				return
			}
		}
	}
	for name, far := range map[string]http.HandlerFunc{
		"plain": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"message":"`)
			pour(w)
		},
		"packed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			_, _ = io.WriteString(packed, `{"message":"`)
			pour(packed)
			_ = packed.Close()
		},
		"a refusal": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"error":{"message":"`)
			pour(w)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := wire(t, bitbucket.Config{}, far)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := p.Client(fixedToken("t")).Source(someID).Commit(t.Context(), someHash)
			runtime.ReadMemStats(&after)
			taken := (after.TotalAlloc - before.TotalAlloc) >> 20
			t.Logf("%d MiB were allocated: %v", taken, err)
			if vcs.KindOf(err) == "" || taken > 256 {
				t.Errorf("%d MiB were allocated: %v", taken, err)
			}
		})
	}
}
