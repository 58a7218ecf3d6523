package gitops

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/vcs"
)

// maxPath bounds the length of a path, in bytes: the metadata keeps it in an index.
const maxPath = 1000

// classify says what an entry of the tree is to a link; in is false outside its base directory.
func (s *Service) classify(scope plan.Scope, linkID string, e vcs.Entry) (f towpath.ManifestFile, in bool) {
	m, in, reason := scope.Match(e.Path)
	if !in {
		return f, false
	}
	f = towpath.ManifestFile{LinkID: linkID, State: towpath.FileMatched, Size: e.Size, Migration: m}
	f.Path = e.Path
	switch {
	case len(e.Path) > maxPath:
		f.Path = strings.ToValidUTF8(f.Path[:maxPath], "") + "…"
		reason = towpath.Why(towpath.ReasonPathTooLong, "bytes", strconv.Itoa(len(e.Path)), "limit", strconv.Itoa(maxPath))
	case !reason.IsZero():
	case e.Kind == vcs.EntrySymlink:
		f.Reason = towpath.Why(towpath.ReasonSymlink)
	case e.Kind == vcs.EntrySubmodule:
		f.Reason = towpath.Why(towpath.ReasonSubmodule)
	case e.Kind == vcs.EntryLFS:
		f.Reason = towpath.Why(towpath.ReasonInLFS)
	case e.Size > s.maxFileSize():
		f.Reason = s.tooLarge(e.Size)
	}
	if !reason.IsZero() {
		return ignored(f, reason), true
	}
	return f, true
}

// tooLarge is the reason of a size over the limit; one that is not known is 0.
func (s *Service) tooLarge(size int64) towpath.Reason {
	limit := mebibytes(s.maxFileSize())
	if size <= s.maxFileSize() {
		return towpath.Why(towpath.ReasonTooLarge, "limit", limit)
	}
	return towpath.Why(towpath.ReasonOverLimit, "size", mebibytes(size), "limit", limit)
}

// mebibytes rounds up to a tenth, so that what is just over a limit does not look like it.
func mebibytes(n int64) string {
	tenths := (n*10 + 1<<20 - 1) >> 20
	if tenths%10 == 0 {
		return fmt.Sprintf("%d MiB", tenths/10)
	}
	return fmt.Sprintf("%d.%d MiB", tenths/10, tenths%10)
}

func ignored(f towpath.ManifestFile, reason towpath.Reason) towpath.ManifestFile {
	return towpath.ManifestFile{LinkID: f.LinkID, State: towpath.FileIgnored, Reason: reason, Size: f.Size, Migration: towpath.Migration{Path: f.Path}}
}

// lfsPointer is how the pointer to a file in Git LFS begins.
// https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
var lfsPointer = []byte("version https://git-lfs.github.com/spec/")

// needsText reports whether a file is still to be read.
func needsText(f towpath.ManifestFile) bool {
	return f.State == towpath.FileMatched && f.Reason.IsZero() && f.Checksum == ""
}

// readFiles fills in the checksums of matched files at a commit and keeps their contents. A file whose contents cannot be a
// migration gets the reason. Each is told to keep when it was read.
func (s *Service) readFiles(ctx context.Context, source vcs.Source, commit string, files []towpath.ManifestFile, keep func(towpath.ManifestFile) error) error {
	var group errgroup.Group
	var failed atomic.Bool // then no more are begun, and those under way are read to their end
	group.SetLimit(8)
	for i := range files {
		if !needsText(files[i]) {
			continue
		}
		group.Go(func() (err error) {
			if failed.Load() {
				return nil
			}
			defer func() { failed.CompareAndSwap(false, err != nil) }()
			f := files[i]
			if files[i], err = s.readFile(ctx, source, commit, f, s.Store.KeepContent); vcs.KindOf(err) == vcs.Unavailable && ctx.Err() == nil {
				files[i], err = s.readFile(ctx, source, commit, f, s.Store.KeepContent) // one that stalls costs none of the others
			}
			if err != nil {
				return err
			}
			return keep(files[i])
		})
	}
	return group.Wait()
}

// errTooLong ends the reading of a file that is longer than the provider has said.
var errTooLong = errors.New("the file is over the limit")

