package gitea

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// hookBody is the body of a new hook and of a change.
type hookBody struct {
	Type   string            `json:"type"`
	Config map[string]string `json:"config"`
	Events []string          `json:"events"`
	Active *bool             `json:"active"`
}

func hookJSON(h Hook) map[string]any {
	return map[string]any{
		"id": h.ID, "type": "gitea", "active": h.Active, "events": h.Events, "branch_filter": "",
		"config": map[string]string{"url": h.URL, "content_type": "json"}, // never the secret
	}
}

func (s *Sim) listHooks(c call) {
	all := []map[string]any{}
	for _, h := range s.Hooks(c.repo.ID) {
		all = append(all, hookJSON(h))
	}
	paged(c, all)
}

// checked reads a body and answers for one that Gitea refuses.
func (s *Sim) checked(c call) (body hookBody, ok bool) {
	if !c.decode(&body) {
		return body, false
	}
	u, err := url.Parse(body.Config["url"])
	if s.faults.Current().RefuseHooks || err != nil || u.Host == "" || body.Config["content_type"] != "json" {
		c.fail(http.StatusUnprocessableEntity, "Invalid url")
		return body, false
	}
	return body, true
}

func (s *Sim) postHook(c call) {
	body, ok := s.checked(c)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &Hook{
		ID:     s.newID(),
		URL:    body.Config["url"],
		Secret: body.Config["secret"],
		Active: body.Active != nil && *body.Active,
		Events: body.Events,
	}
	s.hooks[c.repo.ID] = append(s.hooks[c.repo.ID], h)
	writeJSON(c.w, http.StatusCreated, hookJSON(*h))
}

// hook finds the hook that the path names; it needs s.mu.
func (s *Sim) hook(c call) *Hook {
	id, _ := strconv.ParseInt(c.r.PathValue("id"), 10, 64)
	for _, h := range s.hooks[c.repo.ID] {
		if h.ID == id {
			return h
		}
	}
	c.notFound("")
	return nil
}

func (s *Sim) getHook(c call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.hook(c); h != nil {
		writeJSON(c.w, http.StatusOK, hookJSON(*h))
	}
}

// patchHook changes all but the secret, as Gitea does.
func (s *Sim) patchHook(c call) {
	body, ok := s.checked(c)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hook(c)
	if h == nil {
		return
	}
	h.URL, h.Events = body.Config["url"], body.Events
	if body.Active != nil {
		h.Active = *body.Active
	}
	writeJSON(c.w, http.StatusOK, hookJSON(*h))
}

func (s *Sim) deleteHook(c call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.hook(c); h != nil {
		s.hooks[c.repo.ID] = slices.DeleteFunc(s.hooks[c.repo.ID],
			func(other *Hook) bool { return other == h })
		c.w.WriteHeader(http.StatusNoContent)
	}
}

func statusKey(id int64, commit string) string { return strconv.FormatInt(id, 10) + "/" + commit }

// latest keeps the last status of each context.
func latest(all []Status) (kept []Status) {
	for i := len(all) - 1; i >= 0; i-- {
		if !slices.ContainsFunc(kept, func(s Status) bool { return s.Context == all[i].Context }) {
			kept = append(kept, all[i])
		}
	}
	slices.Reverse(kept)
	return kept
}

// postStatus adds a status. For a hash that is not there Gitea answers 500 without a message.
func (s *Sim) postStatus(c call) {
	var body struct {
		State       string `json:"state"`
		Context     string `json:"context"`
		Description string `json:"description"`
		TargetURL   string `json:"target_url"`
	}
	if !c.decode(&body) {
		return
	}
	sha := c.r.PathValue("sha")
	states := []string{"pending", "success", "error", "failure", "warning", "skipped"}
	if !s.has(c.repo, sha, "commit") || !slices.Contains(states, body.State) {
		c.fail(http.StatusInternalServerError, "")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := statusKey(c.repo.ID, sha)
	status := Status{
		State:       body.State,
		Context:     body.Context,
		Description: body.Description,
		TargetURL:   body.TargetURL,
	}
	s.statuses[key] = append(s.statuses[key], status)
	writeJSON(c.w, http.StatusCreated, map[string]any{
		"id": s.newID(), "status": body.State,
		"context": body.Context,
	})
}
