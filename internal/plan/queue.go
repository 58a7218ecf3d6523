package plan

import (
	"cmp"
	"slices"
	"strings"

	"towpath"
)

// Branch is an open branch with the migrations that it changes.
type Branch struct {
	Name  string
	Files []towpath.BranchFile
}

// Place is the position of a branch in the order of merges.
type Place struct {
	Verdict towpath.MergeVerdict
	Order   []towpath.Reason // one for each that the verdict, or a lesser one, is about; the gravest first
	Merged  bool             // the link's branch has all that the branch changes
}

// maxOrder bounds the reasons of a place.
const maxOrder = 20

// Queue compares open branches with their link's branch, whose input is in, with the ledgers, and
// with each other. It returns the place of each branch by its name. The order of the input does not
// matter.
func Queue(in Input, branches []Branch) map[string]Place {
	q := newQueue(in, branches)
	places := make(map[string]Place, len(branches))
	for _, b := range q.branches {
		places[b.Name] = q.place(b)
	}
	return places
}

func newQueue(in Input, branches []Branch) *queue {
	q := queue{in: in, trunk: map[string]towpath.ManifestFile{}, branches: slices.Clone(branches)}
	for _, f := range in.Files {
		q.trunk[f.Path] = f
	}
	slices.SortFunc(q.branches, func(a, b Branch) int { return strings.Compare(a.Name, b.Name) })
	for i := range q.branches {
		b := &q.branches[i]
		b.Files = slices.DeleteFunc(slices.Clone(b.Files), q.same)
		slices.SortFunc(b.Files, func(x, y towpath.BranchFile) int {
			return cmp.Or(compareID(x.MigrationID, y.MigrationID), strings.Compare(x.Path, y.Path))
		})
	}
	return &q
}

// TextsOfQueue lists the checksums, without duplicates, that Queue compares and that may differ in
// their line ends alone. Input.Texts needs an entry for those.
func TextsOfQueue(in Input, branches []Branch) []string {
	changed := map[towpath.MigrationID]bool{}
	paths := map[string]bool{}
	var list []string
	for _, b := range branches {
		for _, f := range b.Files {
			changed[f.MigrationID], paths[f.Path] = true, true
			list = append(list, f.Checksum)
		}
	}
	for _, f := range in.Files {
		if paths[f.Path] {
			list = append(list, f.Checksum)
		}
	}
	for _, d := range in.Databases {
		for _, e := range d.Ledger.Entries {
			if changed[e.File()] {
				list = append(list, e.Checksum)
			}
		}
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(checksum string) bool { return checksum == "" })
}

// queue holds the state of Queue.
type queue struct {
	in       Input
	trunk    map[string]towpath.ManifestFile // of the link's branch, by path
	branches []Branch                        // without the changes that the link's branch has too
}

// same reports whether the link's branch has a change of another branch already.
func (q *queue) same(f towpath.BranchFile) bool {
	old, there := q.trunk[f.Path]
	if f.Removed {
		return !there
	}
	return there && old.State == f.State && f.Checksum != "" &&
		q.in.text(old.Checksum) == q.in.text(f.Checksum)
}

// judged is one reason with its verdict.
type judged struct {
	verdict towpath.MergeVerdict
	reason  towpath.Reason
}

func (q *queue) place(b Branch) Place {
	if len(b.Files) == 0 {
		return Place{Verdict: towpath.MergeClear, Merged: true}
	}
	found := q.applied(b)
	conflicts := q.conflicts(b)
	found = append(found, conflicts...)
	found = append(found, q.versions(b)...)
	found = append(found, q.objects(b)...)
	slices.SortStableFunc(found, func(x, y judged) int {
		return slices.Index(gravity, x.verdict) - slices.Index(gravity, y.verdict)
	})
	p := Place{Verdict: towpath.MergeClear}
	for i, j := range found {
		if i == 0 {
			p.Verdict = j.verdict
		}
		known := slices.ContainsFunc(p.Order, j.reason.Equal)
		if len(p.Order) < maxOrder && !known {
			p.Order = append(p.Order, j.reason)
		}
	}
	return p
}

// gravity lists the verdicts, the gravest first.
var gravity = []towpath.MergeVerdict{
	towpath.MergeEdits, towpath.MergeRemoves, towpath.MergeConflict, towpath.MergeSameVersion,
	towpath.MergeLate, towpath.MergeLateOnce, towpath.MergeSameObjects, towpath.MergeClear,
}

