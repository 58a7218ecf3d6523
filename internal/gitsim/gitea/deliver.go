package gitea

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
)

// announce delivers what happened to one ref.
func (s *Sim) announce(repo Repository, login, ref, before, after string) {
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
	_, short, _ := strings.Cut(strings.TrimPrefix(ref, "refs/"), "/")
	tag := strings.HasPrefix(ref, "refs/tags/")
	if after == "" {
		kind := "branch"
		if tag {
			kind = "tag"
		}
		defer s.emit(repo.ID, "delete", map[string]any{
			"ref": short, "ref_type": kind, "pusher_type": "user", "repository": object, "sender": sender,
		})
		if !tag {
			return
		}
	}
	if before == "" || tag {
		before = zeroHash
	}
	if after == "" {
		after = zeroHash
	}
	s.emit(repo.ID, "push", map[string]any{
		"ref": ref, "before": before, "after": after, "compare_url": "", "commits": []any{},
		"total_commits": 0, "head_commit": nil, "repository": object, "pusher": sender, "sender": sender,
	})
}

// emit sends an event to the active hooks that want it. It needs s.mu and does not wait for the
// answers.
func (s *Sim) emit(id int64, event string, payload map[string]any) {
	if s.faults.DropDeliveries || s.ctx.Err() != nil {
		return
	}
	body, err := json.MarshalIndent(payload, "", "  ")
	if err != nil {
		panic(err) // the simulator made it
	}
	for _, h := range s.hooks[id] {
		if h.Active && slices.Contains(h.Events, event) {
			hook := *h
			s.wg.Go(func() { s.deliver(hook, event, body) })
		}
	}
}

func (s *Sim) deliver(h Hook, event string, body []byte) {
	d := Delivery{UUID: randomHex(16), Event: event, Body: body, Header: signed(h.Secret, event, body)}
	d.Header.Set("X-Gitea-Delivery", d.UUID)
	d.Header.Set("X-GitHub-Delivery", d.UUID)
	d.Header.Set("X-Gogs-Delivery", d.UUID)
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err == nil {
		r.Header = d.Header
		if resp, err := s.opts.Client.Do(r); err == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
			_ = resp.Body.Close()
			d.Status = resp.StatusCode
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deliveries = append(s.deliveries, d)
}

// signed makes the headers of a delivery. Without a secret the signatures are there and empty.
func signed(secret, event string, body []byte) http.Header {
	sum1, sum256 := "", ""
	if secret != "" {
		one, two := hmac.New(sha1.New, []byte(secret)), hmac.New(sha256.New, []byte(secret))
		one.Write(body)
		two.Write(body)
		sum1, sum256 = hex.EncodeToString(one.Sum(nil)), hex.EncodeToString(two.Sum(nil))
	}
	h := http.Header{}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "X-Gitea-Event": event, "X-Gitea-Event-Type": event,
		"X-Gitea-Signature": sum256, "X-Gogs-Event": event, "X-Gogs-Signature": sum256,
		"X-GitHub-Event": event, "X-Hub-Signature": "sha1=" + sum1, "X-Hub-Signature-256": "sha256=" + sum256,
		"X-Gitea-Hook-Installation-Target-Type": "repository",
	} {
		h.Set(name, value)
	}
	return h
}
