package notify_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/notify"
	"towpath/internal/secret"
	"towpath/internal/store"
)

type bundle struct {
	*notify.Service
	now  time.Time
	sent chan *http.Request
	body chan string
	down bool
	url  string

	taken func() // before a message is answered
}

func setup(t *testing.T) *bundle {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(dir, "metadata.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	keyring, err := secret.Open(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{
		Service: &notify.Service{
			Store: st, Keyring: keyring, ExternalURL: "http://localhost", Client: http.DefaultClient, Trial: true,
		},
		now: time.Now(), sent: make(chan *http.Request, 100), body: make(chan string, 100),
	}
	st.Now = func() time.Time { return b.now }
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		text, _ := io.ReadAll(r.Body)
		if b.taken != nil {
			b.taken()
		}
		b.sent <- r
		b.body <- string(text)
	}))
	t.Cleanup(far.Close)
	b.url = far.URL + "/a-secret-path"
	return b
}

func (b *bundle) write(t *testing.T, do func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := b.Store.Write(t.Context(), func(tx *store.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// receiver adds a receiver of all events.
func (b *bundle) receiver(t *testing.T, kind towpath.ReceiverKind) towpath.Receiver {
	t.Helper()
	spec := notify.Spec{
		Name: "Größe <&> " + string(kind), Kind: kind, URL: b.url, Secret: "0123456789abcdef",
		Events: towpath.NotificationEvents(),
	}
	if kind == towpath.ReceiverMail {
		spec.URL, spec.Secret, spec.Addresses = "", "", []string{"dba@example.com"}
	}
	v, err := b.Add(t.Context(), towpath.Actor{}, spec)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// notification adds a message to a receiver.
func (b *bundle) notification(t *testing.T, v towpath.Receiver) (n towpath.Notification) {
	t.Helper()
	n = towpath.Notification{ReceiverID: v.ID, Facts: towpath.NotificationFacts{
		Event: towpath.NotifyFailed, Project: "Größe <b>*x*", Environment: "prod", RolloutID: "r",
		Commit: "0123456789abcdef", Message: "Add & remove", Author: "Ada", Files: []string{"a_b.sql"},
		Databases: []string{"order"}, MoreDatabases: 3,
	}}
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.CreateNotification(ctx, &n) })
	return n
}

func (b *bundle) read(t *testing.T, id string) (n towpath.Notification) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) (err error) {
		n, err = tx.Notification(t.Context(), id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSend_waitsForAReceiverThatIsDownForAnHour(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.down = true
	n := b.notification(t, b.receiver(t, towpath.ReceiverWebhook))
	for began := b.now; ; {
		b.down = b.now.Sub(began) < time.Hour
		again, err := b.Send(t.Context(), n.ID)
		if err != nil {
			t.Fatal(err)
		}
		if again == nil {
			break
		}
		b.now = *again
	}
	if n = b.read(t, n.ID); n.State != towpath.RequestDelivered || n.Attempts < 5 || len(b.sent) != 1 {
		t.Fatalf("%s after %d attempts, %d arrived", n.State, n.Attempts, len(b.sent))
	}
	if got := (<-b.sent).Header.Get("Towpath-Delivery"); got != n.ID {
		t.Errorf("the id is %q, want %q", got, n.ID)
	}
	if again, err := b.Send(t.Context(), n.ID); again != nil || err != nil || len(b.sent) != 0 {
		t.Errorf("sent again: %v, %v", again, err)
	}
}

func TestSend_waitsForTheAnswerWhileTheServerStops(t *testing.T) {
	t.Parallel()
	b := setup(t)
	n := b.notification(t, b.receiver(t, towpath.ReceiverWebhook))
	ctx, stop := context.WithCancel(t.Context())
	b.taken = stop
	if again, err := b.Send(ctx, n.ID); again != nil || err != nil {
		t.Fatal(again, err)
	}
	if n = b.read(t, n.ID); n.State != towpath.RequestDelivered {
		t.Errorf("the message is %s: it is sent again after the stop", n.State)
	}
}

func TestSend_writesForEachKindOfChat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for kind, wants := range map[towpath.ReceiverKind][]string{
		towpath.ReceiverWebhook: {`"event":"change.failed"`, `"moreDatabases":3`, `"url":"http://localhost/rollouts/r"`},
		towpath.ReceiverSlack: {
			`"text":"*Größe &lt;b&gt;*x*: 1 file failed in prod*`, `Add &amp; remove`, "<http://localhost/rollouts/r|",
		},
		towpath.ReceiverTeams: {`application/vnd.microsoft.card.adaptive`, `Größe <b\\>\\*x\\*: 1 file`, `a\\_b.sql`},
	} {
		n := b.notification(t, b.receiver(t, kind))
		if _, err := b.Send(t.Context(), n.ID); err != nil {
			t.Fatal(err)
		}
		<-b.sent
		body := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(<-b.body)
		for _, want := range wants {
			if !strings.Contains(body, want) || !json.Valid([]byte(body)) {
				t.Errorf("%s lacks %s:\n%s", kind, want, body)
			}
		}
	}
}

func TestReceiver_neverShowsItsAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.receiver(t, towpath.ReceiverSlack)
	if strings.Contains(fmt.Sprintf("%+q", v), "a-secret-path") {
		t.Errorf("the receiver holds its address in plain text")
	}
	_, err := b.Add(t.Context(), towpath.Actor{}, notify.Spec{
		Name: v.Name, Kind: v.Kind, URL: b.url, Events: v.Events,
	})
	if towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("a second receiver of the name: %v", err)
	}
}

