package notify_test

import (
	"context"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/auth"
	"towpath/internal/notify"
	"towpath/internal/store"
)

// host makes an owner with an unlucky name, on a server that sends mail.
func (b *bundle) host(t *testing.T) (*auth.Service, towpath.Actor) {
	t.Helper()
	a := &auth.Service{Store: b.Store, Keyring: b.Keyring, Mails: true}
	m, _, err := a.SignUpFirstOwner(t.Context(), a.SetupToken(), "ada@example.com", "Äda <b>&\"x", "a long password")
	if err != nil {
		t.Fatal(err)
	}
	return a, towpath.Actor{Member: m, SessionID: "s"}
}

// outgoing returns the mail of a member's open invitation.
func (b *bundle) outgoing(t *testing.T, member towpath.Member) (m towpath.InvitationMail) {
	t.Helper()
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		all, err := tx.InvitationMails(t.Context())
		m = all[member.ID]
		return err
	})
	if err != nil || m.ID == "" {
		t.Fatalf("no mail to %s: %v", member.Email, err)
	}
	return m
}

// parts returns the subject of a mail, and its texts by their types.
func parts(t *testing.T, text string) (subject string, found map[string]string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	found = map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return subject, found
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		found[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

func TestInvite_sendsALinkThatWorksOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	address, mails := postOffice(t)
	smtp, err := notify.NewSMTP("smtp://"+address, "towpath@example.com")
	if err != nil {
		t.Fatal(err)
	}
	b.Mailer = smtp
	a, ada := b.host(t)
	ben, err := a.InviteByMail(t.Context(), ada, "ben@example.com", "Ben", towpath.RoleDBA)
	if err != nil {
		t.Fatal(err)
	}
	waits := b.outgoing(t, ben)
	if strings.Contains(string(waits.EncryptedSecret), "invitation") || len(waits.EncryptedSecret) == 0 {
		t.Fatalf("the secret waits as %q", waits.EncryptedSecret)
	}
	if again, err := b.Invite(t.Context(), waits.ID); again != nil || err != nil {
		t.Fatal(again, err)
	}
	subject, texts := parts(t, <-mails)
	if subject != `Äda <b>&"x invites you to Towpath` {
		t.Errorf("the subject is %q", subject)
	}
	if page := texts["text/html"]; !strings.Contains(page, "Äda &lt;b&gt;&amp;") || strings.Contains(page, "<b>") {
		t.Errorf("the page takes a name for markup:\n%s", page)
	}
	for _, want := range []string{"You join the workspace at localhost as a DBA.", "works once, until "} {
		if !strings.Contains(texts["text/plain"], want) {
			t.Errorf("the mail lacks %q:\n%s", want, texts["text/plain"])
		}
	}
	link := regexp.MustCompile(`http://localhost/invitation#(\S+)`).FindStringSubmatch(texts["text/plain"])
	if link == nil || !strings.Contains(texts["text/html"], `href="`+link[0]+`"`) {
		t.Fatalf("the mail has no link:\n%v", texts)
	}
	if sent := b.outgoing(t, ben); sent.State != towpath.RequestDelivered || sent.EncryptedSecret != nil {
		t.Errorf("after the delivery the mail is %s, the secret %d bytes", sent.State, len(sent.EncryptedSecret))
	}
	if _, err := b.Invite(t.Context(), waits.ID); err != nil || len(mails) != 0 {
		t.Errorf("sent twice: %v", err)
	}
	if _, _, err := a.AcceptInvitation(t.Context(), link[1], "another long password"); err != nil {
		t.Fatal(err)
	}
	_, _, err = a.AcceptInvitation(t.Context(), link[1], "another long password")
	if towpath.ErrorCode(err) != towpath.CodeNotFound {
		t.Errorf("the link works twice: %v", err)
	}
}

func TestInvite_sendsTheSameLinkUntilItIsTakenOrReplaced(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a, ada := b.host(t)
	post := &lostAnswers{}
	b.Mailer = post
	ben, err := a.InviteByMail(t.Context(), ada, "ben@example.com", "", towpath.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	first := b.outgoing(t, ben)
	for range 2 { // the answer to the first one was lost
		again, err := b.Invite(t.Context(), first.ID)
		if again == nil || err != nil {
			t.Fatal(again, err)
		}
	}
	if len(post.mails) != 2 || post.mails[0].Text != post.mails[1].Text || post.mails[0].ID != post.mails[1].ID {
		t.Fatalf("the second mail differs:\n%+v", post.mails)
	}
	if m := b.outgoing(t, ben); m.State != towpath.RequestPending || m.Reason.Code != towpath.ReasonMailNotTaken {
		t.Errorf("the mail is %s, %v", m.State, m.Reason)
	}
	if _, err := a.InviteAgainByMail(t.Context(), ada, ben.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Invite(t.Context(), first.ID); err != nil || len(post.mails) != 2 {
		t.Errorf("the replaced link was sent: %v", err)
	}
	for id := b.outgoing(t, ben).ID; ; {
		again, err := b.Invite(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if again == nil {
			break
		}
		b.now = *again
	}
	if m := b.outgoing(t, ben); m.State != towpath.RequestFailed || m.EncryptedSecret != nil {
		t.Errorf("in the end the mail is %s, the secret %d bytes", m.State, len(m.EncryptedSecret))
	}
}

func TestInvite_sendsNothingThatIsOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a, ada := b.host(t)
	post := &lostAnswers{}
	b.Mailer = post
	ben, err := a.InviteByMail(t.Context(), ada, "ben@example.com", "", towpath.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	id := b.outgoing(t, ben).ID
	b.now = b.now.Add(auth.InvitationTTL)
	if again, err := b.Invite(t.Context(), id); again != nil || err != nil || len(post.mails) != 0 {
		t.Errorf("%d mails, again at %v, %v", len(post.mails), again, err)
	}
	a.Mails = false
	_, err = a.InviteAgainByMail(t.Context(), ada, ben.ID)
	if err == nil || !strings.HasPrefix(err.Error(), "byEmail: ") {
		t.Errorf("without a mail server: %v", err)
	}
}

// lostAnswers is a mail server whose answers do not arrive.
type lostAnswers struct{ mails []notify.Mail }

func (p *lostAnswers) Mail(_ context.Context, m notify.Mail) (towpath.Reason, error) {
	p.mails = append(p.mails, m)
	return towpath.Why(towpath.ReasonMailNotTaken, "text", "the connection was lost"), nil
}
