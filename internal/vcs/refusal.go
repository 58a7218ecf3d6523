package vcs

import (
	"sync"
	"time"
)

// refusalPause is how long after a first refusal a second one counts. Providers sometimes refuse
// valid credentials, so a single refusal is retried before a person must act.
const refusalPause = 10 * time.Second

// Refusals remembers first refusals of the far side, in memory: after a restart there is one more
// try.
type Refusals struct {
	mu    sync.Mutex
	first map[string]time.Time
}

// Confirmed notes a refusal; ok is true when an earlier one is old enough. Otherwise again is the
// time of the next try.
func (r *Refusals) Confirmed(what string, now time.Time) (again time.Time, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first, known := r.first[what]
	if known && now.Sub(first) >= refusalPause {
		return time.Time{}, true
	}
	if !known {
		if r.first == nil {
			r.first = map[string]time.Time{}
		}
		r.first[what], first = now, now
	}
	return first.Add(refusalPause), false
}

// Accepted removes refusals, after the far side has accepted the same.
func (r *Refusals) Accepted(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.first, what)
}
