package reviewtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"towpath"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

// Each sample is a file of an ordinary migration, reviewed by all rules at their recommended levels.
// "-- want" and the ids of rules end each line where there is a finding at warning or error, so that
// a line without it is one where the review keeps quiet. An archive is named by its server and what it
// is about; setup.sql is what is there before each of its files.
func TestSamples(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/samples/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d samples, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			server, catalog := sampleServer(t, path, archive)
			for i, f := range archive.Files {
				if f.Name == "setup.sql" {
					continue
				}
				got := annotate(t, server, catalog, f)
				if *update {
					archive.Files[i].Data = []byte(got)
				} else if got != string(f.Data) {
					t.Errorf("%s: the review says\n%s", f.Name, got)
				}
			}
			if *update {
				if err := os.WriteFile(path, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

func sampleServer(t *testing.T, path string, archive *txtar.Archive) (sqlreview.Server, schema.Catalog) {
	t.Helper()
	kind, _, _ := strings.Cut(filepath.Base(path), "-")
	f := fixture{name: kind}
	server := f.server(t)
	for _, one := range archive.Files {
		if one.Name == "setup.sql" {
			setup := f.read(t, server, map[string]string{"setup.sql": string(one.Data)})
			return server, sqlreview.CatalogOf(server, setup)
		}
	}
	return server, schema.Catalog{}
}

var wants = regexp.MustCompile(`(?m) *-- want .*$`)

// annotate writes a file again with what the review wants of each line.
func annotate(t *testing.T, server sqlreview.Server, catalog schema.Catalog, file txtar.File) string {
	t.Helper()
	content := wants.ReplaceAllString(string(file.Data), "")
	result := sqlreview.Review(sqlreview.Input{
		Server: server, Catalog: catalog, Rules: rules.All,
		Files: fixture{name: string(server.Dialect)}.read(t, server, map[string]string{file.Name: content}),
	})
	for _, not := range result.NotAnalyzed {
		t.Errorf("%s:%d is not analyzed: %s", file.Name, not.Line, not.Why)
	}
	lines := strings.Split(content, "\n")
	found := map[int][]string{}
	for _, one := range result.Findings {
		if one.Level == towpath.ReviewWarning || one.Level == towpath.ReviewError {
			found[one.Line] = append(found[one.Line], one.Rule)
		}
	}
	for n, ids := range found {
		slices.Sort(ids)
		lines[n-1] += " -- want " + strings.Join(slices.Compact(ids), " ")
	}
	return strings.Join(lines, "\n")
}
