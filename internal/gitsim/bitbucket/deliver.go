package bitbucket

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"towpath/internal/gitsim"
)

// deliveryTries is how often Bitbucket sends a delivery whose answer is a 5xx. It does not repeat
// after a time-out.
const deliveryTries = 3

// emit sends an event to every active hook of the repository that subscribes to it, without waiting
// for the answers. A delivery above the payload limit is silently not sent.
func (s *Sim) emit(repo Repository, event string, payload obj) {
	body, err := json.Marshal(payload)
	if err != nil {
		s.opts.Logger.Error("encode a delivery", "event", event, "error", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	dropped := ""
	if s.limits.PayloadBytes >= 0 && len(body) > s.limits.PayloadBytes {
		dropped = "payload limit"
	}
	var parcels []gitsim.Parcel
	for _, h := range s.state.Hooks[repo.UUID] {
		if !h.Active || !slices.Contains(h.Events, event) {
			continue
		}
		parcels = append(parcels, gitsim.Parcel{Secret: h.Secret, Delivery: gitsim.Delivery{
			ID:         bareUUID(newUUID()),
			Hook:       bareUUID(h.UUID),
			Repository: repo.FullName(),
			Event:      event,
			URL:        h.URL,
			Body:       body,
			Dropped:    dropped,
		}})
	}
	s.deliveries.Send(parcels)
}

// deliveryHeader makes the headers of a delivery.
// https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
func deliveryHeader(d gitsim.Delivery, secret string, attempt int, at time.Time) http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Bitbucket-Webhooks/2.0")
	h.Set("X-Event-Key", d.Event)
	h.Set("X-Hook-UUID", d.Hook)
	h.Set("X-Request-UUID", d.ID)
	h.Set("X-Attempt-Number", strconv.Itoa(attempt))
	h.Set("X-Event-Time", at.UTC().Format(time.RFC1123))
	if secret != "" {
		h.Set("X-Hub-Signature", Signature(secret, d.Body))
	}
	return h
}

// Signature is the value of X-Hub-Signature for a body.
func Signature(secret string, body []byte) string {
	return "sha256=" + gitsim.Signature(sha256.New, secret, body)
}

// Redeliver sends a recorded delivery again, as the "Resend" button of the web page does: the same
// body with a new request UUID.
func (s *Sim) Redeliver(requestUUID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliveries.Resend(requestUUID, bareUUID(newUUID()), func(hook string) string {
		for _, hooks := range s.state.Hooks {
			for _, h := range hooks {
				if bareUUID(h.UUID) == hook {
					return h.Secret
				}
			}
		}
		return ""
	})
}

// Deliveries lists the latest deliveries, oldest first, each with its attempts so far. Their ids
// have no braces, as in the headers.
func (s *Sim) Deliveries() []gitsim.Delivery { return s.deliveries.All() }
