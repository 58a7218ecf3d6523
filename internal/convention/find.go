package convention

import (
	"cmp"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/plan"
)

// minWeak is how many files with a number and a name are a convention in a folder whose name says
// nothing of migrations.
const minWeak = 3

// Find returns the conventions of the files of a repository, the likeliest first. It looks at the
// first 200,000 paths and returns at most 20 conventions, always the same for the same paths.
func Find(paths []string) []Found {
	paths = slices.Clone(paths[:min(len(paths), maxPaths)])
	slices.Sort(paths)
	m := marks{}
	var files []file
	var sql []string
	for _, path := range paths {
		m.note(path)
		if len(path) > 4 && strings.EqualFold(path[len(path)-4:], ".sql") {
			sql = append(sql, path)
			if f, ok := read(path); ok {
				files = append(files, f)
			}
		}
	}
	ranked := slices.Concat(candidates(groupsOf(files), m, sql), codeOf(paths, m))
	slices.SortFunc(ranked, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(b.weight, a.weight),
			cmp.Compare(a.BaseDirectory, b.BaseDirectory), cmp.Compare(a.Template, b.Template),
			cmp.Compare(a.Tool, b.Tool))
	})
	var list []Found
	for _, c := range ranked[:min(len(ranked), maxFound)] {
		if c.Runs() && !c.count(sql) {
			continue
		}
		list = append(list, c.Found)
	}
	return list
}

// candidate is a convention with its place in the order.
type candidate struct {
	Found
	class  int // 0 for what is sure, 1 for numbers that may mean something else, 2 for tests
	weight int // files
}

func candidates(groups []group, m marks, sql []string) []candidate {
	paired := map[string]int{}
	for _, g := range groups {
		if g.shape == pairedFile {
			paired[g.base] = max(paired[g.base], g.files)
		}
	}
	var list []candidate
	for _, g := range groups {
		tool, because := toolOf(g, m)
		c := candidate{weight: g.files, Found: Found{
			Tool: tool, BaseDirectory: g.base, Template: g.template, Exclude: excludeOf(g, sql), Because: because,
		}}
		if g.shape == numbered && (tool == Numbered || tool == SQLx) {
			if paired[g.base] >= g.files {
				continue // the template would take the files of both
			}
			if !strings.Contains(strings.ToLower(g.base), "migrat") {
				c.class = 1
			}
			if c.class == 1 && g.files < minWeak {
				continue
			}
		}
		if isAside(g.base) {
			c.class = 2
		}
		list = append(list, c)
	}
	return list
}

// count compares the settings with the SQL files of a repository, in order. It reports false when
// they fit none.
func (f *Found) count(sql []string) bool {
	scope, err := plan.NewScope(f.BaseDirectory, f.Template, f.Exclude)
	if err != nil {
		return false // such as a folder with a name that a link cannot have
	}
	for _, path := range below(f.BaseDirectory, sql) {
		_, _, reason := scope.Match(path)
		switch {
		case reason.IsZero():
			f.Fit++
			f.Fits = example(f.Fits, path)
		case reason.Code == towpath.ReasonExcluded:
			f.Excluded++
		default:
			f.Other++
			f.Others = example(f.Others, path)
		}
	}
	return f.Fit > 0
}

// below returns the paths, which are in order, below a folder.
func below(folder string, paths []string) []string {
	if folder == "" {
		return paths
	}
	first, _ := slices.BinarySearch(paths, folder+"/")
	end, _ := slices.BinarySearch(paths, folder+"0") // the character behind the slash
	return paths[first:end]
}

func example(list []string, path string) []string {
	if len(list) == maxExamples {
		return list
	}
	return append(list, path)
}
