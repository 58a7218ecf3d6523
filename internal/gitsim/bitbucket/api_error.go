package bitbucket

import (
	"errors"
	"net/http"
	"slices"
)

// apiError is an error answer of the API.
type apiError struct {
	status  int
	message string
	detail  any // a string, or {required, granted}
	fields  any // field → messages, or a list of fields
	data    obj
	plain   bool // as plain text
	service bool // as {code, message}, like the services behind Code Insights
}

func (e apiError) Error() string { return e.message }

func notFound(message string) error { return apiError{status: http.StatusNotFound, message: message} }

func badRequest(message string, fields any) error {
	return apiError{status: http.StatusBadRequest, message: message, fields: fields}
}

func scopeError(granted []string, required ...string) error {
	return apiError{
		status: http.StatusForbidden, message: "Your credentials lack one or more required privilege scopes.",
		detail: obj{"required": required, "granted": slices.Clone(granted)},
	}
}

// gone answers the lists across workspaces that were removed in April 2026.
func gone(change string) func(api, *call) error {
	return func(api, *call) error {
		return apiError{
			status: http.StatusGone,
			message: change + " - This functionality has been deprecated and removed. List workspaces with " +
				"/2.0/user/workspaces and go on per workspace.",
			data: obj{"announcement_url": "https://developer.atlassian.com/cloud/bitbucket/changelog/#" +
				change},
		}
	}
}

func (s api) answerError(w http.ResponseWriter, err error) {
	e, ok := errors.AsType[apiError](err)
	if !ok {
		s.opts.Logger.Error("answer an API request", "error", err)
		e = apiError{status: http.StatusInternalServerError, message: "Something went wrong"}
	}
	if e.status == http.StatusTooManyRequests {
		s.answerFault(w, e.status)
		return
	}
	s.writeError(w, e)
}

// writeError writes an error in the shape that Faults.ErrorBody asks for; clients must be ready for
// each of them.
func (s api) writeError(w http.ResponseWriter, e apiError) {
	inner := obj{"message": e.message}
	body := obj{"type": "error", "error": inner}
	if e.detail != nil {
		inner["detail"] = e.detail
	}
	if e.fields != nil {
		inner["fields"] = e.fields
	}
	if e.data != nil {
		inner["data"] = e.data
	}
	shape := s.faults.Current().ErrorBody
	if e.plain {
		shape = "plain"
	}
	if e.service && shape == "" {
		shape = "code-message"
	}
	switch shape {
	case "plain":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(e.status)
		_, _ = w.Write([]byte(e.message))
		return
	case "html":
		htmlError(w, e.status)
		return
	case "detail-object":
		inner["detail"] = obj{"required": []string{"repository"}, "granted": []string{}}
	case "fields-array":
		inner["fields"] = []string{e.message}
	case "no-type":
		delete(body, "type")
	case "code-message":
		body = obj{"code": e.status, "message": e.message}
	}
	writeJSON(w, e.status, body)
}

// answerFault answers as gateways do: 503 as a page, 429 as text, and the rest as the API itself.
func (s api) answerFault(w http.ResponseWriter, status int) {
	switch status {
	case http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusGatewayTimeout:
		htmlError(w, status)
	case http.StatusTooManyRequests:
		if after := s.faults.Current().RetryAfter; after != "" {
			w.Header().Set("Retry-After", after)
		}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("Rate limit for this resource has been exceeded"))
	default:
		s.writeError(w, apiError{
			status: status, message: "Something went wrong",
			detail: "This error was asked for by a fault.",
		})
	}
}
