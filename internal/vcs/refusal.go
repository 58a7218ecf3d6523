package vcs

import (
	"sync"
	"time"
)

// refusalPause is how long after a first refusal a second one counts. Providers refuse now and then
// what is right, so a single answer is tried again before anybody is asked to act.
const refusalPause = 10 * time.Second

// Refusals remembers what the far side has refused once. It lives in memory: after a restart there
// is one more try.
type Refusals struct {
	mu    sync.Mutex
	first map[string]time.Time
}

// Confirmed notes a refusal; it holds when an earlier one is old enough. Otherwise again is when to
// try next.
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

// Accepted forgets refusals, since the far side has done what was asked.
func (r *Refusals) Accepted(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.first, what)
}
