package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestDemo_startsAndEnds(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	file := filepath.Join(t.TempDir(), "demo.json")
	var out, errs bytes.Buffer
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--bitbucket-listen", "localhost:0", "--info", file}, &out, &errs)
	}()
	for {
		var info demoInfo
		text, err := os.ReadFile(file)
		if err == nil && json.Unmarshal(text, &info) == nil && len(info.Databases) == 3 && info.ConsoleURL != "" {
			break
		}
		select {
		case code := <-ended:
			t.Fatalf("it ended with %d: %s", code, errs.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("it ended with %d: %s", code, errs.String())
	}
}
