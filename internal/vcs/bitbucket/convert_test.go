package bitbucket

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares a value, as JSON, with the golden file next to its fixture.
func golden(t *testing.T, fixture string, got any) {
	t.Helper()
	text, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	path := strings.TrimSuffix(fixture, ".json") + ".golden"
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Error(diff)
	}
}

// fixtures are the files of a folder below testdata.
func fixtures(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", folder, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("fixtures of %s: %d, %v", folder, len(paths), err)
	}
	out := map[string][]byte{}
	for _, path := range paths {
		if out[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestConvert(t *testing.T) {
	t.Parallel()
	for path, raw := range fixtures(t, "convert") {
		kind, _, _ := strings.Cut(filepath.Base(path), "-")
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			switch kind {
			case "account":
				golden(t, path, convertAccount(decode[userJSON](t, raw)))
			case "repository":
				golden(t, path, convertRepository(decode[repositoryJSON](t, raw), true))
			case "commit":
				golden(t, path, convertCommit(decode[commitJSON](t, raw)))
			case "changes":
				golden(t, path, convertChanges(decode[[]diffstatJSON](t, raw)))
			case "entries":
				var got []any
				for _, e := range decode[[]entryJSON](t, raw) {
					got = append(got, convertEntry(e))
				}
				golden(t, path, got)
			default:
				t.Fatalf("no conversion for %q", kind)
			}
		})
	}
}

func decode[T any](t *testing.T, raw []byte) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCloneOf(t *testing.T) {
	t.Parallel()
	p, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ href, want string }{
		"the user in the link is not ours": {
			"https://grace@bitbucket.org/acme/moved.git",
			"https://bitbucket.org/acme/moved.git",
		},
		"another host does not get the token": {
			"https://evil.example/acme/x.git",
			"https://bitbucket.org/acme/x.git",
		},
		"neither does the same host over HTTP": {
			"http://bitbucket.org/acme/x.git",
			"https://bitbucket.org/acme/x.git",
		},
		"without a link the name says where": {"", "https://bitbucket.org/acme/x.git"},
		"a link for SSH is of no use": {
			"git@bitbucket.org:acme/x.git",
			"https://bitbucket.org/acme/x.git",
		},
		"a port is part of the address to trust": {
			"https://bitbucket.org:8443/acme/x.git",
			"https://bitbucket.org/acme/x.git",
		},
	} {
		repo := repositoryJSON{
			FullName: "acme/x",
			Links:    &links{Clone: []link{{Href: c.href, Name: "https"}}},
		}
		if got := p.cloneOf(repo); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := p.cloneOf(repositoryJSON{FullName: "acme/x"}); got != "https://bitbucket.org/acme/x.git" {
		t.Errorf("without links: %q", got)
	}
}
