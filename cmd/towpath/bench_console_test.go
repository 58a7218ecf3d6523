package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// BenchmarkConsole measures the pages of a workspace of 200 projects in four environments, of which one
// has 1,000 databases. Its server has no jobs, so that the seeded metadata stays as it is. A browser
// opens each page with nothing in its cache; web/bench/many.mjs measures it.
func BenchmarkConsole(b *testing.B) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	c, err := parse(b, "--listen", address, "--data", dir, "--sqlite-root", b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	s, err := newServer(b.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.close() })
	go func() { _ = s.http.Serve(s.listener) }() // ends with the server
	m := many{b: b, store: s.store, url: s.url}
	m.signUp(s)
	m.seed()
	script := exec.Command("node", "many.mjs")
	script.Dir = "../../web/bench"
	script.Env = append(os.Environ(),
		"TOWPATH_URL="+s.url, "TOWPATH_EMAIL="+manyEmail, "TOWPATH_PASSWORD="+manyPassword,
		"TOWPATH_PAGES="+strings.Join(m.pages, ","))
	var failure bytes.Buffer
	script.Stderr = &failure
	out, err := script.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := script.Start(); err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(os.Stdout, out); err != nil {
		b.Fatal(err)
	}
	if err := script.Wait(); err != nil {
		b.Fatal(fmt.Errorf("%w\n%s", err, failure.String()))
	}
	if err := s.http.Close(); err != nil {
		b.Fatal(err)
	}
}
