package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptHistories is what the API says of the histories of other tools.
type scriptHistories struct {
	Fingerprint string `json:"fingerprint"`
	Databases   []struct {
		DatabaseID  string         `json:"databaseId"`
		Environment string         `json:"environment"`
		Tools       []string       `json:"tools"`
		Table       string         `json:"table"`
		Counts      map[string]int `json:"counts"`
		Files       []struct {
			Version string `json:"version"`
			Verdict string `json:"verdict"`
		} `json:"files"`
		Gone []struct {
			Version string `json:"version"`
			Name    string `json:"name"`
		} `json:"gone"`
		Problem demoReason `json:"problem"`
	} `json:"databases"`
}

// databaseID is the database of an environment.
func (h scriptHistories) databaseID(environment string) (id string) {
	for _, d := range h.Databases {
		if d.Environment == environment {
			id = d.DatabaseID
		}
	}
	return id
}

// lines are the databases in the order of the environments.
func (h scriptHistories) lines() (lines []string) {
	for _, environment := range demoEnvironments {
		for _, d := range h.Databases {
			if d.Environment != environment {
				continue
			}
			words := []string{environment, strings.Join(d.Tools, "/"), d.Table}
			for _, verdict := range slices.Sorted(maps.Keys(d.Counts)) {
				words = append(words, fmt.Sprintf("%s=%d", verdict, d.Counts[verdict]))
			}
			for _, f := range d.Files {
				words = append(words, f.Version+":"+f.Verdict)
			}
			for _, g := range d.Gone {
				words = append(words, "gone:"+cmp.Or(g.Version, g.Name))
			}
			if d.Problem.Code != "" {
				words = append(words, d.Problem.Code)
			}
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return lines
}

// verbHistories prints what the histories of other tools say: before linking by a preview with these
// keys, and with a link by its own page. It sets $SEEN to the fingerprint.
func verbHistories(ts *testscript.TestScript, _ bool, args []string) {
	spec := map[string]any{}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		spec[key] = value
	}
	found, err := worldOf(ts).histories(spec)
	check(ts, err)
	ts.Setenv("SEEN", found.Fingerprint)
	printLines(ts, found.lines())
}

// histories reads what the histories of other tools say: before linking by a preview with these
// settings, and with a link by its own page.
func (w *world) histories(settings map[string]any) (found scriptHistories, err error) {
	if w.linkID != "" {
		return found, w.api.call(w.ctx, "GET", "/repository-links/"+w.linkID+"/histories", nil, &found)
	}
	var preview struct {
		Histories scriptHistories `json:"histories"`
	}
	return preview.Histories, w.preview(settings, &preview)
}

// planned lists what a link with these settings would do with each file that matches, in the order of
// the environments.
func (w *world) planned(settings map[string]any) (lines []string, err error) {
	var preview struct {
		Plan struct {
			Items []struct {
				Path        string     `json:"path"`
				Environment string     `json:"environment"`
				State       string     `json:"state"`
				Reason      demoReason `json:"reason"`
			} `json:"items"`
		} `json:"plan"`
	}
	if err := w.preview(settings, &preview); err != nil {
		return nil, err
	}
	for _, environment := range demoEnvironments {
		words := []string{environment}
		for _, i := range preview.Plan.Items {
			if i.Environment == environment {
				words = append(words, strings.TrimSuffix(i.State+":"+i.Reason.Code, ":"))
			}
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return lines, nil
}

// preview previews a link with these settings.
func (w *world) preview(settings map[string]any, preview any) error {
	repository, _ := w.sim.Repository(demoRepository)
	var projects items[identified]
	if err := w.api.call(w.ctx, "GET", "/projects", nil, &projects); err != nil {
		return err
	}
	spec := map[string]any{
		"grantId": w.grant, "repositoryId": repository.UUID, "branch": w.info.Branch,
		"baseDirectory": w.info.BaseDirectory, "filePathTemplate": w.info.FilePathTemplate,
	}
	maps.Copy(spec, settings)
	return w.api.call(w.ctx, "POST", "/projects/"+projects.Items[0].ID+"/repository-links/preview", spec, preview)
}

// verbAdopt runs the command adopt against the server.
func verbAdopt(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	args = append([]string{"adopt", "--server", w.api.base, "--token", w.api.token}, args...)
	err := ts.Exec("towpath", append(args, w.linkID)...)
	if neg != (err != nil) {
		ts.Fatalf("towpath adopt: %v", err)
	}
}

// verbUntilWritten has the ledgers read, and waits until other tools are seen to write in the
// databases of exactly these environments.
func verbUntilWritten(ts *testscript.TestScript, _ bool, want []string) {
	w := worldOf(ts)
	check(ts, w.api.call(w.ctx, "POST", "/repository-links/"+w.linkID+"/sync", nil, nil))
	check(ts, w.until(30*time.Second, func() (bool, string) {
		var link struct {
			WrittenHistories []struct {
				Environment string `json:"environment"`
			} `json:"writtenHistories"`
		}
		if err := w.api.call(w.ctx, "GET", "/repository-links/"+w.linkID, nil, &link); err != nil {
			return false, err.Error()
		}
		var got []string
		for _, one := range link.WrittenHistories {
			got = append(got, one.Environment)
		}
		return slices.Equal(got, want), fmt.Sprintf("tools write in %v", got)
	}))
}
