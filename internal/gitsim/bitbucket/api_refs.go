package bitbucket

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// ref is a branch with the hash that it points to.
type ref struct{ name, hash string }

func (g *gitRepo) branches() ([]ref, error) {
	refs, err := g.refs()
	if err != nil {
		return nil, err
	}
	var found []ref
	for name, hash := range refs {
		if branch, ok := strings.CutPrefix(name, "refs/heads/"); ok {
			found = append(found, ref{branch, hash})
		}
	}
	slices.SortFunc(found, func(a, b ref) int { return strings.Compare(a.name, b.name) })
	return found, nil
}

func (s *Sim) branchFull(c *call, b ref) (any, error) {
	target, err := c.git.commit(b.hash)
	if err != nil {
		return nil, err
	}
	return s.branchObj(c.repo, b.name, s.commitFull(c.repo, target)), nil
}

func (s *Sim) listBranches(c *call) error {
	items, err := c.git.branches()
	if err != nil {
		return err
	}
	return listing[ref]{
		items: items,
		field: func(b ref, name string) string {
			switch name {
			case "name":
				return b.name
			case "target.hash":
				return b.hash
			case "target.date":
				if target, err := c.git.commit(b.hash); err == nil {
					return commitDate(target.Date)
				}
			}
			return ""
		},
		render: func(b ref) (any, error) { return s.branchFull(c, b) },
	}.answer(s, c)
}

func (s *Sim) getBranch(c *call) error {
	hash, err := c.git.branch(c.vars["name"])
	if errors.Is(err, errNoObject) {
		return notFound("No such branch or tag: " + c.vars["name"])
	}
	if err != nil {
		return err
	}
	o, err := s.branchFull(c, ref{c.vars["name"], hash})
	if err == nil {
		writeJSON(c.w, http.StatusOK, o)
	}
	return err
}

func (s *Sim) createBranch(c *call) error {
	var in struct {
		Name   string `json:"name"`
		Target struct {
			Hash string `json:"hash"`
		} `json:"target"`
	}
	data, err := readBody(c)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &in); err != nil || in.Name == "" || in.Target.Hash == "" {
		return badRequest("Bad request", obj{"name": []string{"required key not provided"}})
	}
	if _, err := c.git.run(nil, "check-ref-format", "--branch", in.Name); err != nil {
		return badRequest("Invalid branch name: "+in.Name, nil)
	}
	hash, err := c.git.resolve(in.Target.Hash, c.repo.MainBranch)
	if err != nil {
		return badRequest("Commit not found: "+in.Target.Hash, nil)
	}
	if _, err := c.git.branch(in.Name); err == nil {
		return apiError{
			status: http.StatusBadRequest, message: "Branch \"" + in.Name + "\" already exists.",
			data: obj{"key": "BRANCH_ALREADY_EXISTS"},
		}
	}
	err = s.receive(c.repo, *c.user, true, func(g *gitRepo) error {
		_, err := g.run(nil, "update-ref", "refs/heads/"+in.Name, hash, zeroHash)
		return err
	})
	if err != nil {
		return err
	}
	o, err := s.branchFull(c, ref{in.Name, hash})
	if err == nil {
		writeJSON(c.w, http.StatusCreated, o)
	}
	return err
}

func (s *Sim) deleteBranch(c *call) error {
	name := c.vars["name"]
	if name == c.repo.MainBranch {
		return badRequest("Cannot delete the main branch.", nil)
	}
	if _, err := c.git.branch(name); err != nil {
		return notFound("No such branch or tag: " + name)
	}
	err := s.receive(c.repo, *c.user, true, func(g *gitRepo) error {
		_, err := g.run(nil, "update-ref", "-d", "refs/heads/"+name)
		return err
	})
	if err == nil {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return err
}
