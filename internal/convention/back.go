package convention

import (
	"regexp"
	"slices"
	"strings"

	"towpath/internal/plan"
)

// WaysBack returns which of the paths are the way back of a migration, by their names alone: 1_a.down.sql
// of 1_a.up.sql, down.sql of up.sql, U1__b.sql of V1__a.sql. More than one is for a person to decide
// about. Whether a path is a migration by itself is for the caller to know.
func WaysBack(migration string, paths []string) (found []string) {
	fits := wayBackOf(migration)
	for _, path := range paths {
		if path != migration && fits(path) {
			found = append(found, path)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

var (
	flywayBack = regexp.MustCompile(`^[uU](\d[\w.-]*?)__[^/]+\.(?i:sql)$`)
	upEnding   = regexp.MustCompile(`^(.*[._-])(up|UP|Up)(\.(?i:sql))$`)
	backEnding = regexp.MustCompile(`^[._-](?i:down|undo|rollback|revert)$`)
)

// wayBackOf returns what reports whether a path is the way back of a migration.
func wayBackOf(migration string) func(path string) bool {
	dir, name := cut(migration)
	if m := flywayName.FindStringSubmatch(name); m != nil {
		version, err := plan.ParseVersion(m[2])
		return func(path string) bool {
			_, name := cut(path)
			back := flywayBack.FindStringSubmatch(name)
			if back == nil || err != nil {
				return false
			}
			other, err := plan.ParseVersion(back[1])
			return err == nil && other == version
		}
	}
	if name == "up.sql" {
		return func(path string) bool { return path == join(dir, "down.sql") }
	}
	if m := upEnding.FindStringSubmatch(name); m != nil {
		down := map[string]string{"up": "down", "UP": "DOWN", "Up": "Down"}[m[2]]
		return func(path string) bool { return path == join(dir, m[1]+down+m[3]) }
	}
	dot := strings.LastIndexByte(name, '.')
	return func(path string) bool {
		stem, ok := strings.CutSuffix(path, name[max(dot, 0):])
		word, same := strings.CutPrefix(stem, join(dir, name[:max(dot, 0)]))
		return dot > 0 && ok && same && backEnding.MatchString(word)
	}
}
