// Package notify tells receivers about what needs people, and about what is done. A state is told once
// for as long as it lasts, and a message is kept until its receiver has taken it.
package notify

import (
	"context"
	"net/http"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// Service keeps receivers and sends to them. It is safe for concurrent use.
type Service struct {
	Store       *store.Store
	Keyring     *secret.Keyring
	ExternalURL string       // of this server; no trailing slash
	Client      *http.Client // which guards the addresses that it connects to
	Trial       bool         // this server is on a loopback address, so that receivers may use http
	Mailer      Mailer       // nil when the settings name no SMTP server
}

// Mailer sends one mail. failed says why the mail server has not taken it; err is that of ctx.
type Mailer interface {
	Mail(ctx context.Context, m Mail) (failed towpath.Reason, err error)
}

// Mail is a mail with the same words as plain text and as HTML.
type Mail struct {
	ID      string // of the message; it stays when it is sent again
	To      []string
	Subject string
	Text    string
	HTML    string
}
