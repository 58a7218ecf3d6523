package towpath_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

var (
	numberedFile = regexp.MustCompile(`^(\d+)_`)
	numberedCode = regexp.MustCompile(`NewGoMigration\((\d+)`)
)

// TestMigrations_haveUniqueNumbers covers the metadata's migrations in SQL files and those in Go.
// With a duplicate number the server would not start.
func TestMigrations_haveUniqueNumbers(t *testing.T) {
	t.Parallel()
	taken := map[int]string{}
	take := func(number, by string) {
		n, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal(err)
		}
		if other := taken[n]; other != "" {
			t.Errorf("migration %d is in %s and in %s", n, other, by)
		}
		taken[n] = by
	}
	files, err := filepath.Glob("internal/store/migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d migrations (%v)", len(files), err)
	}
	for _, file := range files {
		if m := numberedFile.FindStringSubmatch(filepath.Base(file)); m != nil {
			take(m[1], file)
		}
	}
	sources, err := filepath.Glob("internal/store/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range sources {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range numberedCode.FindAllStringSubmatch(string(text), -1) {
			take(m[1], file)
		}
	}
}
