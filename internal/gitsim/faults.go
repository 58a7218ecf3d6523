package gitsim

import (
	"strings"
	"sync"
	"time"
)

// Faults are simulated failures. The zero value is a healthy service.
type Faults struct {
	// The REST API.
	APIStatus     int           // each call is answered by this status
	APIStatusFor  int           // how many calls APIStatus hits before it clears itself; 0 means all
	APIStatusPath string        // only calls whose path contains this; empty means all
	RetryAfter    string        // header beside APIStatus, or beside the host's rate limit
	APIDelay      time.Duration // each answer comes so much later
	ErrorBody     string        // shape of error bodies, where a host has several; see the host
	CommitLag     int           // after a push, so many calls that name its new head by hash get 404
	StatusLag     int           // after a push, so many build statuses for its new head get 404
	RefuseHooks   bool          // hooks cannot be created
	PrivateHooks  bool          // hooks with a loopback or private address are refused

	// OAuth and pages.
	TokenStatus int  // the token endpoint answers this status with an HTML page
	TokenHTML   bool // the token endpoint answers 200 with an HTML page
	AutoConsent bool // the consent page is skipped
	DenyConsent bool // the consent page is skipped and denies
	NoRotation  bool // a refresh keeps the refresh token and does not send one
	COOP        bool // pages have Cross-Origin-Opener-Policy: same-origin, which cuts window.opener

	// Git.
	GitDown  bool // 503
	NoFilter bool // no partial fetches

	// Deliveries.
	DropDeliveries   bool
	DoubleDeliveries bool          // the same delivery twice
	SwapDeliveries   bool          // one delivery waits and is sent after the next one
	DeliveryDelay    time.Duration // each is sent so much later
	WrongSignature   bool
}

// FaultSwitch has the faults of a running host. The zero value is healthy.
type FaultSwitch struct {
	mu     sync.Mutex
	faults Faults
}

// Set replaces all faults.
func (s *FaultSwitch) Set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Current returns the faults of this moment.
func (s *FaultSwitch) Current() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// APIStatus returns the status with which a call of the API fails, or 0, and counts it.
func (s *FaultSwitch) APIStatus(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &s.faults
	if f.APIStatus == 0 || !strings.Contains(path, f.APIStatusPath) {
		return 0
	}
	status := f.APIStatus
	if f.APIStatusFor > 0 {
		if f.APIStatusFor--; f.APIStatusFor == 0 {
			f.APIStatus = 0
		}
	}
	return status
}

// Lag hides the heads of recent pushes for a number of calls, as a host does whose parts are not
// consistent yet. The zero value hides nothing.
type Lag struct {
	mu   sync.Mutex
	left map[string]*calls // by the key of a commit
}

// calls are the numbers of calls that still miss a commit.
type calls struct{ commit, statuses int }

// Note starts the lag of a commit that was pushed.
func (l *Lag) Note(commit string, f Faults) {
	if f.CommitLag <= 0 && f.StatusLag <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left == nil {
		l.left = map[string]*calls{}
	}
	l.left[commit] = &calls{commit: f.CommitLag, statuses: f.StatusLag}
}

// HidesCommit reports whether this call must not find a commit, and counts it.
func (l *Lag) HidesCommit(commit string) bool {
	return l.hides(commit, func(c *calls) *int { return &c.commit })
}

// HidesFromStatuses reports whether a build status must not find its commit, and counts it.
func (l *Lag) HidesFromStatuses(commit string) bool {
	return l.hides(commit, func(c *calls) *int { return &c.statuses })
}

func (l *Lag) hides(commit string, counter func(*calls) *int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.left[commit]
	if c == nil || *counter(c) <= 0 {
		return false
	}
	*counter(c)--
	return true
}
