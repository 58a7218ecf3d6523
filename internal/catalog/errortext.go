package catalog

import (
	"context"
	"errors"

	"towpath"
	"towpath/internal/engine"
)

// errorText returns an error of a target as a message for people, with the password redacted.
func errorText(err error, password string) string {
	var text string
	var known *towpath.Error
	var e *engine.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		text = "The database did not answer in time."
	case errors.As(err, &known):
		text = known.Message
	case errors.As(err, &e):
		text = e.Message
	default:
		text = err.Error()
	}
	return towpath.Redact(text, password)
}
