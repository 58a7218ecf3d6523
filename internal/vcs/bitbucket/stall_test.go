package bitbucket_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

func TestFile_givesUpOnSilence(t *testing.T) {
	t.Parallel()
	const patience = 200 * time.Millisecond
	for name, far := range map[string]http.HandlerFunc{
		"before the answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"before the first byte": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"in the middle": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "CREATE TABLE")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := wire(t, bitbucket.Config{Timeout: patience}, far)
			began := time.Now()
			body, err := p.Client(fixedToken("t")).Source(someID).File(t.Context(), "1234", "a.sql")
			if err == nil {
				_, err = io.ReadAll(body)
				_ = body.Close()
			}
			if took := time.Since(began); vcs.KindOf(err) != vcs.Unavailable || took > 5*patience {
				t.Errorf("after %s: %v", took, err)
			}
		})
	}
	t.Run("a slow file is read to its end", func(t *testing.T) {
		t.Parallel()
		const patience, slow = 3 * time.Second, 4 * time.Second
		p, _ := wire(t, bitbucket.Config{Timeout: patience}, func(w http.ResponseWriter, _ *http.Request) {
			for range 40 {
				time.Sleep(slow / 40)
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
			}
		})
		body, err := p.Client(fixedToken("t")).Source(someID).File(t.Context(), "1234", "a.sql")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(body); err != nil || string(text) != strings.Repeat("x", 40) {
			t.Errorf("%q, %v", text, err)
		}
		_ = body.Close()
	})
}
