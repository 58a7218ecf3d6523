package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// blockerTimeout bounds one question who holds a lock.
const blockerTimeout = 2 * time.Second

// LockWatch asks, while a statement runs, who holds what it waits for: afterwards nobody knows any
// more.
type LockWatch struct {
	limit  time.Duration
	cancel context.CancelFunc
	over   chan struct{}

	mu    sync.Mutex // held while it asks
	found string
	at    time.Time
}

// WatchLocks begins to ask. limit is how long the statement waits for one lock: it is asked once in
// any wait of that length. look answers "" when nobody is in the way, or nothing is known; done is
// called after the last look.
func WatchLocks(
	ctx context.Context, limit time.Duration, look func(context.Context) string, done func(),
) *LockWatch {
	ctx, cancel := context.WithCancel(ctx)
	w := &LockWatch{limit: limit, cancel: cancel, over: make(chan struct{})}
	go func() {
		defer close(w.over)
		defer done()
		tick := time.NewTicker(max(limit*7/10, 100*time.Millisecond))
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				w.ask(ctx, look)
			}
		}
	}()
	return w
}

func (w *LockWatch) ask(ctx context.Context, look func(context.Context) string) {
	ctx, cancel := context.WithTimeout(ctx, blockerTimeout)
	defer cancel()
	w.mu.Lock()
	defer w.mu.Unlock()
	if text := look(ctx); text != "" {
		w.found, w.at = text, time.Now()
	}
}

// Answer is what was found in the last wait, with "; " before it, or "". It waits for a question
// under way.
func (w *LockWatch) Answer() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.found == "" || time.Since(w.at) > w.limit+blockerTimeout {
		return ""
	}
	return "; " + w.found
}

// Stop ends the watch.
func (w *LockWatch) Stop() {
	w.cancel()
	<-w.over
}

// QueryLength is how many characters a Blocker's Query has at most.
const QueryLength = 120

// Blocker is a session that another one waits for.
type Blocker struct {
	Session     string // "pid 7", "connection 7"
	User        string
	Application string // what it calls itself, or where it comes from; "" when it does not say
	State       string // "active", "idle in transaction"; "" when it is not to be seen
	Age         time.Duration
	Query       string // what it runs, or ran last, by statement.Mask; "" when it is not to be seen
}

// String names the blocker for a person.
func (b Blocker) String() string {
	parts := []string{b.Session}
	if b.User != "" {
		parts = append(parts, "user "+b.User)
	}
	if b.Application != "" {
		parts = append(parts, b.Application)
	}
	if b.State != "" {
		parts = append(parts, fmt.Sprintf("%s for %d s", b.State, int(b.Age.Seconds())))
	}
	if b.Query != "" {
		verb := "it ran last"
		if b.State == "active" {
			verb = "it runs"
		}
		parts = append(parts, verb+": "+b.Query)
	}
	return strings.Join(parts, ", ")
}

// HeldBy puts blockers into words; probably says that they were not seen to hold the very lock. ""
// for none.
func HeldBy(blockers []Blocker, probably bool) string {
	if len(blockers) == 0 {
		return ""
	}
	names := make([]string, len(blockers))
	for i, b := range blockers {
		names[i] = b.String()
	}
	how := "held by "
	if probably {
		how = "probably held by "
	}
	return "the lock is " + how + strings.Join(names, "; ")
}
