package bitbucket

import (
	"strconv"
	"strings"
)

// emptyTree is the hash of a directory without entries, which Git knows without having it.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// diffRow is one file of a diffstat.
type diffRow struct {
	status, old, new string // paths; old is empty for added files, new for removed ones
	added, removed   int
}

// getDiffstat compares. The spec is one commit, against its first parent, or new..old, which is the
// reverse of git's order.
func (s *Sim) getDiffstat(c *call) error {
	// A pull request's redirect joins its two hashes by a carriage return, and names the repository
	// before the first.
	spec := strings.TrimPrefix(strings.ReplaceAll(c.vars["spec"], "\r", ".."), c.repo.FullName()+":")
	a, b, two := strings.Cut(spec, "..")
	after, err := s.resolveAny(c, a)
	if err != nil {
		return err
	}
	before := &commit{Tree: emptyTree, Hash: emptyTree}
	switch {
	case two:
		before, err = s.resolveAny(c, b)
	case len(after.Parents) > 0:
		before, err = c.git.commit(after.Parents[0])
	}
	if err != nil {
		return err
	}
	if two && c.query.Get("topic") != "false" {
		if before, err = c.threeDot(before, after); err != nil {
			return err
		}
	}
	rows, err := c.git.diffstat(before.Tree, after.Tree, c.query["path"], c.query.Get("renames") != "false",
		c.query.Get("ignore_whitespace") == "true")
	if err != nil {
		return err
	}
	return listing[diffRow]{
		items: rows, pagelen: 500, maximum: 5000,
		render: func(row diffRow) (any, error) {
			o := obj{
				"type": "diffstat", "status": row.status, "lines_added": row.added,
				"lines_removed": row.removed, "old": nil, "new": nil,
			}
			if row.old != "" {
				o["old"] = s.diffFile(c, before.Hash, row.old)
			}
			if row.new != "" {
				o["new"] = s.diffFile(c, after.Hash, row.new)
			}
			return o, nil
		},
	}.answer(s, c)
}

// threeDot moves the base to where the two sides parted; without a common ancestor it stays.
func (c *call) threeDot(before, after *commit) (*commit, error) {
	base, err := c.git.mergeBase(before.Hash, after.Hash)
	if err != nil {
		return before, nil //nolint:nilerr // git merge-base fails when there is none
	}
	return c.git.commit(base)
}

func (s *Sim) diffFile(c *call, hash, path string) obj {
	return obj{
		"type": "commit_file", "path": path, "escaped_path": quotePath(path),
		"links": obj{"self": link(s.repoAPI(c.repo) + "/src/" + hash + "/" + escapePath(path))},
	}
}

// diffstat runs one git process that tells both the kinds of change and the counts of lines.
func (g *gitRepo) diffstat(
	before, after string, paths []string, renames, ignoreSpace bool,
) ([]diffRow, error) {
	args := []string{"diff-tree", "-r", "-z", "--raw", "--numstat", "--no-renames"}
	if renames {
		args[len(args)-1] = "-M"
	}
	if ignoreSpace {
		args = append(args, "-w")
	}
	args = append(args, before, after, "--")
	for _, p := range paths {
		args = append(args, ":(literal)"+p)
	}
	out, err := g.run(nil, args...)
	if err != nil {
		return nil, err
	}
	return parseDiff(strings.Split(string(out), "\x00")), nil
}

// parseDiff reads the rows of --raw and then those of --numstat. A rename has two paths in both; in
// the latter they follow an empty field.
func parseDiff(fields []string) []diffRow {
	var rows []diffRow
	byPath := map[string]int{}
	for i := 0; i+1 < len(fields); {
		head := fields[i]
		if !strings.HasPrefix(head, ":") {
			counts := strings.SplitN(head, "\t", 3)
			if len(counts) < 3 {
				break
			}
			path, width := counts[2], 1
			if path == "" {
				path, width = fields[i+2], 3
			}
			if at, ok := byPath[path]; ok {
				rows[at].added, _ = strconv.Atoi(counts[0]) // "-" of a binary file counts as zero
				rows[at].removed, _ = strconv.Atoi(counts[1])
			}
			i += width
			continue
		}
		columns := strings.Fields(head)
		row := diffRow{status: "modified", old: fields[i+1], new: fields[i+1]}
		path := fields[i+1]
		width := 2
		switch columns[len(columns)-1][0] {
		case 'A':
			row.status, row.old = "added", ""
		case 'D':
			row.status, row.new = "removed", ""
		case 'R':
			path, width = fields[i+2], 3
			row.status, row.new = "renamed", path
		}
		byPath[path] = len(rows)
		rows = append(rows, row)
		i += width
	}
	return rows
}
