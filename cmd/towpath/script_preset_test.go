package main

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// foundPreset is a convention as the API's preview has it.
type foundPreset struct {
	Tool             string   `json:"tool"`
	BaseDirectory    string   `json:"baseDirectory"`
	FilePathTemplate string   `json:"filePathTemplate"`
	Exclude          []string `json:"exclude"`
	Placeholders     string   `json:"placeholders"`
	Fit              int      `json:"fit"`
	Other            int      `json:"other"`
	Excluded         int      `json:"excluded"`
	Note             struct {
		Text string `json:"text"`
	} `json:"note"`
}

// presets are the conventions of the branch, from a preview.
func (w *world) presets(ts *testscript.TestScript) []foundPreset {
	repository, _ := w.sim.Repository(demoRepository)
	var projects items[identified]
	check(ts, w.api.call(w.ctx, "GET", "/projects", nil, &projects))
	var preview struct {
		Conventions []foundPreset `json:"conventions"`
	}
	check(ts, w.api.call(w.ctx, "POST", "/projects/"+projects.Items[0].ID+"/repository-links/preview",
		map[string]any{
			"grantId": w.grant, "repositoryId": repository.UUID, "branch": w.info.Branch,
			"filePathTemplate": w.info.FilePathTemplate,
		}, &preview))
	return preview.Conventions
}

// verbPresets prints what a preview has found.
func verbPresets(ts *testscript.TestScript, _ bool, _ []string) {
	var lines []string
	for _, p := range worldOf(ts).presets(ts) {
		line := fmt.Sprintf("%s %d %d %d %s %s %s", p.Tool, p.Fit, p.Other, p.Excluded, p.BaseDirectory,
			p.FilePathTemplate, p.Note.Text)
		lines = append(lines, strings.TrimSpace(line))
	}
	printLines(ts, lines)
}

// takePreset replaces the name of a preset in a link's spec with its settings.
func (w *world) takePreset(ts *testscript.TestScript, spec map[string]any) {
	tool, ok := spec["preset"]
	if !ok {
		return
	}
	delete(spec, "preset")
	for _, p := range w.presets(ts) {
		if p.Tool == tool {
			spec["baseDirectory"], spec["filePathTemplate"] = p.BaseDirectory, p.FilePathTemplate
			spec["exclude"], spec["placeholders"] = p.Exclude, p.Placeholders
			return
		}
	}
	ts.Fatalf("no files of %s were found", tool)
}
