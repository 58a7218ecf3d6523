package bitbucket

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"towpath/internal/vcs"
)

const (
	maxErrorBody    = 64 << 10
	maxErrorMessage = 400 // runes
	statusTimedOut  = 555 // Bitbucket's own: the answer took it too long
	headerTraceID   = "X-B3-TraceId"
	headerRequestID = "X-Request-Id"
)

// responseError reads an answer that is not a success. It closes the body.
func responseError(op string, resp *http.Response) *vcs.Error {
	defer resp.Body.Close()
	// What could be read of the body is enough: the status alone decides the kind.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	e := &vcs.Error{
		Kind: kindOfStatus(resp.StatusCode), Op: op, Status: resp.StatusCode,
		TraceID: clip(orElse(resp.Header.Get(headerTraceID), resp.Header.Get(headerRequestID)), 100),
	}
	if location, err := resp.Location(); err == nil && resp.StatusCode < 400 {
		e.Message = "redirected to " + clip(location.Host, maxErrorMessage)
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

func kindOfStatus(status int) vcs.Kind {
	switch {
	case status == http.StatusUnauthorized:
		return vcs.Unauthorized
	case status == http.StatusForbidden:
		return vcs.Forbidden
	case status == http.StatusNotFound:
		return vcs.NotFound
	case status == http.StatusGone:
		return vcs.Gone
	case status == http.StatusConflict:
		return vcs.Conflict
	case status == http.StatusTooManyRequests:
		return vcs.RateLimited
	case status >= 500, status == http.StatusRequestTimeout:
		return vcs.Unavailable
	}
	return vcs.Rejected
}

// errorDetail is what an error body says, whatever its shape.
type errorDetail struct {
	message           string
	required, granted []string // scopes, of a 403
}

// readErrorBody knows the shapes that were seen: {"error":{message, detail, fields}} with detail a string or an object and fields
// a map or a list, {"error":"word","error_description":…}, {"code","message"}, plain text and HTML. It never fails.
func readErrorBody(body []byte) errorDetail {
	var outer struct {
		Error       json.RawMessage `json:"error"`
		Message     json.RawMessage `json:"message"`
		Description json.RawMessage `json:"error_description"`
	}
	if json.Unmarshal(body, &outer) != nil {
		return errorDetail{message: cleanText(string(body))}
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
	return errorDetail{message: cleanText(strings.Join(parts, "; ")), required: scopes.Required, granted: scopes.Granted}
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

var (
	invisibleMarkup = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<!--.*?-->`)
	pageTitle       = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	markup          = regexp.MustCompile(`(?s)<[a-zA-Z/!][^>]*>`)
)

// cleanText makes one short line without markup or control characters.
func cleanText(text string) string {
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		if title := pageTitle.FindStringSubmatch(text); title != nil && strings.TrimSpace(title[1]) != "" {
			text = title[1]
		}
		text = markup.ReplaceAllString(invisibleMarkup.ReplaceAllString(text, " "), " ")
		text = html.UnescapeString(text)
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
	return clip(strings.Join(strings.Fields(text), " "), maxErrorMessage)
}

// clip cuts text to at most n runes.
func clip(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
