package plan

import (
	"slices"
	"strings"

	"towpath"
	"towpath/internal/schema"
)

// FileMarks lists the named objects that one file creates or drops.
type FileMarks struct {
	towpath.Migration
	Marks []schema.Mark
}

// Candidate is a version that a person may choose as the baseline of a database.
type Candidate struct {
	Version string // canonical; "" for none of the files
	Label   string // as in a file's name
	Against []Contradiction
}

// Contradiction is an object whose presence or absence contradicts a baseline.
type Contradiction struct {
	Object  string // as in schema.Mark
	There   bool   // whether the database has it
	Covered bool   // whether the baseline includes the file
	Path    string // of the file that creates or drops it
	Label   string // of the file's version
}

// touch is one mark of one file.
type touch struct {
	schema.Mark
	step int // index of the candidate with the file's version
	file towpath.Migration
}

// Candidates returns the possible baselines of a database, with the objects that contradict them.
// files are in the order in which they run; objects are the objects that the database has. Files
// without marks contradict nothing.
func Candidates(files []FileMarks, objects map[string]bool) []Candidate {
	candidates := []Candidate{{}}
	touches := map[string][]touch{}
	for _, f := range files {
		for _, m := range f.Marks {
			touches[m.Object] = nil
		}
	}
	delete(touches, "")
	for _, f := range files {
		if f.Version != candidates[len(candidates)-1].Version {
			candidates = append(candidates, Candidate{Version: f.Version, Label: f.Label})
		}
		for _, m := range f.Marks {
			addTouch(touches, touch{Mark: m, step: len(candidates) - 1, file: f.Migration})
		}
	}
	for object, list := range touches {
		for step := range candidates {
			if c, wrong := contradiction(list, step, object, objects[object]); wrong {
				candidates[step].Against = append(candidates[step].Against, c)
			}
		}
	}
	for i := range candidates {
		slices.SortFunc(candidates[i].Against,
			func(a, b Contradiction) int { return strings.Compare(a.Object, b.Object) })
	}
	return candidates
}

// addTouch adds a mark to its object. A dropped table also drops its columns, and a mark without an
// object makes all objects unknown.
func addTouch(touches map[string][]touch, t touch) {
	table, ofTable := strings.CutPrefix(t.Object, "table ")
	for object := range touches {
		other := t
		switch {
		case object == t.Object:
		case t.Object == "":
		case ofTable && strings.HasPrefix(object, "column "+table+"."):
			if other.Before = schema.Unknown; t.After == schema.There {
				other.After = schema.Unknown
			}
		default:
			continue
		}
		touches[object] = append(touches[object], other)
	}
}

// contradiction reports whether the presence of an object contradicts a baseline. The expected
// presence follows from the last file of the baseline that touches the object, or else from the
// first file after the baseline.
func contradiction(list []touch, step int, object string, there bool) (c Contradiction, wrong bool) {
	next, _ := slices.BinarySearchFunc(list, step, func(t touch, step int) int {
		if t.step <= step {
			return -1
		}
		return 1
	})
	expected, cause := schema.Unknown, touch{}
	if next > 0 {
		cause = list[next-1]
		expected = cause.After
	}
	if expected == schema.Unknown && next < len(list) {
		cause = list[next]
		expected = cause.Before
	}
	if expected == schema.Unknown || (expected == schema.There) == there {
		return c, false
	}
	return Contradiction{
		Object:  object,
		There:   there,
		Covered: cause.step <= step,
		Path:    cause.file.Path,
		Label:   cause.file.Label,
	}, true
}

// FilesOf lists a link's usable files by database id, in the order in which they run. Repeatable files
// have no place among versions and come last.
func FilesOf(in Input) map[string][]towpath.Migration {
	files := map[string][]towpath.Migration{}
	for id, claims := range newBuilder(in).claims {
		for _, c := range claims {
			if c.own && c.unusable.IsZero() {
				files[id] = append(files[id], c.Migration)
			}
		}
		slices.SortFunc(files[id],
			func(x, y towpath.Migration) int { return compareID(x.MigrationID, y.MigrationID) })
	}
	return files
}