// applied finds files that a branch edits or removes although a database has them.
func (q *queue) applied(b Branch) (found []judged) {
	kept := map[towpath.MigrationID]bool{} // that the branch has under another path, or still has
	changed := map[string]bool{}
	for _, f := range b.Files {
		changed[f.Path] = true
	}
	for _, f := range q.in.Files {
		kept[f.MigrationID] = kept[f.MigrationID] || !changed[f.Path]
	}
	for _, f := range b.Files {
		kept[f.MigrationID] = kept[f.MigrationID] || !f.Removed
	}
	for _, f := range b.Files {
		if f.Removed && kept[f.MigrationID] {
			continue
		}
		for _, d := range q.targets(f.Migration) {
			entry := entryOf(d.Ledger, f.MigrationID)
			why := func(code towpath.ReasonCode) towpath.Reason {
				return towpath.Why(code, "path", f.Path, "environment", d.environment, "database", d.Name)
			}
			switch {
			case entry == nil || !entry.State.Applied():
			case f.Removed:
				found = append(found, judged{towpath.MergeRemoves, why(towpath.ReasonMergeRemoves)})
			case entry.Checksum != "" && f.Checksum != "" && f.Type != towpath.TypeBaseline &&
				q.in.text(entry.Checksum) != q.in.text(f.Checksum) && !q.beside(f, changed):
				found = append(found, judged{towpath.MergeEdits, why(towpath.ReasonMergeEdits)})
			}
		}
	}
	return found
}

// beside reports whether the link's branch keeps another file of the version of a branch's file: that
// is a conflict, and not an edit. changed are the paths that the branch changes.
func (q *queue) beside(f towpath.BranchFile, changed map[string]bool) bool {
	return slices.ContainsFunc(q.in.Files, func(o towpath.ManifestFile) bool {
		return o.State == towpath.FileMatched && !changed[o.Path] && rivals(o.Migration, f.Migration)
	})
}

func entryOf(l towpath.LedgerSnapshot, id towpath.MigrationID) *towpath.LedgerEntry {
	for i, e := range l.Entries {
		if e.MigrationID == id {
			return &l.Entries[i]
		}
	}
	return nil
}

// targets returns the databases of a file, without those that the link's branch has a file of their
// engine for.
func (q *queue) targets(m towpath.Migration) (found []target) {
	for _, e := range inOrder(q.in.Environments) {
		if m.Environment != "" && m.Environment != e.Name {
			continue
		}
		for _, d := range q.in.Databases {
			if d.EnvironmentID == e.ID && (m.Database == "" || m.Database == d.Name) && q.gets(d.ID, m) {
				found = append(found, target{Database: d, environment: e.Name, position: e.Position})
			}
		}
	}
	slices.SortStableFunc(found, func(x, y target) int {
		return cmp.Or(cmp.Compare(x.position, y.position), strings.Compare(x.environment, y.environment),
			strings.Compare(x.Name, y.Name))
	})
	return found
}

// gets reports whether a file is for the engine of a database, and no file of the link's branch replaces
// it there.
func (q *queue) gets(databaseID string, m towpath.Migration) bool {
	kind := q.in.Engines[databaseID]
	if m.Engine != "" {
		return m.Engine == kind
	}
	return !slices.ContainsFunc(q.in.Files, func(o towpath.ManifestFile) bool {
		return o.Engine != "" && o.Engine == kind && o.State == towpath.FileMatched &&
			o.MigrationID == m.MigrationID && meet(o.Migration, m)
	})
}

// meet reports whether two files may be for the same database.
func meet(a, b towpath.Migration) bool {
	return (a.Environment == "" || b.Environment == "" || a.Environment == b.Environment) &&
		(a.Database == "" || b.Database == "" || a.Database == b.Database) &&
		(a.Engine == "" || b.Engine == "" || a.Engine == b.Engine)
}

// rivals reports whether two files of a link claim to be the same migration of a database. A file for
// one engine replaces the one for all, so those two do not.
func rivals(a, b towpath.Migration) bool {
	return a.MigrationID == b.MigrationID && a.Engine == b.Engine && meet(a, b)
}

// conflicts finds files of the link's branch, of the project's other links, and of the branch
// itself, that have the version of a file of a branch.
func (q *queue) conflicts(b Branch) (found []judged) {
	gone := map[string]bool{}
	for _, f := range b.Files {
		gone[f.Path] = true // removed, or replaced by the branch's own text
	}
	for _, f := range b.Files {
		if f.Removed {
			continue
		}
		for _, o := range q.in.Files {
			if !gone[o.Path] && o.State == towpath.FileMatched && rivals(o.Migration, f.Migration) {
				found = append(found, conflict(f, o))
			}
		}
		for _, o := range q.in.Others {
			if o.State == towpath.FileMatched && o.MigrationID == f.MigrationID &&
				meet(o.Migration, f.Migration) {
				found = append(found, conflict(f, o))
			}
		}
		for _, o := range b.Files {
			if o.Path != f.Path && !o.Removed && o.State == towpath.FileMatched &&
				rivals(o.Migration, f.Migration) {
				found = append(found, conflict(f, o.ManifestFile))
			}
		}
	}
	slices.SortStableFunc(found, func(x, y judged) int {
		return cmp.Or(strings.Compare(x.reason.Params["path"], y.reason.Params["path"]),
			strings.Compare(x.reason.Params["other"], y.reason.Params["other"]))
	})
	return found
}

