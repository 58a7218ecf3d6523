package convention

import (
	"regexp"
	"strings"
)

// shape is how the names of migrations are built.
type shape int

const (
	noShape    shape = iota
	ownFile          // 1__ddl__add.sql, in the folder of a database
	hashes           // shop##1##ddl##add.sql
	flywayFile       // V1__add.sql
	pairedFile       // 1_add.up.sql, with or without 1_add.down.sql
	numbered         // 1_add.sql
	upFolder         // 1_add/up.sql
	sqlFolder        // 1_add/migration.sql
)

// file is a migration by its name.
type file struct {
	shape shape
	dir   string // the folder of the migrations, without the migration's own
	// form says how its name is built, so that files of one form fit one template
	form    form
	version string // as written
	engine  bool   // its name says for which engine it is: 1_add.mysql.up.sql
}

// form is the part of a template that the names of a convention vary.
type form struct {
	prefix string // before the version: V of Flyway
	dashes int    // of a version, where a dash also ends it
	sep    string // between version and description; "" without a description
	ending string // .up.sql
}

var (
	ownName    = regexp.MustCompile(`^([vV]?\d[\w.+-]*?)__(?i:ddl|dml|migrate|data|baseline|repeatable)__[^/]+\.sql$`)
	hashName   = regexp.MustCompile(`^[^/#]+##([vV]?\d[\w.+-]*?)##(?i:ddl|dml|migrate|data|baseline|repeatable)##.+\.sql$`)
	flywayName = regexp.MustCompile(`^([vV])(\d(?:[\w.-]*?\w)??)__[^/]+(\.(?i:sql))$`)
	plainName  = regexp.MustCompile(`^([vV]?\d+(?:[.-]\d+)*)(?:(__|_|-|##)([^/]*[^/_-][^/]*))?$`)
	ending     = regexp.MustCompile(`^(.+?)((?:[._-](?i:up))?\.(?i:sql))$`)
	asideBack  = regexp.MustCompile(`(?i)^(.+)([_-])((?:down|undo|rollback|revert)\.sql)$`)
	wayBack    = regexp.MustCompile(`(?i)(?:[._-](?:down)|\.(?:undo|rollback|revert))\.sql$`)
)

// read recognizes a migration by its path.
func read(path string) (f file, ok bool) {
	dir, name := cut(path)
	if !strings.EqualFold(name[max(0, len(name)-4):], ".sql") || wayBack.MatchString(name) {
		return f, false
	}
	switch name {
	case "up.sql", "migration.sql":
		return readFolder(dir, name)
	}
	if m := ownName.FindStringSubmatch(name); m != nil {
		return file{shape: ownFile, dir: dir, version: m[1], form: form{ending: ".sql"}}, true
	}
	if m := hashName.FindStringSubmatch(name); m != nil {
		return file{shape: hashes, dir: dir, version: m[1], form: form{ending: ".sql"}}, true
	}
	if m := flywayName.FindStringSubmatch(name); m != nil {
		f = file{shape: flywayFile, dir: dir, version: m[2]}
		f.form = form{prefix: m[1], sep: "__", ending: m[3]}
		return f, true
	}
	m := ending.FindStringSubmatch(name)
	if m == nil {
		return f, false
	}
	f = file{shape: numbered, dir: dir}
	if f.form.ending = m[2]; len(m[2]) > len(".sql") {
		f.shape = pairedFile
	}
	stem, word := m[1], ""
	if dot := strings.LastIndexByte(stem, '.'); dot > 0 {
		word = strings.ToLower(stem[dot+1:])
	}
	if f.engine = engines[word]; f.engine {
		stem = stem[:len(stem)-len(word)-1]
	}
	return f, f.readPlain(stem)
}

// readPlain reads a number and a name.
func (f *file) readPlain(stem string) bool {
	m := plainName.FindStringSubmatch(stem)
	if m == nil {
		return false
	}
	f.version, f.form.sep = m[1], m[2]
	if m[2] == "-" {
		f.form.dashes = strings.Count(m[1], "-")
	}
	return true
}

// readFolder reads a migration that is a folder of its own.
func readFolder(dir, name string) (f file, ok bool) {
	parent, folder := cut(dir)
	f = file{shape: upFolder, dir: parent, form: form{ending: "/" + name}}
	if name == "migration.sql" {
		f.shape = sqlFolder
	}
	return f, folder != "" && f.readPlain(folder)
}

// template returns the template of the files of a form, relative to their folder.
func (f file) template() string {
	switch f.shape {
	case ownFile:
		return "{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql"
	case hashes:
		return "{{DB_NAME}}##{{VERSION}}##{{TYPE}}##{{DESCRIPTION}}.sql"
	}
	name := f.form.prefix + "{{VERSION}}" + strings.Repeat("-{{VERSION}}", min(f.form.dashes, 2))
	if f.form.sep != "" {
		name += f.form.sep + "{{DESCRIPTION}}"
	}
	if f.engine {
		name += ".{{ENGINE}}"
	}
	return name + f.form.ending
}

// repeatable returns the half of the template for Flyway's repeatable files; "" for other shapes.
func (f file) repeatable() string {
	switch {
	case f.shape != flywayFile:
		return ""
	case f.form.prefix == "v":
		return "r__{{DESCRIPTION}}" + f.form.ending
	}
	return "R__{{DESCRIPTION}}" + f.form.ending
}

// cut splits a path at its last slash.
func cut(path string) (dir, name string) {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:]
	}
	return "", path
}

// join is the opposite of cut.
func join(dir, name string) string {
	if dir == "" || name == "" {
		return dir + name
	}
	return dir + "/" + name
}
