package sync

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/vcs"
)

// readFiles reads matched files at a commit, stores their contents and sets their checksums. A file
// whose content cannot be a migration gets the reason. It calls keep with each file that was read.
func (s *Service) readFiles(
	ctx context.Context, source vcs.Source, commit string, files []towpath.ManifestFile,
	keep func(towpath.ManifestFile) error,
) error {
	var group errgroup.Group
	var failed atomic.Bool // then no more files are started, and the current ones are finished
	group.SetLimit(8)
	for i := range files {
		if !manifest.NeedsText(files[i]) {
			continue
		}
		group.Go(func() (err error) {
			if failed.Load() {
				return nil
			}
			defer func() { failed.CompareAndSwap(false, err != nil) }()
			f := files[i]
			if files[i], err = s.Manifest.ReadFile(ctx, source, commit, f,
				s.Store.KeepContent); vcs.KindOf(err) == vcs.Unavailable && ctx.Err() == nil {
				// retry once, so that one stalled request does not fail all files
				files[i], err = s.Manifest.ReadFile(ctx, source, commit, f, s.Store.KeepContent)
			}
			if err != nil {
				return err
			}
			return keep(files[i])
		})
	}
	return group.Wait()
}

// classify decides whether an entry of the provider's tree is a migration of a link; see
// manifest.Service.Classify.
func (s *Service) classify(scope plan.Scope, linkID string, e vcs.Entry) (f towpath.ManifestFile, in bool) {
	return s.Manifest.Classify(scope, linkID, manifest.Entry{Path: e.Path, Size: e.Size, Unfit: e.Unfit()})
}

// delta is the change of a link's manifest up to a commit.
type delta struct {
	whole   bool // put replaces everything
	put     []towpath.ManifestFile
	removed []string
	by      map[string]string // the commit that changed a path; paths without one count as the head's
	commits []towpath.Commit  // the commits of by and touched, newest first
	// all commits that changed a path, as far as they are known; oldest reading first
	touched map[string][]string
	policy  map[string]bool // paths of files towpath.yaml that changed, wherever they are
}

// notePolicy notes a changed path that may set levels of the SQL review.
func (d *delta) notePolicy(name string) {
	if path.Base(name) != towpath.PolicyFileName {
		return
	}
	if d.policy == nil {
		d.policy = map[string]bool{}
	}
	d.policy[name] = true
}

// apply returns the manifest after the change.
func (d delta) apply(before []towpath.ManifestFile) []towpath.ManifestFile {
	if d.whole {
		return d.put
	}
	replaced := make(map[string]bool, len(d.put)+len(d.removed))
	for _, f := range d.put {
		replaced[f.Path] = true
	}
	for _, p := range d.removed {
		replaced[p] = true
	}
	after := make([]towpath.ManifestFile, 0, len(before)+len(d.put))
	for _, f := range before {
		if !replaced[f.Path] {
			after = append(after, f)
		}
	}
	return append(after, d.put...)
}

// withCommits sets the commit of each file that has none: the head, or the earlier commit for an
// unchanged file of a whole listing. The first files of a link get no commit.
func (d delta) withCommits(before []towpath.ManifestFile, head string, first bool) delta {
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
			d.touch(f.Path, "") // by a commit that is not known
		}
	}
	return d
}

// then returns the combination of both changes.
func (d delta) then(next delta) delta {
	if next.whole {
		return next
	}
	both := delta{
		commits: append(slices.Clone(next.commits), d.commits...),
		whole:   d.whole,
		put:     next.apply(d.put),
		removed: append(slices.Clone(d.removed), next.removed...),
		by:      maps.Clone(d.by),
		policy:  next.policy,
	}
	both.touched = maps.Clone(d.touched)
	for path, hashes := range next.touched {
		both.touch(path, hashes...)
	}
	if both.by == nil {
		both.by = next.by
	} else {
		maps.Copy(both.by, next.by)
	}
	return both
}

// touch notes commits that changed a path.
func (d *delta) touch(path string, commits ...string) {
	if d.touched == nil {
		d.touched = map[string][]string{}
	}
	d.touched[path] = append(slices.Clone(d.touched[path]), commits...)
}

