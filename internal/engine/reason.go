package engine

import (
	"errors"

	"towpath"
	"towpath/internal/statement"
)

// ReasonOf returns an error of a target as a reason for people: in the database's own words if there
// are any. The password is redacted.
func ReasonOf(err error, password string) towpath.Reason {
	var e *Error
	var known *towpath.Error
	var script *statement.Error
	switch {
	case errors.As(err, &e):
		return redacted(e.Known(), password)
	case errors.As(err, &known):
		return redacted(towpath.ReasonOf(known), password)
	case errors.As(err, &script):
		return redacted(towpath.Why(towpath.ReasonScriptRefused, "message", script.Message), password)
	}
	return redacted(towpath.Why(towpath.ReasonError, "text", towpath.Clip(err.Error())), password)
}

// redacted removes the password from all params of a reason.
func redacted(r towpath.Reason, password string) towpath.Reason {
	params := make(map[string]string, len(r.Params))
	for name, value := range r.Params {
		params[name] = towpath.Redact(value, password)
	}
	causes := make([]towpath.Reason, 0, len(r.Causes))
	for _, cause := range r.Causes {
		causes = append(causes, redacted(cause, password))
	}
	return towpath.Reason{Code: r.Code, Params: params}.From(causes...)
}
