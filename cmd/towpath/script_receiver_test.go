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

// receiverSecret is what the receiver of requests for approval shares with the server.
const receiverSecret = "a secret of the receiver"

// received is a request for approval whose signature is right.
type received struct {
	Event       string
	Evidence    string
	Missing     int
	AnswerURL   string
	Environment struct{ ID, Name string }
	Rollout     struct{ ID, Commit, URL string }
	Files       []struct {
		Path, Checksum string
		Databases      []string
	}
	Answerers []struct{ Email string }
	body      string
}

// receiver is a program of somebody else that is asked for approvals.
type receiver struct {
	requests chan received
	status   chan int // of the next answers; 204 when empty
}

// genuine checks the signature of a request as docs/operate.md and docs/notifications.md say, by code of
// its own.
func genuine(r *http.Request, body []byte) bool {
	seconds, signature, _ := strings.Cut(r.Header.Get("Towpath-Signature"), ",v1=")
	seconds = strings.TrimPrefix(seconds, "t=")
	mac := hmac.New(sha256.New, []byte(receiverSecret))
	fmt.Fprintf(mac, "%s.%s", seconds, body)
	var sent int64
	_, _ = fmt.Sscan(seconds, &sent)
	age := time.Since(time.Unix(sent, 0))
	return signature == hex.EncodeToString(mac.Sum(nil)) && age.Abs() <= time.Minute
}

// ServeHTTP takes what is signed.
func (v *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !genuine(r, body) {
		http.Error(w, "the signature is wrong", http.StatusUnauthorized)
		return
	}
	select {
	case status := <-v.status:
		w.WriteHeader(status)
		return
	default:
	}
	got := received{body: string(body)}
	if err := json.Unmarshal(body, &got); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
	v.requests <- got
}

// verbReceiver starts a receiver and lets an environment ask there for approvals. It first answers
// with the given statuses.
func verbReceiver(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	v := &receiver{requests: make(chan received, 100), status: make(chan int, 100)}
	for _, status := range args[1:] {
		var code int
		_, err := fmt.Sscan(status, &code)
		check(ts, err)
		v.status <- code
	}
	far := httptest.NewServer(v)
	ts.Defer(far.Close)
	w.receiver = v
	check(ts, w.api.call(w.ctx, "PUT", "/environments/"+environmentID(ts, args[0])+"/approval-hook",
		map[string]string{"url": far.URL + "/approvals", "secret": receiverSecret}, nil))
}

// environmentID finds an environment by its name.
func environmentID(ts *testscript.TestScript, name string) string {
	w := worldOf(ts)
	var all items[struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}]
	check(ts, w.api.call(w.ctx, "GET", "/environments", nil, &all))
	for _, e := range all.Items {
		if e.Name == name {
			return e.ID
		}
	}
	ts.Fatalf("there is no environment %s", name)
	return ""
}

// verbReceived waits for the next request at the receiver; its body goes to stdout. With ! none comes
// within a second.
func verbReceived(ts *testscript.TestScript, neg bool, _ []string) {
	w := worldOf(ts)
	wait := 30 * time.Second
	if neg {
		wait = time.Second
	}
	select {
	case w.asked = <-w.receiver.requests:
		if neg {
			ts.Fatalf("the receiver got %s", w.asked.body)
		}
		fmt.Fprintln(ts.Stdout(), w.asked.body)
	case <-time.After(wait):
		if !neg {
			ts.Fatalf("the receiver got nothing")
		}
	}
}

// verbReply answers the last request at the receiver, with an API token of the other DBA that can do
// nothing else.
func verbReply(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	check(ts, w.invitePeer())
	if w.outside == nil {
		var made struct {
			Token string `json:"token"`
		}
		check(ts, w.peer.call(w.ctx, "POST", "/api-tokens",
			map[string]string{"name": "Größe & Co", "scope": "approvals"}, &made))
		outside := *w.peer
		outside.http, outside.token = &http.Client{Timeout: time.Minute}, made.Token
		w.outside = &outside
	}
	if err := w.outside.call(w.ctx, "GET", "/rollouts/"+w.asked.Rollout.ID, nil, nil); err == nil {
		ts.Fatalf("a token that may only answer reads a rollout")
	}
	body := map[string]string{
		"rollout": w.asked.Rollout.ID, "environment": w.asked.Environment.ID, "evidence": w.asked.Evidence,
		"answer": args[0],
	}
	if len(args) > 1 {
		body["why"] = args[1]
	}
	var out any
	err := w.outside.call(w.ctx, "POST", strings.TrimPrefix(w.asked.AnswerURL, w.info.ConsoleURL+"/api/v1"), body, &out)
	if neg != (err != nil) {
		ts.Fatalf("reply: %v", err)
	}
	fmt.Fprintln(ts.Stdout(), out, err)
}
