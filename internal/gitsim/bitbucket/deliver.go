package bitbucket

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	deliveryAttempts = 3
	keptDeliveries   = 5000
)

// outgoing is a delivery on its way.
type outgoing struct {
	record *Delivery
	secret string
	copies int
	delay  time.Duration
	forge  bool // sign with a wrong secret
}

// emit sends an event to every active hook of the repository that is subscribed to it, without
// waiting for the answers.
func (s *Sim) emit(repo Repository, event string, payload obj) {
	body, err := json.Marshal(payload)
	if err != nil {
		s.opts.Logger.Error("encode a delivery", "event", event, "error", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*outgoing
	for _, h := range s.state.Hooks[repo.UUID] {
		if !h.Active || !slices.Contains(h.Events, event) {
			continue
		}
		d := &Delivery{
			RequestUUID: bareUUID(newUUID()),
			HookUUID:    bareUUID(h.UUID),
			Repository:  repo.FullName(),
			Event:       event,
			URL:         h.URL,
			Body:        body,
		}
		if s.deliveries = append(s.deliveries, d); len(s.deliveries) > keptDeliveries {
			s.deliveries = s.deliveries[1:]
		}
		switch {
		case s.faults.DropDeliveries:
			d.Dropped = "fault"
			continue
		case s.limits.PayloadBytes >= 0 && len(body) > s.limits.PayloadBytes:
			d.Dropped = "payload limit"
			continue
		}
		o := &outgoing{
			record: d,
			secret: h.Secret,
			copies: 1,
			delay:  s.faults.DeliveryDelay,
			forge:  s.faults.WrongSignature,
		}
		if s.faults.DoubleDeliveries {
			o.copies = 2
		}
		out = append(out, o)
	}
	if len(out) == 0 {
		return
	}
	if s.faults.SwapDeliveries && len(s.held) == 0 {
		s.held = out
		return
	}
	s.dispatch(out, s.takeHeld())
}

// dispatch sends the first batch at once and the second one after it. Sim.mu is held.
func (s *Sim) dispatch(first, second []*outgoing) {
	if s.closing {
		return
	}
	s.wg.Go(func() {
		for _, batch := range [][]*outgoing{first, second} {
			done := make(chan struct{}, len(batch))
			for _, o := range batch {
				go func() { s.deliver(o); done <- struct{}{} }()
			}
			for range batch {
				<-done
			}
		}
	})
}

func (s *Sim) takeHeld() []*outgoing {
	held := s.held
	s.held = nil
	return held
}

func (s *Sim) deliver(o *outgoing) {
	if o.delay > 0 {
		select {
		case <-time.After(o.delay):
		case <-s.ctx.Done():
			return
		}
	}
	for range o.copies {
		for attempt := 1; attempt <= deliveryAttempts; attempt++ {
			result := s.attempt(o, attempt)
			s.mu.Lock()
			o.record.Attempts = append(o.record.Attempts, result)
			s.mu.Unlock()
			// Only a 5xx is repeated, and at once; a time-out is not.
			if result.StatusCode < 500 {
				break
			}
		}
	}
}

func (s *Sim) attempt(o *outgoing, number int) Attempt {
	start := s.opts.Now()
	a := Attempt{At: start}
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, o.record.URL, bytes.NewReader(o.record.Body))
	if err != nil {
		a.Error = err.Error()
		return a
	}
	h := r.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Bitbucket-Webhooks/2.0")
	h.Set("X-Event-Key", o.record.Event)
	h.Set("X-Hook-UUID", o.record.HookUUID)
	h.Set("X-Request-UUID", o.record.RequestUUID)
	h.Set("X-Attempt-Number", strconv.Itoa(number))
	h.Set("X-Event-Time", start.UTC().Format(time.RFC1123))
	if o.secret != "" {
		secret := o.secret
		if o.forge {
			secret += " forged"
		}
		h.Set("X-Hub-Signature", Signature(secret, o.record.Body))
	}
	a.Header = h.Clone()
	began := time.Now()
	resp, err := s.opts.Client.Do(r)
	a.Duration = time.Since(began)
	if err != nil {
		a.Error = fmt.Sprintf("network error: %v", err)
		return a
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)) // so that the connection can be used again
	a.StatusCode = resp.StatusCode
	return a
}

// Signature is the value of X-Hub-Signature for a body.
func Signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// Redeliver sends a recorded delivery once more, as the "Resend" button of the web page does: same
// body, a new request UUID.
func (s *Sim) Redeliver(requestUUID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deliveries {
		if d.RequestUUID != requestUUID {
			continue
		}
		secret := ""
		for _, hooks := range s.state.Hooks {
			for _, h := range hooks {
				if bareUUID(h.UUID) == d.HookUUID {
					secret = h.Secret
				}
			}
		}
		again := *d
		again.RequestUUID = bareUUID(newUUID())
		again.Attempts = nil
		again.Dropped = ""
		s.deliveries = append(s.deliveries, &again)
		s.dispatch([]*outgoing{{record: &again, secret: secret, copies: 1}}, nil)
		return nil
	}
	return fmt.Errorf("resend delivery %s: not found", requestUUID)
}

// Deliveries are the latest deliveries, oldest first, each with its attempts so far.
func (s *Sim) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := make([]Delivery, 0, len(s.deliveries))
	for _, d := range s.deliveries {
		copied := *d
		copied.Attempts = slices.Clone(d.Attempts)
		found = append(found, copied)
	}
	return found
}
