package secret_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"towpath/internal/secret"
)

func TestReferences(t *testing.T) {
	t.Parallel()
	outside, folder := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(outside, "passwd"):     "s3cret-outside",
		filepath.Join(folder, "plain"):       "s3cret-plain",
		filepath.Join(folder, "line"):        "s3cret-line\r\n",
		filepath.Join(folder, "two-lines"):   "s3cret\n\n",
		filepath.Join(folder, "empty"):       "\n",
		filepath.Join(folder, "long"):        strings.Repeat("s", 2001),
		filepath.Join(folder, "data-1"):      "s3cret-linked",
		filepath.Join(folder, "a", "b", "c"): "s3cret-deep",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{
		"linked": "data-1", "escapes": filepath.Join(outside, "passwd"), "climbs": "../" + filepath.Base(outside) + "/passwd",
	} {
		if err := os.Symlink(to, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := secret.References{
		Prefix: "DB_", Folder: folder,
		Lookup: func(name string) (string, bool) {
			value, ok := map[string]string{"DB_SHOP": "s3cret-env", "DB_EMPTY": "", "PATH": "s3cret-path"}[name]
			return value, ok
		},
	}
	for reference, want := range map[string]string{
		"env:DB_SHOP":                   "s3cret-env",
		"file:" + folder + "/plain":     "s3cret-plain",
		"file:" + folder + "/line":      "s3cret-line",
		"file:" + folder + "/linked":    "s3cret-linked",
		"file:" + folder + "/a/b/c":     "s3cret-deep",
		"file:" + folder + "/a/../line": "s3cret-line",
		// A password may end with an empty line.
		"file:" + folder + "/two-lines": "s3cret\n",
	} {
		if got, err := all.Resolve(reference); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", reference, got, err, want)
		}
	}
	for reference, want := range map[string]string{
		"file:" + folder + "/pipe":    "pipe is not a file", // nobody writes into it
		"hunter2":                     "neither env:NAME nor file:/path",
		"env:PATH":                    "begin with DB_",
		"env:":                        "begin with DB_",
		"env:DB_EMPTY":                "not set",
		"env:DB_OTHER":                "not set",
		"file:" + outside + "/passwd": "only files below",
		"file:" + folder + "/../x":    "only files below",
		"file:plain":                  "only files below",
		"file:" + folder:              "is not a file",
		"file:" + folder + "/a":       "is not a file",
		"file:" + folder + "/escapes": "cannot be opened",
		"file:" + folder + "/climbs":  "cannot be opened",
		"file:" + folder + "/missing": "there is no file",
		"file:" + folder + "/empty":   "is empty",
		"file:" + folder + "/long":    "more than 2000",
	} {
		if got, err := all.Resolve(reference); err == nil || got != "" || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s is %q, %v; want an error with %q", reference, got, err, want)
		}
	}
	for reference, want := range map[string]string{
		"env:DB_SHOP":               "--secret-env-prefix",
		"file:" + folder + "/plain": "--secret-files",
	} {
		if _, err := (secret.References{Lookup: all.Lookup}).Resolve(reference); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("without settings, %s: %v", reference, err)
		}
	}
}
