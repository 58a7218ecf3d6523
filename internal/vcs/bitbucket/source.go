package bitbucket

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

	"towpath/internal/vcs"
)

const (
	treeDepth       = 10 // levels of one listing; a deeper one takes Bitbucket too long and answers 555
	maxTreeEntries  = 200_000
	maxTreeListings = 2_000
)

// source reads one repository.
type source struct {
	c  *client
	id string
}

// Source implements vcs.Client.
func (c *client) Source(id string) vcs.Source { return &source{c: c, id: id} }

// Branches implements vcs.Source.
func (s *source) Branches(ctx context.Context) ([]vcs.Branch, error) {
	heads := map[string]string{}
	r := s.request("list branches", "/refs/branches", url.Values{"pagelen": {"100"}, "sort": {"name"}})
	err := list(ctx, s.c, r, func(ref refJSON) bool {
		if hash := hashOf(&ref); hash != "" {
			heads[ref.Name] = hash
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	branches := make([]vcs.Branch, 0, len(heads))
	for _, name := range slices.Sorted(maps.Keys(heads)) {
		branches = append(branches, vcs.Branch{Name: name, Head: heads[name]})
	}
	return branches, nil
}

// Commit implements vcs.Source.
func (s *source) Commit(ctx context.Context, hash string) (vcs.Commit, error) {
	var commit commitJSON
	if err := s.c.do(ctx, s.request("read the commit", "/commit/"+url.PathEscape(hash), nil),
		&commit); err != nil {
		return vcs.Commit{}, err
	}
	return convertCommit(commit), nil
}

// Tree implements vcs.Source. Bitbucket has no call for a whole tree: it lists some levels at a
// time, and answers 555 when those are too much; then that directory alone is listed and its
// children take their turn. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/
func (s *source) Tree(ctx context.Context, commit, dir string) ([]vcs.Entry, error) {
	const op = "list the tree"
	files := map[string]vcs.Entry{}
	todo, queued := []string{strings.Trim(dir, "/")}, map[string]bool{}
	for listings := 0; len(todo) > 0; listings++ {
		if listings == maxTreeListings || len(files) > maxTreeEntries {
			return nil, &vcs.Error{
				Kind: vcs.Rejected, Op: op,
				Message: fmt.Sprintf("more than %d files", len(files)),
			}
		}
		dir := todo[0]
		todo = todo[1:]
		entries, err := s.listing(ctx, op, commit, dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Type == "commit_file" {
				files[e.Path] = convertEntry(e)
			}
		}
		for _, deeper := range unopened(entries) {
			if !queued[deeper] {
				queued[deeper] = true
				todo = append(todo, deeper)
			}
		}
	}
	return slices.Collect(maps.Values(files)), nil
}

func (s *source) listing(ctx context.Context, op, commit, dir string) ([]entryJSON, error) {
	entries, err := s.levels(ctx, op, commit, dir, treeDepth)
	var e *vcs.Error
	if errors.As(err, &e) && e.Status == statusTimedOut {
		return s.levels(ctx, op, commit, dir, 1)
	}
	return entries, err
}

func (s *source) levels(ctx context.Context, op, commit, dir string, depth int) ([]entryJSON, error) {
	var entries []entryJSON
	where := "/src/" + url.PathEscape(commit) + "/"
	if dir != "" {
		where += escapePath(dir) + "/"
	}
	r := s.request(op, where, url.Values{"pagelen": {"100"}, "max_depth": {strconv.Itoa(depth)}})
	err := list(ctx, s.c, r, func(e entryJSON) bool {
		entries = append(entries, e)
		return len(entries) <= maxTreeEntries
	})
	return entries, err
}

// unopened are the directories in a listing without listed files. Git has no empty directories, so
// each needs its own listing; this works whatever level Bitbucket starts to count from.
func unopened(entries []entryJSON) []string {
	opened := map[string]bool{}
	for _, e := range entries {
		opened[path.Dir(strings.TrimSuffix(e.Path, "/"))] = true
	}
	var dirs []string
	for _, e := range entries {
		name := strings.TrimSuffix(e.Path, "/")
		if e.Type == "commit_directory" && !opened[name] && !slices.Contains(e.Attributes, "subrepository") {
			dirs = append(dirs, name)
		}
	}
	return dirs
}

// Stat implements vcs.Source.
func (s *source) Stat(ctx context.Context, commit, path string) (vcs.Entry, error) {
	const op = "look at the file"
	if strings.Trim(path, "/") == "" {
		return vcs.Entry{}, &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "no path"}
	}
	var e entryJSON
	where := "/src/" + url.PathEscape(commit) + "/" + escapePath(strings.TrimPrefix(path, "/"))
	if err := s.c.do(ctx, s.request(op, where, url.Values{"format": {"meta"}}), &e); err != nil {
		return vcs.Entry{}, err
	}
	if e.Type == "commit_directory" {
		return vcs.Entry{}, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "a directory, not a file"}
	}
	return convertEntry(e), nil
}

// File implements vcs.Source.
func (s *source) File(ctx context.Context, commit, path string) (io.ReadCloser, error) {
	const op = "read the file"
	if strings.Trim(path, "/") == "" {
		return nil, &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "no path"}
	}
	r := s.request(op, "/src/"+url.PathEscape(commit)+"/"+escapePath(strings.TrimPrefix(path, "/")), nil)
	r.quota = quotaRawFiles
	return vcs.OpenFile(ctx, op, s.c.p.cfg.Timeout,
		func(ctx context.Context) (*http.Response, error) { return s.c.send(ctx, r) })
}

// Changes implements vcs.Source. The changed side comes first, and topic=false compares the two
// commits themselves: the default compares with their merge base, which hides what a force push
// took away.
func (s *source) Changes(ctx context.Context, from, to string) ([]vcs.Change, error) {
	return s.compare(ctx, from, to, false)
}

// compare lists the differences between two commits, or with topic those that to has made since the
// two parted.
func (s *source) compare(ctx context.Context, from, to string, topic bool) ([]vcs.Change, error) {
	const op = "compare commits"
	if from == "" || to == "" {
		return nil, &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "two commits are needed"}
	}
	spec := url.PathEscape(to) + ".." + url.PathEscape(from)
	var rows []diffstatJSON
	r := s.request(op, "/diffstat/"+spec, url.Values{
		"topic": {strconv.FormatBool(topic)}, "renames": {"false"}, "pagelen": {"500"},
	})
	err := list(ctx, s.c, r, func(row diffstatJSON) bool {
		rows = append(rows, row)
		return true
	})
	if err != nil {
		return nil, err
	}
	return convertChanges(rows), nil
}

func (s *source) request(op, path string, query url.Values) request {
	return s.c.apiRequest(op, repositoryPath(s.id)+path, query)
}
