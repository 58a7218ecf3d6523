package store

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"towpath"
)

const (
	maxUnread     = 1000 // events that a feed keeps for a slow reader
	maxNamed      = 150  // events that one notification names; PostgreSQL accepts 8000 bytes
	feedTimeout   = 5 * time.Second
	tooManyEvents = "*" // in a payload, replaces the ids of more than maxNamed events
)

// Feed yields the events of this process and of all others on the same PostgreSQL, in the order of
// their commits.
type Feed struct {
	// Ready receives a signal when Take has something to return. It buffers one signal.
	Ready <-chan struct{}

	store  *Store
	ready  chan struct{}
	mu     sync.Mutex
	unread []towpath.Event
	missed bool
}

// feeds is the set of open feeds.
type feeds struct {
	mu   sync.Mutex
	open []*Feed
}

// Follow opens a feed of the events that are committed from now on. The caller must close it.
func (s *Store) Follow() *Feed {
	ready := make(chan struct{}, 1)
	f := &Feed{Ready: ready, ready: ready, store: s}
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	s.feeds.open = append(s.feeds.open, f)
	return f
}

// Close ends the feed.
func (f *Feed) Close() {
	f.store.feeds.mu.Lock()
	defer f.store.feeds.mu.Unlock()
	f.store.feeds.open = slices.DeleteFunc(f.store.feeds.open, func(other *Feed) bool { return other == f })
}

// Take returns the events since the last Take. missed reports that some were lost, because a
// connection broke or the reader was too slow. The caller then reloads whatever it keeps current by
// events.
func (f *Feed) Take() (events []towpath.Event, missed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	events, missed = f.unread, f.missed
	f.unread, f.missed = nil, false
	return events, missed
}

func (f *Feed) put(events []towpath.Event, missed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.missed = f.missed || missed
	if f.unread = append(f.unread, events...); len(f.unread) > maxUnread {
		f.unread, f.missed = nil, true
	}
	select {
	case f.ready <- struct{}{}:
	default:
	}
}

func (s *Store) openFeeds() []*Feed {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	return slices.Clone(s.feeds.open)
}

// publish gives committed events to all feeds.
func (s *Store) publish(events []towpath.Event, missed bool) {
	if len(events) == 0 && !missed {
		return
	}
	for _, f := range s.openFeeds() {
		f.put(events, missed)
	}
}

// notice is the message that a replica sends to the others with its commit.
type notice struct {
	replica string
	woken   bool     // jobs were enqueued
	events  []string // their ids
	more    bool     // there are more events than the notice names
}

func noticeOf(replica string, woken bool, events []towpath.Event) notice {
	n := notice{replica: replica, woken: woken}
	if len(events) > maxNamed {
		n.more = true
		return n
	}
	for _, e := range events {
		n.events = append(n.events, e.ID)
	}
	return n
}

// payload encodes the notice as "<replica> <woken|-> <id,id,…|*>".
func (n notice) payload() string {
	words := []string{n.replica, "-", strings.Join(n.events, ",")}
	if n.woken {
		words[1] = "woken"
	}
	if n.more {
		words[2] = tooManyEvents
	}
	return strings.Join(words, " ")
}

// readNotice decodes a payload. An unknown format, as of another version, counts as new jobs and
// unnamed events.
func readNotice(payload string) notice {
	words := strings.Split(payload, " ")
	if len(words) != 3 {
		return notice{replica: words[0], woken: true, more: true}
	}
	n := notice{replica: words[0], woken: words[1] == "woken", more: words[2] == tooManyEvents}
	if words[2] != "" && !n.more {
		n.events = strings.Split(words[2], ",")
	}
	return n
}

// receive handles the notice of another replica: it wakes the workers and publishes the events.
func (s *Store) receive(n notice) {
	if n.woken {
		s.wake()
	}
	if len(s.openFeeds()) == 0 || (len(n.events) == 0 && !n.more) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), feedTimeout)
	defer cancel()
	var list []towpath.Event
	err := s.Read(ctx, func(tx *Tx) (err error) {
		if len(n.events) > 0 {
			list, err = tx.eventsByID(ctx, n.events)
		}
		return err
	})
	s.publish(list, n.more || err != nil)
}
