package bitbucket

import (
	"errors"
	"net/http"
	"strings"

	"towpath/internal/gitsim"
)

// resolveCommit finds the commit that a path names. A ref with a slash is not found, as with the
// real one.
func (s api) resolveCommit(c *call, revision string) (*gitsim.Commit, error) {
	missing := notFound("Commit not found: " + revision)
	if strings.Contains(revision, "/") {
		return nil, missing
	}
	hash, err := c.git.Resolve(revision, c.repo.MainBranch)
	if errors.Is(err, gitsim.ErrNoObject) {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	if s.lag.HidesCommit(commitKey(c.repo.UUID, hash)) {
		return nil, missing
	}
	return c.git.Commit(hash)
}

func (s api) getCommit(c *call) error {
	found, err := s.resolveCommit(c, c.vars["commit"])
	if err == nil {
		writeJSON(c.w, http.StatusOK, s.commitFull(c.repo, found))
	}
	return err
}

// listCommits walks history, newest first. A POST carries include and exclude as a form.
func (s api) listCommits(c *call) error {
	values := c.query
	if c.r.Method == http.MethodPost {
		if err := c.r.ParseForm(); err != nil {
			return badRequest("Bad request", nil)
		}
		values = c.r.Form
	}
	include := values["include"]
	if c.vars["revision"] != "" {
		include = append(include, c.vars["revision"])
	}
	args := []string{"rev-list", "--date-order"}
	for _, revision := range include {
		found, err := s.resolveAny(c, revision)
		if err != nil {
			return err
		}
		args = append(args, found.Hash)
	}
	for _, revision := range values["exclude"] {
		found, err := s.resolveAny(c, revision)
		if err != nil {
			return err
		}
		args = append(args, "^"+found.Hash)
	}
	if len(include) == 0 {
		args = append(args, "--branches")
	}
	if path := values.Get("path"); path != "" {
		args = append(args, "--", ":(literal)"+path)
	}
	out, err := c.git.Run(nil, args...)
	if err != nil {
		return err
	}
	return listing[string]{
		items: strings.Fields(string(out)), pagelen: 30, iterator: true,
		render: func(hash string) (any, error) {
			found, err := c.git.Commit(hash)
			return s.commitFull(c.repo, found), err
		},
	}.answer(s, c)
}

// resolveAny is resolveCommit for places where a branch with a slash is fine.
func (s api) resolveAny(c *call, revision string) (*gitsim.Commit, error) {
	if hash, err := c.git.Branch(revision); err == nil {
		revision = hash
	}
	return s.resolveCommit(c, revision)
}

func (s api) getMergeBase(c *call) error {
	a, b, ok := strings.Cut(c.vars["spec"], "..")
	if !ok {
		return badRequest("Invalid revspec", nil)
	}
	left, err := s.resolveAny(c, a)
	if err != nil {
		return err
	}
	right, err := s.resolveAny(c, b)
	if err != nil {
		return err
	}
	hash, err := c.git.MergeBase(left.Hash, right.Hash)
	if err != nil {
		return notFound("No common ancestor")
	}
	base, err := c.git.Commit(hash)
	if err == nil {
		writeJSON(c.w, http.StatusOK, s.commitFull(c.repo, base))
	}
	return err
}
