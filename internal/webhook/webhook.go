// Package webhook asks for approvals outside of Towpath: it sends signed messages to the receivers of
// environments.
package webhook

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

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
}

// timeout bounds one attempt.
const timeout = 10 * time.Second

// Bounds of a secret, in bytes.
const (
	minSecret = 16
	maxSecret = 200
)

// Hook reads where an environment asks for approvals, and the newest request that was sent there.
// CodeNotFound when it asks nowhere. The last request is zero when none was sent.
func (s *Service) Hook(
	ctx context.Context, environmentID string,
) (h towpath.ApprovalHook, last towpath.ApprovalRequest, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if h, err = tx.ApprovalHook(ctx, environmentID); err != nil {
			return err
		}
		last, err = tx.LastApprovalRequest(ctx, environmentID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		return err
	})
	return h, last, err
}

// Set sets where an environment asks for approvals. An empty secret keeps the one that is there. What
// waits already is asked there too. CodeInvalid when the address or the secret does not fit.
func (s *Service) Set(
	ctx context.Context, actor towpath.Actor, environmentID, address, key string,
) error {
	h := towpath.ApprovalHook{EnvironmentID: environmentID, URL: strings.TrimSpace(address)}
	if err := ValidateURL(h.URL, s.Trial); err != nil {
		return err
	}
	if key != "" && (len(key) < minSecret || len(key) > maxSecret) {
		return towpath.Invalid("secret", "Use %d to %d characters, such as the output of openssl rand -hex 32.",
			minSecret, maxSecret)
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := tx.Environment(ctx, environmentID)
		if err != nil {
			return err
		}
		before, err := tx.ApprovalHook(ctx, environmentID)
		if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		h.CreatedAt, h.EncryptedSecret = before.CreatedAt, before.EncryptedSecret
		if key != "" {
			h.EncryptedSecret = s.Keyring.Encrypt([]byte(key), row(environmentID))
		}
		if len(h.EncryptedSecret) == 0 {
			return towpath.Invalid("secret", "Enter a secret, by which the receiver knows that Towpath sends.")
		}
		if err := tx.PutApprovalHook(ctx, h); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActApprovalHook, e.ID, "", "environment", e.Name).
			With(towpath.Changed("url", before.URL, h.URL), towpath.ChangedSecret("secret", key != "")))
		return tx.WakeRollouts(ctx)
	})
}

// maxURL bounds the address of a receiver, in bytes.
const maxURL = 2000

// ValidateURL checks the address of a receiver. http is only for a trial, in which nobody reaches this
// server from another machine.
func ValidateURL(address string, trial bool) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || len(address) > maxURL:
		return towpath.Invalid("url", "Enter an address such as https://approvals.example.com/towpath.")
	case u.Scheme != "https" && (u.Scheme != "http" || !trial):
		return towpath.Invalid("url",
			"Use an address that begins with https://, so that nobody on the way reads it.")
	case u.User != nil || u.Fragment != "":
		return towpath.Invalid("url",
			"Leave out user, password and the part after #. The signature proves who sends.")
	}
	return nil
}

// row binds an encrypted secret to its environment.
func row(environmentID string) string { return "approval-hook/" + environmentID + "/secret" }

// Remove stops asking for approvals of an environment outside. It is no error when none is asked.
func (s *Service) Remove(ctx context.Context, actor towpath.Actor, environmentID string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := tx.Environment(ctx, environmentID)
		if err != nil {
			return err
		}
		before, err := tx.ApprovalHook(ctx, environmentID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteApprovalHook(ctx, environmentID); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActApprovalHookRemove, e.ID, "", "environment", e.Name).
			With(towpath.Changed("url", before.URL, "")))
		return nil
	})
}
