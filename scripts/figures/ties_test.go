package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTies(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"a.go":      "package x\n\ntype a struct{ b b }\n\nfunc (a a) run() int { return a.b.n }\n",
		"b.go":      "package x\n\ntype b struct{ n int }\n\nfunc (b b) back() { c{}.run() }\n",
		"c.go":      "package x\n\nimport \"fmt\"\n\ntype c struct{}\n\nfunc (c) run() { fmt.Println(a{}) }\n",
		"d.go":      "package x\n\nfunc d() { var n int; _ = n; c{}.run() }\n",
		"d_test.go": "package x\n\nfunc e() { d() }\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readTies(folder)
	if err != nil {
		t.Fatal(err)
	}
	if tied, all := got.pairs(); tied != 4 || all != 6 {
		t.Errorf("%d of %d pairs are tied, want 4 of 6", tied, all)
	}
	if circles := got.circles(); len(circles) != 1 ||
		!slices.Equal(circles[0], []string{"a.go", "b.go", "c.go"}) {
		t.Errorf("circles are %v", circles)
	}
}

// Each file of the executor uses only files below it, so that it can be read from the bottom up.
func TestTies_executorHasNoCircle(t *testing.T) {
	t.Parallel()
	got, err := readTies("../../internal/executor")
	if err != nil {
		t.Fatal(err)
	}
	if circles := got.circles(); len(got.files) == 0 || len(circles) > 0 {
		t.Errorf("of %d files, these use each other: %v", len(got.files), circles)
	}
}
