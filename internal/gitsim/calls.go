package gitsim

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// keptRequests bounds the journal of requests.
const keptRequests = 5000

// Request is one request that reached the REST API or the token endpoint.
type Request struct {
	At                  time.Time
	Method, Path, Query string
	User                string // name; empty for anonymous requests
	Detail              string // the state of a build status; else empty
	Status              int
}

// RequestLog keeps the latest requests. The zero value is empty.
type RequestLog struct {
	mu       sync.Mutex
	requests []Request
}

// Record adds a request that was answered. The detail is the server's own, and may be empty.
func (l *RequestLog) Record(r *http.Request, user, detail string, status int, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests = append(l.requests, Request{
		At:     at,
		Method: r.Method,
		Path:   r.URL.EscapedPath(),
		Query:  r.URL.RawQuery,
		User:   user,
		Detail: detail,
		Status: status,
	})
	if len(l.requests) > keptRequests {
		l.requests = l.requests[1:]
	}
}

// All lists the latest requests, oldest first.
func (l *RequestLog) All() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.requests)
}

// StatusRecorder is a ResponseWriter that remembers the status of the answer.
type StatusRecorder struct {
	http.ResponseWriter
	Status int
}

// WriteHeader implements [http.ResponseWriter].
func (w *StatusRecorder) WriteHeader(status int) {
	if w.Status == 0 {
		w.Status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *StatusRecorder) Write(b []byte) (int, error) {
	if w.Status == 0 {
		w.Status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// RateLimit counts calls in a sliding window of an hour. The zero value has counted none.
type RateLimit struct {
	mu    sync.Mutex
	calls map[string][]time.Time
}

// Allow counts a call of somebody, and reports whether it stays within limit calls per hour. A
// refused call does not count.
func (l *RateLimit) Allow(who string, limit int, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calls == nil {
		l.calls = map[string][]time.Time{}
	}
	recent := l.calls[who]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Hour {
		recent = recent[1:]
	}
	allowed := len(recent) < limit
	if allowed {
		recent = append(recent, now)
	}
	l.calls[who] = recent
	return allowed
}
