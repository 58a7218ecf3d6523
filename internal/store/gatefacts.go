package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"towpath"
)

// facts are what decides about the stages of some rollouts, beside the environments and the members.
type facts struct {
	rollouts  map[string]bool // whose stages these decide about
	projects  map[string]towpath.Project
	roles     map[string]map[string]towpath.ProjectRole // by project, by member
	ledgers   map[string]map[string]int64               // numbers by project, by database
	schemas   map[string]towpath.SchemaWatch            // by database, where a gate watches them
	links     map[string]towpath.RepositoryLink
	reviews   map[string]towpath.Review       // by rollout
	texts     map[pair][]towpath.ReviewedFile // by link and commit
	schedules map[pair]towpath.Schedule       // by link and environment
	approvals map[pair][]towpath.Approval     // by link and environment, newest first
	changes   map[pair][]string               // commits by link and path
	people    map[pair][]towpath.Person       // by link and commit
	pulls     map[pair]towpath.PullReading    // by rollout and environment
}

// pair is a key of two columns.
type pair [2]string

func byPair(a, b pair) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

// readFacts reads the facts of rollouts, which have their tasks. It takes as many queries for maxLookup
// rollouts as for one.
func (g *Gates) readFacts(ctx context.Context, rollouts []towpath.Rollout) (*facts, error) {
	environments, err := g.Environments(ctx)
	if err != nil {
		return nil, err
	}
	f := &facts{rollouts: map[string]bool{}}
	projects, links, commits, paths := set[string]{}, set[string]{}, set[pair]{}, set[pair]{}
	watched := set[string]{} // databases
	for _, r := range rollouts {
		f.rollouts[r.ID], projects[r.ProjectID], links[r.LinkID] = true, true, true
		for _, t := range r.Tasks {
			if !t.WaitsForStart() {
				continue
			}
			commits[pair{r.LinkID, t.Commit}] = true
			if environments[t.EnvironmentID].WatchesSchemas() {
				watched[t.DatabaseID] = true
			}
			if environments[t.EnvironmentID].Consent.People > 0 { // otherwise nobody asks for the authors
				paths[pair{r.LinkID, t.Path}] = true
			}
		}
	}
	if f.schemas, err = g.tx.schemaWatches(ctx, slices.Sorted(maps.Keys(watched))); err != nil {
		return nil, err
	}
	if err := f.readProjects(ctx, g.tx, slices.Sorted(maps.Keys(projects))); err != nil {
		return nil, err
	}
	if err := f.readLinks(ctx, g.tx, slices.Sorted(maps.Keys(links))); err != nil {
		return nil, err
	}
	if f.reviews, err = g.tx.Reviews(ctx, slices.Sorted(maps.Keys(f.rollouts))); err != nil {
		return nil, err
	}
	if err := f.readTexts(ctx, g.tx, commits); err != nil {
		return nil, err
	}
	if err := f.readPulls(ctx, g.tx); err != nil {
		return nil, err
	}
	return f, f.readPeople(ctx, g.tx, paths)
}

// readPulls reads what is known of the pull requests of the rollouts.
func (f *facts) readPulls(ctx context.Context, tx *Tx) error {
	f.pulls = map[pair]towpath.PullReading{}
	return pullReadings.in(ctx, tx, "rollout_id", slices.Sorted(maps.Keys(f.rollouts)), "",
		func(r towpath.PullReading) { f.pulls[pair{r.RolloutID, r.EnvironmentID}] = r })
}

// set is a set of keys.
type set[K comparable] map[K]bool

func (f *facts) readProjects(ctx context.Context, tx *Tx, ids []string) (err error) {
	if f.projects, err = tx.ProjectsByID(ctx, ids); err != nil {
		return err
	}
	if f.roles, err = tx.ProjectRoles(ctx, ids); err != nil {
		return err
	}
	f.ledgers = map[string]map[string]int64{}
	for _, id := range ids { // also of those without databases
		f.ledgers[id] = map[string]int64{}
	}
	return ledgerNumbers.in(ctx, tx, "project_id", ids, "", func(l ledgerNumber) {
		f.ledgers[l.projectID][l.databaseID] = l.last
	})
}

// ledgerNumber is the number of the newest known write to a database.
type ledgerNumber struct {
	databaseID, projectID string
	last                  int64
}

var ledgerNumbers = newTable(`"database"`, 1, func(l *ledgerNumber) []column {
	return []column{{"id", &l.databaseID}, {"project_id", &l.projectID}, {"ledger_number", &l.last}}
})