func conflict(f towpath.BranchFile, o towpath.ManifestFile) judged {
	if f.Type == towpath.TypeRepeatable {
		return judged{towpath.MergeConflict, towpath.Why(towpath.ReasonMergeSameName,
			"path", f.Path, "name", f.Description, "other", o.Path)}
	}
	return judged{towpath.MergeConflict, towpath.Why(towpath.ReasonMergeConflict,
		"path", f.Path, "version", f.Label, "other", o.Path)}
}

// versions compares the new files of a branch with the link's branch and with the other branches.
func (q *queue) versions(b Branch) (found []judged) {
	for _, f := range b.Files {
		if !q.adds(f) {
			continue
		}
		if newest, late := q.newerThan(f); late && q.in.Late != towpath.LateApply {
			found = append(found, judged{towpath.MergeLate, towpath.Why(towpath.ReasonMergeLate,
				"path", f.Path, "version", f.Label, "newest", newest)})
		}
		for _, other := range q.branches {
			if other.Name == b.Name {
				continue
			}
			newest := towpath.BranchFile{}
			for _, o := range other.Files {
				if !q.adds(o) || !meet(o.Migration, f.Migration) {
					continue
				}
				if rivals(o.Migration, f.Migration) {
					found = append(found, judged{towpath.MergeSameVersion, towpath.Why(
						towpath.ReasonMergeSameVersion, "path", f.Path, "version", f.Label,
						"branch", other.Name)})
				}
				if Compare(o.Version, f.Version) > 0 && Compare(o.Version, newest.Version) > 0 {
					newest = o
				}
			}
			if newest.Version != "" && q.in.Late != towpath.LateApply {
				found = append(found, judged{towpath.MergeLateOnce, towpath.Why(
					towpath.ReasonMergeLateOnce, "path", f.Path, "newest", newest.Label,
					"branch", other.Name)})
			}
		}
	}
	return found
}

// adds reports whether a branch brings a migration that neither the link's branch nor a database
// has under its version.
func (q *queue) adds(f towpath.BranchFile) bool {
	if f.Removed || f.Type == towpath.TypeBaseline || f.Type == towpath.TypeRepeatable {
		return false
	}
	if old, there := q.trunk[f.Path]; there && old.State == towpath.FileMatched {
		return false
	}
	return !slices.ContainsFunc(q.targets(f.Migration), func(t target) bool {
		e := entryOf(t.Ledger, f.MigrationID)
		return e != nil && e.State.Applied()
	})
}

// newerThan returns the newest version of the link's branch, or of a database, that is newer than
// a file's.
func (q *queue) newerThan(f towpath.BranchFile) (label string, newer bool) {
	newest := f.Version
	note := func(version, as string) {
		if Compare(version, newest) > 0 {
			newest, label, newer = version, as, true
		}
	}
	for _, o := range q.in.Files {
		if o.State == towpath.FileMatched && o.Type != towpath.TypeRepeatable &&
			meet(o.Migration, f.Migration) {
			note(o.Version, o.Label)
		}
	}
	for _, t := range q.targets(f.Migration) {
		for _, e := range t.Ledger.Entries {
			if e.State.Applied() && e.Type.Versioned() {
				note(e.Version, e.Version)
			}
		}
	}
	return label, newer
}

// objects finds other branches that change the same objects.
func (q *queue) objects(b Branch) (found []judged) {
	for _, other := range q.branches {
		if other.Name == b.Name {
			continue
		}
		shared := map[string]bool{}
		for _, f := range b.Files {
			for _, o := range other.Files {
				if f.Removed || o.Removed || !meet(f.Migration, o.Migration) {
					continue
				}
				for _, object := range f.Objects {
					if slices.Contains(o.Objects, object) && !shared[object] {
						shared[object] = true
						found = append(found, judged{towpath.MergeSameObjects, towpath.Why(
							towpath.ReasonMergeSameObjects, "object", object, "branch", other.Name)})
					}
				}
			}
		}
	}
	return found
}
