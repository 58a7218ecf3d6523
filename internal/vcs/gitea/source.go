package gitea

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/vcs"
	"towpath/internal/vcs/gitwire"
)

const (
	treePage       = 1000 // DEFAULT_GIT_TREES_PER_PAGE; an instance may allow fewer
	maxTreeEntries = 200_000
	maxTreeCalls   = 2_000
	gitTimeouts    = 4 // a pack may take this many times the time-out of a call
)

// source reads one repository.
type source struct {
	c  *client
	id string
}

// Source implements vcs.Client.
func (c *client) Source(id string) vcs.Source { return &source{c: c, id: id} }

// Branches implements vcs.Source. The list of the API reads the commit of every branch; Git's does
// not.
func (s *source) Branches(ctx context.Context) ([]vcs.Branch, error) {
	if _, err := s.c.locate(ctx, s.id); err != nil {
		return nil, err
	}
	heads, err := s.Heads(ctx)
	if err != nil {
		return nil, err
	}
	branches := make([]vcs.Branch, 0, len(heads.Branches))
	for _, name := range slices.Sorted(maps.Keys(heads.Branches)) {
		branches = append(branches, vcs.Branch{Name: name, Head: heads.Branches[name]})
	}
	return branches, nil
}

// Heads implements vcs.Source by what `git ls-remote` does.
func (s *source) Heads(ctx context.Context) (vcs.Heads, error) {
	ctx, cancel := context.WithTimeout(ctx, s.c.p.cfg.Timeout)
	defer cancel()
	at, remembered, err := s.c.placeOf(ctx, s.id)
	if err != nil {
		return vcs.Heads{}, err
	}
	branches, redirected, err := s.c.remote(at).Heads(ctx)
	if remembered && (redirected || vcs.Displaced(err)) {
		if at, err = s.c.locate(ctx, s.id); err != nil {
			return vcs.Heads{}, err
		}
		branches, _, err = s.c.remote(at).Heads(ctx)
	}
	return vcs.Heads{Name: at.name, URL: s.c.p.page(at.name), Branches: branches}, err
}

func (c *client) remote(at place) gitwire.Remote {
	return gitwire.Remote{
		URL:     c.p.page(at.name) + ".git",
		Servers: &c.servers,
		Send: func(ctx context.Context, r gitwire.Request) (*http.Response, error) {
			return c.send(ctx, request{
				op:     r.Op,
				method: r.Method,
				url:    r.URL,
				body:   r.Body,
				header: r.Header,
				git:    true,
			})
		},
	}
}

// Relocate implements vcs.Source.
func (s *source) Relocate(ctx context.Context) (moved bool, err error) {
	s.c.mu.Lock()
	before, known := s.c.places[s.id]
	s.c.mu.Unlock()
	if !known || s.c.p.cfg.Now().Sub(before.lookedUp) < locateGap {
		return false, nil
	}
	at, err := s.c.locate(ctx, s.id)
	return err == nil && at.name != before.name, err
}

// commitJSON is the part of a commit that we read.
type commitJSON struct {
	SHA    string `json:"sha"`
	Commit *struct {
		Message string `json:"message"`
		Author  *struct {
			Name  string    `json:"name"`
			Email string    `json:"email"`
			Date  time.Time `json:"date"`
		} `json:"author"`
		Committer *struct {
			Name  string `json:"name"`
			Email string `json:"email"`
		} `json:"committer"`
	} `json:"commit"`
}

// Commit implements vcs.Source.
func (s *source) Commit(ctx context.Context, hash string) (vcs.Commit, error) {
	const op = "read the commit"
	return reading(ctx, s.c, s.id, func(at place) (vcs.Commit, error) {
		var c commitJSON
		query := url.Values{"stat": {"false"}, "verification": {"false"}, "files": {"false"}}
		if err := s.c.do(ctx, s.c.api(op, at.path()+"/git/commits/"+url.PathEscape(hash), query),
			&c); err != nil {
			return vcs.Commit{}, err
		}
		if c.SHA == "" || c.Commit == nil {
			return vcs.Commit{}, &vcs.Error{
				Kind: vcs.Unavailable, Op: op,
				Message: "the answer has no commit",
			}
		}
		out := vcs.Commit{
			Hash: c.SHA, Message: strings.TrimRight(c.Commit.Message, "\n"),
			URL: s.c.p.page(at.name) + "/commit/" + url.PathEscape(c.SHA),
		}
		if c.Commit.Author != nil {
			out.Author, out.Time = c.Commit.Author.Name, c.Commit.Author.Date
			out.People = append(out.People,
				towpath.Person{Name: c.Commit.Author.Name, Email: c.Commit.Author.Email})
		}
		if by := c.Commit.Committer; by != nil {
			if p := (towpath.Person{Name: by.Name, Email: by.Email}); !slices.Contains(out.People, p) {
				out.People = append(out.People, p)
			}
		}
		return out, nil
	})
}

