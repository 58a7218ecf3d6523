package notify

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"towpath"
)

// SMTP sends mail by an SMTP server.
type SMTP struct {
	from    string
	host    string
	options []mail.Option
}

// mailTimeout bounds one attempt.
const mailTimeout = 20 * time.Second

// NewSMTP reads the address of an SMTP server, smtp://USER:PASSWORD@HOST:PORT, and that of the sender.
// smtps:// speaks TLS from the start; smtp:// must begin it by STARTTLS, unless the server is on this
// machine. The error says which of both is wrong, and not the password.
func NewSMTP(address, from string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") ||
		u.RawQuery != "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
		return nil, errors.New("give an SMTP server such as smtp://user:password@mail.example.com:587")
	}
	sender, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("the sender %q is no mail address, such as towpath@example.com", from)
	}
	s := &SMTP{from: sender.String(), host: u.Hostname()}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		s.options = append(s.options, mail.WithSSL())
	}
	if text := u.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil {
			return nil, fmt.Errorf("the port %q is no number", text)
		}
	}
	policy := mail.TLSMandatory
	if loopback(u.Hostname()) {
		policy = mail.TLSOpportunistic
	}
	s.options = append(s.options, mail.WithPort(port), mail.WithTLSPolicy(policy), mail.WithTimeout(mailTimeout))
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	if _, err := mail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("the SMTP server: %w", err)
	}
	return s, nil
}

func loopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && address.IsLoopback())
}

// Mail implements Mailer.
func (s *SMTP) Mail(ctx context.Context, m Mail) (failed towpath.Reason, err error) {
	client, err := mail.NewClient(s.host, s.options...)
	if err != nil {
		return failed, fmt.Errorf("make a client of the SMTP server: %w", err)
	}
	message := mail.NewMsg()
	err = errors.Join(message.From(s.from), message.To(m.To...))
	if err != nil {
		return unsent(err), nil
	}
	message.Subject(m.Subject)
	message.SetBodyString(mail.TypeTextPlain, m.Text)
	message.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	message.SetMessageIDWithValue(m.ID + "@" + s.host)
	message.SetDate()
	message.SetGenHeader("Auto-Submitted", "auto-generated") // so that no absence notice answers
	bounded, cancel := context.WithTimeout(ctx, mailTimeout)
	defer cancel()
	if err := client.DialAndSendWithContext(bounded, message); err != nil {
		return unsent(err), ctx.Err()
	}
	return failed, nil
}

// unsent is why the mail server has not taken a mail.
func unsent(err error) towpath.Reason {
	return towpath.Why(towpath.ReasonMailNotTaken, "text", towpath.ClipRunes(err.Error(), 200))
}
