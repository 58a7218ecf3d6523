package gitwire

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/vcs"
)

const (
	opBetween       = "read the commits of a push"
	maxHistory      = 5_000
	modeDirectory   = "40000"
	modeSymlink     = "120000"
	modeSubmodule   = "160000"
	hashBytes       = 20
	filterNoContent = "filter blob:none"
)

// Between compares two commits and finds which commits brought the differences. It reads both
// commits with their trees, and those in between when there are any. The commits have no URL.
// https://git-scm.com/docs/protocol-v2#_fetch
func (r Remote) Between(ctx context.Context, from, to string) (vcs.Between, error) {
	h := history{commits: map[string]gitCommit{}, objects: map[string]object{}}
	if err := r.fetch(ctx, h.objects, "deepen 1", "want "+to, "want "+from); err != nil {
		return vcs.Between{}, err
	}
	if err := h.readCommits(); err != nil {
		return vcs.Between{}, err
	}
	if parents := h.commits[to].parents; !slices.Equal(parents, []string{from}) {
		if err := r.fetch(ctx, h.objects, "want "+to, "have "+from); err != nil {
			return vcs.Between{}, err
		}
		if err := h.readCommits(); err != nil {
			return vcs.Between{}, err
		}
	}
	return h.between(from, to)
}

// Since compares a commit with what it has in common with a trunk: it returns what head has changed
// since then, and the common commit as Base. Base is head itself when the trunk contains it, and ""
// when the two have nothing in common; both without changes.
func (r Remote) Since(ctx context.Context, trunk, head string) (vcs.Between, error) {
	h := history{commits: map[string]gitCommit{}, objects: map[string]object{}}
	if err := r.fetch(ctx, h.objects, "want "+head, "have "+trunk); err != nil {
		return vcs.Between{}, err
	}
	if err := h.readCommits(); err != nil {
		return vcs.Between{}, err
	}
	if _, known := h.commits[head]; !known {
		return vcs.Between{Base: head}, nil
	}
	base, err := r.newest(ctx, h.edge())
	if err != nil || base == "" {
		return vcs.Between{}, err
	}
	if err := r.fetch(ctx, h.objects, "deepen 1", "want "+head, "want "+base); err != nil {
		return vcs.Between{}, err
	}
	if err := h.readCommits(); err != nil {
		return vcs.Between{}, err
	}
	b, err := h.between(base, head)
	b.Base = base
	return b, err
}

// maxEdge bounds how many merges of the trunk a branch may have for its newest to be found.
const maxEdge = 50

