package convention

import (
	"slices"
	"strings"
)

// marks are files that say which tool a repository uses, as the folders that have them, by name.
type marks map[string]map[string]bool

var markNames = words("atlas.sum _journal.json snapshot.json tern.conf dbconfig.yml dbconfig.yaml schema.sql " +
	"Cargo.toml go.mod package.json pom.xml build.gradle migration_lock.toml diesel.toml alembic.ini " +
	"sqitch.plan knexfile.js knexfile.ts config.toml")

func (m marks) note(path string) {
	dir, name := cut(path)
	if !markNames[name] {
		return
	}
	if m[name] == nil {
		m[name] = map[string]bool{}
	}
	m[name][dir] = true
}

// in returns the path of a file that a folder has, or none.
func (m marks) in(dir string, names ...string) []string {
	for _, name := range names {
		if m[name][dir] {
			return []string{join(dir, name)}
		}
	}
	return nil
}

// above returns the first of the files that a folder or the nearest one around it has.
func (m marks) above(dir string, names ...string) []string {
	for {
		if found := m.in(dir, names...); found != nil {
			return found
		}
		if dir == "" {
			return nil
		}
		dir, _ = cut(dir)
	}
}

// toolOf returns whose files a group has, and the files beside them that say so.
func toolOf(g group, m marks) (Tool, []string) {
	rust := m.above(g.base, "Cargo.toml", "go.mod", "package.json", "pom.xml", "build.gradle")
	if len(rust) == 0 || !strings.HasSuffix(rust[0], "Cargo.toml") {
		rust = nil
	}
	switch g.shape {
	case ownFile:
		return Towpath, nil
	case hashes:
		return Bytebase, nil
	case flywayFile:
		return Flyway, nil
	case sqlFolder:
		for dir := range m["snapshot.json"] {
			if parent, _ := cut(dir); parent == g.base {
				return Drizzle, []string{join(dir, "snapshot.json")}
			}
		}
		return Prisma, m.in(g.base, "migration_lock.toml")
	case upFolder:
		if found := m.above(g.base, "diesel.toml"); found != nil {
			return Diesel, found
		}
		if rust != nil {
			return Diesel, rust
		}
		return UpDownDirs, nil
	case pairedFile:
		if found := m.in(g.base, "atlas.sum"); found != nil {
			return Atlas, found
		}
		if rust != nil {
			return SQLx, rust
		}
		return GolangMigrate, nil
	}
	return numberedTool(g, m, rust)
}

// numberedTool finds whose files with a number and a name are, by the files around them.
func numberedTool(g group, m marks, rust []string) (Tool, []string) {
	parent, _ := cut(g.base)
	if found := m.in(g.base, "atlas.sum"); found != nil {
		return Atlas, found
	}
	if found := m.in(join(g.base, "meta"), "_journal.json"); found != nil {
		return Drizzle, found
	}
	if strings.HasSuffix("/"+g.base, "/supabase/migrations") {
		return Supabase, m.in(parent, "config.toml")
	}
	if found := m.in(g.base, "tern.conf"); found != nil {
		return Tern, found
	}
	if found := m.above(g.base, "dbconfig.yml", "dbconfig.yaml"); found != nil {
		return SQLMigrate, found
	}
	if found := m.in(parent, "schema.sql"); found != nil && strings.HasSuffix("/"+g.base, "/db/migrations") {
		return DBMate, found
	}
	if found := m.above(g.base, "tern.conf"); found != nil {
		return Tern, found
	}
	if rust != nil {
		return SQLx, rust
	}
	if found := m.above(g.base, "package.json"); found != nil && g.longest == len("1700000000000") {
		return NodePgMigrate, found
	}
	if strings.HasPrefix(g.template, "{{VERSION}}/") {
		return NumberedDirs, nil
	}
	return Numbered, nil
}

// maxWaysBack bounds how many spellings of the way back a preset excludes.
const maxWaysBack = 8

// excludeOf returns the patterns of what is beside a tool's migrations and is none. The way back is
// among them even when there is none yet, since the template would fit it.
func excludeOf(g group, sql []string) []string {
	switch g.shape {
	case flywayFile:
		return []string{"U*__*.sql"}
	case pairedFile:
		return []string{"*" + strings.NewReplacer("up", "down", "UP", "DOWN", "Up", "Down").Replace(g.form.ending)}
	case upFolder:
		return []string{"down.sql"}
	case numbered:
		always := []string{"*.down.sql", "*.undo.sql", "*.rollback.sql", "*.revert.sql"}
		return append(always, waysBack(below(g.base, sql))...)
	}
	return nil
}

// waysBack returns patterns for names such as 1_add_down.sql, where 1_add.sql or 1_add_up.sql is
// beside one of them. Without any, such a name may as well say what a migration does.
func waysBack(sql []string) (patterns []string) {
	for _, path := range sql {
		m := asideBack.FindStringSubmatch(path)
		if m == nil {
			continue
		}
		_, plain := slices.BinarySearch(sql, m[1]+".sql")
		_, up := slices.BinarySearch(sql, m[1]+m[2]+"up.sql")
		if pattern := "*" + m[2] + m[3]; (plain || up) && !slices.Contains(patterns, pattern) {
			patterns = append(patterns, pattern)
		}
	}
	return patterns[:min(len(patterns), maxWaysBack)]
}
