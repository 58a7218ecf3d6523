package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

// checkReport is what a check prints.
type checkReport struct {
	Findings    []sqlreview.Finding     `json:"findings"`
	Statements  int                     `json:"statements"`
	NotAnalyzed []sqlreview.NotAnalyzed `json:"notAnalysed"` // the spelling that readers of the JSON rely on

	// Rehearsal is what a real server did with the files; missing when they were not rehearsed.
	Rehearsal *towpath.Rehearsal `json:"rehearsal,omitempty"`

	allowed int
}

// print writes the findings of the lowest level and above.
func (r checkReport) print(out io.Writer, format string, lowest sqlreview.Level) error {
	all := r.Findings
	r.Findings = slices.DeleteFunc(slices.Clone(all), func(f sqlreview.Finding) bool {
		return !f.Level.AtLeast(lowest)
	})
	if r.Findings == nil {
		r.Findings = []sqlreview.Finding{}
	}
	if r.NotAnalyzed == nil {
		r.NotAnalyzed = []sqlreview.NotAnalyzed{}
	}
	switch format {
	case "json":
		return encode(out, r)
	case "sarif":
		return encode(out, r.sarif())
	case "github":
		return r.github(out)
	}
	return r.text(out, all)
}

func encode(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// text is for people: a line for each finding, the fix below it, and a sum at the end.
func (r checkReport) text(out io.Writer, all []sqlreview.Finding) error {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s:%d:%d: %s %s: %s\n", f.Path, f.Line, f.Column, f.Level, f.Rule, f.Message)
		if f.Fix != "" {
			for line := range strings.Lines(f.Fix) {
				b.WriteString("    " + line)
			}
			b.WriteString("\n")
		}
	}
	for _, n := range r.NotAnalyzed {
		fmt.Fprintf(&b, "%s:%d: not analyzed: %s\n", n.Path, n.Line, n.Why)
	}
	r.rehearsed(&b)
	count := map[sqlreview.Level]int{}
	for _, f := range all {
		count[f.Level]++
	}
	fmt.Fprintf(&b, "%s: %s, %s, %s",
		amount(r.Statements, "statement"), amount(count[sqlreview.Error], "error"),
		amount(count[sqlreview.Warning], "warning"), amount(count[sqlreview.Info], "note"))
	if hidden := len(all) - len(r.Findings); hidden > 0 {
		fmt.Fprintf(&b, " (%d not shown: --level info shows all)", hidden)
	}
	if r.allowed > 0 {
		fmt.Fprintf(&b, ", %d allowed by comments", r.allowed)
	}
	b.WriteString("\n")
	_, err := io.WriteString(out, b.String())
	return err
}

func amount(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// github prints commands that GitHub's runner makes annotations of.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func (r checkReport) github(out io.Writer) error {
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range r.Findings {
		command := map[sqlreview.Level]string{
			sqlreview.Error: "error", sqlreview.Warning: "warning", sqlreview.Info: "notice",
		}[f.Level]
		message := f.Message
		if f.Fix != "" {
			message += "\n" + f.Fix
		}
		if _, err := fmt.Fprintf(out, "::%s file=%s,line=%d,col=%d,title=%s::%s\n",
			command, property.Replace(f.Path), f.Line, f.Column, f.Rule,
			escape.Replace(message)); err != nil {
			return err
		}
	}
	for _, n := range r.NotAnalyzed {
		if _, err := fmt.Fprintf(out, "::notice file=%s,line=%d,title=not analyzed::%s\n",
			property.Replace(n.Path), n.Line, escape.Replace(n.Why)); err != nil {
			return err
		}
	}
	return nil
}

// sarif is the findings in the Static Analysis Results Interchange Format.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
func (r checkReport) sarif() any {
	type object = map[string]any
	used := map[string]bool{}
	results := []object{}
	for _, f := range r.Findings {
		used[f.Rule] = true
		message := f.Message
		if f.Fix != "" {
			message += "\n\n" + f.Fix
		}
		level := string(f.Level)
		if f.Level == sqlreview.Info {
			level = "note"
		}
		results = append(results, object{
			"ruleId": f.Rule, "level": level, "message": object{"text": message},
			"locations": []object{{"physicalLocation": object{
				"artifactLocation": object{"uri": f.Path},
				"region":           object{"startLine": f.Line, "startColumn": f.Column},
			}}},
		})
	}
	described := []object{}
	for _, rule := range rules.All {
		if used[rule.ID] {
			described = append(described, object{
				"id": rule.ID, "shortDescription": object{"text": rule.Title},
				"fullDescription": object{"text": rule.Why},
			})
		}
	}
	return object{
		"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
		"version": "2.1.0",
		"runs": []object{{
			"tool":    object{"driver": object{"name": "Towpath", "version": version, "rules": described}},
			"results": results,
		}},
	}
}
