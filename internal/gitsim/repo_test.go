package gitsim_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"towpath/internal/gitsim"
)

// repository returns an empty repository and a function that commits one file to a branch.
func repository(t *testing.T) (*gitsim.Repo, func(branch, path, text string) string) {
	t.Helper()
	all, err := gitsim.NewRepositories(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(all.Close)
	if err := all.Create("größe", "main"); err != nil {
		t.Fatal(err)
	}
	g := all.Get("größe")
	return g, func(branch, path, text string) string {
		t.Helper()
		hash, err := g.Write(gitsim.NewCommit{
			Branch: branch, Start: "main", Message: "m", Author: "Ada <ada@example.com>",
			Files: []gitsim.FileChange{{Path: path, Data: []byte(text)}},
		}, time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		return hash
	}
}

func TestRepo_pushAnnouncesWhatChanged(t *testing.T) {
	t.Parallel()
	g, write := repository(t)
	var got []gitsim.RefChange
	push := func(update func() error) {
		t.Helper()
		got = nil
		err := g.Push(update, func(_ bool, changes []gitsim.RefChange) error {
			got = changes
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var first, side string
	push(func() error { first = write("main", `ä "b\`, "1\n"); return nil })
	if want := []gitsim.RefChange{{Ref: "refs/heads/main", New: first}}; !slices.Equal(got, want) {
		t.Errorf("announced %+v, want %+v", got, want)
	}
	push(func() error { return nil })
	if got != nil {
		t.Errorf("announced %+v for nothing", got)
	}
	push(func() error {
		side = write("side/ö", "c", "2\n")
		_, err := g.Run(nil, "update-ref", "-d", "refs/heads/main")
		return err
	})
	want := []gitsim.RefChange{
		{Ref: "refs/heads/main", Old: first},
		{Ref: "refs/heads/side/ö", New: side},
	}
	if !slices.Equal(got, want) {
		t.Errorf("announced %+v, want %+v", got, want)
	}
}

func TestRepo_readsWhatItWrote(t *testing.T) {
	t.Parallel()
	g, write := repository(t)
	first := write("main", "db/ü.sql", "select 1;\n")
	second := write("main", "db/v.sql", "a\nb\n")
	hash, err := g.Resolve(second[:9], "main")
	if err != nil || hash != second {
		t.Fatalf("%s resolves to %q: %v", second[:9], hash, err)
	}
	c, err := g.Commit(hash)
	if err != nil || c.Email() != "ada@example.com" || !slices.Equal(c.Parents, []string{first}) {
		t.Fatalf("commit %+v: %v", c, err)
	}
	entry, err := g.Lookup(c.Tree, "db/ü.sql")
	if err != nil {
		t.Fatal(err)
	}
	data, err := g.Blob(entry.Hash)
	if size, _ := g.Size(entry.Hash); err != nil || string(data) != "select 1;\n" || size != 10 {
		t.Errorf("%q of %d bytes: %v", data, size, err)
	}
	if _, err := g.Lookup(c.Tree, "db/none"); !errors.Is(err, gitsim.ErrNoObject) {
		t.Errorf("a path that is not there: %v", err)
	}
	before, err := g.Commit(first)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := g.Diff(before.Tree, c.Tree, gitsim.DiffOptions{Renames: true})
	if want := []gitsim.FileDiff{{Status: "added", New: "db/v.sql", Added: 2}}; err != nil ||
		!slices.Equal(rows, want) {
		t.Errorf("the diff is %+v: %v", rows, err)
	}
	root, err := g.Lookup(c.Tree, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Walk(root, 9, 1); !errors.Is(err, gitsim.ErrTooManyEntries) {
		t.Errorf("a walk above its limit: %v", err)
	}
}

func TestRepo_writeGuardsTheParent(t *testing.T) {
	t.Parallel()
	g, write := repository(t)
	first := write("main", "a", "1\n")
	write("main", "a", "2\n")
	for want, spec := range map[error]gitsim.NewCommit{
		gitsim.ErrStaleParent: {Parent: first},
		gitsim.ErrNoFile:      {Files: []gitsim.FileChange{{Path: "b", Delete: true}}},
	} {
		spec.Branch, spec.Author = "main", "Ada <ada@example.com>"
		if _, err := g.Write(spec, time.Unix(1, 0)); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
