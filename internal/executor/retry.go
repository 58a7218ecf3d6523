package executor

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	maxPause   = 15 * time.Second // between two tries
	writeLimit = 10 * time.Second // for the last writes after the server was asked to stop
)

// retry is the number of tries, and the pauses between them, while others hold locks.
type retry struct {
	tries   int
	backoff time.Duration // before the second try
}

// exhausted reports whether no try follows this one. The first is 1.
func (r retry) exhausted(try int) bool { return try >= r.tries }

// pause waits before the next try: twice as long after each, with a jitter of one half.
func (r retry) pause(ctx context.Context, try int) error {
	wait := min(r.backoff<<min(try-1, 10), maxPause)
	timer := time.NewTimer(wait/2 + rand.N(wait))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
