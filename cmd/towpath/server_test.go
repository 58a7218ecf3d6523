package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// settingsIn is a configuration with everything below dir, on its own port.
func settingsIn(t *testing.T, dir string) *serveCommand {
	t.Helper()
	c, err := parse(t, "--data", filepath.Join(dir, "data"), "--sqlite-root", filepath.Join(dir, "targets"))
	if err != nil {
		t.Fatal(err)
	}
	c.listener, err = net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.Listen = c.listener.Addr().String()
	c.ExternalURL = "http://" + c.Listen
	return c
}

var quiet = slog.New(slog.DiscardHandler)

func TestServer_startsServesAndStops(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for start := range 2 { // the second start finds what the first left
		s, err := newServer(t.Context(), settingsIn(t, dir), quiet)
		if err != nil {
			t.Fatal(err)
		}
		var hello bytes.Buffer
		if err := s.greet(t.Context(), &hello); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(hello.String(), s.auth.SetupToken()) ||
			!strings.Contains(hello.String(), s.url+"/setup") {
			t.Errorf("start %d greets with %q", start, hello.String())
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- s.run(ctx) }()
		resp, err := http.Get(s.url + "/api/v1/setup")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 || !strings.Contains(string(text), `"needed":true`) {
			t.Errorf("setup answers %s: %s, %v", resp.Status, text, err)
		}
		_ = resp.Body.Close()
		stop()
		if err := <-ended; err != nil {
			t.Fatalf("stopping: %v", err)
		}
	}
}

func TestServer_isAloneOnItsMetadata(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := newServer(t.Context(), settingsIn(t, dir), quiet)
	if err != nil {
		t.Fatal(err)
	}
	second := settingsIn(t, t.TempDir())
	second.MetadataURL = "sqlite:" + filepath.Join(dir, "data", "towpath.db")
	if _, err := newServer(t.Context(), second, quiet); err == nil ||
		!strings.Contains(err.Error(), "another server is running") {
		t.Errorf("a second server on the same metadata: %v", err)
	}
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	third, err := newServer(t.Context(), settingsIn(t, dir), quiet)
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	if err := third.close(); err != nil {
		t.Fatal(err)
	}
}

func TestServer_refusesAnotherKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := newServer(t.Context(), settingsIn(t, dir), quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	c := settingsIn(t, dir)
	if err := os.Remove(c.KeyFile); err != nil {
		t.Fatal(err)
	}
	if _, err := newServer(t.Context(), c, quiet); err == nil || !strings.Contains(err.Error(), c.KeyFile) {
		t.Errorf("another key: %v", err)
	}
}

// A program that was built without Node prints so at its start, and names what still works.
func TestGreeting_saysThatThereIsNoConsole(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "t0ken"} {
		with, without := greeting("http://x", token, true), greeting("http://x", token, false)
		if strings.Contains(with, "console") || !strings.Contains(without, "without its console") ||
			!strings.Contains(without, "make build") {
			t.Errorf("with a console:\n%s\nwithout:\n%s", with, without)
		}
		if token == "" {
			continue
		}
		if !strings.Contains(with, "http://x/setup#token="+token+"\n") ||
			!strings.Contains(with, "\n    "+token+"\n") {
			t.Errorf("with a console:\n%s", with)
		}
		if !strings.Contains(without, "POST http://x/api/v1/setup ") || !strings.Contains(without, token) ||
			strings.Contains(without, " http://x/setup") {
			t.Errorf("without a console:\n%s", without)
		}
	}
}
