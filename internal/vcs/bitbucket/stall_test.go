package bitbucket_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

const patience = time.Second

// pipes listens in memory, so that a test's clock can stand still: each dial is a connection.
type pipes chan net.Conn

// Accept implements net.Listener.
func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

// Close implements net.Listener.
func (p pipes) Close() error { close(p); return nil }

// Addr implements net.Listener.
func (pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	p <- far
	return near, nil
}

// readFile reads a file from far, which has patience to send each of its bytes. Time passes only
// while both sides wait, so took is exact on every machine.
func readFile(t *testing.T, far http.HandlerFunc) (text string, took time.Duration, err error) {
	t.Helper()
	listener := make(pipes)
	server := &http.Server{Handler: far}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	transport := &http.Transport{DialContext: listener.dial}
	defer func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		<-served
	}()
	const address = "http://far.test"
	p, err := bitbucket.New(bitbucket.Config{
		InstanceURL: address, APIURL: address + "/2.0",
		Timeout: patience, Client: &http.Client{Transport: transport},
	})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	body, err := p.Client(fixedToken("t")).Source(someID).File(t.Context(), "1234", "a.sql")
	if err != nil {
		return "", time.Since(began), err
	}
	defer func() { _ = body.Close() }()
	read, err := io.ReadAll(body)
	return string(read), time.Since(began), err
}

func TestFile_givesUpOnSilence(t *testing.T) {
	t.Parallel()
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
			synctest.Test(t, func(t *testing.T) {
				_, took, err := readFile(t, far)
				if vcs.KindOf(err) != vcs.Unavailable || !errors.Is(err, context.DeadlineExceeded) ||
					took != patience {
					t.Errorf("after %s: %v", took, err)
				}
			})
		})
	}
}

func TestFile_aSlowOneIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const slow = patience - time.Millisecond
		text, took, err := readFile(t, func(w http.ResponseWriter, _ *http.Request) {
			for range 10 {
				time.Sleep(slow)
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
			}
		})
		if err != nil || text != strings.Repeat("x", 10) || took != 10*slow {
			t.Errorf("%q after %s: %v", text, took, err)
		}
	})
}
