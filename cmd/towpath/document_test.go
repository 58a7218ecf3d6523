package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocuments_nameRealCommands reads each command line of towpath that stands in a document as code. Nothing is run.
func TestDocuments_nameRealCommands(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "towpath.yaml")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join("..", "..")
	files := []string{filepath.Join(folder, "README.md"), filepath.Join(folder, "CONTRIBUTING.md")}
	for _, pattern := range []string{"*.md", filepath.Join("*", "*.md")} {
		more, err := filepath.Glob(filepath.Join(folder, "docs", pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	code := regexp.MustCompile("(?m)^    (towpath [a-z].*)$|`(towpath [a-z][^`\n]*)`")
	seen := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range code.FindAllStringSubmatch(string(text), -1) {
			line := comment.ReplaceAllString(found[1]+found[2], "")
			args := strings.Fields(strings.NewReplacer("/etc/towpath.yaml", config, "'", "").Replace(line))[1:]
			parser, err := newParser(t.Context(), io.Discard, io.Discard, func(int) {})
			if err != nil {
				t.Fatal(err)
			}
			seen++
			command, err := parser.Parse(args)
			switch {
			case len(args) == 2 && strings.Contains(line, " metadata "): // named within a sentence, without its flags
			case err != nil:
				t.Errorf("%s: %s: %v", file, line, err)
			case command.Selected() == nil:
				t.Errorf("%s: %s names no command", file, line)
			}
		}
	}
	if seen < 12 {
		t.Errorf("only %d commands were found", seen)
	}
}
