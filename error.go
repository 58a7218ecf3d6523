package towpath

import (
	"errors"
	"fmt"
)

// Code classifies an Error; internal/api maps each code to one HTTP status.
type Code string

const (
	CodeInvalid      Code = "invalid"      // the request is invalid; Field names where
	CodeUnauthorized Code = "unauthorized" // nobody is signed in, or the credentials are wrong
	CodeForbidden    Code = "forbidden"    // signed in, but the role does not allow it
	CodeNotFound     Code = "not_found"    // no such thing, or not for this person
	CodeConflict     Code = "conflict"     // the current state forbids it
	CodeTooLarge     Code = "too_large"    // over a documented limit
	CodeTooMany      Code = "too_many"     // throttled; try again later
	CodeUnavailable  Code = "unavailable"  // the remote side does not answer; try again later
	CodeInternal     Code = "internal"     // a bug or fault of the server; its text is only logged
)

// Error is an error that a user can act on: Message says what is wrong and what to do about it. Any
// other error is internal, and its text never leaves the server.
type Error struct {
	Code    Code
	Message string
	Field   string // the invalid input, by its name in the API; "" when there is none
	Reason  Reason // the same as Message, where it is kept; zero when Message is all there is
}

// Error implements error.
func (e *Error) Error() string {
	if e.Field != "" {
		return fmt.Sprintf("%s: %s", e.Field, e.Message)
	}
	return e.Message
}

// Errorf makes an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid makes an Error about one field of the input.
func Invalid(field, format string, args ...any) *Error {
	return &Error{Code: CodeInvalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// ErrorCode returns the code of the first Error in err's chain, CodeInternal for any other error
// and "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// ReasonOf returns an error as a reason that a user may see: that of the first Error in err's chain,
// or a general one. It is zero for nil.
func ReasonOf(err error) Reason {
	var e *Error
	switch {
	case err == nil:
		return Reason{}
	case !errors.As(err, &e):
		return Why(ReasonInternal)
	case e.Reason.IsZero():
		return Why(ReasonError, "text", e.Message)
	}
	return e.Reason
}

// ErrorMessage returns the text that a user may see: the message of the first Error in err's chain,
// or a general sentence.
func ErrorMessage(err error) string {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "Something went wrong on the server. The log has the details under this request's id."
}
