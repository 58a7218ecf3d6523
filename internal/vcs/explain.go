package vcs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"towpath"
)

// Explain converts an Error into an error for people; other errors pass unchanged.
func Explain(err error, doing string) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	code, text := towpath.CodeUnavailable, ""
	switch e.Kind {
	case Unauthorized:
		code, text = towpath.CodeConflict, "The provider no longer accepts our access. Connect your "+
			"account again."
	case Forbidden:
		code, text = towpath.CodeConflict, "The provider refuses it."
		if len(e.Needs) > 0 {
			text = "The permission " + strings.Join(e.Needs, ", ") +
				" is missing. Tick it at the OAuth consumer, then connect your account again."
		}
	case NotFound:
		code, text = towpath.CodeNotFound, "The provider says that it is not there, or that your account "+
			"may not see it."
	case RateLimited:
		text = "The provider's rate limit is used up."
		if !e.RetryAt.IsZero() {
			text += " It can go on at " + e.RetryAt.UTC().Format("15:04 MST") + "."
		}
	case Gone:
		text = "The provider has removed the part of its API that this needs. Look for a newer version of " +
			"Towpath."
	case Conflict, Rejected:
		code, text = towpath.CodeConflict, "The provider refuses it."
	default:
		text = "The provider does not answer as it should. Try again in a minute."
	}
	if e.Message != "" && e.Kind != Unavailable {
		text += " It says: " + e.Message
	}
	return fmt.Errorf("%s: %w", doing, errors.Join(&towpath.Error{Code: code, Message: text}, err))
}

// RetryAt returns the time of the next try after a rate limit or a first refusal; nil when the
// error has none.
func RetryAt(err error) *time.Time {
	var e *Error
	if errors.As(err, &e) && !e.RetryAt.IsZero() {
		return &e.RetryAt
	}
	return nil
}
