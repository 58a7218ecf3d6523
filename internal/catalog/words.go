package catalog

import (
	"context"
	"errors"

	"towpath"
	"towpath/internal/engine"
)

// words are what a person reads of an error of a target, without the password that we used.
func words(err error, password string) string {
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
