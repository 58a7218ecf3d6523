package bitbucket

import (
	"strings"

	"towpath/internal/gitsim"
)

// emptyTree is the hash of a directory without entries, which Git knows without having it.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// getDiffstat compares. The spec is one commit, against its first parent, or new..old, which is the
// reverse of git's order.
func (s api) getDiffstat(c *call) error {
	// A pull request's redirect joins its two hashes by a carriage return, and names the repository
	// before the first.
	spec := strings.TrimPrefix(strings.ReplaceAll(c.vars["spec"], "\r", ".."), c.repo.FullName()+":")
	a, b, two := strings.Cut(spec, "..")
	after, err := s.resolveAny(c, a)
	if err != nil {
		return err
	}
	before := &gitsim.Commit{Tree: emptyTree, Hash: emptyTree}
	switch {
	case two:
		before, err = s.resolveAny(c, b)
	case len(after.Parents) > 0:
		before, err = c.git.Commit(after.Parents[0])
	}
	if err != nil {
		return err
	}
	if two && c.query.Get("topic") != "false" {
		if before, err = c.threeDot(before, after); err != nil {
			return err
		}
	}
	rows, err := c.git.Diff(before.Tree, after.Tree, gitsim.DiffOptions{
		Paths:       c.query["path"],
		Renames:     c.query.Get("renames") != "false",
		IgnoreSpace: c.query.Get("ignore_whitespace") == "true",
	})
	if err != nil {
		return err
	}
	return listing[gitsim.FileDiff]{
		items: rows, pagelen: 500, maximum: 5000,
		render: func(row gitsim.FileDiff) (any, error) {
			o := obj{
				"type": "diffstat", "status": row.Status, "lines_added": row.Added,
				"lines_removed": row.Removed, "old": nil, "new": nil,
			}
			if row.Old != "" {
				o["old"] = s.diffFile(c, before.Hash, row.Old)
			}
			if row.New != "" {
				o["new"] = s.diffFile(c, after.Hash, row.New)
			}
			return o, nil
		},
	}.answer(s, c)
}

// threeDot moves the base to the merge base; without a common ancestor it stays.
func (c *call) threeDot(before, after *gitsim.Commit) (*gitsim.Commit, error) {
	base, err := c.git.MergeBase(before.Hash, after.Hash)
	if err != nil {
		return before, nil //nolint:nilerr // git merge-base fails when there is none
	}
	return c.git.Commit(base)
}

func (s api) diffFile(c *call, hash, path string) obj {
	return obj{
		"type": "commit_file", "path": path, "escaped_path": quotePath(path),
		"links": obj{"self": link(s.repoAPI(c.repo) + "/src/" + hash + "/" + escapePath(path))},
	}
}
