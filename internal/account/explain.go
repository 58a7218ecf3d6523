package account

import (
	"errors"
	"fmt"

	"towpath"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

// Explain turns a provider's error into one that people can act on. Others pass unchanged.
func Explain(err error, doing string) error {
	var e *vcs.Error
	if !errors.As(err, &e) {
		return err
	}
	code := towpath.CodeUnavailable
	switch e.Kind {
	case vcs.Unauthorized, vcs.Forbidden, vcs.Conflict, vcs.Rejected:
		code = towpath.CodeConflict
	case vcs.NotFound:
		code = towpath.CodeNotFound
	}
	reason := e.Known()
	known := &towpath.Error{Code: code, Message: wording.Text(reason), Reason: reason}
	return fmt.Errorf("%s: %w", doing, errors.Join(known, err))
}