// entryJSON is a row of a tree. Its path is relative to the requested tree.
type entryJSON struct {
	Path string `json:"path"`
	Mode string `json:"mode"`
	Type string `json:"type"` // blob, tree or commit
	Size int64  `json:"size"`
	SHA  string `json:"sha"`
}

func (e entryJSON) entry(dir string) vcs.Entry {
	out := vcs.Entry{Path: path.Join(dir, e.Path), Kind: vcs.EntryFile, Size: e.Size}
	switch {
	case e.Type == "commit":
		out.Kind = vcs.EntrySubmodule
	case strings.HasSuffix(e.Mode, "120000"):
		out.Kind = vcs.EntrySymlink
	}
	return out
}

// tree lists the tree of a commit, or one by its own hash. Gitea answers 400 for a hash that it
// does not have.
func (s *source) tree(
	ctx context.Context, op string, at place, hash string, recursive bool,
) ([]entryJSON, error) {
	var all []entryJSON
	for page := 1; page <= maxTreeCalls; page++ {
		var answer struct {
			Entries   []entryJSON `json:"tree"`
			Truncated bool        `json:"truncated"`
		}
		query := url.Values{"per_page": {strconv.Itoa(treePage)}, "page": {strconv.Itoa(page)}}
		if recursive {
			query.Set("recursive", "true")
		}
		err := s.c.do(ctx, s.c.api(op, at.path()+"/git/trees/"+url.PathEscape(hash), query), &answer)
		var e *vcs.Error
		if errors.As(err, &e) && e.Status == http.StatusBadRequest {
			e.Kind = vcs.NotFound
		}
		if err != nil {
			return nil, err
		}
		all = append(all, answer.Entries...)
		if !answer.Truncated || len(answer.Entries) == 0 {
			return all, nil
		}
		if len(all) > maxTreeEntries {
			break
		}
	}
	return nil, &vcs.Error{
		Kind: vcs.Rejected, Op: op,
		Message: fmt.Sprintf("more than %d files", maxTreeEntries),
	}
}

// find descends to a path, one directory at a time.
func (s *source) find(ctx context.Context, op string, at place, commit, file string) (entryJSON, error) {
	found := entryJSON{Type: "tree", SHA: commit}
	for name := range strings.SplitSeq(file, "/") {
		if found.Type != "tree" {
			return entryJSON{}, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "no such path"}
		}
		entries, err := s.tree(ctx, op, at, found.SHA, false)
		if err != nil {
			return entryJSON{}, err
		}
		i := slices.IndexFunc(entries, func(e entryJSON) bool { return e.Path == name })
		if i < 0 {
			return entryJSON{}, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "no such path"}
		}
		found = entries[i]
	}
	return found, nil
}

// Tree implements vcs.Source.
func (s *source) Tree(ctx context.Context, commit, dir string) ([]vcs.Entry, error) {
	const op = "list the tree"
	dir = strings.Trim(dir, "/")
	return reading(ctx, s.c, s.id, func(at place) ([]vcs.Entry, error) {
		hash := commit
		if dir != "" {
			found, err := s.find(ctx, op, at, commit, dir)
			if err != nil {
				return nil, err
			}
			if found.Type != "tree" {
				return nil, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "a file, not a directory"}
			}
			hash = found.SHA
		}
		rows, err := s.tree(ctx, op, at, hash, true)
		if err != nil {
			return nil, err
		}
		entries := make([]vcs.Entry, 0, len(rows))
		for _, row := range rows {
			if row.Type != "tree" {
				entries = append(entries, row.entry(dir))
			}
		}
		return entries, nil
	})
}

// Stat implements vcs.Source. Git LFS shows in a file's text alone.
func (s *source) Stat(ctx context.Context, commit, file string) (vcs.Entry, error) {
	const op = "look at the file"
	file = strings.Trim(file, "/")
	if file == "" {
		return vcs.Entry{}, &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "no path"}
	}
	return reading(ctx, s.c, s.id, func(at place) (vcs.Entry, error) {
		found, err := s.find(ctx, op, at, commit, file)
		if err != nil {
			return vcs.Entry{}, err
		}
		if found.Type == "tree" {
			return vcs.Entry{}, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "a directory, not a file"}
		}
		dir, _ := path.Split(file)
		return found.entry(dir), nil
	})
}

