package bitbucket

import (
	"net/http"

	"towpath/internal/gitsim"
)

// authorizeGit decides about a Git request. Bitbucket redirects a former name only when the person
// may use the repository. A repository that a person may not see does not exist.
func (s *Sim) authorizeGit(r *http.Request, git gitsim.GitRequest) gitsim.GitAccess {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, status := s.gitUser(r, git.Push)
	if status != http.StatusOK {
		return gitsim.GitAccess{Status: status}
	}
	needs := "read"
	if git.Push {
		needs = "write"
	}
	repo, moved := s.state.repository(git.Owner, git.Name), false
	if repo == nil {
		repo = s.state.movedTo(git.Owner, git.Name)
		moved = repo != nil
	}
	has := ""
	if repo != nil {
		has = s.state.permission(repo, user)
	}
	switch {
	case gitsim.Permits(has, needs):
	case user == nil:
		return gitsim.GitAccess{Status: http.StatusUnauthorized}
	case has == "":
		return gitsim.GitAccess{Status: http.StatusNotFound}
	default:
		return gitsim.GitAccess{Status: http.StatusForbidden}
	}
	actor := User{DisplayName: "anonymous"}
	if user != nil {
		actor = *user
	}
	found := repo.clone()
	access := gitsim.GitAccess{
		Status: http.StatusOK,
		Repo:   s.gitRepo(found),
		Push:   func(update func() error) error { return s.receive(found, actor, true, update) },
	}
	if moved {
		access.MovedTo = "/" + found.FullName() + ".git"
	}
	return access
}

// gitUser returns who asks, or nil without credentials, or the status of the refusal. Sim.mu is
// held.
func (s *Sim) gitUser(r *http.Request, push bool) (*User, int) {
	name, password, given := r.BasicAuth()
	if !given {
		return nil, http.StatusOK
	}
	if name != "x-token-auth" {
		user := s.state.userByName(name)
		if user == nil || user.Password == "" || !gitsim.Equal(user.Password, password) {
			return nil, http.StatusUnauthorized
		}
		return user, http.StatusOK
	}
	t, err := s.accessToken(password)
	if err != nil {
		return nil, http.StatusUnauthorized
	}
	scope := "repository"
	if push {
		scope = "repository:write"
	}
	if !hasScope(t.Scopes, scope) {
		return nil, http.StatusForbidden
	}
	return s.state.userByUUID(t.User), http.StatusOK
}
