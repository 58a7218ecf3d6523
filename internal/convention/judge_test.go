package convention

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
)

// repository is paths of a repository, and what is right for them.
type repository struct {
	name  string
	right []string // each a tool, a template and a base directory
	paths []string
}

func readRepositories(t testing.TB, path string) (list []repository) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }() // only read
	var folder string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		name, begins := strings.CutPrefix(line, "= ")
		if begins {
			list = append(list, repository{name: name})
			continue
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		r := &list[len(list)-1]
		switch {
		case strings.HasPrefix(line, "! "):
			r.right = append(r.right, line[2:])
		case strings.HasSuffix(line, "/:"):
			folder = strings.TrimSuffix(line, ":")
		case strings.HasPrefix(line, "  "):
			r.paths = append(r.paths, folder+strings.TrimSpace(line))
		default:
			r.paths = append(r.paths, line)
		}
	}
	return list
}

func (f Found) shown() string {
	template := f.Template
	if !f.Runs() {
		template = "-"
	}
	return strings.Join([]string{string(f.Tool), template, f.BaseDirectory}, " ")
}

// The first convention that is found in public repositories is theirs.
func TestFind_publicRepositories(t *testing.T) {
	t.Parallel()
	list, right := readRepositories(t, "testdata/repositories.txt"), 0
	tools := map[string]bool{}
	for _, r := range list {
		found := Find(r.paths)
		if len(found) > 0 && slices.Contains(r.right, found[0].shown()) {
			right++
		} else {
			t.Logf("%s: %v; want %q", r.name, found, r.right)
		}
		tool, _, _ := strings.Cut(r.right[0], " ")
		tools[tool] = true
	}
	t.Logf("presets: %d repositories of %d conventions, right %d (%.1f %%)", len(list), len(tools), right,
		100*float64(right)/float64(len(list)))
	if len(list) < 30 || len(tools) < 12 || right*100 < len(list)*95 {
		t.Errorf("presets: %d repositories, right %d", len(list), right)
	}
}
