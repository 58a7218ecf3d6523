package gitea

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"towpath/internal/gitsim"
)

const maxBody = 64 << 20

// git is a repository on disk, by its id.
func (s *Sim) git(r Repository) *gitsim.Repo {
	return s.repositories.Get(strconv.FormatInt(r.ID, 10))
}

// has reports whether a repository has an object of a kind.
func (s *Sim) has(r Repository, hash, kind string) bool {
	if !gitsim.IsHash(hash) {
		return false
	}
	out, err := s.git(r).Run(nil, "cat-file", "-t", hash)
	return err == nil && strings.TrimSpace(string(out)) == kind
}

// authorizeGit decides about a Git request. Gitea redirects a former name before it looks at the
// person.
func (s *Sim) authorizeGit(r *http.Request, git gitsim.GitRequest) gitsim.GitAccess {
	s.mu.Lock()
	defer s.mu.Unlock()
	if moved := s.byID(s.former[strings.ToLower(git.Owner+"/"+git.Name)]); moved != nil {
		return gitsim.GitAccess{Status: http.StatusOK, MovedTo: "/" + moved.FullName()}
	}
	login, status := s.gitUser(r, git.Push)
	if status != http.StatusOK {
		return gitsim.GitAccess{Status: status}
	}
	needs := "read"
	if git.Push {
		needs = "write"
	}
	repo := s.repository(git.Owner, git.Name)
	has := ""
	if repo != nil {
		has = s.permission(repo, login)
	}
	switch {
	case gitsim.Permits(has, needs):
	case login == "":
		return gitsim.GitAccess{Status: http.StatusUnauthorized}
	case has == "":
		return gitsim.GitAccess{Status: http.StatusNotFound}
	default:
		return gitsim.GitAccess{Status: http.StatusForbidden}
	}
	found := *repo
	return gitsim.GitAccess{
		Status: http.StatusOK,
		Repo:   s.git(found),
		Push:   func(update func() error) error { return s.push(found, login, update) },
	}
}

// gitUser returns the login of who asks, or "" without credentials, or the status of the refusal.
// Gitea takes a password, or a token as the user name or as the password. It needs s.mu.
func (s *Sim) gitUser(r *http.Request, push bool) (string, int) {
	user, password, given := r.BasicAuth()
	if !given {
		return "", http.StatusOK
	}
	text := password
	if password == "" || password == "x-oauth-basic" {
		text = user
	}
	if t, known := s.tokens[text]; known && !t.refresh {
		if !t.allows("repository", push) {
			return "", http.StatusForbidden
		}
		return t.login, http.StatusOK
	}
	account := s.user(user)
	if account == nil || account.Password == "" || !gitsim.Equal(account.Password, password) {
		return "", http.StatusUnauthorized
	}
	return account.Login, http.StatusOK
}

// push runs an update that moves refs, and delivers an event for each ref that it moved.
func (s *Sim) push(repo Repository, login string, update func() error) error {
	return s.git(repo).Push(update, func(_ bool, changes []gitsim.RefChange) error {
		s.mu.Lock()
		if r := s.byID(repo.ID); r != nil {
			r.Updated = s.opts.Now().UTC()
		}
		s.mu.Unlock()
		for _, c := range changes {
			s.announce(repo, login, c)
		}
		return nil
	})
}

// Commit puts files on a branch, as a push by its owner would, and returns the commit's hash.
func (s *Sim) Commit(id int64, branch string, files map[string]string, message string) (string, error) {
	s.mu.Lock()
	r := s.byID(id)
	s.mu.Unlock()
	if r == nil {
		return "", fmt.Errorf("commit: no repository %d", id)
	}
	change := gitsim.NewCommit{Branch: branch, Message: message, Author: "Ada <ada@gitea.example>"}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		change.Files = append(change.Files, gitsim.FileChange{Path: path, Data: []byte(files[path])})
	}
	hash := ""
	err := s.push(*r, r.Owner, func() (err error) {
		hash, err = s.git(*r).Write(change, s.opts.Now())
		return err
	})
	return hash, err
}
