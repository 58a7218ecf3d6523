package executor

import (
	"sync"
	"time"
)

// queue holds the attempts of a batch. The heartbeat uses it while the batch works.
type queue struct {
	mu       sync.Mutex
	waiting  []*attempt // claimed, not begun
	current  *attempt   // nil between two attempts
	ended    []*attempt // not reported
	released []*attempt // given up by the heartbeat; the metadata may not have it yet
}

// next begins the attempt that has waited longest; nil when none waits.
func (q *queue) next(now func() time.Time) *attempt {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current = nil
	if len(q.waiting) > 0 {
		q.current = q.waiting[0]
		q.waiting = q.waiting[1:]
		q.current.beganAt = now()
	}
	return q.current
}

// finish puts an attempt among those to be reported.
func (q *queue) finish(a *attempt) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current = nil
	q.ended = append(q.ended, a)
}

// running is the attempt at work; nil between two attempts.
func (q *queue) running() *attempt {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.current
}

// empty returns what has ended and what was claimed and has not begun, and forgets both.
func (q *queue) empty() (ended, unbegun []*attempt) {
	q.mu.Lock()
	defer q.mu.Unlock()
	ended, unbegun = q.ended, append(q.waiting, q.released...)
	q.current = nil
	q.ended = nil
	q.waiting = nil
	q.released = nil
	return ended, unbegun
}

// fill replaces what waits.
func (q *queue) fill(waiting []*attempt) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current = nil
	q.waiting = waiting
}

// relieve releases all that waits and reports it with what has ended. Nothing begins meanwhile.
// After an error the same attempts are reported again by the next call, and none of them begins.
func (q *queue) relieve(report func(ended, unbegun []*attempt) error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.released = append(q.released, q.waiting...)
	q.waiting = nil
	if len(q.ended)+len(q.released) == 0 {
		return
	}
	if err := report(q.ended, q.released); err == nil {
		q.ended = nil
		q.released = nil
	}
}
