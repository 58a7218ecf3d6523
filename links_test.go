package towpath_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documents are all documents of the project.
func documents(t *testing.T) []string {
	t.Helper()
	files := []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		more, err := fs.Glob(os.DirFS("."), pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	if len(files) < 20 {
		t.Fatalf("only %d documents were found", len(files))
	}
	return files
}

// TestDocuments_linksLeadSomewhere follows each link of a document to a file and to the heading that
// it names. Links to other sites are not followed.
func TestDocuments_linksLeadSomewhere(t *testing.T) {
	t.Parallel()
	followed := 0
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range linksIn(string(text)) {
			followed++
			if err := leads(file, target); err != nil {
				t.Errorf("%s: %s: %v", file, target, err)
			}
		}
	}
	if followed < 150 {
		t.Errorf("only %d links were followed", followed)
	}
}

var (
	linkTarget = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	codeSpan   = regexp.MustCompile("`[^`\n]*`")
	elsewhere  = regexp.MustCompile(`^(https?:|mailto:)`)
)

// linksIn returns the targets of a document's links within the project. What is code is no link.
func linksIn(text string) (targets []string) {
	for _, line := range strings.SplitAfter(text, "\n") {
		if strings.HasPrefix(line, "    ") {
			text = strings.Replace(text, line, "\n", 1)
		}
	}
	for _, found := range linkTarget.FindAllStringSubmatch(codeSpan.ReplaceAllString(text, "code"), -1) {
		if !elsewhere.MatchString(found[1]) {
			targets = append(targets, found[1])
		}
	}
	return targets
}

// leads reports why a link in a file leads nowhere.
func leads(file, target string) error {
	path, heading, named := strings.Cut(target, "#")
	if path == "" {
		path = file
	} else {
		path = filepath.Join(filepath.Dir(file), path)
	}
	info, err := os.Stat(path)
	if err != nil || !named {
		return err
	}
	if info.IsDir() {
		return errors.New("a folder has no headings")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !anchors(string(text))[heading] {
		return fmt.Errorf("%s has no such heading", path)
	}
	return nil
}

// anchors returns the names by which the headings of a document can be linked.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	unnamed := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for line := range strings.SplitSeq(text, "\n") {
		title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		name := strings.ReplaceAll(unnamed.ReplaceAllString(strings.ToLower(title), ""), " ", "-")
		for i, base := 1, name; found[name]; i++ {
			name = fmt.Sprintf("%s-%d", base, i)
		}
		found[name] = true
	}
	return found
}
