package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// blockerTimeout bounds one query for the holder of a lock.
const blockerTimeout = 2 * time.Second

// LockWatch looks for the holder of a lock while a statement waits for it: afterwards the
// information is gone.
type LockWatch struct {
	limit  time.Duration
	cancel context.CancelFunc
	over   chan struct{}

	mu    sync.Mutex // held during a query
	found string
	at    time.Time
}

// WatchLocks starts a watch. limit is the longest wait of the statement for one lock: each wait of
// that length gets one query. look returns "" when nothing is known to block the statement; done is
// called after the last query.
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

// Answer returns the result of the last query, with "; " before it, or "". It waits for a running
// query.
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

// Blocker is a session that holds what another one waits for.
type Blocker struct {
	Session     string // "pid 7", "connection 7"
	User        string
	Application string // its application name, or its client's address; "" when unknown
	State       string // "active", "idle in transaction"; "" when not visible
	Age         time.Duration
	Query       string // its current or last statement, by statement.Mask; "" when not visible
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

// HeldBy describes blockers; probably is true when they are only likely to hold the lock. "" for
// none.
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
