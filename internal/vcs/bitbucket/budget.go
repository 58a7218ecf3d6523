package bitbucket

import (
	"net/http"
	"sync"
	"time"

	"towpath/internal/vcs"
)

// quota is a kind of call that Bitbucket counts separately.
type quota int

const (
	// identity and workspaces, and Git with its 60,000 an hour: not counted here
	quotaNone         quota = iota
	quotaRepositories       // everything below /repositories
	quotaRawFiles
	quotaStatuses // build statuses: counted with quotaRepositories, of which they leave a reserve for reading
)

const (
	window       = time.Hour
	firstBackoff = 30 * time.Second

	readingReserve = 5  // a fifth of the calls is reserved for reading
	othersReserve  = 10 // a tenth is reserved for repositories that had less than half of the calls
)

// budget counts the calls of one grant and shuts the gate when Bitbucket answers 429. Bitbucket
// reports neither the remaining calls nor, as a rule, when to retry; see
// https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits/.
type budget struct {
	now    func() time.Time
	limits map[quota]int

	mu    sync.Mutex
	calls map[quota][]call   // of the last hour, oldest first
	gates map[bool]*vcs.Gate // true for statuses: a refused status does not stop reading
}

// call is one counted call.
type call struct {
	at         time.Time
	repository string // the repository of the call; "" for none
}

func newBudget(cfg Config) *budget {
	return &budget{
		now:    cfg.Now,
		limits: map[quota]int{quotaRepositories: cfg.RequestsPerHour, quotaRawFiles: cfg.RawFilesPerHour},
		calls:  map[quota][]call{},
		gates:  map[bool]*vcs.Gate{false: {}, true: {}},
	}
}

// take counts a call about a repository. When none is left for it or the gate is shut, it returns
// when to retry.
func (b *budget) take(q quota, repository string) (retryAt time.Time, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	telling := q == quotaStatuses
	until := b.gates[false].Until()
	if telling && b.gates[true].Until().After(until) {
		until = b.gates[true].Until()
	}
	if now.Before(until) {
		return until, false
	}
	if telling {
		q = quotaRepositories
	}
	limit, counted := b.limits[q]
	if !counted {
		return time.Time{}, true
	}
	b.forget(q, now)
	if telling {
		limit -= limit / readingReserve
	}
	if b.spentBy(q, repository) > limit/2 {
		limit -= limit / othersReserve
	}
	if calls := b.calls[q]; len(calls) >= limit {
		return calls[len(calls)-limit].at.Add(window), false
	}
	b.calls[q] = append(b.calls[q], call{at: now, repository: repository})
	return time.Time{}, true
}

// spentBy counts the last hour's calls about a repository.
func (b *budget) spentBy(q quota, repository string) (n int) {
	for _, c := range b.calls[q] {
		if c.repository == repository {
			n++
		}
	}
	return n
}

// refused shuts the gate after a 429 and returns when it opens. Calls that were in flight together
// count as one refusal.
func (b *budget) refused(q quota, header http.Header) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.gates[q == quotaStatuses].Refuse(header, b.now())
}

// accepted ends the back-off. An answer to a call from before the refusal proves nothing.
func (b *budget) accepted(q quota) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gates[q == quotaStatuses].Accept(b.now())
}

func (b *budget) usage() vcs.Usage {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.forget(quotaRepositories, now)
	u := vcs.Usage{Used: len(b.calls[quotaRepositories]), Limit: b.limits[quotaRepositories]}
	if until := b.gates[false].Until(); now.Before(until) {
		u.BackoffUntil = until
	}
	return u
}

func (b *budget) forget(q quota, now time.Time) {
	calls, start := b.calls[q], now.Add(-window)
	i := 0
	for i < len(calls) && !calls[i].at.After(start) {
		i++
	}
	b.calls[q] = calls[i:]
}
