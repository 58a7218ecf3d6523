package api

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

func TestEvents_hintAtChanges(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	lines := make(chan string, 100)
	r, err := http.NewRequestWithContext(ctx, "GET", b.url+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+b.tokens["owner"])
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	next := func(what string) {
		t.Helper()
		for line := range lines {
			if strings.HasPrefix(line, "event: changed") {
				return
			}
		}
		t.Fatalf("the stream ended before %s", what)
	}
	next("its first hint")
	if err := b.Store.Write(ctx, func(tx *store.Tx) error { return tx.Enqueue(ctx, towpath.JobReconcile, "x") }); err != nil {
		t.Fatal(err)
	}
	next("the hint at a change")
}
