package gitsim

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// Commit is a parsed Git commit.
type Commit struct {
	Hash, Tree string
	Parents    []string
	Author     string // "Name <mail>"
	Committer  string
	Date       time.Time // of the author
	Message    string
}

// Email is the author's mail address.
func (c *Commit) Email() string {
	_, rest, _ := strings.Cut(c.Author, "<")
	return strings.TrimSuffix(rest, ">")
}

// TreeEntry is a row of a Git tree. Path is a name in its directory, except after [Repo.Lookup] and
// [Repo.Walk], which give the path from the root.
type TreeEntry struct {
	Mode, Path, Hash string
}

// IsDir reports whether the entry is a directory.
func (e TreeEntry) IsDir() bool { return e.Mode == "40000" }

// Commit reads a commit by its full or abbreviated hash, or by the hash of a tag object. The commit
// is never nil. The error is [ErrNoObject] when there is none.
func (g *Repo) Commit(name string) (*Commit, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range 5 {
		if c := g.commits[name]; c != nil {
			return c, nil
		}
		hash, kind, _, data, err := g.object("contents", name)
		if err != nil {
			return &Commit{}, err
		}
		switch kind {
		case "commit":
			c := parseCommit(hash, data)
			g.commits[hash] = c
			return c, nil
		case "tag":
			line, _, _ := strings.Cut(string(data), "\n")
			name = strings.TrimPrefix(line, "object ")
		default:
			return &Commit{}, ErrNoObject
		}
	}
	return &Commit{}, ErrNoObject
}

func parseCommit(hash string, data []byte) *Commit {
	c := &Commit{Hash: hash}
	head, message, _ := strings.Cut(string(data), "\n\n")
	c.Message = message
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.Tree = value
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			c.Author, c.Date = parseSignature(value)
		case "committer":
			c.Committer, _ = parseSignature(value)
		}
	}
	return c
}

func parseSignature(line string) (who string, at time.Time) {
	end := strings.LastIndex(line, ">")
	if end < 0 {
		return line, time.Time{}
	}
	f := strings.Fields(line[end+1:])
	if len(f) > 0 {
		seconds, _ := strconv.ParseInt(f[0], 10, 64)
		at = time.Unix(seconds, 0).UTC()
	}
	return line[:end+1], at
}

// Tag reads an annotated tag's tagger, date and message; ok is false for a lightweight tag.
func (g *Repo) Tag(hash string) (tagger string, at time.Time, message string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, kind, _, data, err := g.object("contents", hash)
	if err != nil || kind != "tag" {
		return "", time.Time{}, "", false
	}
	head, message, _ := strings.Cut(string(data), "\n\n")
	for line := range strings.SplitSeq(head, "\n") {
		if value, found := strings.CutPrefix(line, "tagger "); found {
			tagger, at = parseSignature(value)
		}
	}
	return tagger, at, message, true
}

// Tree lists one directory in Git's order, with names relative to it.
func (g *Repo) Tree(hash string) ([]TreeEntry, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t, ok := g.trees[hash]; ok {
		return t, nil
	}
	_, kind, _, data, err := g.object("contents", hash)
	if err != nil {
		return nil, err
	}
	if kind != "tree" {
		return nil, ErrNoObject
	}
	var entries []TreeEntry
	for len(data) > 0 {
		space, zero := bytes.IndexByte(data, ' '), bytes.IndexByte(data, 0)
		if space < 0 || zero < space || len(data) < zero+21 {
			return nil, fmt.Errorf("tree %s is malformed", hash)
		}
		entries = append(entries, TreeEntry{
			Mode: string(data[:space]), Path: string(data[space+1 : zero]),
			Hash: hex.EncodeToString(data[zero+1 : zero+21]),
		})
		data = data[zero+21:]
	}
	g.trees[hash] = entries
	return entries, nil
}

// Lookup finds a path below a tree. The empty path is the tree itself. The error is [ErrNoObject]
// when the path does not exist.
func (g *Repo) Lookup(tree, p string) (TreeEntry, error) {
	found := TreeEntry{Mode: "40000", Hash: tree}
	for segment := range strings.SplitSeq(strings.Trim(p, "/"), "/") {
		if segment == "" {
			continue
		}
		if !found.IsDir() {
			return TreeEntry{}, ErrNoObject
		}
		entries, err := g.Tree(found.Hash)
		if err != nil {
			return TreeEntry{}, err
		}
		next := TreeEntry{}
		for _, e := range entries {
			if e.Path == segment {
				next = TreeEntry{Mode: e.Mode, Path: path.Join(found.Path, segment), Hash: e.Hash}
			}
		}
		if next.Hash == "" {
			return TreeEntry{}, ErrNoObject
		}
		found = next
	}
	return found, nil
}

// ErrTooManyEntries is the error of [Repo.Walk] for a listing above its limit.
var ErrTooManyEntries = errors.New("too many entries")

// Walk lists a directory and what is below it, breadth first and depth levels deep. More than limit
// entries fail with [ErrTooManyEntries]. A negative limit means none.
func (g *Repo) Walk(dir TreeEntry, depth, limit int) ([]TreeEntry, error) {
	var all []TreeEntry
	level := []TreeEntry{dir}
	for ; depth > 0 && len(level) > 0; depth-- {
		var next []TreeEntry
		for _, d := range level {
			entries, err := g.Tree(d.Hash)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				e.Path = path.Join(d.Path, e.Path)
				all = append(all, e)
				if e.IsDir() {
					next = append(next, e)
				}
			}
			if limit >= 0 && len(all) > limit {
				return nil, ErrTooManyEntries
			}
		}
		level = next
	}
	return all, nil
}

// Blob reads a file's bytes by its hash.
func (g *Repo) Blob(hash string) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if b, ok := g.blobs[hash]; ok {
		return b, nil
	}
	_, kind, _, data, err := g.object("contents", hash)
	if err != nil {
		return nil, err
	}
	if kind != "blob" {
		return nil, ErrNoObject
	}
	if g.blobBytes += len(data); g.blobBytes > blobCacheSize {
		clear(g.blobs)
		g.blobBytes = len(data)
	}
	g.blobs[hash], g.sizes[hash] = data, int64(len(data))
	return data, nil
}

// Size is the size of an object in bytes.
func (g *Repo) Size(hash string) (int64, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n, ok := g.sizes[hash]; ok {
		return n, nil
	}
	_, _, n, _, err := g.object("info", hash)
	if err == nil {
		g.sizes[hash] = n
	}
	return n, err
}
