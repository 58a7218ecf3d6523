package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"towpath/internal/store"
)

// migrated is the content of a file with empty metadata, which the tests of one binary copy. The
// migrations of a new file take longer than many tests.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "towpath-metadata-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	file := filepath.Join(dir, "m.db")
	if err := Migrate(context.Background(), "sqlite:"+file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// Migrate makes empty metadata at an address.
func Migrate(ctx context.Context, address string) error {
	s, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	return s.Close()
}

// SQLite writes empty, migrated metadata into a new file and returns its address.
func SQLite(t testing.TB, file string) string {
	t.Helper()
	content, err := migrated()
	if err == nil {
		err = os.WriteFile(file, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}