// File implements vcs.Source.
func (s *source) File(ctx context.Context, commit, file string) (io.ReadCloser, error) {
	const op = "read the file"
	file = strings.Trim(file, "/")
	if file == "" {
		return nil, &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "no path"}
	}
	return reading(ctx, s.c, s.id, func(at place) (io.ReadCloser, error) {
		r := s.c.api(op, at.path()+"/raw/"+escapePath(file), url.Values{"ref": {commit}})
		return vcs.OpenFile(ctx, op, s.c.p.cfg.Timeout,
			func(ctx context.Context) (*http.Response, error) { return s.c.send(ctx, r) })
	})
}

// Between implements vcs.Source over the Git protocol. An instance with DISABLE_PARTIAL_CLONE does
// not filter; then Changes asks the API.
func (s *source) Between(ctx context.Context, from, to string) (vcs.Between, error) {
	ctx, cancel := context.WithTimeout(ctx, gitTimeouts*s.c.p.cfg.Timeout)
	defer cancel()
	return reading(ctx, s.c, s.id, func(at place) (vcs.Between, error) {
		b, err := s.c.remote(at).Between(ctx, from, to)
		for i := range b.Commits {
			b.Commits[i].URL = s.c.p.page(at.name) + "/commit/" + b.Commits[i].Hash
		}
		return b, err
	})
}

// Since implements vcs.Source over the Git protocol.
func (s *source) Since(ctx context.Context, trunk, head string) (vcs.Between, error) {
	ctx, cancel := context.WithTimeout(ctx, gitTimeouts*s.c.p.cfg.Timeout)
	defer cancel()
	return reading(ctx, s.c, s.id, func(at place) (vcs.Between, error) {
		b, err := s.c.remote(at).Since(ctx, trunk, head)
		for i := range b.Commits {
			b.Commits[i].URL = s.c.p.page(at.name) + "/commit/" + b.Commits[i].Hash
		}
		return b, err
	})
}

// Changes implements vcs.Source. The API compares with the merge base alone, so the trees are
// compared, and only those directories are read that differ.
func (s *source) Changes(ctx context.Context, from, to string) ([]vcs.Change, error) {
	if from == "" || to == "" {
		return nil, &vcs.Error{Kind: vcs.Rejected, Op: "compare commits", Message: "two commits are needed"}
	}
	return reading(ctx, s.c, s.id, func(at place) ([]vcs.Change, error) {
		d := difference{s: s, at: at, removed: map[string]bool{}}
		if err := d.compare(ctx, "", from, to); err != nil {
			return nil, err
		}
		changes := make([]vcs.Change, 0, len(d.removed))
		for _, file := range slices.Sorted(maps.Keys(d.removed)) {
			changes = append(changes, vcs.Change{Path: file, Removed: d.removed[file]})
		}
		return changes, nil
	})
}

// difference collects the files that differ between two trees.
type difference struct {
	s       *source
	at      place
	calls   int
	removed map[string]bool // by path: whether the newer tree lacks it
}

// compare compares two trees, of which one may be missing: "".
func (d *difference) compare(ctx context.Context, dir, before, after string) error {
	old, err := d.list(ctx, before)
	if err != nil {
		return err
	}
	now, err := d.list(ctx, after)
	if err != nil {
		return err
	}
	names := maps.Clone(old)
	maps.Copy(names, now)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		a, b := old[name], now[name]
		if a.SHA == b.SHA && a.Mode == b.Mode {
			continue
		}
		full := path.Join(dir, name)
		if err := d.compareEntries(ctx, full, a, b); err != nil {
			return err
		}
	}
	return nil
}

func (d *difference) compareEntries(ctx context.Context, full string, a, b entryJSON) error {
	if a.Type != "" && a.Type != "tree" {
		d.removed[full] = true
	}
	if b.Type != "" && b.Type != "tree" {
		d.removed[full] = false
	}
	before, after := "", ""
	if a.Type == "tree" {
		before = a.SHA
	}
	if b.Type == "tree" {
		after = b.SHA
	}
	if before == after {
		return nil
	}
	return d.compare(ctx, full, before, after)
}

func (d *difference) list(ctx context.Context, hash string) (map[string]entryJSON, error) {
	const op = "compare commits"
	entries := map[string]entryJSON{}
	if hash == "" {
		return entries, nil
	}
	if d.calls++; d.calls > maxTreeCalls || len(d.removed) > maxTreeEntries {
		return nil, &vcs.Error{
			Kind: vcs.Rejected, Op: op,
			Message: "the commits differ in too many directories",
		}
	}
	rows, err := d.s.tree(ctx, op, d.at, hash, false)
	for _, row := range rows {
		if len(row.Path) <= towpath.MaxText {
			entries[row.Path] = row
		}
	}
	return entries, err
}
