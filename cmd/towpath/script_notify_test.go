package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// mailbox is a program or chat of somebody else that takes notifications.
type mailbox struct {
	messages chan string
	status   chan int // of the next answers; 200 when empty
}

// ServeHTTP checks the signature, where there is one, as docs/notifications.md says.
func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if seconds, signature, signed := strings.Cut(r.Header.Get("Towpath-Signature"), ",v1="); signed {
		mac := hmac.New(sha256.New, []byte(receiverSecret))
		fmt.Fprintf(mac, "%s.%s", strings.TrimPrefix(seconds, "t="), body)
		if signature != hex.EncodeToString(mac.Sum(nil)) {
			http.Error(w, "the signature is wrong", http.StatusUnauthorized)
			return
		}
	}
	select {
	case status := <-m.status:
		w.WriteHeader(status)
	default:
		if err == nil {
			m.messages <- string(body)
		}
	}
}

// verbNotify adds a receiver of notifications, which first answers with the given statuses.
func verbNotify(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	m := &mailbox{messages: make(chan string, 100), status: make(chan int, 100)}
	for _, status := range args[2:] {
		var code int
		_, err := fmt.Sscan(status, &code)
		check(ts, err)
		m.status <- code
	}
	far := httptest.NewServer(m)
	ts.Defer(far.Close)
	w.mailbox = m
	body := map[string]any{
		"name": "Größe & " + args[0], "kind": args[0], "url": far.URL + "/a-secret-path",
		"events": strings.Split(args[1], ","),
	}
	if args[0] == "webhook" {
		body["secret"] = receiverSecret
	}
	var made map[string]any
	check(ts, w.api.call(w.ctx, "POST", "/receivers", body, &made))
	text, err := json.Marshal(made)
	check(ts, err)
	fmt.Fprintln(ts.Stdout(), string(text))
}

// verbNotified waits for the next messages at the newest receiver, one if no number is given; they go
// to stdout. Those of one moment may come in any order. With ! none comes within two seconds.
func verbNotified(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	wait, n := 30*time.Second, 1
	if neg {
		wait = 2 * time.Second
	}
	if len(args) > 0 {
		_, err := fmt.Sscan(args[0], &n)
		check(ts, err)
	}
	for range n {
		select {
		case message := <-w.mailbox.messages:
			if neg {
				ts.Fatalf("the receiver got %s", message)
			}
			fmt.Fprintln(ts.Stdout(), message)
		case <-time.After(wait):
			if !neg {
				ts.Fatalf("the receiver got nothing")
			}
		}
	}
}
