package plan

import (
	"slices"
	"strings"
	"time"

	"towpath"
)

// Renamed is a migration of a branch that gets another version, and so another path.
type Renamed struct {
	From, To string // paths from the root of the repository
	Version  string // the new one, as the path writes it
}

// Renumber gives the migrations that a branch adds versions behind all that the link's branch, the
// ledgers and the other open branches have. Their order stays, and files of one version keep one
// version. Files that a database has, and files that come last already, keep their paths. A version
// that is a time becomes now; others count on from the newest. The error is a *towpath.Error with
// CodeInvalid when a new version would be too long.
func Renumber(in Input, branches []Branch, name string, scope Scope, now time.Time) ([]Renamed, error) {
	q := newQueue(in, branches)
	at := slices.IndexFunc(q.branches, func(b Branch) bool { return b.Name == name })
	if at < 0 {
		return nil, nil
	}
	b := q.branches[at]
	newest := q.newestBeside(b)
	var renamed []Renamed
	for _, same := range q.addedByVersion(b) {
		if Compare(same[0].Version, newest.version) > 0 {
			newest = numbered{version: same[0].Version, label: same[0].Label}
			continue
		}
		next, err := newest.after(same[0].Label, now)
		if err != nil {
			return nil, err
		}
		for _, f := range same {
			if to, ok := scope.withVersion(f.Path, next.label); ok {
				renamed = append(renamed, Renamed{From: f.Path, To: to, Version: next.label})
			}
		}
		newest = next
	}
	return renamed, nil
}

// numbered is a version with the label that a file's name gives it.
type numbered struct{ version, label string }

// newestBeside returns the newest version that a branch's own files must come after.
func (q *queue) newestBeside(b Branch) (newest numbered) {
	note := func(version, label string) {
		if Compare(version, newest.version) > 0 {
			newest = numbered{version: version, label: label}
		}
	}
	for _, f := range slices.Concat(q.in.Files, q.in.Others) {
		if f.State == towpath.FileMatched && f.Type != towpath.TypeRepeatable {
			note(f.Version, f.Label)
		}
	}
	for _, d := range q.in.Databases {
		for _, e := range d.Ledger.Entries {
			if e.State.Applied() && e.Type.Versioned() {
				note(e.Version, e.Version)
			}
		}
	}
	for _, other := range q.branches {
		for _, f := range other.Files {
			if other.Name != b.Name && q.adds(f) {
				note(f.Version, f.Label)
			}
		}
	}
	return newest
}

// addedByVersion returns the migrations that a branch adds, those of one version together, in the
// order of the versions. Two that claim it in one database are apart. A file beside another one of
// its version counts, whoever has that one.
func (q *queue) addedByVersion(b Branch) (added [][]towpath.BranchFile) {
	changed := map[string]bool{}
	for _, f := range b.Files {
		changed[f.Path] = true
	}
	for _, f := range b.Files { // in the order of the versions
		_, there := q.trunk[f.Path]
		versioned := f.Type != towpath.TypeBaseline && f.Type != towpath.TypeRepeatable
		beside := !f.Removed && !there && versioned && q.beside(f, changed)
		if !beside && !q.adds(f) {
			continue
		}
		if n := len(added); n > 0 && added[n-1][0].Version == f.Version && !claimed(added[n-1], f) {
			added[n-1] = append(added[n-1], f)
			continue
		}
		added = append(added, []towpath.BranchFile{f})
	}
	return added
}

// claimed reports whether one of the files claims the version of another one in a database.
func claimed(files []towpath.BranchFile, f towpath.BranchFile) bool {
	return slices.ContainsFunc(files, func(o towpath.BranchFile) bool {
		return rivals(o.Migration, f.Migration)
	})
}

// times are the layouts of versions that are times.
var times = []string{"20060102150405", "200601021504"}

// after returns the version that follows, written like one that is there.
func (n numbered) after(like string, now time.Time) (numbered, error) {
	digits := strings.TrimLeft(like, "vV")
	prefix := strings.TrimSuffix(like, digits)
	labels := make([]string, 0, 3)
	for _, layout := range times {
		if _, err := time.Parse(layout, digits); err == nil {
			labels = append(labels, now.UTC().Format(layout))
		}
	}
	next := increment(strings.TrimLeft(n.label, "vV"))
	if isNumber(next) && strings.Trim(next, "0123456789") == "" && strings.HasPrefix(digits, "0") {
		next = strings.Repeat("0", max(0, len(digits)-len(next))) + next
	}
	labels = append(labels, next, n.label+".1")
	var found numbered
	for _, label := range labels {
		label = prefix + strings.TrimLeft(label, "vV")
		canonical, err := ParseVersion(label)
		if err != nil {
			return found, err
		}
		if found = (numbered{version: canonical, label: label}); Compare(canonical, n.version) > 0 {
			break
		}
	}
	return found, nil
}

// increment adds one to the last number in a label, which keeps its width: 1.09 becomes 1.10.
func increment(label string) string {
	end := strings.LastIndexAny(label, "0123456789") + 1
	text := []byte(label)
	for i := end - 1; i >= 0 && kindOf(text[i]) == digit; i-- {
		if text[i] != '9' {
			text[i]++
			return string(text)
		}
		text[i] = '0'
	}
	start := end
	for start > 0 && kindOf(text[start-1]) == digit {
		start--
	}
	return string(text[:start]) + "1" + string(text[start:])
}

// withVersion writes another version into the path of a migration. It reports false where the path
// would then mean another migration.
func (s Scope) withVersion(path, label string) (string, bool) {
	old, in, why := s.Match(path)
	relative, _ := s.below(path)
	if !in || !why.IsZero() {
		return "", false
	}
	parts := strings.Split(relative, "/")
	places, ok := s.Template.versionAt(parts)
	labels := strings.SplitN(label, ".", len(places))
	if !ok || len(labels) < len(places) {
		return "", false
	}
	for i, at := range slices.Backward(places) {
		part := parts[at.part]
		parts[at.part] = part[:at.start] + labels[i] + part[at.end:]
	}
	to := strings.TrimSuffix(path, relative) + strings.Join(parts, "/")
	found, in, why := s.Match(to)
	same := found.Label == label && found.Environment == old.Environment &&
		found.Database == old.Database && found.Type == old.Type && found.Description == old.Description
	return to, in && why.IsZero() && same
}
