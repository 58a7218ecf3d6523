package bitbucket

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// hookEvents are the events of a repository: key → label.
var hookEvents = []struct{ category, key, label string }{
	{"Repository", "repo:push", "Push"},
	{"Repository", "repo:fork", "Fork"},
	{"Repository", "repo:updated", "Updated"},
	{"Repository", "repo:transfer", "Transfer accepted"},
	{"Repository", "repo:created", "Created"},
	{"Repository", "repo:deleted", "Deleted"},
	{"Repository", "repo:imported", "Imported"},
	{"Repository", "repo:commit_comment_created", "Commit comment created"},
	{"Repository", "repo:commit_status_created", "Build status created"},
	{"Repository", "repo:commit_status_updated", "Build status updated"},
	{"Pull Request", "pullrequest:created", "Created"},
	{"Pull Request", "pullrequest:updated", "Updated"},
	{"Pull Request", "pullrequest:push", "Push"},
	{"Pull Request", "pullrequest:approved", "Approved"},
	{"Pull Request", "pullrequest:unapproved", "Approval removed"},
	{"Pull Request", "pullrequest:fulfilled", "Merged"},
	{"Pull Request", "pullrequest:rejected", "Declined"},
	{"Pull Request", "pullrequest:changes_request_created", "Changes Request created"},
	{"Pull Request", "pullrequest:changes_request_removed", "Changes Request removed"},
	{"Pull Request", "pullrequest:comment_created", "Comment created"},
	{"Pull Request", "pullrequest:comment_updated", "Comment updated"},
	{"Pull Request", "pullrequest:comment_deleted", "Comment deleted"},
	{"Pull Request", "pullrequest:comment_resolved", "Comment resolved"},
	{"Pull Request", "pullrequest:comment_reopened", "Comment reopened"},
}

func (s api) listHookEvents(c *call) error {
	if c.vars["subject"] != "repository" && c.vars["subject"] != "workspace" {
		return notFound("Resource not found")
	}
	return listing[int]{
		items: slices.Collect(indexes(len(hookEvents))), pagelen: 50,
		render: func(i int) (any, error) {
			e := hookEvents[i]
			return obj{
				"category": e.category, "event": e.key, "label": e.label,
				"description": "Whenever this happens: " + e.label,
			}, nil
		},
	}.answer(s, c)
}

func indexes(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// Hooks are the hooks of a repository, oldest first.
func (s *Sim) Hooks(repoFullName string) []Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.state.repositoryByName(repoFullName)
	if r == nil {
		return nil
	}
	return s.hooksOf(r.UUID)
}

func (s *Sim) hooksOf(repositoryUUID string) []Hook {
	var hooks []Hook
	for _, h := range s.state.Hooks[repositoryUUID] {
		copied := *h
		copied.Events = slices.Clone(h.Events)
		hooks = append(hooks, copied)
	}
	return hooks
}

func (s api) hookObj(r Repository, h Hook) obj {
	return obj{
		"type": "webhook_subscription", "uuid": h.UUID, "url": h.URL, "description": h.Description,
		"active": h.Active, "events": h.Events, "subject_type": "repository", "subject": s.repoRef(r),
		"created_at": timestamp(h.CreatedAt), "secret_set": h.Secret != "",
		"skip_cert_verification": h.SkipCertVerification, "history_enabled": h.HistoryEnabled,
		"read_only": false, "source": nil,
		"links": obj{"self": link(s.repoAPI(r) + "/hooks/" + url.PathEscape(h.UUID))},
	}
}

func (s api) listHooks(c *call) error {
	s.mu.Lock()
	items := s.hooksOf(c.repo.UUID)
	s.mu.Unlock()
	return listing[Hook]{
		items:  items,
		render: func(h Hook) (any, error) { return s.hookObj(c.repo, h), nil },
	}.answer(s, c)
}

func (s api) createHook(c *call) error {
	if s.faults.Current().RefuseHooks {
		return apiError{
			status:  http.StatusForbidden,
			message: "You do not have permission to create webhooks on this repository.",
		}
	}
	h := Hook{UUID: newUUID(), Active: true, CreatedAt: s.opts.Now().UTC()}
	if err := s.readHook(c, &h, true); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if hooks := s.state.Hooks[c.repo.UUID]; s.limits.Hooks >= 0 && len(hooks) >= s.limits.Hooks {
		return badRequest("You have reached the maximum number of webhooks for this repository.", nil)
	}
	s.state.Hooks[c.repo.UUID] = append(s.state.Hooks[c.repo.UUID], &h)
	s.save()
	o := s.hookObj(c.repo, h)
	c.w.Header().Set("Location", o["links"].(obj)["self"].(obj)["href"].(string))
	writeJSON(c.w, http.StatusCreated, o)
	return nil
}

