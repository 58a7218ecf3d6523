package plan

import (
	"fmt"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/schema"
)

// trace is a file with marks: "+table a" makes it, "-table a" removes it, "?+table a" does so where
// it is missing.
func trace(version string, marks ...string) FileMarks {
	t := FileMarks{Migration: towpath.Migration{
		MigrationID: towpath.MigrationID{Version: version},
		Label:       version, Path: version + ".sql",
	}}
	for _, m := range marks {
		text, conditional := strings.CutPrefix(m, "?")
		mark := schema.Mark{Object: text[1:], Before: schema.Absent, After: schema.There}
		if text[0] == '-' {
			mark.Before, mark.After = schema.There, schema.Absent
		}
		if conditional {
			mark.Before = schema.Unknown
		}
		if mark.Object == "" {
			mark = schema.Mark{}
		}
		t.Marks = append(t.Marks, mark)
	}
	return t
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	five := []FileMarks{
		trace("1", "+table a"), trace("2", "+table b"), trace("3", "+index i"), trace("4"),
		trace("5", "+column a.phone"),
	}
	for _, c := range []struct {
		name    string
		files   []FileMarks
		has     string
		fits    string
		against string // of the newest
	}{
		{"everything is there", five, "table a,table b,index i,column a.phone", "5", ""},
		{
			"a change of data leaves it open", five, "table a,table b,index i", "3 4",
			"column a.phone is missing, covered by 5",
		},
		{
			"nothing is there", five, "table x", "none",
			"column a.phone is missing, covered by 5; index i is missing, covered by 3; table a is missing, covered by 1; table b is missing, covered by 2",
		},
		{
			"a hole fits nowhere", five, "table a,index i", "",
			"column a.phone is missing, covered by 5; table b is missing, covered by 2",
		},
		{
			"files that only change data say nothing",
			[]FileMarks{trace("1"), trace("2")},
			"table a",
			"none 1 2", "",
		},
		{
			"what is made and removed is gone before and after",
			[]FileMarks{trace("1", "+table a"), trace("2", "-table a")},
			"", "none 2", "",
		},
		{
			"what is still there was not removed",
			[]FileMarks{trace("1", "+table a"), trace("2", "-table a")},
			"table a", "1", "table a is there, covered by 2",
		},
		{
			"what was there before the first file",
			[]FileMarks{trace("1", "-table old")},
			"table old", "none",
			"table old is there, covered by 1",
		},
		{"IF NOT EXISTS says nothing of before", []FileMarks{trace("1", "?+table a")}, "table a", "none 1", ""},
		{"columns go with their table", []FileMarks{
			trace("1", "+table a"), trace("2", "+column a.b"),
			trace("3", "-table a"),
		}, "", "none 3", ""},
		{
			"of a table made again nobody knows the columns",
			[]FileMarks{trace("1", "+table a"), trace("2", "+column a.b"), trace("3", "-table a", "+table a")},
			"table a", "1 3", "",
		},
		{
			"after a cascade nothing older is known",
			[]FileMarks{trace("1", "+table a"), trace("2", "+")},
			"", "none 2", "",
		},
		{
			"two files of a version",
			[]FileMarks{trace("1", "+table a"), trace("1", "+table b")},
			"table a,table b", "1", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			objects := map[string]bool{}
			for object := range strings.SplitSeq(c.has, ",") {
				objects[object] = true
			}
			all := Candidates(c.files, objects)
			var fits, against []string
			for _, candidate := range all {
				if len(candidate.Against) == 0 {
					fits = append(fits,
						max(candidate.Label, map[bool]string{true: "none"}[candidate.Version == ""]))
				}
			}
			for _, a := range all[len(all)-1].Against {
				against = append(against, fmt.Sprintf("%s is %s, %s by %s", a.Object,
					map[bool]string{true: "there", false: "missing"}[a.There],
					map[bool]string{true: "covered", false: "left out"}[a.Covered], a.Label))
			}
			if got := strings.Join(fits, " "); got != c.fits {
				t.Errorf("fitting: %s; want %s", got, c.fits)
			}
			if got := strings.Join(against, "; "); got != c.against {
				t.Errorf("against the newest: %s; want %s", got, c.against)
			}
		})
	}
}
