package bitbucket

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

// commit is a parsed Git commit.
type commit struct {
	Hash, Tree string
	Parents    []string
	Author     string // "Name <mail>"
	Committer  string
	Date       time.Time // of the author
	Message    string
}

func (c *commit) email() string {
	_, rest, _ := strings.Cut(c.Author, "<")
	return strings.TrimSuffix(rest, ">")
}

// treeEntry is a row of a Git tree. Path is relative to the root once the entry comes out of a
// walk.
type treeEntry struct {
	Mode, Path, Hash string
}

func (e treeEntry) isDir() bool { return e.Mode == "40000" }

// commit reads a commit by full or abbreviated hash; a tag object is followed. The answer is never
// nil.
func (g *gitRepo) commit(name string) (*commit, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for range 5 {
		if c := g.commits[name]; c != nil {
			return c, nil
		}
		hash, kind, _, data, err := g.object("contents", name)
		if err != nil {
			return &commit{}, err
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
			return &commit{}, errNoObject
		}
	}
	return &commit{}, errNoObject
}

func parseCommit(hash string, data []byte) *commit {
	c := &commit{Hash: hash}
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

// tag reads an annotated tag's tagger, date and message; ok is false for a lightweight tag.
func (g *gitRepo) tag(hash string) (tagger string, at time.Time, message string, ok bool) {
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

// tree lists one directory in Git's order, with names relative to it.
func (g *gitRepo) tree(hash string) ([]treeEntry, error) {
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
		return nil, errNoObject
	}
	var entries []treeEntry
	for len(data) > 0 {
		space, zero := bytes.IndexByte(data, ' '), bytes.IndexByte(data, 0)
		if space < 0 || zero < space || len(data) < zero+21 {
			return nil, fmt.Errorf("tree %s is malformed", hash)
		}
		entries = append(entries, treeEntry{
			Mode: string(data[:space]), Path: string(data[space+1 : zero]),
			Hash: hex.EncodeToString(data[zero+1 : zero+21]),
		})
		data = data[zero+21:]
	}
	g.trees[hash] = entries
	return entries, nil
}

// lookup finds a path below a tree; the empty path is the tree itself.
func (g *gitRepo) lookup(tree, p string) (treeEntry, error) {
	found := treeEntry{Mode: "40000", Hash: tree}
	for segment := range strings.SplitSeq(strings.Trim(p, "/"), "/") {
		if segment == "" {
			continue
		}
		if !found.isDir() {
			return treeEntry{}, errNoObject
		}
		entries, err := g.tree(found.Hash)
		if err != nil {
			return treeEntry{}, err
		}
		next := treeEntry{}
		for _, e := range entries {
			if e.Path == segment {
				next = treeEntry{Mode: e.Mode, Path: path.Join(found.Path, segment), Hash: e.Hash}
			}
		}
		if next.Hash == "" {
			return treeEntry{}, errNoObject
		}
		found = next
	}
	return found, nil
}

var errTooLarge = errors.New("too many entries")

// walk lists a directory and what is below it down to depth levels, breadth first. More than limit
// entries are errTooLarge.
func (g *gitRepo) walk(dir treeEntry, depth, limit int) ([]treeEntry, error) {
	var all []treeEntry
	level := []treeEntry{dir}
	for ; depth > 0 && len(level) > 0; depth-- {
		var next []treeEntry
		for _, d := range level {
			entries, err := g.tree(d.Hash)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				e.Path = path.Join(d.Path, e.Path)
				all = append(all, e)
				if e.isDir() {
					next = append(next, e)
				}
			}
			if limit >= 0 && len(all) > limit {
				return nil, errTooLarge
			}
		}
		level = next
	}
	return all, nil
}

func (g *gitRepo) blob(hash string) ([]byte, error) {
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
		return nil, errNoObject
	}
	if g.blobBytes += len(data); g.blobBytes > blobCacheSize {
		clear(g.blobs)
		g.blobBytes = len(data)
	}
	g.blobs[hash], g.sizes[hash] = data, int64(len(data))
	return data, nil
}

func (g *gitRepo) size(hash string) (int64, error) {
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
