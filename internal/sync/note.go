package sync

import (
	"context"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// note is what a commit is told of one path that it changed.
type note struct {
	commit string
	path   string
	why    towpath.Reason
}

// notesOf finds what commits changed that nobody would hear of otherwise: a file that looks like
// SQL and is not taken, and a file that is gone although a database has it. What was so before is
// not told again, nor what a link finds when it is made. What a link excludes is so by choice.
func notesOf(
	link towpath.RepositoryLink, before, after []towpath.ManifestFile, d delta, p plan.Plan,
) (notes []note) {
	was, is := map[string]towpath.ManifestFile{}, map[string]bool{}
	for _, f := range before {
		was[f.Path] = f
	}
	for _, f := range after {
		is[f.Path] = true
	}
	for _, f := range d.put {
		old, known := was[f.Path]
		same := d.whole && known && old.State == f.State
		chosen := f.Reason.Code == towpath.ReasonExcluded || f.Reason.Code == towpath.ReasonOtherEngine
		if f.State == towpath.FileIgnored && !same && !chosen && looksLikeSQL(f.Path) {
			why := towpath.Why(towpath.ReasonNotTaken).From(f.Reason, howToExclude(link, f.Path))
			notes = append(notes, note{commit: d.by[f.Path], path: f.Path, why: why})
		}
	}
	deleted := map[towpath.MigrationID][]string{} // the ledger may know another path, from before a rename
	for _, f := range before {
		if f.State == towpath.FileMatched && f.Type != towpath.TypeRepeatable && !is[f.Path] {
			deleted[f.MigrationID] = append(deleted[f.MigrationID], f.Path)
		}
	}
	told := map[string]bool{}
	for _, item := range p.Items {
		if item.State != plan.ItemMissing {
			continue
		}
		for _, path := range deleted[item.File()] {
			if told[path] || !isFor(was[path], item) {
				continue
			}
			told[path] = true
			why := towpath.Why(towpath.ReasonGoneButApplied, "database", item.Database)
			notes = append(notes, note{commit: d.by[path], path: path, why: why})
		}
	}
	return notes
}

// isFor reports whether a file is a migration of the item's database.
func isFor(f towpath.ManifestFile, item plan.Item) bool {
	return (f.Environment == "" || strings.EqualFold(f.Environment, item.Environment)) &&
		(f.Database == "" || strings.EqualFold(f.Database, item.Database)) &&
		(f.Engine == "" || f.Engine == item.Engine)
}

// howToExclude returns what to do about a file that is not a migration.
func howToExclude(link towpath.RepositoryLink, path string) towpath.Reason {
	switch {
	case plan.Scope{BaseDirectory: link.BaseDirectory}.Beside(path):
		return towpath.Why(towpath.ReasonMoveIntoBase)
	case link.BaseDirectory == "":
		return towpath.Why(towpath.ReasonRenameOrNarrow)
	}
	return towpath.Why(towpath.ReasonRenameOrMove, "base", towpath.ClipRunes(link.BaseDirectory, 40))
}

// withoutOtherLinks removes notes about files below the base directory of another link of the
// repository.
func withoutOtherLinks(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, notes []note,
) ([]note, error) {
	scope := plan.Scope{BaseDirectory: link.BaseDirectory}
	if !slices.ContainsFunc(notes, func(n note) bool { return scope.Beside(n.path) }) {
		return notes, nil
	}
	for other, err := range tx.EveryLink(ctx, store.LinkFilter{ProviderID: link.ProviderID}) {
		if err != nil {
			return nil, err
		}
		if other.RepositoryID != link.RepositoryID || other.Branch != link.Branch {
			continue
		}
		notes = slices.DeleteFunc(notes, func(n note) bool {
			return scope.Beside(n.path) && strings.HasPrefix(n.path, other.BaseDirectory+"/")
		})
	}
	return notes, nil
}

// saveNotes stores notes until they are posted. Notes without a commit are the head's.
func saveNotes(ctx context.Context, tx *store.Tx, linkID, head string, notes []note) error {
	for _, n := range notes {
		if n.commit == "" {
			n.commit = head
		}
		if err := tx.AddNote(ctx, linkID, n.commit, n.path, n.why); err != nil {
			return err
		}
	}
	return nil
}

// sqlEndings are the extensions of files that people expect to run. Other files, such as notes and
// configurations, may be in the same folders.
var sqlEndings = []string{".sql", ".ddl", ".dml", ".psql", ".pgsql", ".mysql"}

// looksLikeSQL reports whether people probably expect an ignored file to run.
func looksLikeSQL(path string) bool {
	name := strings.ToLower(strings.TrimSpace(path))
	for _, ending := range sqlEndings {
		if strings.HasSuffix(name, ending) || strings.HasSuffix(name, ending+".txt") {
			return true
		}
	}
	return false
}
