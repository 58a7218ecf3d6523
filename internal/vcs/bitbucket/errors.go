package bitbucket

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"towpath"

	"towpath/internal/vcs"
)

const (
	maxErrorBody    = 64 << 10
	maxErrorMessage = 400 // runes
	statusTimedOut  = 555 // Bitbucket's own: its answer took too long
	headerTraceID   = "X-B3-TraceId"
	headerRequestID = "X-Request-Id"
)

// responseError converts an answer that is not a success. It closes the body.
func responseError(op string, resp *http.Response) *vcs.Error {
	defer resp.Body.Close()
	// A partly read body is enough: the status alone decides the kind.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	e := &vcs.Error{
		Kind: vcs.KindOfStatus(resp.StatusCode), Op: op, Status: resp.StatusCode,
		TraceID: towpath.ClipRunes(orElse(resp.Header.Get(headerTraceID), resp.Header.Get(headerRequestID)),
			100),
	}
	if location, err := resp.Location(); err == nil && resp.StatusCode < 400 {
		e.Message = "redirected to " + towpath.ClipRunes(location.Host, maxErrorMessage)
		return e
	}
	detail := readErrorBody(body)
	e.Message = detail.message
	if len(detail.required) > 0 && (e.Kind == vcs.Forbidden || e.Kind == vcs.Rejected) {
		e.Kind, e.Reason = vcs.Forbidden, vcs.ReasonScope
		e.Needs = neededLabels(detail.required, detail.granted)
	}
	return e
}

// errorDetail is the content of an error body, whatever its shape.
type errorDetail struct {
	message           string
	required, granted []string // scopes, of a 403
}

// readErrorBody reads the known shapes: {"error":{message, detail, fields}} with detail a string or
// an object and fields a map or a list, {"error":"word","error_description":…}, {"code","message"},
// plain text and HTML. It never fails.
func readErrorBody(body []byte) errorDetail {
	var outer struct {
		Error       json.RawMessage `json:"error"`
		Message     json.RawMessage `json:"message"`
		Description json.RawMessage `json:"error_description"`
	}
	if json.Unmarshal(body, &outer) != nil {
		return errorDetail{message: vcs.CleanText(string(body), maxErrorMessage)}
	}
	var inner struct {
		Message json.RawMessage `json:"message"`
		Detail  json.RawMessage `json:"detail"`
		Fields  json.RawMessage `json:"fields"`
	}
	var scopes struct {
		Required []string `json:"required"`
		Granted  []string `json:"granted"`
	}
	var parts []string
	if json.Unmarshal(outer.Error, &inner) == nil {
		parts = append(parts, texts("", inner.Message)...)
		if json.Unmarshal(inner.Detail, &scopes) != nil || len(scopes.Required) == 0 {
			parts = append(parts, texts("", inner.Detail)...)
		}
		parts = append(parts, texts("", inner.Fields)...)
	} else {
		parts = append(parts, texts("", outer.Error)...)
	}
	parts = append(parts, texts("", outer.Description)...)
	parts = append(parts, texts("", outer.Message)...)
	if len(parts) == 0 {
		parts = []string{string(body)}
	}
	return errorDetail{
		message:  vcs.CleanText(strings.Join(parts, "; "), maxErrorMessage),
		required: scopes.Required, granted: scopes.Granted,
	}
}

// texts collects the strings of any JSON value, those of an object with their keys.
func texts(label string, raw json.RawMessage) []string {
	var value any
	if len(bytes.TrimSpace(raw)) == 0 || json.Unmarshal(raw, &value) != nil {
		return nil
	}
	return flatten(label, value)
}

func flatten(label string, value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case map[string]any:
		var out []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out = append(out, flatten(key, v[key])...)
		}
		return out
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, flatten(label, item)...)
		}
		return out
	}
	text := fmt.Sprint(value)
	if label != "" {
		text = label + ": " + text
	}
	return []string{text}
}
