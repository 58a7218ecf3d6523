package executor

import (
	"sync"
	"time"
)

// queue holds the attempts of a batch. The heartbeat uses it concurrently with the batch.
type queue struct {
	mu       sync.Mutex
	waiting  []*attempt // claimed, not started
	current  *attempt   // nil between two attempts
	ended    []*attempt // not reported
	released []*attempt // released by the heartbeat; the metadata may not have it yet
}

// next starts the attempt that has waited longest; nil when none waits.
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

// following is the attempt that starts when the current one has ended; nil when none waits.
func (q *queue) following() *attempt {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return nil
	}
	return q.waiting[0]
}

// finish adds an attempt to those to be reported.
func (q *queue) finish(a *attempt) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current = nil
	q.ended = append(q.ended, a)
}

// running is the attempt that runs; nil between two attempts.
func (q *queue) running() *attempt {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.current
}

// empty returns the finished attempts and the claimed ones that have not started, and removes both.
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

// fill replaces the waiting attempts.
func (q *queue) fill(waiting []*attempt) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.current = nil
	q.waiting = waiting
}

// relieve releases all waiting attempts and reports them with the finished ones. Nothing starts
// meanwhile. After an error the next call reports the same attempts again, and none of them starts.
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
