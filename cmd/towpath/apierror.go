package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// errNotFound is in the chain of an error when the server answers 404.
var errNotFound = errors.New("404 Not Found")

// errUnavailable is in the chain of an error when the server could not answer.
var errUnavailable = errors.New("the server could not answer")

// apiError is an answer of a server that refuses a call or fails.
type apiError struct {
	asked  string // method and path
	status int

	Detail    string       `json:"detail"`
	RequestID string       `json:"requestId"`
	Fields    []fieldError `json:"errors"`
}

// fieldError is what is wrong with one input.
type fieldError struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

// refusal reads an answer that is no success. It need not be a problem of Towpath: a proxy in front of
// it, or a wrong address, answers with a page of its own.
func refusal(asked string, status int, answer []byte) *apiError {
	var e apiError
	if json.Unmarshal(answer, &e) != nil {
		e = apiError{}
	}
	e.asked, e.status = asked, status
	return &e
}

// Error says what is wrong in the words of the server, and which input it means.
func (e *apiError) Error() string {
	if e.Detail == "" {
		return strings.TrimSpace(fmt.Sprintf("%s: %d %s, without a word from Towpath; is the address right?",
			e.asked, e.status, http.StatusText(e.status)))
	}
	words := e.Detail
	for _, f := range e.Fields {
		name := strings.TrimPrefix(strings.TrimPrefix(f.Location, "body."), "query.")
		if f.Message == e.Detail {
			words += " (" + name + ")"
		} else {
			words += "\n  " + name + ": " + f.Message
		}
	}
	if e.status >= http.StatusInternalServerError && e.RequestID != "" {
		words += " The server's log has more about request " + e.RequestID + "."
	}
	return words
}

// Unwrap returns what the status means for a program, or nil.
func (e *apiError) Unwrap() error {
	switch {
	case e.status == http.StatusNotFound:
		return errNotFound
	case e.status >= http.StatusInternalServerError:
		return errUnavailable
	}
	return nil
}
