package executor

import (
	"context"
	"sync"

	"towpath/internal/engine"
)

// maxAhead is the size of a text, in bytes, up to which it is read ahead: two large ones would need
// twice the memory.
const maxAhead = 1 << 20

// ahead reads the script of the next attempt while another attempt runs. The zero value reads nothing
// yet. Only the batch's goroutine may use it.
type ahead struct {
	reading sync.WaitGroup
	of      *attempt     // whose script is read; nil for none
	result  chan *script // that script; nil when the attempt itself must read it, and find out why
}

// begin starts to read the script of an attempt.
func (h *ahead) begin(ctx context.Context, a *attempt, e engine.Engine, address engine.Target) {
	if a == nil || e == nil || a.records() {
		return
	}
	result := make(chan *script, 1)
	h.of, h.result = a, result
	h.reading.Go(func() {
		s, err := openScript(ctx, a.store, a.task, a.stored.Filling, e, address, maxAhead)
		if err != nil {
			s = nil
		}
		result <- s
	})
}

// take returns the script that was read for an attempt; nil when there is none.
func (h *ahead) take(a *attempt) *script {
	if h.of != a {
		return nil
	}
	h.of = nil
	return <-h.result
}

// wait returns when nothing is read any more.
func (h *ahead) wait() { h.reading.Wait() }
