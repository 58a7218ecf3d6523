package main

import (
	"towpath/internal/notify"
	"towpath/internal/secret"
	"towpath/internal/vcs"
)

// notifier returns the room that sends notifications. It sends mail when the settings, which complete
// has checked, name an SMTP server.
func (c *serveCommand) notifier(s *server, keyring *secret.Keyring) *notify.Service {
	trial := vcs.LoopbackURL(c.ExternalURL)
	n := &notify.Service{
		Store: s.store, Keyring: keyring, ExternalURL: c.ExternalURL, Client: vcs.GuardedClient(trial), Trial: trial,
	}
	if smtp, err := notify.NewSMTP(c.SMTPURL, c.SMTPFrom); err == nil {
		n.Mailer = smtp
	}
	return n
}
