package bitbucket

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s api) getUser(c *call) error {
	o := s.userObj(*c.user)
	o["username"], o["created_on"], o["account_status"] = c.user.Username, timestamp(c.user.CreatedOn),
		"active"
	o["is_staff"], o["location"] = false, nil
	links := o["links"].(obj)
	links["repositories"] = link(s.base + "/2.0/repositories/" + c.user.UUID)
	writeJSON(c.w, http.StatusOK, o)
	return nil
}

func (s api) listEmails(c *call) error {
	return listing[string]{
		items: []string{c.user.Email},
		render: func(mail string) (any, error) {
			return obj{"type": "email", "email": mail, "is_primary": true, "is_confirmed": true}, nil
		},
	}.answer(s, c)
}

// workspacesOf lists the workspaces that a user is a member of, by slug.
func (s *Sim) workspacesOf(u User) []Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Workspace
	for _, w := range s.state.Workspaces {
		if w.Members[u.UUID] != "" {
			w := *w
			w.Members = map[string]string{u.UUID: w.Members[u.UUID]}
			found = append(found, w)
		}
	}
	slices.SortFunc(found, func(a, b Workspace) int { return strings.Compare(a.Slug, b.Slug) })
	return found
}

// listWorkspaces answers without the names of the workspaces, as the real one does.
func (s api) listWorkspaces(c *call) error {
	owner := func(w Workspace) bool { return w.Members[c.user.UUID] == "owner" }
	items := s.workspacesOf(*c.user)
	if want := c.query.Get("administrator"); want != "" {
		items = slices.DeleteFunc(items,
			func(w Workspace) bool { return strconv.FormatBool(owner(w)) != want })
	}
	return listing[Workspace]{
		items: items, pagelen: 25,
		field: func(w Workspace, name string) string {
			switch strings.TrimPrefix(name, "workspace.") {
			case "slug":
				return w.Slug
			case "administrator":
				return strconv.FormatBool(owner(w))
			}
			return ""
		},
		render: func(w Workspace) (any, error) {
			return obj{
				"type": "workspace_access", "administrator": owner(w),
				"workspace": s.workspaceBase(w),
			}, nil
		},
	}.answer(s, c)
}

// memberWorkspace finds the workspace of the path, which the caller must belong to.
func (s api) memberWorkspace(c *call) (Workspace, error) {
	for _, w := range s.workspacesOf(*c.user) {
		if w.Slug == c.vars["ws"] || w.UUID == c.vars["ws"] {
			return w, nil
		}
	}
	return Workspace{}, notFound("No workspace with identifier '" + c.vars["ws"] + "'.")
}

func (s api) getWorkspace(c *call) error {
	w, err := s.memberWorkspace(c)
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, s.workspaceFull(w))
	return nil
}

func (s api) getWorkspacePermission(c *call) error {
	w, err := s.memberWorkspace(c)
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, obj{
		"type": "workspace_membership", "permission": w.Members[c.user.UUID], "user": s.userObj(*c.user),
		"workspace": s.workspaceObj(w),
	})
	return nil
}

// visible is a repository together with the caller's right.
type visible struct {
	repo       Repository
	permission string
}

func (s *Sim) visibleRepositories(workspace string, u *User) []visible {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []visible
	for _, r := range s.state.Repositories {
		if p := s.state.permission(r, u); r.Workspace == workspace && p != "" {
			found = append(found, visible{r.clone(), p})
		}
	}
	return found
}

func (v visible) field(name string) string {
	switch strings.TrimPrefix(name, "repository.") {
	case "permission":
		return v.permission
	case "full_name":
		return v.repo.FullName()
	case "name":
		return v.repo.Name
	case "slug":
		return v.repo.Slug
	case "uuid":
		return v.repo.UUID
	case "is_private":
		return strconv.FormatBool(v.repo.Private)
	case "updated_on":
		return timestamp(v.repo.UpdatedOn)
	case "created_on":
		return timestamp(v.repo.CreatedOn)
	}
	return ""
}

func (s api) listRepositoryPermissions(c *call) error {
	if !hasScope(c.scopes, "repository") {
		return scopeError(c.scopes, "account", "repository")
	}
	w, err := s.memberWorkspace(c)
	if err != nil {
		return err
	}
	return listing[visible]{
		items: s.visibleRepositories(w.Slug, c.user), field: visible.field,
		render: func(v visible) (any, error) {
			return obj{
				"type": "repository_permission", "permission": v.permission,
				"user": s.userObj(*c.user), "repository": s.repoRef(v.repo),
			}, nil
		},
	}.answer(s, c)
}

// listRepositoryUsers lists the effective permission of each person on the repository of the path.
func (s api) listRepositoryUsers(c *call) error {
	type row struct {
		user       User
		permission string
	}
	var rows []row
	s.mu.Lock()
	repo := s.state.repository("{}", c.repo.UUID)
	for _, u := range s.state.Users {
		if p := s.state.permission(repo, u); p != "" {
			rows = append(rows, row{*u, p})
		}
	}
	s.mu.Unlock()
	return listing[row]{
		items: rows,
		field: func(r row, name string) string {
			return map[string]string{"permission": r.permission, "user.uuid": r.user.UUID}[name]
		},
		render: func(r row) (any, error) {
			return obj{
				"type": "repository_permission", "permission": r.permission,
				"user": s.userObj(r.user), "repository": s.repoRef(c.repo),
			}, nil
		},
	}.answer(s, c)
}