func (f *facts) readLinks(ctx context.Context, tx *Tx, ids []string) error {
	f.links, f.schedules = map[string]towpath.RepositoryLink{}, map[pair]towpath.Schedule{}
	f.approvals = map[pair][]towpath.Approval{}
	err := links.in(ctx, tx, "id", ids, "", func(l towpath.RepositoryLink) { f.links[l.ID] = l })
	if err != nil {
		return err
	}
	err = schedules.in(ctx, tx, "link_id", ids, "", func(s towpath.Schedule) {
		f.schedules[pair{s.LinkID, s.EnvironmentID}] = s
	})
	if err != nil {
		return err
	}
	return approvals.in(ctx, tx, "link_id", ids, "AND withdrawn_at IS NULL ORDER BY id DESC",
		func(a towpath.Approval) {
			if tx.Now.Before(a.Until()) {
				key := pair{a.LinkID, a.EnvironmentID}
				f.approvals[key] = append(f.approvals[key], a)
			}
		})
}

// readTexts reads what reviews say of the texts of commits, which are pairs with links.
func (f *facts) readTexts(ctx context.Context, tx *Tx, commits set[pair]) error {
	hashes, rollouts := set[string]{}, set[string]{}
	for c := range commits {
		hashes[c[1]] = true
	}
	var files []towpath.ReviewedFile
	err := reviewedFiles.in(ctx, tx, "commit_hash", slices.Sorted(maps.Keys(hashes)),
		"ORDER BY rollout_id DESC, position", func(r towpath.ReviewedFile) {
			files, rollouts[r.RolloutID] = append(files, r), true
		})
	if err != nil {
		return err
	}
	// two links of one repository have the same commits, and reviews of their own
	of, err := tx.Reviews(ctx, slices.Sorted(maps.Keys(rollouts)))
	if err != nil {
		return err
	}
	f.texts = map[pair][]towpath.ReviewedFile{}
	for _, r := range files {
		if key := (pair{of[r.RolloutID].LinkID, r.Commit}); commits[key] {
			f.texts[key] = append(f.texts[key], r)
		}
	}
	for key, list := range f.texts {
		f.texts[key] = newestReviews(list)
	}
	return nil
}

// readPeople reads who wrote and committed files, whose paths are pairs with links.
func (f *facts) readPeople(ctx context.Context, tx *Tx, paths set[pair]) error {
	f.changes, f.people = map[pair][]string{}, map[pair][]towpath.Person{}
	commits := set[pair]{}
	err := fileCommits.inPairs(ctx, tx, "link_id", "path", slices.SortedFunc(maps.Keys(paths), byPair),
		func(row fileCommitRow) {
			f.changes[pair{row.LinkID, row.Path}] = row.Commits
			for _, hash := range row.Commits {
				commits[pair{row.LinkID, hash}] = true
			}
		})
	if err != nil {
		return err
	}
	return linkCommits.inPairs(ctx, tx, "link_id", "commit_hash",
		slices.SortedFunc(maps.Keys(commits), byPair), func(row linkCommitRow) {
			f.people[pair{row.LinkID, row.Hash}] = row.People
		})
}

// authors returns the authors and committers of the files of tasks, and the paths for which none is
// known.
func (f *facts) authors(linkID string, tasks []towpath.Task) (authors []towpath.Person, unknown []string) {
	paths, read := set[string]{}, set[string]{}
	for _, t := range tasks {
		paths[t.Path] = true
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		commits := f.changes[pair{linkID, path}]
		known := len(commits) > 0
		for _, hash := range commits {
			people := f.people[pair{linkID, hash}]
			if !read[hash] {
				authors, read[hash] = append(authors, people...), true
			}
			known = known && len(people) > 0
		}
		if !known {
			unknown = append(unknown, path)
		}
	}
	return authors, unknown
}

// textReviews returns what the newest review of each text says in an environment, by checksum. Texts
// without a review are left out.
func (f *facts) textReviews(
	linkID, environmentID string, tasks []towpath.Task,
) map[string]towpath.TextReview {
	wanted, commits := set[string]{}, set[pair]{}
	for _, t := range tasks {
		wanted[t.Checksum], commits[pair{linkID, t.Commit}] = true, true
	}
	files := map[string][]towpath.ReviewedFile{}
	for _, commit := range slices.SortedFunc(maps.Keys(commits), byPair) {
		for _, r := range f.texts[commit] {
			if r.EnvironmentID == environmentID && wanted[r.Checksum] {
				files[r.Checksum] = append(files[r.Checksum], r)
			}
		}
	}
	reviews := make(map[string]towpath.TextReview, len(files))
	for checksum, list := range files {
		reviews[checksum] = towpath.ReviewOf(list)
	}
	return reviews
}