// statLimit is up to how many changed files are read one by one. For more, one listing of the tree
// is cheaper.
const statLimit = 10

// readDelta finds the changes between a link's synced commit and the head, and reads the changed
// files.
func (s *Service) readDelta(
	ctx context.Context, source vcs.Source, link towpath.RepositoryLink, scope plan.Scope, head string,
	shown *progress,
) (delta, error) {
	d, from, err := s.resume(ctx, link)
	if err != nil {
		return d, err
	}
	next, err := s.changes(ctx, source, link.ID, scope, from, head)
	if err != nil {
		return d, err
	}
	resumed := from != link.SyncedCommit
	d = d.then(next)
	if resumed { // what the interrupted reading has seen of them is not known
		for _, path := range link.PolicyPaths() {
			d.notePolicy(path)
		}
	}
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

// changes lists the differences between two commits, without reading files. When the former does
// not exist, as after a force-push, or is "", it lists all files of the head.
func (s *Service) changes(
	ctx context.Context, source vcs.Source, linkID string, scope plan.Scope, from, head string,
) (delta, error) {
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
		return delta{}, fmt.Errorf("compare %s with %s: %w", towpath.ShortHash(from),
			towpath.ShortHash(head), err)
	}
	var d delta
	var changed []string
	for _, c := range changes {
		d.notePolicy(c.Path)
		_, in, reason := scope.Match(c.Path)
		switch {
		case !in:
		case c.Removed:
			d.removed = append(d.removed, c.Path)
		case !reason.IsZero():
			d.put = append(d.put,
				manifest.Ignored(towpath.ManifestFile{
					LinkID:    linkID,
					Migration: towpath.Migration{Path: c.Path},
				}, reason))
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

// betweenDelta converts the changes between two commits that are below the base directory.
func (s *Service) betweenDelta(b vcs.Between, linkID string, scope plan.Scope) delta {
	d := delta{by: map[string]string{}}
	brought := map[string]bool{}
	for _, c := range b.Changes {
		d.notePolicy(c.Path)
		f, in := s.classify(scope, linkID, vcs.Entry{Path: c.Path, Kind: c.Kind})
		if !in {
			continue
		}
		d.by[f.Path] = c.Commit
		d.touch(f.Path, append(slices.Clone(c.Earlier), c.Commit)...)
		for _, hash := range d.touched[f.Path] {
			brought[hash] = true
		}
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
	return towpath.Commit{
		Hash:    c.Hash,
		Message: firstLine(c.Message),
		Author:  towpath.ClipRunes(c.Author, 200),
		URL:     c.URL,
		People:  c.People,
	}
}

// withHead returns the commits with the head, which the provider describes better. The head keeps the
// people that the history knows.
func (d delta) withHead(head towpath.Commit) []towpath.Commit {
	for _, c := range d.commits {
		for _, p := range c.People {
			if c.Hash == head.Hash && !slices.ContainsFunc(head.People, func(o towpath.Person) bool {
				return o.Email == p.Email && o.Name == p.Name
			}) {
				head.People = append(head.People, p)
			}
		}
	}
	return append(d.commits, head)
}

// statAll reads the kind and the size of each changed path.
func (s *Service) statAll(
	ctx context.Context, source vcs.Source, commit, dir string, paths []string,
) ([]vcs.Entry, error) {
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

func (s *Service) listTree(
	ctx context.Context, source vcs.Source, linkID string, scope plan.Scope, head string,
) (delta, error) {
	entries, err := source.Tree(ctx, head, scope.BaseDirectory)
	if vcs.KindOf(err) == vcs.NotFound && scope.BaseDirectory != "" {
		// Either the base directory does not exist, or the provider does not have the commit yet.
		// The whole tree shows which.
		entries, err = source.Tree(ctx, head, "")
		if err == nil &&
			slices.ContainsFunc(entries,
				func(e vcs.Entry) bool { return strings.HasPrefix(e.Path, scope.BaseDirectory+"/") }) {
			err = &vcs.Error{Kind: vcs.NotFound, Op: "list the tree", Message: "the provider does not show " +
				scope.BaseDirectory + " yet"}
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
