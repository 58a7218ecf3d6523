package convention

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"towpath/internal/plan"
)

// group is migrations of one shape that one template fits.
type group struct {
	shape    shape
	base     string
	template string // relative to base
	form     form
	files    int
	longest  int // digits of the longest version
}

// place is a folder with the migrations of one shape.
type place struct {
	shape shape
	dir   string
}

var numberName = regexp.MustCompile(`^[vV]?\d+(?:[._-]\d+)*$`)

// groupsOf puts files together that one link could take.
func groupsOf(files []file) []group {
	places := map[place][]file{}
	for _, f := range files {
		key := place{f.shape, f.dir}
		places[key] = append(places[key], f)
	}
	roots := map[place][]place{}
	for key := range places {
		root := place{shape: key.shape}
		if key.shape != ownFile && key.shape != hashes {
			root.dir = rootOf(key.dir)
		}
		roots[root] = append(roots[root], key)
	}
	var groups []group
	for root, dirs := range roots {
		slices.SortFunc(dirs, func(a, b place) int { return strings.Compare(a.dir, b.dir) })
		groups = append(groups, grouped(root, dirs, places)...)
	}
	return groups
}

// grouped makes one group of the folders below a root, or one of each.
func grouped(root place, dirs []place, places map[place][]file) []group {
	switch root.shape {
	case ownFile, hashes:
		return ownGroups(dirs, places)
	}
	var all []file
	numbers := true // the folders below the root are versions
	for _, d := range dirs {
		all = append(all, places[d]...)
		below := strings.TrimPrefix(strings.TrimPrefix(d.dir, root.dir), "/")
		numbers = numbers && numberName.MatchString(below)
	}
	folders := root.shape == numbered || root.shape == pairedFile
	switch {
	case len(dirs) == 1 && dirs[0] == root:
		return []group{newGroup(root.dir, "", all)}
	case numbers && folders && (len(dirs) == 1 || !distinct(all)):
		return []group{newGroup(root.dir, "{{VERSION}}/", all)}
	case (len(dirs) > 1 || numbers) && distinct(all):
		return []group{newGroup(root.dir, "**/", all)}
	}
	groups := make([]group, len(dirs))
	for i, d := range dirs {
		groups[i] = newGroup(d.dir, "", places[d])
	}
	return groups
}

// ownGroups makes groups of files with the names of databases, and of folders of environments.
func ownGroups(dirs []place, places map[place][]file) []group {
	type layout struct{ base, prefix string }
	groups := map[layout][]file{}
	for _, d := range dirs {
		l, above := layout{base: d.dir}, d.dir
		template := places[d][0].template()
		if d.shape == ownFile {
			parent, name := cut(d.dir)
			if name == "" || strings.Contains(strings.ToLower(name), "migrat") {
				l.prefix = strings.TrimPrefix(template, "{{DB_NAME}}/")
				groups[l] = append(groups[l], places[d]...)
				continue
			}
			l.base, above = parent, parent
		}
		l.prefix = template
		if parent, name := cut(above); environments[strings.ToLower(name)] {
			l.base, l.prefix = parent, "{{ENV_ID}}/"+template
		}
		groups[l] = append(groups[l], places[d]...)
	}
	var list []group
	for l, files := range groups {
		g := newGroup(l.base, "", files)
		g.template = l.prefix
		list = append(list, g)
	}
	return list
}

// newGroup makes a group of files in the form that most of them have.
func newGroup(base, prefix string, files []file) group {
	forms := map[form]int{}
	for _, f := range files {
		forms[f.form]++
	}
	most := slices.MaxFunc(slices.Collect(maps.Keys(forms)), func(a, b form) int {
		return cmp.Or(cmp.Compare(forms[a], forms[b]), compareForms(b, a))
	})
	g := group{shape: files[0].shape, base: base, form: most, files: forms[most]}
	engine := slices.ContainsFunc(files, func(f file) bool { return f.form == most && f.engine })
	for _, f := range files {
		if f.form == most {
			f.engine = engine
			if g.template = prefix + f.template(); f.repeatable() != "" {
				g.template += " | " + prefix + f.repeatable()
			}
			g.longest = max(g.longest, len(strings.Trim(f.version, "vV.-_")))
		}
	}
	return g
}

// compareForms orders forms, so that of two as frequent ones always the same is chosen.
func compareForms(a, b form) int {
	return cmp.Or(cmp.Compare(a.ending, b.ending), cmp.Compare(a.sep, b.sep), cmp.Compare(a.prefix, b.prefix),
		cmp.Compare(a.dashes, b.dashes))
}

// distinct reports whether nearly all files have versions of their own.
func distinct(files []file) bool {
	seen := map[string]bool{}
	for _, f := range files {
		v, err := plan.ParseVersion(f.version)
		if err != nil {
			v = f.version
		}
		seen[v] = true
	}
	return len(seen)*10 >= len(files)*9
}

// rootOf returns the folder that a tool would be given for the files in a folder: the one that is
// named after migrations, with the name of an engine below it.
func rootOf(dir string) string {
	parts := strings.Split(dir, "/")
	end := len(parts)
	for i := len(parts) - 1; i >= 0; i-- {
		if strings.Contains(strings.ToLower(parts[i]), "migrat") {
			end = i + 1
			break
		}
	}
	if end == len(parts) && numberName.MatchString(parts[end-1]) {
		end--
	}
	for i := end; i < len(parts); i++ {
		if engineWord(parts[i]) {
			end = i + 1
		}
	}
	return strings.Join(parts[:end], "/")
}

// engineWord reports whether a folder is named after a database engine.
func engineWord(name string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == '-' || r == '_' || r == '.'
	}) {
		if engines[word] {
			return true
		}
	}
	return false
}

var engines = words("sqlite sqlite3 postgres postgresql pg pgsql psql mysql mariadb mssql sqlserver " +
	"oracle h2 hsqldb derby db2 clickhouse cockroach cockroachdb crdb yugabyte tidb spanner bigquery " +
	"snowflake redshift duckdb vertica turso libsql d1 dsql cassandra")

var environments = words("dev development test testing qa uat int integration stage staging preprod " +
	"pre-prod prod production live demo sandbox local")

// aside are folders whose migrations a product does not run.
var aside = words("test tests testdata testing testutil fixtures fixture example examples sample samples " +
	"docs doc vendor node_modules third_party thirdparty demo demos stub stubs mock mocks e2e spec " +
	"__tests__ testcontainers benchmark benchmarks template templates legacy archive old")

func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}
