package postgres_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/engine/postgres"
)

func TestSplit_everySchemaPasses(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/schemas/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range postgres.New().Split(strings.NewReader(string(text))) {
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}
