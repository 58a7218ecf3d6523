package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocuments_nameRealCommands reads each command line of towpath in a document as
// code. Nothing is run.
func TestDocuments_nameRealCommands(t *testing.T) {
	t.Parallel()
	config := filepath.Join(t.TempDir(), "towpath.yaml")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join("..", "..")
	var files []string
	for _, pattern := range []string{filepath.Join("..", "*.md"), "*.md", filepath.Join("*", "*.md")} {
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
			args := strings.Fields(strings.NewReplacer("/etc/towpath.yaml", config, "'",
				"").Replace(line))[1:]
			parser, err := newParser(t.Context(), io.Discard, io.Discard, func(int) {})
			if err != nil {
				t.Fatal(err)
			}
			seen++
			command, err := parser.Parse(args)
			switch {
			case line == "towpath check", len(args) == 2 &&
				strings.Contains(line, " metadata "): // named in a sentence, without the rest
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

// TestMake_saysWhatItDoes reads what make would print, with Node and without.
func TestMake_saysWhatItDoes(t *testing.T) {
	t.Parallel()
	programs := t.TempDir() // without npm
	for _, name := range []string{"find", "git", "touch"} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(programs, name)); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(path string, args ...string) (string, error) {
		command := exec.CommandContext(t.Context(), "make", append([]string{"-C", filepath.Join("..", "..")},
			args...)...)
		command.Env = append(os.Environ(), "PATH="+path)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	said, err := ask(os.Getenv("PATH"), "-n", "-B", "demo")
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, words := range []string{"Building the console: ", "Building bin/towpath: "} {
		if !strings.Contains(said, words) {
			t.Errorf("make demo does not say %q:\n%s", words, said)
		}
	}
	said, err = ask(programs, "-B", "console")
	if err == nil || !strings.Contains(said, "Install Node 20") ||
		!strings.Contains(said, "go build -o bin/towpath ./cmd/towpath") {
		t.Errorf("without Node, make says %s, %v", said, err)
	}
}