func TestAdd_namesTheFieldThatIsWrong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := notify.Spec{
		Name: "x", Kind: towpath.ReceiverWebhook, URL: b.url, Secret: "0123456789abcdef",
		Events: towpath.NotificationEvents(),
	}
	for field, spoil := range map[string]func(*notify.Spec){
		"name":          func(s *notify.Spec) { s.Name = " " },
		"kind":          func(s *notify.Spec) { s.Kind = "pager" },
		"url":           func(s *notify.Spec) { s.URL = "ftp://example.com" },
		"secret":        func(s *notify.Spec) { s.Secret = "short" },
		"events":        func(s *notify.Spec) { s.Events = []towpath.NotificationEvent{"größe"} },
		"projectId":     func(s *notify.Spec) { s.ProjectID = "gone" },
		"environmentId": func(s *notify.Spec) { s.EnvironmentID = "gone" },
		"addresses": func(s *notify.Spec) {
			s.Kind, s.Addresses = towpath.ReceiverMail, []string{"a@b.example\r\nBcc: c@d.example"}
		},
	} {
		spec := good
		spoil(&spec)
		b.Mailer = post{}
		_, err := b.Add(t.Context(), towpath.Actor{}, spec)
		if err == nil || !strings.HasPrefix(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// post is a Mailer that takes everything.
type post struct{}

func (post) Mail(context.Context, notify.Mail) (towpath.Reason, error) { return towpath.Reason{}, nil }

func TestSMTP_sendsOverARealConnection(t *testing.T) {
	t.Parallel()
	b := setup(t)
	address, mails := postOffice(t)
	smtp, err := notify.NewSMTP("smtp://"+address, "Towpath <towpath@example.com>")
	if err != nil {
		t.Fatal(err)
	}
	b.Mailer = smtp
	n := b.notification(t, b.receiver(t, towpath.ReceiverMail))
	if _, err := b.Send(t.Context(), n.ID); err != nil {
		t.Fatal(err)
	}
	if n = b.read(t, n.ID); n.State != towpath.RequestDelivered {
		t.Fatalf("%s: %+v", n.State, n.Reason)
	}
	text := <-mails
	for _, want := range []string{"<dba@example.com>", "Message-ID: <" + n.ID + "@", "/rollouts/r", "Auto-Submitted:"} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail lacks %q:\n%s", want, text)
		}
	}
	for _, wrong := range [][2]string{
		{"http://localhost", "a@example.com"}, {"smtp://", "a@example.com"}, {"smtp://localhost", "nobody"},
	} {
		if _, err := notify.NewSMTP(wrong[0], wrong[1]); err == nil {
			t.Errorf("%v is taken", wrong)
		}
	}
}

// postOffice starts an SMTP server that takes every mail, as RFC 5321 says, without TLS.
func postOffice(t *testing.T) (address string, mails chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	mails = make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go takeMail(c, mails)
		}
	}()
	return l.Addr().String(), mails
}

func takeMail(c net.Conn, mails chan<- string) {
	defer func() { _ = c.Close() }()
	lines := bufio.NewScanner(c)
	say := func(text string) { fmt.Fprintf(c, "%s\r\n", text) }
	say("220 post.example.com")
	for lines.Scan() {
		switch verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " "); verb {
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for lines.Scan() && lines.Text() != "." {
				text.WriteString(lines.Text() + "\n")
			}
			mails <- text.String()
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}
