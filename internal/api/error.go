package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"towpath"
)

// statuses maps each code of an error to an HTTP status.
var statuses = map[towpath.Code]int{
	towpath.CodeInvalid:      http.StatusUnprocessableEntity,
	towpath.CodeUnauthorized: http.StatusUnauthorized,
	towpath.CodeForbidden:    http.StatusForbidden,
	towpath.CodeNotFound:     http.StatusNotFound,
	towpath.CodeConflict:     http.StatusConflict,
	towpath.CodeTooLarge:     http.StatusRequestEntityTooLarge,
	towpath.CodeTooMany:      http.StatusTooManyRequests,
	towpath.CodeUnavailable:  http.StatusServiceUnavailable,
	towpath.CodeInternal:     http.StatusInternalServerError,
}

var errNoRoute = towpath.Errorf(towpath.CodeNotFound,
	"The API has no such route. /api/openapi.json lists all routes.")

// problem is an error in the format of RFC 9457.
type problem struct {
	Title     string         `json:"title" doc:"The HTTP status in words."`
	Status    int            `json:"status" doc:"The HTTP status."`
	Code      towpath.Code   `json:"code" enum:"invalid,unauthorized,forbidden,not_found,conflict,too_large,too_many,unavailable,internal" doc:"The kind of error; it is stable."`
	Detail    string         `json:"detail" doc:"What is wrong and what to do about it, for people."`
	RequestID string         `json:"requestId" doc:"Names the request in the server's log."`
	Errors    []fieldProblem `json:"errors,omitempty" nullable:"false" doc:"The invalid inputs."`
}

// fieldProblem says what is wrong with one input. It does not repeat the input, which may be a
// secret.
type fieldProblem struct {
	Location string `json:"location" example:"body.applicationId"`
	Message  string `json:"message"`
}

// Error implements error.
func (p *problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// problemOf converts an error of a service into a problem, and logs the details that clients must
// not see.
func (s *Server) problemOf(ctx context.Context, method string, err error) *problem {
	code := towpath.ErrorCode(err)
	meta := requestOf(ctx)
	p := &problem{Status: statuses[code], Code: code, Detail: towpath.ErrorMessage(err), RequestID: meta.ID}
	if code == towpath.CodeInternal {
		if errors.Is(err, context.Canceled) {
			s.Logger.Info("client is gone", "request", meta.ID, "error", err)
		} else {
			s.Logger.Error("request failed", "request", meta.ID, "route", meta.Route, "error", err)
		}
		if errors.Is(err, context.DeadlineExceeded) {
			p.Code, p.Status = towpath.CodeUnavailable, statuses[towpath.CodeUnavailable]
			p.Detail = "This took too long and was stopped. Try again."
		}
	}
	var e *towpath.Error
	if errors.As(err, &e) && e.Field != "" {
		place := "body."
		if method == http.MethodGet || method == http.MethodDelete {
			place = "query."
		}
		p.Errors = []fieldProblem{{place + e.Field, e.Message}}
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// refuse responds with an error to a request that does not reach a handler of the API.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.problemOf(r.Context(), r.Method, err)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone if this fails
}

// asProblem converts the framework's errors, about input that does not match its schema, into
// problems. They name the field itself where a property is missing, and repeat no value.
func (s *Server) asProblem(ctx huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	code := towpath.CodeInvalid
	for c, status := range statuses {
		if status == model.Status {
			code = c
		}
	}
	p := &problem{
		Title:     http.StatusText(model.Status),
		Status:    model.Status,
		Code:      code,
		RequestID: requestOf(ctx.Context()).ID,
	}
	if code == towpath.CodeInternal {
		s.Logger.Error("request failed", "request", p.RequestID, "error", model)
		p.Detail = towpath.ErrorMessage(model)
		return p, nil
	}
	p.Detail = sentence(model.Detail)
	for _, e := range model.Errors {
		f := fieldProblem{e.Location, inWords(e.Message)}
		if name, ok := valueIn(e.Message, validation.MsgExpectedRequiredProperty); ok {
			f.Location += "." + name
			f.Message = "This is needed."
		}
		p.Errors = append(p.Errors, f)
	}
	if len(p.Errors) > 0 {
		p.Detail = p.Errors[0].Message
	}
	return p, nil
}

// sentence gives a library's message a capital letter and a full stop.
func sentence(message string) string {
	if message == "" {
		return message
	}
	return strings.ToUpper(message[:1]) + strings.TrimSuffix(message[1:], ".") + "."
}