// bounded reads up to a number of bytes, and fails with errTooLong when there are more.
type bounded struct {
	src  io.Reader
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (n int, err error) {
	n, err = b.src.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// readFile hands a file's text to read as it comes, and fills in what that tells: the SHA-256 in hex, and the size in bytes.
func (s *Service) readFile(ctx context.Context, source vcs.Source, commit string, f towpath.ManifestFile,
	read func(context.Context, io.Reader) (string, int64, error)) (towpath.ManifestFile, error) {
	body, err := source.File(ctx, commit, f.Path)
	if err != nil {
		return f, fmt.Errorf("read %s at %s: %w", f.Path, towpath.ShortHash(commit), err)
	}
	defer func() { _ = body.Close() }() // read to its end below, or given up
	if told, ok := body.(interface{ Size() int64 }); ok && told.Size() > s.maxFileSize() {
		f.Size, f.Reason = told.Size(), s.tooLarge(told.Size())
		return f, nil
	}
	text := bufio.NewReader(&bounded{body, s.maxFileSize()})
	if head, _ := text.Peek(len(lfsPointer)); bytes.Equal(head, lfsPointer) { // an error comes again
		f.Reason = towpath.Why(towpath.ReasonInLFS)
		return f, nil
	}
	sha, size, err := read(ctx, text)
	switch {
	case errors.Is(err, errTooLong):
		f.Reason = s.tooLarge(0)
		return f, nil
	case err != nil:
		return f, fmt.Errorf("read %s at %s: %w", f.Path, towpath.ShortHash(commit), err)
	}
	f.Checksum, f.Size = sha, size
	return f, nil
}

// delta is how a link's manifest changes on the way to a commit.
type delta struct {
	whole   bool // put replaces everything
	put     []towpath.ManifestFile
	removed []string
	by      map[string]string // which commit changed a path; the head where it is not known
	commits []towpath.Commit  // those of by, newest first
}

// apply returns the manifest after the change.
func (d delta) apply(before []towpath.ManifestFile) []towpath.ManifestFile {
	if d.whole {
		return d.put
	}
	gone := make(map[string]bool, len(d.put)+len(d.removed))
	for _, f := range d.put {
		gone[f.Path] = true
	}
	for _, p := range d.removed {
		gone[p] = true
	}
	after := make([]towpath.ManifestFile, 0, len(before)+len(d.put))
	for _, f := range before {
		if !gone[f.Path] {
			after = append(after, f)
		}
	}
	return append(after, d.put...)
}

// signed notes which commit brought each file: the head where nothing better is known, and none of what a link finds when it is
// made. A file that a whole listing shows as it was keeps the one that it had.
func (d delta) signed(before []towpath.ManifestFile, head string, first bool) delta {
	was := make(map[string]towpath.ManifestFile, len(before))
	for _, f := range before {
		was[f.Path] = f
	}
	for i := range d.put {
		f := &d.put[i]
		old, known := was[f.Path]
		switch {
		case f.Commit != "" || first:
		case known && old.Checksum == f.Checksum && old.State == f.State:
			f.Commit = old.Commit
		default:
			f.Commit = head
		}
	}
	return d
}

// then returns both changes as one.
func (d delta) then(next delta) delta {
	if next.whole {
		return next
	}
	both := delta{commits: append(slices.Clone(next.commits), d.commits...), whole: d.whole, put: next.apply(d.put), removed: append(slices.Clone(d.removed), next.removed...), by: maps.Clone(d.by)}
	if both.by == nil {
		both.by = next.by
	} else {
		maps.Copy(both.by, next.by)
	}
	return both
}

// statLimit is up to how many changed files are looked at one by one; beyond it one listing of the tree is cheaper.
const statLimit = 10

// readDelta finds what changed between a link's synced commit and the head, and reads what it needs of it.
func (s *Service) readDelta(ctx context.Context, source vcs.Source, link towpath.RepositoryLink, scope plan.Scope, head string, shown *progress) (delta, error) {
	d, from, err := s.resume(ctx, link)
	if err != nil {
		return d, err
	}
	next, err := s.changes(ctx, source, link.ID, scope, from, head)
	if err != nil {
		return d, err
	}
	d = d.then(next)
	keep, err := s.beginReading(ctx, link, head, d)
	if err != nil {
		return d, err
	}
	shown.expect(d.put)
	return d, s.readFiles(ctx, source, head, d.put, func(f towpath.ManifestFile) error {
		shown.read()
		return keep(f)
	})
}

// changes finds what differs between two commits, without reading it. When the former is gone (a force-push) or there is none,
// it is all that the head has.
func (s *Service) changes(ctx context.Context, source vcs.Source, linkID string, scope plan.Scope, from, head string) (delta, error) {
	if from == head {
		return delta{}, nil
	}
	if from == "" {
		return s.listTree(ctx, source, linkID, scope, head)
	}
	if b, err := source.Between(ctx, from, head); err == nil {
		return s.betweenDelta(b, linkID, scope), nil
	} else if ctx.Err() != nil {
		return delta{}, ctx.Err()
	}
	changes, err := source.Changes(ctx, from, head)
	if vcs.KindOf(err) == vcs.NotFound {
		return s.listTree(ctx, source, linkID, scope, head)
	}
	if err != nil {
		return delta{}, fmt.Errorf("compare %s with %s: %w", towpath.ShortHash(from), towpath.ShortHash(head), err)
	}
	var d delta
	var changed []string
	for _, c := range changes {
		_, in, reason := scope.Match(c.Path)
		switch {
		case !in:
		case c.Removed:
			d.removed = append(d.removed, c.Path)
		case !reason.IsZero():
			d.put = append(d.put, ignored(towpath.ManifestFile{LinkID: linkID, Migration: towpath.Migration{Path: c.Path}}, reason))
		default:
			changed = append(changed, c.Path)
		}
	}
	entries, err := s.statAll(ctx, source, head, scope.BaseDirectory, changed)
	if err != nil {
		return delta{}, err
	}
	for _, e := range entries {
		if f, in := s.classify(scope, linkID, e); in {
			d.put = append(d.put, f)
		}
	}
	return d, nil
}

// betweenDelta is what lies between two commits, as far as it is below the base directory.
func (s *Service) betweenDelta(b vcs.Between, linkID string, scope plan.Scope) delta {
	d := delta{by: map[string]string{}}
	brought := map[string]bool{}
	for _, c := range b.Changes {
		f, in := s.classify(scope, linkID, vcs.Entry{Path: c.Path, Kind: c.Kind})
		if !in {
			continue
		}
		d.by[f.Path] = c.Commit
		brought[c.Commit] = true
		if c.Removed {
			d.removed = append(d.removed, f.Path)
			continue
		}
		f.Commit = c.Commit
		d.put = append(d.put, f)
	}
	for _, c := range b.Commits {
		if brought[c.Hash] {
			d.commits = append(d.commits, commitOf(c))
		}
	}
	return d
}

func commitOf(c vcs.Commit) towpath.Commit {
	return towpath.Commit{Hash: c.Hash, Message: firstLine(c.Message), Author: vcs.ClipText(c.Author, 200), URL: c.URL}
}

// statAll looks at the changed paths: what kind each is, and how large.
func (s *Service) statAll(ctx context.Context, source vcs.Source, commit, dir string, paths []string) ([]vcs.Entry, error) {
	if len(paths) > statLimit {
		all, err := source.Tree(ctx, commit, dir)
		if err != nil {
			return nil, fmt.Errorf("list the tree at %s: %w", towpath.ShortHash(commit), err)
		}
		wanted := make(map[string]bool, len(paths))
		for _, p := range paths {
			wanted[p] = true
		}
		entries := make([]vcs.Entry, 0, len(paths))
		for _, e := range all {
			if wanted[e.Path] {
				entries = append(entries, e)
			}
		}
		return entries, nil
	}
	entries := make([]vcs.Entry, len(paths))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range paths {
		group.Go(func() (err error) {
			entries[i], err = source.Stat(ctx, commit, p)
			return err
		})
	}
	return entries, group.Wait()
}

func (s *Service) listTree(ctx context.Context, source vcs.Source, linkID string, scope plan.Scope, head string) (delta, error) {
	entries, err := source.Tree(ctx, head, scope.BaseDirectory)
	if vcs.KindOf(err) == vcs.NotFound && scope.BaseDirectory != "" {
		// Either the base directory is not there, or the provider does not show the commit yet: the whole tree tells.
		entries, err = source.Tree(ctx, head, "")
		if err == nil && slices.ContainsFunc(entries, func(e vcs.Entry) bool { return strings.HasPrefix(e.Path, scope.BaseDirectory+"/") }) {
			err = &vcs.Error{Kind: vcs.NotFound, Op: "list the tree", Message: "the provider does not show " + scope.BaseDirectory + " yet"}
		}
	}
	if err != nil {
		return delta{}, fmt.Errorf("list the tree at %s: %w", towpath.ShortHash(head), err)
	}
	d := delta{whole: true}
	for _, e := range entries {
		if f, in := s.classify(scope, linkID, e); in {
			d.put = append(d.put, f)
		}
	}
	return d, nil
}

// treeCache keeps the trees that people are previewing, so that trying another template asks the provider for nothing.
type treeCache struct {
	mu    sync.Mutex
	trees map[string]cachedTree
}

type cachedTree struct {
	entries []vcs.Entry
	at      time.Time
}

const (
	treeCacheSize = 8
	treeCacheAge  = 5 * time.Minute
)

func (c *treeCache) get(ctx context.Context, source vcs.Source, repositoryID, commit string) ([]vcs.Entry, error) {
	key := path.Join(repositoryID, commit)
	c.mu.Lock()
	known, ok := c.trees[key]
	c.mu.Unlock()
	if ok && time.Since(known.at) < treeCacheAge {
		return known.entries, nil
	}
	entries, err := source.Tree(ctx, commit, "")
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trees == nil || len(c.trees) >= treeCacheSize {
		c.trees = map[string]cachedTree{}
	}
	c.trees[key] = cachedTree{entries, time.Now()}
	return entries, nil
}
