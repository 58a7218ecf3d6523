package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/store"
)

// command runs a command line as main does.
func command(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, &o, &e)
	return code, o.String(), e.String()
}

// note writes a value into a server's metadata; read finds it.
func note(t *testing.T, s *server, value string) {
	t.Helper()
	if err := s.store.Write(t.Context(),
		func(tx *store.Tx) error { return tx.SetMeta(t.Context(), "note", []byte(value)) }); err != nil {
		t.Fatal(err)
	}
}

func noted(t *testing.T, s *server) (value string) {
	t.Helper()
	err := s.store.Read(t.Context(), func(tx *store.Tx) error {
		text, err := tx.Meta(t.Context(), "note")
		value = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func startIn(t *testing.T, dir string) *server {
	t.Helper()
	s, err := newServer(t.Context(), settingsIn(t, dir), quiet)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMetadata_isBackedUpRestoredAndChecked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := startIn(t, dir)
	note(t, s, "before")
	metadata, backup := "sqlite:"+filepath.Join(dir, "data", "towpath.db"), filepath.Join(dir, "backup.db")
	if code, out, errs := command(t, "metadata", "backup", "--from", metadata, "--to", backup); code != 0 ||
		!strings.Contains(out, "is whole") {
		t.Fatalf("backup beside a running server: %d %s%s", code, out, errs)
	}
	note(t, s, "after")
	if code, _, errs := command(t, "metadata", "restore", "--from", backup, "--to",
		metadata); code != exitFailed || !strings.Contains(errs, "stop it first") {
		t.Errorf("restore under a running server: %d %s", code, errs)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "data", "towpath.db-*")); err != nil || len(left) != 0 {
		t.Errorf("after a graceful stop there are %q, %v", left, err)
	}
	if code, out, errs := command(t, "metadata", "restore", "--from", backup, "--to", metadata); code != 0 ||
		!strings.Contains(out, "kept as") {
		t.Fatalf("restore: %d %s%s", code, out, errs)
	}
	if code, out, errs := command(t, "metadata", "check", "--from", metadata); code != 0 ||
		!strings.Contains(out, "schema version") {
		t.Errorf("check: %d %s%s", code, out, errs)
	}
	s = startIn(t, dir)
	if got := noted(t, s); got != "before" {
		t.Errorf("after the restore the note says %q", got)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"backup", "--from", "postgres://x/y", "--to", filepath.Join(dir, "n")},
		{"check", "--from", "postgres://x/y"},
		{"restore", "--to", "postgres://x/y", "--from", backup},
	} {
		if code, _, errs := command(t, append([]string{"metadata"}, args...)...); code != exitUsage ||
			!strings.Contains(errs, "pg_") {
			t.Errorf("%s of PostgreSQL: %d %s", args[0], code, errs)
		}
	}
}

func TestServer_neverReplacesALostKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := startIn(t, dir).close(); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(dir, "data.key")
	kept, err := os.ReadFile(key)
	if err == nil {
		err = os.Remove(key)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = newServer(context.Background(), settingsIn(t, dir), quiet)
	if err == nil || !strings.Contains(err.Error(), "put it back") {
		t.Errorf("started without the key: %v", err)
	}
	if _, err := os.Stat(key); !os.IsNotExist(err) {
		t.Errorf("a new key was made: %v", err)
	}
	if err := os.WriteFile(key, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := startIn(t, dir).close(); err != nil {
		t.Error(err)
	}
}
