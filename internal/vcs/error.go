package vcs

import (
	"errors"
	"fmt"
	"time"
)

// Kind tells what a caller can do about an Error.
type Kind string

const (
	Unauthorized Kind = "unauthorized" // the grant or the signature is no good; a person must act
	Forbidden    Kind = "forbidden"    // a permission or a right in the repository is missing
	NotFound     Kind = "not-found"    // not there, or not visible; or not there yet right after a push
	Gone         Kind = "gone"         // the provider has removed this part of its API
	Conflict     Kind = "conflict"     // it changed in the meantime
	RateLimited  Kind = "rate-limited" // wait until RetryAt
	Unavailable  Kind = "unavailable"  // no answer, a 5xx, or not the provider's kind of answer; try again
	Rejected     Kind = "rejected"     // the request itself is wrong
)

// Reason is a stable word for a cause that people get their own sentence for.
type Reason string

const (
	ReasonCredentials Reason = "wrong_credentials" // key or secret is wrong
	// the key is in the field of the secret, and the secret in that of the key
	ReasonSwapped    Reason = "swapped_credentials"
	ReasonNoCallback Reason = "no_callback" // the consumer has no callback URL
	ReasonNotPrivate Reason = "not_private" // the consumer is not marked private
	// the code was used, has expired, or the redirect address differs
	ReasonCode        Reason = "invalid_code"
	ReasonScope       Reason = "missing_scope"   // Needs says which
	ReasonUnreachable Reason = "private_address" // the provider cannot reach our address
)

// Error is what went wrong at a provider.
type Error struct {
	Kind    Kind
	Reason  Reason // "" when there is nothing more exact than Kind
	Op      string // what was tried: "list branches"
	Status  int    // of HTTP; 0 when there was no answer
	Message string // the provider's own words, clipped and cleaned of markup
	Needs   []string
	RetryAt time.Time // of RateLimited, and of a refusal that is tried once more
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

// KindOf returns the kind of the first Error in err's chain, "" when there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}
