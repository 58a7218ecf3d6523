package bitbucket

import (
	"net/http"
	"slices"

	"towpath/internal/gitsim"
)

// listRepositories answers the repositories of one workspace; role filters by the caller's right.
func (s api) listRepositories(c *call) error {
	s.mu.Lock()
	w := s.state.workspace(c.vars["ws"])
	slug, owner := "", false
	if w != nil {
		slug, owner = w.Slug, w.Members[c.user.UUID] == "owner"
	}
	s.mu.Unlock()
	if slug == "" {
		return notFound("No workspace with identifier '" + c.vars["ws"] + "'.")
	}
	items := s.visibleRepositories(slug, c.user)
	switch role := c.query.Get("role"); role {
	case "", "member":
	case "contributor":
		items = slices.DeleteFunc(items, func(v visible) bool {
			return !gitsim.Permits(v.permission, "write")
		})
	case "admin":
		items = slices.DeleteFunc(items, func(v visible) bool { return v.permission != "admin" })
	case "owner":
		if !owner {
			items = nil
		}
	default:
		return badRequest("Invalid role: "+role, nil)
	}
	return listing[visible]{
		items: items, field: visible.field,
		render: func(v visible) (any, error) { return s.repoFull(v.repo), nil },
	}.answer(s, c)
}

func (s api) getRepository(c *call) error {
	writeJSON(c.w, http.StatusOK, s.repoFull(c.repo))
	return nil
}
