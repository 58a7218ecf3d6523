package bitbucket

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ownedWorkspace finds the workspace of the path; only its owners manage consumers.
func (s pages) ownedWorkspace(w http.ResponseWriter, r *http.Request, user User) (Workspace, bool) {
	for _, ws := range s.workspacesOf(user) {
		if ws.Slug == r.PathValue("ws") && ws.Members[user.UUID] == "owner" {
			return ws, true
		}
	}
	s.renderMessage(w, r, http.StatusForbidden, "Access denied",
		"Only the owners of a workspace see its OAuth consumers.")
	return Workspace{}, false
}

func (s pages) showConsumers(w http.ResponseWriter, r *http.Request, user User) {
	ws, ok := s.ownedWorkspace(w, r, user)
	if !ok {
		return
	}
	type row struct {
		Consumer
		Labels []string
	}
	var rows []row
	s.mu.Lock()
	for _, c := range s.state.Consumers {
		if c.Workspace == ws.Slug {
			rows = append(rows, row{*c, scopeLabels(c.Scopes)})
		}
	}
	s.mu.Unlock()
	s.render(w, r, http.StatusOK, "consumers", obj{"Title": "OAuth consumers", "Workspace": ws, "Rows": rows})
}

// consumerByID finds a consumer of a workspace; "new" is an empty one.
func (s pages) consumerByID(ws Workspace, id string) (Consumer, bool) {
	if id == "new" {
		return Consumer{Workspace: ws.Slug, Private: true}, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.state.Consumers {
		if c.Workspace == ws.Slug && strconv.Itoa(c.ID) == id {
			return *c, true
		}
	}
	return Consumer{}, false
}

func (s pages) editConsumer(w http.ResponseWriter, r *http.Request, user User) {
	ws, ok := s.ownedWorkspace(w, r, user)
	if !ok {
		return
	}
	c, ok := s.consumerByID(ws, r.PathValue("id"))
	if !ok {
		s.renderMessage(w, r, http.StatusNotFound, "Consumer not found", r.PathValue("id"))
		return
	}
	s.consumerPage(w, r, http.StatusOK, ws, c, "")
}

func (s pages) consumerPage(
	w http.ResponseWriter, r *http.Request, status int, ws Workspace, c Consumer, problem string,
) {
	title := "Edit OAuth consumer"
	if c.ID == 0 {
		title = "Add OAuth consumer"
	}
	s.render(w, r, status, "consumer", obj{
		"Title": title, "Workspace": ws, "Consumer": c, "Groups": consumerForm, "Problem": problem,
		"ID": r.PathValue("id"),
	})
}

func (s pages) saveConsumer(w http.ResponseWriter, r *http.Request, user User) {
	ws, ok := s.ownedWorkspace(w, r, user)
	if !ok {
		return
	}
	c, ok := s.consumerByID(ws, r.PathValue("id"))
	if !ok || r.ParseForm() != nil {
		s.renderMessage(w, r, http.StatusNotFound, "Consumer not found", r.PathValue("id"))
		return
	}
	c.Name, c.Description = strings.TrimSpace(r.PostForm.Get("name")), r.PostForm.Get("description")
	c.CallbackURL = strings.TrimSpace(r.PostForm.Get("callback"))
	c.Private = r.PostForm.Get("private") != ""
	c.Scopes = r.PostForm["scope"]
	callback, err := url.Parse(c.CallbackURL)
	switch {
	case c.Name == "":
		s.consumerPage(w, r, http.StatusBadRequest, ws, c, "Name is required.")
	case c.CallbackURL != "" && (err != nil || callback.Host == ""):
		s.consumerPage(w, r, http.StatusBadRequest, ws, c, "Enter a valid callback URL.")
	case len(c.Scopes) == 0:
		s.consumerPage(w, r, http.StatusBadRequest, ws, c, "Select at least one permission.")
	default:
		s.AddConsumer(c)
		http.Redirect(w, r, "/"+ws.Slug+"/workspace/settings/api", http.StatusSeeOther)
	}
}

func (s pages) deleteConsumer(w http.ResponseWriter, r *http.Request, user User) {
	ws, ok := s.ownedWorkspace(w, r, user)
	if !ok {
		return
	}
	c, ok := s.consumerByID(ws, r.PathValue("id"))
	if !ok || c.ID == 0 {
		s.renderMessage(w, r, http.StatusNotFound, "Consumer not found", r.PathValue("id"))
		return
	}
	s.mu.Lock()
	s.state.Consumers = slices.DeleteFunc(s.state.Consumers,
		func(other *Consumer) bool { return other.Key == c.Key })
	s.revoke(func(g *grant) bool { return g.Consumer == c.Key })
	s.mu.Unlock()
	http.Redirect(w, r, "/"+ws.Slug+"/workspace/settings/api", http.StatusSeeOther)
}

// showGrants lists the consumers that a person allowed to act.
func (s pages) showGrants(w http.ResponseWriter, r *http.Request, user User) {
	type row struct {
		Consumer
		Labels []string
	}
	var rows []row
	s.mu.Lock()
	for _, c := range s.state.Consumers {
		if slices.ContainsFunc(s.state.Grants, func(g *grant) bool {
			return g.User == user.UUID &&
				g.Consumer == c.Key
		}) {
			rows = append(rows, row{*c, scopeLabels(c.Scopes)})
		}
	}
	s.mu.Unlock()
	s.render(w, r, http.StatusOK, "grants", obj{"Title": "App authorizations", "Rows": rows})
}

func (s pages) revokeGrant(w http.ResponseWriter, r *http.Request, user User) {
	key := r.PostFormValue("consumer")
	s.mu.Lock()
	s.revoke(func(g *grant) bool { return g.User == user.UUID && g.Consumer == key })
	s.mu.Unlock()
	http.Redirect(w, r, "/account/settings/app-authorizations/", http.StatusSeeOther)
}
