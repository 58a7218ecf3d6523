package catalog

import (
	"context"
	"errors"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/wording"
)

// reasonOf returns an error of a target as a reason for people, with the password redacted.
func reasonOf(err error, password string) towpath.Reason {
	if errors.Is(err, context.DeadlineExceeded) {
		return towpath.Why(towpath.ReasonNoAnswer)
	}
	return engine.ReasonOf(err, password)
}

// unavailable makes an error of a target fit for people, with the password redacted.
func unavailable(err error, password string) error {
	reason := reasonOf(err, password)
	return &towpath.Error{Code: towpath.CodeUnavailable, Message: wording.Text(reason), Reason: reason}
}
