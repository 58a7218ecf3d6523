//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pseudoTerminal opens a terminal: what is written to the one is typed in the other.
func pseudoTerminal(t *testing.T) (keyboard, terminal *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keyboard.Close() })
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	return keyboard, terminal
}

// screen collects what a terminal shows.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// echoes reports whether a terminal shows what is typed.
func echoes(t *testing.T, terminal *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// TestLogin_doesNotShowTheToken types a token at a terminal, and stops another sign-in there.
func TestLogin_doesNotShowTheToken(t *testing.T) {
	t.Parallel()
	const token = "tp_typed-by-a-person"
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"member":{"name":"Olive","email":"olive@example.com"}}`))
	}))
	defer server.Close()
	keyboard, terminal := pseudoTerminal(t)
	shown := &screen{}
	go func() { _, _ = io.Copy(shown, keyboard) }() // until the end of the test
	start := func() *exec.Cmd {
		command := exec.CommandContext(t.Context(), "towpath", "login", "--server", server.URL)
		command.Env = append(os.Environ(), "XDG_CONFIG_HOME="+t.TempDir())
		command.Stdin, command.Stdout, command.Stderr = terminal, terminal, terminal
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); echoes(t, terminal); {
			if time.Since(began) > time.Minute {
				t.Fatalf("the terminal goes on showing what is typed: %s", shown)
			}
		}
		return command
	}
	command := start()
	if _, err := keyboard.WriteString(token + "\n"); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err != nil || got != "Bearer "+token {
		t.Errorf("signed in with %q, %v: %s", got, err, shown)
	}
	if text := shown.String(); strings.Contains(text, token) || !strings.Contains(text, "API token") {
		t.Errorf("the terminal shows %q", text)
	}
	command = start()
	if err := command.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := command.Wait(); err == nil {
		t.Error("a sign-in that was stopped has succeeded")
	}
	if !echoes(t, terminal) {
		t.Error("the terminal stays as it was for the token")
	}
}
