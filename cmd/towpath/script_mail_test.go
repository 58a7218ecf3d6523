package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// postOffice is an SMTP server that takes every mail, as RFC 5321 says, without TLS.
type postOffice struct {
	modes chan string // of the next connections
	mails chan string // what came, or "busy"
}

// verbPost starts a mail server.
func verbPost(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(ts, err)
	ts.Defer(func() { _ = l.Close() })
	p := &postOffice{modes: make(chan string, len(args)), mails: make(chan string, 100)}
	for _, mode := range args {
		p.modes <- mode
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.take(c)
		}
	}()
	worldOf(ts).post = p
	ts.Setenv("SMTP", l.Addr().String())
}

// take speaks with one client until it goes. A busy server takes nothing, and an unanswered mail is taken
// without a word.
func (p *postOffice) take(c net.Conn) {
	defer func() { _ = c.Close() }()
	mode := ""
	select {
	case mode = <-p.modes:
	default:
	}
	say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
	if mode == "busy" {
		say("421 come back later")
		p.mails <- "busy"
		return
	}
	say("220 post.example.com")
	var to string
	for lines := bufio.NewScanner(c); lines.Scan(); {
		switch verb, rest, _ := strings.Cut(lines.Text(), " "); strings.ToUpper(verb) {
		case "RCPT":
			to = rest
			say("250 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for lines.Scan() && lines.Text() != "." {
				text.WriteString(lines.Text() + "\n")
			}
			p.mails <- to + "\n" + text.String()
			if mode != "unanswered" {
				say("250 taken")
			}
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// verbInvite invites a DBA by mail.
func verbInvite(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var made map[string]any
	check(ts, w.api.call(w.ctx, "POST", "/members", map[string]any{
		"email": args[0], "name": "Bén", "role": "dba", "byEmail": true,
	}, &made))
	text, err := json.Marshal(made)
	check(ts, err)
	fmt.Fprintln(ts.Stdout(), string(text))
}

// verbAcceptInvitation accepts an invitation by its secret.
func verbAcceptInvitation(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	anonymous, err := newAPIClient(w.api.base)
	check(ts, err)
	err = anonymous.call(w.ctx, "POST", "/invitations/accept", map[string]string{
		"invitation": args[0], "password": "another long password",
	}, nil)
	if neg != (err != nil) {
		ts.Fatalf("accept: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
}

var invitationLink = regexp.MustCompile(`http://\S+/invitation#[0-9A-Za-z_-]+`)

// verbMailed waits for the next mail. With ! none comes within two seconds.
func verbMailed(ts *testscript.TestScript, neg bool, _ []string) {
	w := worldOf(ts)
	wait := time.Minute
	if neg {
		wait = 2 * time.Second
	}
	select {
	case text := <-w.post.mails:
		if neg {
			ts.Fatalf("a mail came: %s", text)
		}
		if text == "busy" {
			fmt.Fprintln(ts.Stdout(), text)
			return
		}
		to, text, _ := strings.Cut(text, "\n")
		m, err := mail.ReadMessage(strings.NewReader(text))
		check(ts, err)
		body := strings.ReplaceAll(text, "=\n", "") // of quoted-printable
		link := invitationLink.FindString(body)
		if link == "" {
			ts.Fatalf("the mail has no link:\n%s", text)
		}
		fmt.Fprintf(ts.Stdout(), "%s\nid %s\nlink %s\n", to, m.Header.Get("Message-Id"), link)
		ts.Setenv("INVITATION", link[strings.Index(link, "#")+1:])
	case <-time.After(wait):
		if !neg {
			ts.Fatalf("no mail came")
		}
	}
}
