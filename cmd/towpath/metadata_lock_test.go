package main

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A process that is being started has copies of all open files.
func TestLockMetadata_endsThoughACopyOfTheFileIsOpen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "größe.db")
	first, err := lockMetadata(path)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := unix.Dup(int(first.file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(beside) }()
	if _, err := lockMetadata(path); err == nil || !strings.Contains(err.Error(), "another server is running") {
		t.Errorf("a second lock: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := lockMetadata(path)
	if err != nil {
		t.Fatalf("after the first has ended: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}
