package main

import (
	"path/filepath"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/store"
)

func TestMetadataCopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := "sqlite:"+filepath.Join(dir, "from.db"), "sqlite:"+filepath.Join(dir, "to.db")
	command := metadataCopyCommand{From: from, To: to}
	var out strings.Builder
	if err := command.Run(t.Context(), &out); err == nil {
		t.Fatal("copied from a file that is not there")
	}
	s, err := store.Open(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), func(tx *store.Tx) error {
		return tx.CreateProject(t.Context(), &towpath.Project{Name: "Shop"})
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	lock, err := lockMetadata(filepath.Join(dir, "from.db")) // as a running server holds it
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Run(t.Context(), &out); err == nil || !strings.Contains(err.Error(), "running") {
		t.Errorf("beside a running server: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}

	if err := command.Run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "1 project\n") || !strings.Contains(out.String(), "1 event\n") || !strings.Contains(out.String(), "2 rows in all") {
		t.Errorf("said %s", out.String())
	}
	if err := command.Run(t.Context(), &out); towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("into a target that holds something: %v", err)
	}
}
