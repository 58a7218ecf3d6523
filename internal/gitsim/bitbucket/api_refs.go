package bitbucket

import (
	"encoding/json"
	"errors"
	"net/http"

	"towpath/internal/gitsim"
)

func (s api) branchFull(c *call, b gitsim.Head) (any, error) {
	target, err := c.git.Commit(b.Hash)
	if err != nil {
		return nil, err
	}
	return s.branchObj(c.repo, b.Name, s.commitFull(c.repo, target)), nil
}

func (s api) listBranches(c *call) error {
	items, err := c.git.Branches()
	if err != nil {
		return err
	}
	return listing[gitsim.Head]{
		items: items,
		field: func(b gitsim.Head, name string) string {
			switch name {
			case "name":
				return b.Name
			case "target.hash":
				return b.Hash
			case "target.date":
				if target, err := c.git.Commit(b.Hash); err == nil {
					return commitDate(target.Date)
				}
			}
			return ""
		},
		render: func(b gitsim.Head) (any, error) { return s.branchFull(c, b) },
	}.answer(s, c)
}

func (s api) getBranch(c *call) error {
	hash, err := c.git.Branch(c.vars["name"])
	if errors.Is(err, gitsim.ErrNoObject) {
		return notFound("No such branch or tag: " + c.vars["name"])
	}
	if err != nil {
		return err
	}
	o, err := s.branchFull(c, gitsim.Head{Name: c.vars["name"], Hash: hash})
	if err == nil {
		writeJSON(c.w, http.StatusOK, o)
	}
	return err
}

func (s api) createBranch(c *call) error {
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
	if _, err := c.git.Run(nil, "check-ref-format", "--branch", in.Name); err != nil {
		return badRequest("Invalid branch name: "+in.Name, nil)
	}
	hash, err := c.git.Resolve(in.Target.Hash, c.repo.MainBranch)
	if err != nil {
		return badRequest("Commit not found: "+in.Target.Hash, nil)
	}
	if _, err := c.git.Branch(in.Name); err == nil {
		return apiError{
			status: http.StatusBadRequest, message: "Branch \"" + in.Name + "\" already exists.",
			data: obj{"key": "BRANCH_ALREADY_EXISTS"},
		}
	}
	err = s.receive(c.repo, *c.user, true, func() error {
		_, err := c.git.Run(nil, "update-ref", "refs/heads/"+in.Name, hash, gitsim.ZeroHash)
		return err
	})
	if err != nil {
		return err
	}
	o, err := s.branchFull(c, gitsim.Head{Name: in.Name, Hash: hash})
	if err == nil {
		writeJSON(c.w, http.StatusCreated, o)
	}
	return err
}

func (s api) deleteBranch(c *call) error {
	name := c.vars["name"]
	if name == c.repo.MainBranch {
		return badRequest("Cannot delete the main branch.", nil)
	}
	if _, err := c.git.Branch(name); err != nil {
		return notFound("No such branch or tag: " + name)
	}
	err := s.receive(c.repo, *c.user, true, func() error {
		_, err := c.git.Run(nil, "update-ref", "-d", "refs/heads/"+name)
		return err
	})
	if err == nil {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return err
}