// edge lists the parents of the known commits that are not known themselves, sorted.
func (h *history) edge() []string {
	found := map[string]bool{}
	for _, c := range h.commits {
		for _, parent := range c.parents {
			if _, known := h.commits[parent]; !known {
				found[parent] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// newest returns one of the commits that none of the others contains; "" when there are none.
func (r Remote) newest(ctx context.Context, commits []string) (best string, err error) {
	if len(commits) > maxEdge {
		return "", &vcs.Error{
			Kind: vcs.Rejected, Op: opBetween,
			Message: fmt.Sprintf("the branch has more than %d merges", maxEdge),
		}
	}
	for _, hash := range commits {
		if best == "" {
			best = hash
			continue
		}
		missing := map[string]object{} // what best does not contain
		if err := r.fetch(ctx, missing, "want "+hash, "have "+best); err != nil {
			return "", err
		}
		if _, ok := missing[hash]; ok {
			best = hash
		}
	}
	return best, nil
}

// gitCommit is the content of a commit object.
type gitCommit struct {
	tree    string
	parents []string
	author  string
	people  []towpath.Person // author and committer
	time    time.Time        // of the committer
	message string
}

// history is a part of a repository: commits, and the trees that the server has sent.
type history struct {
	objects map[string]object
	commits map[string]gitCommit
}

func (h *history) readCommits() error {
	for hash, o := range h.objects {
		if _, known := h.commits[hash]; known || o.kind != objectCommit {
			continue
		}
		if len(h.commits) == maxHistory {
			return &vcs.Error{Kind: vcs.Rejected, Op: opBetween, Message: fmt.Sprintf("more than %d commits",
				maxHistory)}
		}
		h.commits[hash] = parseCommit(o.data)
	}
	return nil
}

func parseCommit(data []byte) (c gitCommit) {
	head, message, _ := bytes.Cut(data, []byte("\n\n"))
	c.message = towpath.Clip(string(bytes.TrimRight(message, "\n")))
	for line := range strings.SplitSeq(string(head), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "tree":
			c.tree = rest
		case "parent":
			c.parents = append(c.parents, rest)
		case "author":
			author := parsePerson(rest)
			c.author = author.Name
			c.people = append(c.people, author)
		case "committer":
			c.time = parseTime(rest)
			if p := parsePerson(rest); !slices.Contains(c.people, p) {
				c.people = append(c.people, p)
			}
		}
	}
	return c
}

// parsePerson reads a person, "Ada <ada@example.com> 1700000000 +0100".
func parsePerson(text string) towpath.Person {
	name, rest, _ := strings.Cut(text, " <")
	mail, _, _ := strings.Cut(rest, ">")
	return towpath.Person{
		Name:  towpath.Clip(strings.TrimSpace(name)),
		Email: towpath.Clip(strings.TrimSpace(mail)),
	}
}

// parseTime reads the time behind a person, "Ada <ada@example.com> 1700000000 +0100"; the zero time
// when there is none.
func parseTime(person string) time.Time {
	fields := strings.Fields(person[strings.LastIndexByte(person, '>')+1:])
	if len(fields) == 0 {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// treeEntry is a name in a tree.
type treeEntry struct{ mode, hash string }

// tree reads a tree; known is false when the server has not sent it.
func (h *history) tree(hash string) (entries map[string]treeEntry, known bool) {
	if hash == "" {
		return nil, true
	}
	o, known := h.objects[hash]
	entries = map[string]treeEntry{}
	for data := o.data; known && len(data) > 0; {
		mode, rest, ok := bytes.Cut(data, []byte(" "))
		name, rest, ok2 := bytes.Cut(rest, []byte{0})
		if !ok || !ok2 || len(rest) < hashBytes {
			return nil, false
		}
		entries[string(name)] = treeEntry{mode: string(mode), hash: hex.EncodeToString(rest[:hashBytes])}
		data = rest[hashBytes:]
	}
	return entries, known && o.kind == objectTree
}

// between compares two commits and finds which commit brought each difference.
func (h *history) between(from, to string) (vcs.Between, error) {
	var b vcs.Between
	missing := &vcs.Error{Kind: vcs.Unavailable, Op: opBetween, Message: "the server left something out"}
	old, ok := h.commits[from]
	if _, known := h.commits[to]; !ok || !known {
		return b, missing
	}
	changed := map[string]treeEntry{}
	if !h.compare("", old.tree, h.commits[to].tree, changed) {
		return b, missing
	}
	wanted, order := map[string]bool{}, h.newestFirst(to)
	for _, p := range slices.Sorted(maps.Keys(changed)) {
		e := changed[p]
		by := h.broughtBy(from, to, p)
		wanted[by] = true
		var earlier []string
		if len(changed)*len(order) <= maxCompared {
			earlier = h.changed(order, from, by, p)
		}
		for _, hash := range earlier {
			wanted[hash] = true
		}
		b.Changes = append(b.Changes, vcs.Brought{
			Change: vcs.Change{Path: p, Removed: e.hash == ""},
			Kind:   kindOf(e.mode), Commit: by, Earlier: earlier,
		})
	}
	for _, hash := range order {
		if c := h.commits[hash]; wanted[hash] {
			b.Commits = append(b.Commits, vcs.Commit{
				Hash: hash, Message: c.message, Author: c.author, People: c.people, Time: c.time,
			})
		}
	}
	return b, nil
}

// maxCompared bounds the paths times the commits that are compared to find all authors.
const maxCompared = 20_000

// changed lists the commits after from whose path differs from that of each known parent, without by.
func (h *history) changed(order []string, from, by, file string) (hashes []string) {
	for _, hash := range order {
		parents := 0
		own, ok := h.entry(hash, file)
		differs := ok && hash != from && hash != by
		for _, parent := range h.commits[hash].parents {
			if _, known := h.commits[parent]; !known {
				continue
			}
			parents++
			have, ok := h.entry(parent, file)
			differs = differs && ok && have != own
		}
		if differs && parents > 0 {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}

// newestFirst lists the known ancestors of a commit, each before its parents.
func (h *history) newestFirst(to string) (order []string) {
	children := map[string]int{}
	for _, c := range h.commits {
		for _, parent := range c.parents {
			children[parent]++
		}
	}
	for todo := []string{to}; len(todo) > 0; todo = todo[1:] {
		order = append(order, todo[0])
		for _, parent := range h.commits[todo[0]].parents {
			if children[parent]--; children[parent] == 0 {
				todo = append(todo, parent)
			}
		}
	}
	return order
}

func kindOf(mode string) vcs.EntryKind {
	switch mode {
	case modeSymlink:
		return vcs.EntrySymlink
	case modeSubmodule:
		return vcs.EntrySubmodule
	}
	return vcs.EntryFile
}

// compare collects the files that differ between two trees, in the newer version; a removed file
// has an empty entry.
func (h *history) compare(dir, before, after string, changed map[string]treeEntry) bool {
	if before == after {
		return true
	}
	old, ok := h.tree(before)
	now, ok2 := h.tree(after)
	if !ok || !ok2 {
		return false
	}
	names := maps.Clone(now)
	if names == nil {
		names = map[string]treeEntry{}
	}
	maps.Copy(names, old)
	for name := range names {
		a, b := old[name], now[name]
		if a == b {
			continue
		}
		full := path.Join(dir, name)
		var below [2]string // directories, "" where there is none
		if a.mode == modeDirectory {
			below[0] = a.hash
		}
		if b.mode == modeDirectory {
			below[1] = b.hash
		}
		if !h.compare(full, below[0], below[1], changed) {
			return false
		}
		switch {
		case b.hash != "" && b.mode != modeDirectory:
			changed[full] = b
		case a.hash != "" && a.mode != modeDirectory:
			changed[full] = treeEntry{}
		}
	}
	return true
}

// broughtBy follows the history back for as long as a parent has the same entry at the path, like
// git log.
func (h *history) broughtBy(from, to, file string) string {
	at := to
	want, _ := h.entry(at, file)
	for range maxHistory {
		next := ""
		for _, parent := range h.commits[at].parents {
			if _, known := h.commits[parent]; !known || parent == from {
				continue
			}
			if have, ok := h.entry(parent, file); ok && have == want {
				next = parent
				break
			}
		}
		if next == "" {
			break
		}
		at = next
	}
	return at
}

// entry finds a path in a commit; ok is false when the server has not sent the necessary trees.
func (h *history) entry(commit, file string) (e treeEntry, ok bool) {
	hash := h.commits[commit].tree
	parts := strings.Split(file, "/")
	for i, name := range parts {
		entries, known := h.tree(hash)
		if !known {
			return treeEntry{}, false
		}
		e = entries[name]
		if i < len(parts)-1 && e.mode != modeDirectory {
			return treeEntry{}, true
		}
		hash = e.hash
	}
	if e.mode == modeDirectory {
		e = treeEntry{}
	}
	return e, true
}
