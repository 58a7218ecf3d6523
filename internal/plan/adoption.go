package plan

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/history"
	"towpath/internal/schema"
)

// HistoryFile is a file that is compared with the history of another tool.
type HistoryFile struct {
	FileMarks
	Columns []string      // of the tables that it creates, as in schema.Footprint
	Whole   bool          // whether Marks and Columns are all that it does
	Sums    []history.Sum // of its text, as tools compute them; none when it was not read
	Parts   int           // the changesets in its text; 0 for a file that is one migration
}

// Verdict is what the history of another tool and the catalog say of a file in a database.
type Verdict string

const (
	VerdictProved       Verdict = "proved"       // the history has the checksum of its text
	VerdictClaimed      Verdict = "claimed"      // the history names it
	VerdictEdited       Verdict = "edited"       // the history names it with another checksum
	VerdictContradicted Verdict = "contradicted" // the history names it, and the catalog disagrees
	VerdictHalfway      Verdict = "halfway"      // the history says that it failed or did not finish
	VerdictStands       Verdict = "stands"       // not named, but the database has all that it makes
	VerdictPartly       Verdict = "partly"       // as stands, but it also does what no catalog shows
	VerdictMissing      Verdict = "missing"      // the history does not have it, or has it as undone
)

// Applied reports whether the verdict means that the file ran in the database.
func (v Verdict) Applied() bool {
	return v == VerdictProved || v == VerdictClaimed || v == VerdictEdited
}

// Named reports whether the history of the other tool has the file, whatever it says of it.
func (v Verdict) Named() bool { return !v.Standing() && v != VerdictMissing }

// Standing reports whether the catalog alone speaks for the file. It is recorded only by choice.
func (v Verdict) Standing() bool { return v == VerdictStands || v == VerdictPartly }

// FileEvidence is the verdict about one file in one database.
type FileEvidence struct {
	towpath.Migration
	Verdict Verdict
	Entry   history.Entry   // that names it, or that covers it; zero for none
	Against []Contradiction // what the catalog shows against it
}

// Adoption is what the history of another tool says about the files of a link.
type Adoption struct {
	Files []FileEvidence  // in the order of the files
	Gone  []history.Entry // applied, and not in the repository
}

// CompareHistory compares the files of a database, in the order in which they run, with a history
// and with the named objects that the database has. Without objects the catalog is not compared.
func CompareHistory(files []HistoryFile, h history.History, objects map[string]bool) Adoption {
	if h.Cut || h.Hidden || h.Heads {
		h.Entries = nil // it proves nothing of files
	}
	entries := newEntryIndex(h.Entries)
	var a Adoption
	broken := false // a chain of checksums proves nothing after the first difference
	for _, f := range files {
		e, named := entries.find(f)
		one := FileEvidence{Migration: f.Migration, Entry: e, Verdict: VerdictMissing}
		if named {
			one.Verdict = compareEntry(f, e, entries.parts[e.Name])
		} else {
			one.Entry = history.Entry{}
		}
		if e.Sum.Kind == history.AtlasChain && one.Verdict == VerdictEdited {
			if broken {
				one.Verdict = VerdictClaimed
			}
			broken = true
		}
		a.Files = append(a.Files, asApplied(one))
	}
	a.Gone = entries.unused()
	if objects != nil {
		contradict(a.Files, files, objects)
		findStanding(a.Files, files, objects)
	}
	return a
}

// asApplied makes a repeatable file its first application. Only a checksum proves that the database has
// its text: without one, or with another one, it is missing and runs.
func asApplied(one FileEvidence) FileEvidence {
	if one.Type != towpath.TypeRepeatable {
		return one
	}
	one.MigrationID = one.Application(1)
	if one.Verdict == VerdictClaimed || one.Verdict == VerdictEdited {
		one.Verdict = VerdictMissing
	}
	return one
}

// compareEntry decides about a file by the entry that names it. parts is how many changesets of the
// file the history has.
func compareEntry(f HistoryFile, e history.Entry, parts int) Verdict {
	switch {
	case e.State == history.Undone:
		return VerdictMissing
	case e.State == history.Unknown, f.Parts > parts && parts > 0:
		return VerdictHalfway
	}
	for _, sum := range f.Sums {
		switch {
		case sum.Kind != e.Sum.Kind:
		case strings.EqualFold(sum.Text, e.Sum.Text):
			return VerdictProved
		default:
			return VerdictEdited
		}
	}
	return VerdictClaimed
}

// entryIndex finds the entry of a file.
type entryIndex struct {
	entries []history.Entry
	used    []bool
	version map[string]int // canonical
	name    map[string]int // without folder
	sum     map[history.Sum]int
	parts   map[string]int // how many entries have the name
	upTo    int            // the entry that covers the most older versions; -1 for none
	covered string         // its version
}

