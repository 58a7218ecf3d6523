package gitea

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

// announce delivers what happened to one ref.
func (s *Sim) announce(repo Repository, login string, c gitsim.RefChange) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.byID(repo.ID)
	if current == nil {
		return
	}
	sender := map[string]any{"id": 0, "login": login}
	if u := s.user(login); u != nil {
		sender = userJSON(*u)
	}
	object := s.repositoryJSON(*current, "admin", false)
	_, short, _ := strings.Cut(strings.TrimPrefix(c.Ref, "refs/"), "/")
	tag := strings.HasPrefix(c.Ref, "refs/tags/")
	if c.New == "" {
		kind := "branch"
		if tag {
			kind = "tag"
		}
		defer s.emit(*current, "delete", map[string]any{
			"ref": short, "ref_type": kind, "pusher_type": "user", "repository": object, "sender": sender,
		})
		if !tag {
			return
		}
	}
	if c.Old == "" || tag {
		c.Old = gitsim.ZeroHash
	}
	if c.New == "" {
		c.New = gitsim.ZeroHash
	}
	s.emit(*current, "push", map[string]any{
		"ref": c.Ref, "before": c.Old, "after": c.New, "compare_url": "", "commits": []any{},
		"total_commits": 0, "head_commit": nil, "repository": object, "pusher": sender, "sender": sender,
	})
}

// emit sends an event to the active hooks that subscribe to it. It needs s.mu and does not wait for
// the answers.
func (s *Sim) emit(repo Repository, event string, payload map[string]any) {
	body, err := json.MarshalIndent(payload, "", "  ")
	if err != nil {
		panic(err) // the simulator made it
	}
	var parcels []gitsim.Parcel
	for _, h := range s.hooks[repo.ID] {
		if h.Active && slices.Contains(h.Events, event) {
			parcels = append(parcels, gitsim.Parcel{Secret: h.Secret, Delivery: gitsim.Delivery{
				ID:         gitsim.RandomHex(16),
				Hook:       strconv.FormatInt(h.ID, 10),
				Repository: repo.FullName(),
				Event:      event,
				URL:        h.URL,
				Body:       body,
			}})
		}
	}
	s.deliveries.Send(parcels)
}

// deliveryHeader makes the headers of a delivery. Without a secret the signatures are there and
// empty.
func deliveryHeader(d gitsim.Delivery, secret string, _ int, _ time.Time) http.Header {
	sum1, sum256 := "", ""
	if secret != "" {
		sum1 = gitsim.Signature(sha1.New, secret, d.Body)
		sum256 = gitsim.Signature(sha256.New, secret, d.Body)
	}
	h := http.Header{}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-Gitea-Event": d.Event, "X-Gitea-Event-Type": d.Event,
		"X-Gitea-Signature": sum256, "X-Gogs-Event": d.Event, "X-Gogs-Signature": sum256,
		"X-GitHub-Event":                        d.Event,
		"X-Hub-Signature":                       "sha1=" + sum1,
		"X-Hub-Signature-256":                   "sha256=" + sum256,
		"X-Gitea-Hook-Installation-Target-Type": "repository",
		"X-Gitea-Delivery":                      d.ID, "X-GitHub-Delivery": d.ID, "X-Gogs-Delivery": d.ID,
	} {
		h.Set(name, value)
	}
	return h
}
