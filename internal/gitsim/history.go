package gitsim

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// MergeBase returns the best common ancestor of two commits. It fails when there is none.
func (g *Repo) MergeBase(a, b string) (string, error) {
	out, err := g.Run(nil, "merge-base", a, b)
	return strings.TrimSpace(string(out)), err
}

// Gained lists the commits that a branch gained, newest first and at most limit of them, and
// reports whether the branch lost some. A new branch (before is empty) gains all its ancestors.
func (g *Repo) Gained(before, after string, limit int) (hashes []string, forced bool, err error) {
	// Nearly every push adds a few commits in a row, which takes no process to see.
	at := after
	for len(hashes) < limit && before != "" {
		c, err := g.Commit(at)
		if err != nil {
			return nil, false, err
		}
		hashes = append(hashes, at)
		if len(c.Parents) != 1 {
			break
		}
		if at = c.Parents[0]; at == before {
			return hashes, false, nil
		}
	}
	args := []string{"rev-list", "--max-count=" + strconv.Itoa(limit), after}
	if before != "" {
		args = append(args, "^"+before)
		lost, err := g.Run(nil, "rev-list", "--max-count=1", before, "^"+after)
		if err != nil {
			return nil, false, err
		}
		forced = len(bytes.TrimSpace(lost)) > 0
	}
	out, err := g.Run(nil, args...)
	return strings.Fields(string(out)), forced, err
}

// ErrConflict is the error of [Repo.Merge] when the branches conflict or the destination is gone.
var ErrConflict = errors.New("the branches conflict")

// How [Repo.Merge] brings a source into a branch.
const (
	MergeCommit = "merge_commit"
	MergeSquash = "squash"       // one commit with all changes
	MergeFast   = "fast_forward" // the branch moves to the source, which must contain it
)

// Merge brings a source into a branch and returns the branch's new head. The author is
// "Name <mail>". Call it within [Repo.Push].
func (g *Repo) Merge(branch, source, how, message, author string) (string, error) {
	dest, err := g.Branch(branch)
	if err != nil {
		return "", ErrConflict
	}
	hash := source
	if how == MergeFast {
		if base, err := g.MergeBase(dest, source); err != nil || base != dest {
			return "", ErrConflict
		}
	} else if hash, err = g.mergeCommit(dest, source, how, message, author); err != nil {
		return "", err
	}
	_, err = g.Run(nil, "update-ref", "refs/heads/"+branch, hash, dest)
	return hash, err
}

func (g *Repo) mergeCommit(dest, source, how, message, author string) (string, error) {
	tree, err := g.Run(nil, "merge-tree", "--write-tree", dest, source)
	if err != nil {
		return "", ErrConflict
	}
	name, mail, _ := strings.Cut(strings.TrimSuffix(author, ">"), " <")
	args := []string{
		"-c", "user.name=" + name, "-c", "user.email=" + mail,
		"commit-tree", strings.TrimSpace(string(tree)), "-p", dest,
	}
	if how == MergeCommit {
		args = append(args, "-p", source)
	}
	out, err := g.Run(strings.NewReader(message), args...)
	return strings.TrimSpace(string(out)), err
}

// FileDiff is how one file differs between two trees.
type FileDiff struct {
	Status         string // "added", "modified", "removed" or "renamed"
	Old, New       string // paths; empty where the file does not exist
	Added, Removed int    // lines; 0 for a binary file
}

// DiffOptions configure [Repo.Diff]. The zero value compares all files without renames.
type DiffOptions struct {
	Paths       []string // literal; empty means all
	Renames     bool     // find files that moved
	IgnoreSpace bool
}

// Diff compares two trees. One git process gives both the kinds of change and the counts of lines.
func (g *Repo) Diff(before, after string, o DiffOptions) ([]FileDiff, error) {
	args := []string{"diff-tree", "-r", "-z", "--raw", "--numstat", "--no-renames"}
	if o.Renames {
		args[len(args)-1] = "-M"
	}
	if o.IgnoreSpace {
		args = append(args, "-w")
	}
	args = append(args, before, after, "--")
	for _, p := range o.Paths {
		args = append(args, ":(literal)"+p)
	}
	out, err := g.Run(nil, args...)
	if err != nil {
		return nil, err
	}
	return parseDiff(strings.Split(string(out), "\x00")), nil
}

// parseDiff reads the rows of --raw and then those of --numstat. A rename has two paths in both; in
// the latter they follow an empty field.
func parseDiff(fields []string) []FileDiff {
	var rows []FileDiff
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
				rows[at].Added, _ = strconv.Atoi(counts[0]) // "-" of a binary file counts as zero
				rows[at].Removed, _ = strconv.Atoi(counts[1])
			}
			i += width
			continue
		}
		columns := strings.Fields(head)
		row := FileDiff{Status: "modified", Old: fields[i+1], New: fields[i+1]}
		path := fields[i+1]
		width := 2
		switch columns[len(columns)-1][0] {
		case 'A':
			row.Status, row.Old = "added", ""
		case 'D':
			row.Status, row.New = "removed", ""
		case 'R':
			path, width = fields[i+2], 3
			row.Status, row.New = "renamed", path
		}
		byPath[path] = len(rows)
		rows = append(rows, row)
		i += width
	}
	return rows
}
