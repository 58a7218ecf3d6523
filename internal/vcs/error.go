package vcs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"towpath"
)

// Kind classifies an Error by what a caller can do about it.
type Kind string

const (
	Unauthorized Kind = "unauthorized" // the grant or the signature is invalid; a person must act
	Forbidden    Kind = "forbidden"    // a permission or a right in the repository is missing
	NotFound     Kind = "not-found"    // missing, or not visible; or not visible yet right after a push
	Gone         Kind = "gone"         // the provider has removed this part of its API
	Conflict     Kind = "conflict"     // it changed in the meantime
	RateLimited  Kind = "rate-limited" // wait until RetryAt
	Unavailable  Kind = "unavailable"  // no answer, a 5xx, or an answer that is not the provider's; try again
	Rejected     Kind = "rejected"     // the request itself is wrong
)

// Reason is a stable code of a cause with its own sentence for people.
type Reason string

const (
	ReasonCredentials Reason = "wrong_credentials" // key or secret is wrong
	// key and secret are in each other's field
	ReasonSwapped    Reason = "swapped_credentials"
	ReasonNoCallback Reason = "no_callback" // the consumer has no callback URL
	ReasonNotPrivate Reason = "not_private" // the consumer is not marked private
	// the code was used, has expired, or the redirect address differs
	ReasonCode        Reason = "invalid_code"
	ReasonScope       Reason = "missing_scope"   // Needs lists the missing ones
	ReasonUnreachable Reason = "private_address" // the provider cannot reach our address
)

// Error is a failure at a provider.
type Error struct {
	Kind    Kind
	Reason  Reason // "" when Kind is all that is known
	Op      string // what was tried: "list branches"
	Status  int    // of HTTP; 0 when there was no answer
	Message string // the provider's own words, clipped and cleaned of markup
	Needs   []string
	// Because is what this side knows of the cause, which says more than Kind; it may be none.
	Because towpath.Reason
	RetryAt time.Time // of RateLimited, and of a refusal that is retried once
	TraceID string    // the provider's id of the request, for its support
	Err     error
}

// Error implements error.
func (e *Error) Error() string {
	s := e.Op + ": " + string(e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Known is the error as a reason: what this side knows of it, or its kind with the provider's own
// words.
func (e *Error) Known() towpath.Reason {
	if !e.Because.IsZero() {
		return e.Because
	}
	var says towpath.Reason
	if e.Message != "" {
		says = towpath.Why(towpath.ReasonProviderSays, "message", e.Message)
	}
	switch e.Kind {
	case Unauthorized:
		return towpath.Why(towpath.ReasonProviderUnauthorized).From(says)
	case Forbidden:
		if len(e.Needs) > 0 {
			return towpath.Why(towpath.ReasonProviderPermission,
				"permissions", strings.Join(e.Needs, ", ")).From(says)
		}
		return towpath.Why(towpath.ReasonProviderRefused).From(says)
	case NotFound:
		return towpath.Why(towpath.ReasonProviderNotFound).From(says)
	case RateLimited:
		if !e.RetryAt.IsZero() {
			return towpath.Why(towpath.ReasonProviderLimitedUntil,
				"until", e.RetryAt.UTC().Format(time.RFC3339)).From(says)
		}
		return towpath.Why(towpath.ReasonProviderLimited).From(says)
	case Gone:
		return towpath.Why(towpath.ReasonProviderChanged).From(says)
	case Conflict, Rejected:
		return towpath.Why(towpath.ReasonProviderRefused).From(says)
	}
	return towpath.Why(towpath.ReasonProviderUnavailable)
}

// ReasonOf is the reason of the first Error in err's chain; none when there is none.
func ReasonOf(err error) towpath.Reason {
	var e *Error
	if errors.As(err, &e) {
		return e.Known()
	}
	return towpath.Reason{}
}

// RetryAt returns when a provider that limits us, or has refused once, may be asked again; nil when
// it says nothing of it.
func RetryAt(err error) *time.Time {
	var e *Error
	if errors.As(err, &e) && !e.RetryAt.IsZero() {
		return &e.RetryAt
	}
	return nil
}

// KindOf returns the kind of the first Error in err's chain, "" when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// Displaced reports whether a refusal may mean that the repository has moved: another repository
// with its old name may hide its content.
func Displaced(err error) bool {
	switch KindOf(err) {
	case NotFound, Forbidden, Unauthorized:
		return true
	}
	var e *Error
	return errors.As(err, &e) && e.Status/100 == 3
}