// readHook fills a hook from the body. On an update url, events, description and active replace
// what was there; the secret stays when it is absent and goes when it is null or empty.
func (s api) readHook(c *call, h *Hook, create bool) error {
	data, err := readBody(c)
	if err != nil {
		return err
	}
	var in map[string]json.RawMessage
	if err := json.Unmarshal(data, &in); err != nil {
		return badRequest("Bad request", nil)
	}
	h.URL = ""
	h.Description = ""
	h.Events = nil
	if !create {
		h.Active = false
	}
	for key, target := range map[string]any{
		"url": &h.URL, "description": &h.Description, "events": &h.Events, "active": &h.Active,
		"skip_cert_verification": &h.SkipCertVerification, "history_enabled": &h.HistoryEnabled,
	} {
		raw, given := in[key]
		if !given {
			continue
		}
		if string(raw) == "null" || json.Unmarshal(raw, target) != nil {
			return badRequest("Bad request: "+key, []string{key})
		}
	}
	if raw, given := in["secret"]; given {
		var secret *string
		if json.Unmarshal(raw, &secret) != nil {
			return badRequest("Bad request: secret", []string{"secret"})
		}
		h.Secret = ""
		if secret != nil {
			h.Secret = *secret
		}
	}
	return s.checkHook(c, *h)
}

func (s api) checkHook(c *call, h Hook) error {
	target, err := url.Parse(h.URL)
	switch {
	case h.URL == "":
		return badRequest("url is required", []string{"url"})
	case err != nil || target.Host == "" || (target.Scheme != "http" && target.Scheme != "https"):
		return badRequest("Invalid URL", obj{"url": []string{"Enter a valid URL."}})
	case s.faults.Current().PrivateHooks && isPrivate(target.Hostname()):
		return badRequest("Invalid URL", obj{"url": []string{"The URL must resolve to a public address."}})
	case h.Description == "":
		return badRequest("description is required", []string{"description"})
	case len(h.Events) == 0:
		return badRequest("events is required", obj{"events": []string{"At least one event is required."}})
	case len(h.Secret) > 128:
		return badRequest("secret is too long",
			obj{"secret": []string{"Ensure this value has at most 128 characters."}})
	}
	seen := map[string]bool{}
	for _, event := range h.Events {
		known := slices.ContainsFunc(hookEvents,
			func(e struct{ category, key, label string }) bool { return e.key == event })
		if !known || seen[event] {
			return badRequest("Invalid event: "+event,
				obj{"events": []string{"Invalid or repeated event: " + event}})
		}
		seen[event] = true
		// Each family of events needs the right to read what it reports.
		needed := "repository"
		if strings.HasPrefix(event, "pullrequest:") {
			needed = "pullrequest"
		}
		if !hasScope(c.scopes, needed) {
			return scopeError(c.scopes, "webhook", needed)
		}
	}
	return nil
}

func isPrivate(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") ||
		(!strings.Contains(host, ".") && !strings.Contains(host, ":")) {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}

// hookIndex finds the hook of the path. Sim.mu is held.
func (s api) hookIndex(c *call) (int, error) {
	i := slices.IndexFunc(s.state.Hooks[c.repo.UUID], func(h *Hook) bool { return h.UUID == c.vars["uid"] })
	if i < 0 {
		return 0, notFound("Webhook not found: " + c.vars["uid"])
	}
	return i, nil
}

func (s api) getHook(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.hookIndex(c)
	if err == nil {
		writeJSON(c.w, http.StatusOK, s.hookObj(c.repo, *s.state.Hooks[c.repo.UUID][i]))
	}
	return err
}

func (s api) updateHook(c *call) error {
	s.mu.Lock()
	i, err := s.hookIndex(c)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	changed := *s.state.Hooks[c.repo.UUID][i]
	s.mu.Unlock()
	if err := s.readHook(c, &changed, false); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i, err = s.hookIndex(c); err != nil {
		return err
	}
	s.state.Hooks[c.repo.UUID][i] = &changed
	s.save()
	writeJSON(c.w, http.StatusOK, s.hookObj(c.repo, changed))
	return nil
}

func (s api) deleteHook(c *call) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, err := s.hookIndex(c)
	if err != nil {
		return err
	}
	s.state.Hooks[c.repo.UUID] = slices.Delete(s.state.Hooks[c.repo.UUID], i, i+1)
	s.save()
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
