package review

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/sqlreview"
	"towpath/internal/store"
)

// subject is what a review is about.
type subject struct {
	environments map[string]towpath.Environment
	policy       towpath.PolicyFile
	placeholders towpath.Placeholders // of the link
	commit       string               // that a broken policy file is said on
	changes      []change
	texts        texts
	objects      map[string][]string // what each file changes, by path; nil when nobody asks
	rehearsed    map[place]*sqlreview.Rehearsed
	began        bool // the files of a rollout may run meanwhile; those of a preview do not
}

// place is a file in the databases of an environment.
type place struct{ environmentID, path string }

// change is what one database is to get, in order.
type change struct {
	database towpath.Database
	tasks    []towpath.Task // of the files that run; none in a preview
	files    []file
}

// file is one text for a database.
type file struct {
	towpath.Migration
	commit string
	late   string // the newest version that the database has already, when that is newer
	edited bool   // the database has another text of it; this one does not run
	noUndo bool   // there is no file for the way back
	back   bool   // its way back runs, and nothing else
	beside bool   // it is the way back of another file
}

// texts returns the text of a file. reason says why there is none.
type texts func(ctx context.Context, f file) (text string, reason towpath.Reason, err error)

// subjectOf reads what the review of a rollout is about.
func (s *Service) subjectOf(ctx context.Context, tx *store.Tx, rolloutID string) (sub subject, err error) {
	r, err := tx.Rollout(ctx, rolloutID)
	if err != nil {
		return sub, err
	}
	link, err := tx.Link(ctx, r.LinkID)
	if err != nil {
		return sub, err
	}
	sub = subject{commit: r.Commit, began: true, texts: s.stored, placeholders: link.Placeholders}
	if sub.policy, err = tx.PolicyFile(ctx, link.ID); err != nil &&
		towpath.ErrorCode(err) != towpath.CodeNotFound {
		return sub, err
	}
	environments, err := tx.Environments(ctx)
	if err != nil {
		return sub, err
	}
	sub.environments = byID(environments)
	databases, err := tx.ProjectDatabases(ctx, link.ProjectID)
	if err != nil {
		return sub, err
	}
	files, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return sub, err
	}
	var edited []plan.Item
	if r.FinishedAt == nil {
		p, err := s.Manifest.Plan(ctx, tx, link)
		if err != nil {
			return sub, err
		}
		edited = p.Items
	}
	paths := pathsOf(files)
	for _, d := range databases {
		c := change{database: d}
		own := map[towpath.MigrationID]bool{}
		for _, t := range r.Tasks {
			if t.DatabaseID == d.ID && runs(t) {
				c.tasks = append(c.tasks, t)
				own[t.MigrationID] = true
			}
		}
		newest := newestBefore(d, own, r, link.LatePolicy)
		for _, t := range c.tasks {
			c.files = append(c.files, fileOf(t.Migration, t.Commit, newest, paths))
		}
		for _, item := range edited {
			if item.DatabaseID == d.ID && item.State == plan.ItemEdited {
				c.files = append(c.files, file{Migration: item.Migration, commit: r.Commit, edited: true})
			}
		}
		if len(c.files) > 0 {
			sub.changes = append(sub.changes, c)
		}
	}
	return sub, nil
}

func byID(list []towpath.Environment) map[string]towpath.Environment {
	environments := make(map[string]towpath.Environment, len(list))
	for _, e := range list {
		environments[e.ID] = e
	}
	return environments
}

// runs reports whether a task runs a file, has run it, or is to.
func runs(t towpath.Task) bool {
	return t.Action == towpath.ActionApply && t.Type != towpath.TypeUndo && t.State != towpath.TaskSkipped &&
		t.State != towpath.TaskCancelled
}

// newestBefore returns the newest version that a database had before a rollout; "" where late
// policy has older files run anyway.
func newestBefore(
	d towpath.Database, own map[towpath.MigrationID]bool, r towpath.Rollout, late towpath.LatePolicy,
) (newest string) {
	if late == towpath.LateApply {
		return ""
	}
	for _, e := range d.Ledger.Entries {
		before := r.CreatedAt.IsZero() || e.StartedAt.Before(r.CreatedAt)
		counts := e.State.Applied() && e.Type.Versioned()
		if counts && before && !own[e.MigrationID] && plan.Compare(e.Version, newest) > 0 {
			newest = e.Version
		}
	}
	return newest
}

func fileOf(m towpath.Migration, commit, newest string, paths map[string]bool) file {
	f := file{Migration: m, commit: commit, noUndo: !hasUndo(m.Path, paths)}
	if newest != "" && plan.Compare(m.Version, newest) < 0 {
		f.late = newest
	}
	return f
}

func pathsOf(files []towpath.ManifestFile) map[string]bool {
	paths := make(map[string]bool, len(files))
	for _, f := range files {
		paths[f.Path] = true
	}
	return paths
}

// hasUndo reports whether a file for the way back is beside a file, by the names that are usual for
// one: U4__drop.sql beside V4__drop.sql, 4__drop.down.sql beside 4__drop.sql.
func hasUndo(name string, paths map[string]bool) bool {
	dir, base := path.Split(name)
	stem := strings.TrimSuffix(base, path.Ext(base))
	stem = strings.TrimSuffix(stem, ".up")
	for _, ending := range []string{".down", ".undo", ".rollback"} {
		if paths[dir+stem+ending+path.Ext(base)] {
			return true
		}
	}
	return paths[dir+"U"+strings.TrimLeft(base, "Vv")]
}

// inOrder sorts files as they run in every database. Repeatable ones are in their order already.
func inOrder(files []file) {
	slices.SortStableFunc(files, func(a, b file) int {
		if a.Type == towpath.TypeRepeatable && b.Type == a.Type {
			return 0
		}
		return cmp.Or(plan.Compare(a.Version, b.Version), strings.Compare(string(a.Type), string(b.Type)),
			strings.Compare(a.Path, b.Path))
	})
}
