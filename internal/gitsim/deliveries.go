package gitsim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	keptDeliveries = 5000
	closeTimeout   = 5 * time.Second
)

// Delivery is one event that was sent, or should have been sent, to one hook.
type Delivery struct {
	ID         string // the same for all attempts
	Hook       string // id of the hook, as its headers have it
	Repository string // full name
	Event      string
	URL        string
	Body       []byte
	Dropped    string // why nothing was sent: a fault or a limit
	Attempts   []Attempt
}

// Attempt is one try to deliver.
type Attempt struct {
	At         time.Time
	Header     http.Header
	StatusCode int    // 0 when no answer came
	Error      string // why no answer came
	Duration   time.Duration
}

// Deliveries sends webhook requests and keeps a journal of the latest. Set the exported fields
// before the first use.
type Deliveries struct {
	Client *http.Client
	Now    func() time.Time
	Faults *FaultSwitch
	Tries  int // attempts at one delivery; only an answer of 5xx is repeated, and at once
	// Header makes the headers of an attempt, counted from 1, with the signature by the secret.
	Header func(d Delivery, secret string, attempt int, at time.Time) http.Header

	setup   sync.Once
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	closing bool
	journal []*Delivery
	held    []*outgoing // wait for the next deliveries, see Faults.SwapDeliveries
}

// Parcel is a delivery to be sent, with the secret of its hook.
type Parcel struct {
	Delivery Delivery
	Secret   string
}

// outgoing is a delivery on its way.
type outgoing struct {
	record *Delivery
	secret string
	copies int
	delay  time.Duration
}

func (q *Deliveries) start() {
	q.setup.Do(func() { q.ctx, q.cancel = context.WithCancel(context.Background()) })
}

// Send sends the deliveries of one event without waiting for the answers. It only records those
// with a reason in Dropped.
func (q *Deliveries) Send(event []Parcel) {
	q.start()
	f := q.Faults.Current()
	q.mu.Lock()
	defer q.mu.Unlock()
	var out []*outgoing
	for _, e := range event {
		if f.DropDeliveries {
			e.Delivery.Dropped = "fault"
		}
		p := &outgoing{record: q.record(e.Delivery), secret: e.Secret, copies: 1, delay: f.DeliveryDelay}
		if p.record.Dropped != "" {
			continue
		}
		if f.DoubleDeliveries {
			p.copies = 2
		}
		if f.WrongSignature && p.secret != "" {
			p.secret += " forged"
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return
	}
	if f.SwapDeliveries && len(q.held) == 0 {
		q.held = out
		return
	}
	q.dispatch(out, q.takeHeld())
}

// record adds to the journal. q.mu is held.
func (q *Deliveries) record(d Delivery) *Delivery {
	if q.journal = append(q.journal, &d); len(q.journal) > keptDeliveries {
		q.journal = q.journal[1:]
	}
	return &d
}

// Flush sends what Faults.SwapDeliveries held back.
func (q *Deliveries) Flush() {
	q.start()
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.held) > 0 {
		q.dispatch(q.takeHeld(), nil)
	}
}

// Resend sends a recorded delivery again: the same body under a new id. The secret is that of the
// hook by now.
func (q *Deliveries) Resend(id, newID string, secret func(hook string) string) error {
	q.start()
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.journal, func(d *Delivery) bool { return d.ID == id })
	if i < 0 {
		return fmt.Errorf("resend delivery %s: not found", id)
	}
	again := *q.journal[i]
	again.ID = newID
	again.Attempts = nil
	again.Dropped = ""
	q.dispatch([]*outgoing{{record: q.record(again), secret: secret(again.Hook), copies: 1}}, nil)
	return nil
}

// All lists the latest deliveries, oldest first, each with its attempts so far.
func (q *Deliveries) All() []Delivery {
	q.mu.Lock()
	defer q.mu.Unlock()
	found := make([]Delivery, 0, len(q.journal))
	for _, d := range q.journal {
		copied := *d
		copied.Attempts = slices.Clone(d.Attempts)
		found = append(found, copied)
	}
	return found
}

// Close starts no more deliveries and waits up to five seconds for those in flight. Its error
// reports that some were abandoned.
func (q *Deliveries) Close() error {
	q.start()
	q.mu.Lock()
	q.closing = true
	q.mu.Unlock()
	done := make(chan struct{})
	go func() { q.running.Wait(); close(done) }()
	var err error
	select {
	case <-done:
	case <-time.After(closeTimeout):
		err = errors.New("close the simulator: deliveries still in flight were given up")
	}
	q.cancel()
	<-done
	return err
}

// dispatch sends the first batch at once and the second one after it. q.mu is held.
func (q *Deliveries) dispatch(first, second []*outgoing) {
	if q.closing {
		return
	}
	q.running.Go(func() {
		for _, batch := range [][]*outgoing{first, second} {
			var sent sync.WaitGroup
			for _, p := range batch {
				sent.Go(func() { q.deliver(p) })
			}
			sent.Wait()
		}
	})
}

func (q *Deliveries) takeHeld() []*outgoing {
	held := q.held
	q.held = nil
	return held
}

func (q *Deliveries) deliver(p *outgoing) {
	if p.delay > 0 {
		select {
		case <-time.After(p.delay):
		case <-q.ctx.Done():
			return
		}
	}
	for range p.copies {
		for number := 1; number <= max(1, q.Tries); number++ {
			a := q.attempt(*p.record, p.secret, number)
			q.mu.Lock()
			p.record.Attempts = append(p.record.Attempts, a)
			q.mu.Unlock()
			if a.StatusCode < http.StatusInternalServerError {
				break
			}
		}
	}
}

func (q *Deliveries) attempt(d Delivery, secret string, number int) Attempt {
	a := Attempt{At: q.Now()}
	r, err := http.NewRequestWithContext(q.ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		a.Error = err.Error()
		return a
	}
	r.Header = q.Header(d, secret, number, a.At)
	a.Header = r.Header.Clone()
	began := time.Now()
	resp, err := q.Client.Do(r)
	a.Duration = time.Since(began)
	if err != nil {
		a.Error = fmt.Sprintf("network error: %v", err)
		return a
	}
	defer resp.Body.Close()
	// The body is read so that the connection can be used again.
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	a.StatusCode = resp.StatusCode
	return a
}