func newEntryIndex(entries []history.Entry) *entryIndex {
	x := &entryIndex{
		entries: entries, used: make([]bool, len(entries)), upTo: -1,
		version: map[string]int{}, name: map[string]int{}, sum: map[history.Sum]int{},
		parts: map[string]int{},
	}
	for i, e := range entries {
		version, err := ParseVersion(e.Version)
		switch {
		case err == nil:
			x.version[version] = i
			if e.UpTo && e.State != history.Undone && (x.upTo < 0 || Compare(version, x.covered) > 0) {
				x.upTo, x.covered = i, version
			}
		case e.Name != "":
			if old, known := x.name[e.Name]; !known || entries[old].State == history.Applied {
				x.name[e.Name] = i // of several changesets, one that is not applied decides
			}
			if e.Version != "" {
				x.parts[e.Name]++
			}
		default:
			x.sum[e.Sum] = i
		}
	}
	return x
}

// find returns the entry of a file: by its version, by its name, by its checksum, or the entry that
// covers all older versions.
func (x *entryIndex) find(f HistoryFile) (e history.Entry, named bool) {
	for _, version := range []string{f.Version, undashed(f.Label)} {
		if i, ok := x.version[version]; ok {
			return x.use(i), true
		}
	}
	for _, name := range namesOf(f.Path) {
		if i, ok := x.name[name]; ok {
			return x.use(i), true
		}
	}
	for _, sum := range f.Sums {
		if i, ok := x.sum[sum]; ok {
			return x.use(i), true
		}
	}
	if x.upTo >= 0 && Compare(f.Version, x.covered) < 0 {
		e = x.entries[x.upTo]
		e.Sum = history.Sum{}
		if e.State == history.Unknown { // it stopped at its own version
			e.State = history.Applied
		}
		return e, true
	}
	return e, false
}

// dashed is a time as Diesel writes it in the name of a folder. Its history has it without dashes.
var dashed = regexp.MustCompile(`^\d{4}-\d\d-\d\d-\d{6}$`)

// undashed returns the canonical version of a dashed time without its dashes; "" for another label.
func undashed(label string) string {
	if !dashed.MatchString(label) {
		return ""
	}
	return strings.ReplaceAll(label, "-", "")
}

func (x *entryIndex) use(i int) history.Entry {
	e := x.entries[i]
	for j := range x.entries {
		x.used[j] = x.used[j] || j == i || (e.Name != "" && x.entries[j].Name == e.Name && e.Version != "")
	}
	return e
}

// unused returns the entries of applied migrations that no file has.
func (x *entryIndex) unused() (gone []history.Entry) {
	for i, e := range x.entries {
		if !x.used[i] && e.State != history.Undone && e.State != history.Baseline {
			gone = append(gone, e)
		}
	}
	return gone
}

// namesOf lists the names that a history may have for a file: its path without leading folders, that
// without the extension, and its folder.
func namesOf(file string) (names []string) {
	for rest := file; ; {
		names = append(names, rest, strings.TrimSuffix(rest, path.Ext(rest)))
		_, after, more := strings.Cut(rest, "/")
		if !more {
			break
		}
		rest = after
	}
	return append(names, path.Base(path.Dir(file)))
}

// contradict finds the files that cannot have run, by the last one that touches each object. What an
// edited file or one that stopped halfway has done is not known.
func contradict(found []FileEvidence, files []HistoryFile, objects map[string]bool) {
	touches := map[string][]touch{}
	for i, f := range files {
		for _, m := range f.Marks {
			if found[i].Verdict.Applied() && m.Object != "" {
				touches[m.Object] = nil
			}
		}
	}
	for i, f := range files {
		v := found[i].Verdict
		for _, m := range f.Marks {
			if v == VerdictEdited || v == VerdictHalfway {
				m.Before, m.After = schema.Unknown, schema.Unknown
			} else if !v.Applied() {
				continue
			}
			addTouch(touches, touch{Mark: m, step: i, file: f.Migration})
		}
	}
	for object, list := range touches {
		if len(list) == 0 {
			continue
		}
		last := list[len(list)-1]
		if c, wrong := contradiction(list, len(files), object, objects[object]); wrong {
			one := &found[last.step]
			one.Verdict = VerdictContradicted
			one.Against = append(one.Against, c)
		}
	}
	for i := range found {
		slices.SortFunc(found[i].Against,
			func(a, b Contradiction) int { return strings.Compare(a.Object, b.Object) })
	}
}

// findStanding finds the files that the history does not have, although the database has all that
// they make and that no other file makes.
func findStanding(found []FileEvidence, files []HistoryFile, objects map[string]bool) {
	makers, touched := map[string]int{}, map[string]bool{}
	for _, f := range files {
		for _, m := range f.Marks {
			touched[m.Object] = true
			if m.After == schema.There {
				makers[m.Object]++
			}
		}
	}
	for i, f := range files {
		if found[i].Verdict != VerdictMissing || found[i].Entry.State == history.Undone {
			continue
		}
		own, fits := 0, true
		for _, m := range f.Marks {
			if m.After == schema.There && makers[m.Object] == 1 {
				own++
			}
			fits = fits && m.Object != "" && m.After != schema.Unknown &&
				(m.After == schema.There) == objects[m.Object]
		}
		for _, column := range f.Columns { // another file may have dropped or renamed it
			fits = fits && (objects[column] || touched[column])
		}
		switch {
		case fits && own > 0 && f.Whole:
			found[i].Verdict = VerdictStands
		case fits && own > 0:
			found[i].Verdict = VerdictPartly
		}
	}
}
