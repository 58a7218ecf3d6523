package main

import (
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
	signed   bool // it is a program
	messages chan string
	status   chan int // of the next answers; 200 when empty
}

// ServeHTTP takes what a program or a chat takes.
func (m *mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || (m.signed && !genuine(r, body)) {
		http.Error(w, "the signature is wrong", http.StatusUnauthorized)
		return
	}
	select {
	case status := <-m.status:
		w.WriteHeader(status)
	default:
		m.messages <- string(body)
	}
}

// verbNotify adds a receiver of notifications, which first answers with the given statuses.
func verbNotify(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	signed := args[0] == "webhook"
	m := &mailbox{signed: signed, messages: make(chan string, 100), status: make(chan int, 100)}
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
	if signed {
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
