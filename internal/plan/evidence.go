package plan

import (
	"slices"
	"strings"

	"towpath"
	"towpath/internal/schema"
)

// Trace is what one file does to what a catalog shows by name.
type Trace struct {
	towpath.Migration
	Marks []schema.Mark
}

// Candidate is a baseline that one may choose for a database.
type Candidate struct {
	Version string // canonical; "" for none of the files
	Label   string // as in a file's name
	Against []Contradiction
}

// Contradiction is a thing of a catalog that a baseline leaves no room for.
type Contradiction struct {
	Thing   string // as in schema.Mark
	There   bool   // whether the catalog has it
	Covered bool   // whether the file is within the baseline; otherwise the baseline leaves it out
	Path    string
	Label   string // of the file's version
}

// touch is one mark of one file.
type touch struct {
	schema.Mark
	step int // the file's candidate
	file towpath.Migration
}

// Candidates compares each baseline that the files, in the order in which they run, give to choose
// from with the things that a catalog has. What files do that it does not show, and files without
// marks, speak against none.
func Candidates(files []Trace, things map[string]bool) []Candidate {
	candidates := []Candidate{{}}
	touches := map[string][]touch{}
	for _, f := range files {
		for _, m := range f.Marks {
			touches[m.Thing] = nil
		}
	}
	delete(touches, "")
	for _, f := range files {
		if f.Version != candidates[len(candidates)-1].Version {
			candidates = append(candidates, Candidate{Version: f.Version, Label: f.Label})
		}
		for _, m := range f.Marks {
			spread(touches, touch{Mark: m, step: len(candidates) - 1, file: f.Migration})
		}
	}
	for thing, list := range touches {
		for step := range candidates {
			if c, wrong := contradicted(list, step, thing, things[thing]); wrong {
				candidates[step].Against = append(candidates[step].Against, c)
			}
		}
	}
	for i := range candidates {
		slices.SortFunc(candidates[i].Against,
			func(a, b Contradiction) int { return strings.Compare(a.Thing, b.Thing) })
	}
	return candidates
}

// spread adds a mark to its thing, and to those of which it says that nothing is known, or that
// they went with their table.
func spread(touches map[string][]touch, t touch) {
	table, ofTable := strings.CutPrefix(t.Thing, "table ")
	for thing := range touches {
		other := t
		switch {
		case thing == t.Thing:
		case t.Thing == "":
		case ofTable && strings.HasPrefix(thing, "column "+table+"."):
			if other.Before = schema.Unknown; t.After == schema.There {
				other.After = schema.Unknown
			}
		default:
			continue
		}
		touches[thing] = append(touches[thing], other)
	}
}

// contradicted tells what a thing's presence says against a baseline: the last file before it that
// touches the thing says how it is there, or the first one behind it.
func contradicted(list []touch, step int, thing string, there bool) (c Contradiction, wrong bool) {
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
		Thing:   thing,
		There:   there,
		Covered: cause.step <= step,
		Path:    cause.file.Path,
		Label:   cause.file.Label,
	}, true
}

// FilesOf lists a link's usable files for each database, by its id, in the order in which they run
// there.
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
