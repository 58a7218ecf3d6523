package bitbucket

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"towpath"

	"towpath/internal/vcs"
)

// Limits of Code Insights: annotations in one call, and characters.
// https://support.atlassian.com/bitbucket-cloud/docs/code-insights/
const (
	maxAnnotationsOfCall = 100
	maxSummary           = 450
	maxDetails           = 2000
	maxFieldText         = 200
)

type reportBody struct {
	Type       string      `json:"type"`
	Title      string      `json:"title"`
	Details    string      `json:"details"`
	ReportType string      `json:"report_type"`
	Result     string      `json:"result"`
	Reporter   string      `json:"reporter"`
	Link       string      `json:"link"`
	Remote     bool        `json:"remote_link_enabled"` // Jira shows it where the commit names a work item
	Data       []fieldBody `json:"data"`
}

type fieldBody struct {
	Title string `json:"title"`
	Type  string `json:"type"`
	Value any    `json:"value"`
}

type linkValue struct {
	Text string `json:"text"`
	Href string `json:"href"`
}

type annotationBody struct {
	Type     string `json:"type"`
	ID       string `json:"external_id"`
	Kind     string `json:"annotation_type"`
	Severity string `json:"severity"`
	Result   string `json:"result,omitempty"`
	Path     string `json:"path,omitempty"`
	Line     int    `json:"line,omitempty"`
	Summary  string `json:"summary"`
	Details  string `json:"details,omitempty"`
	Link     string `json:"link,omitempty"`
}

// PutReport implements vcs.Reporter by Code Insights.
// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/
func (c *client) PutReport(ctx context.Context, id, commit string, r vcs.Report) error {
	body := reportBody{
		Type:       "report",
		Title:      towpath.ClipRunes(r.Title, maxFieldText),
		Details:    towpath.ClipRunes(r.Details, maxDetails),
		ReportType: "TEST",
		Result:     "FAILED",
		Reporter:   "Towpath",
		Link:       r.URL,
		Remote:     true,
		Data:       []fieldBody{},
	}
	if r.Passed {
		body.Result = "PASSED"
	}
	for _, f := range r.Fields {
		field := fieldBody{
			Title: towpath.ClipRunes(f.Title, maxFieldText), Type: "TEXT",
			Value: towpath.ClipRunes(f.Text, maxFieldText),
		}
		if f.URL != "" {
			field.Type, field.Value = "LINK", linkValue{Text: f.Text, Href: f.URL}
		}
		body.Data = append(body.Data, field)
	}
	return c.report(ctx, "set the report", http.MethodPut, reportPath(id, commit, r.Key), body)
}

// severities are Bitbucket's words for levels.
var severities = map[vcs.Level]string{
	vcs.LevelError: "HIGH", vcs.LevelWarning: "MEDIUM", vcs.LevelInfo: "LOW",
}

// Annotate implements vcs.Reporter, with as few calls as Bitbucket allows.
func (c *client) Annotate(
	ctx context.Context, id, commit, report string, list []vcs.Annotation,
) error {
	for part := range slices.Chunk(list, maxAnnotationsOfCall) {
		body := make([]annotationBody, len(part))
		for i, a := range part {
			body[i] = annotationBody{
				Type:     "report_annotation",
				ID:       a.Key,
				Kind:     "CODE_SMELL",
				Severity: severities[a.Level],
				Path:     a.Path,
				Line:     a.Line,
				Summary:  towpath.ClipRunes(a.Summary, maxSummary),
				Details:  towpath.ClipRunes(a.Details, maxDetails),
				Link:     a.URL,
			}
			if a.Level == vcs.LevelError {
				body[i].Kind, body[i].Result = "BUG", "FAILED"
			}
		}
		path := reportPath(id, commit, report) + "/annotations"
		if err := c.report(ctx, "add annotations", http.MethodPost, path, body); err != nil {
			return err
		}
	}
	return nil
}

// DeleteReport implements vcs.Reporter.
func (c *client) DeleteReport(ctx context.Context, id, commit, report string) error {
	r := c.apiRequest("remove the report", reportPath(id, commit, report), nil)
	r.method, r.quota = http.MethodDelete, quotaStatuses
	err := c.do(ctx, r, nil)
	if vcs.KindOf(err) == vcs.NotFound {
		return nil
	}
	return err
}

// report sends what leaves calls for reading, as build statuses do.
func (c *client) report(ctx context.Context, op, method, path string, body any) error {
	r, err := c.apiRequest(op, path, nil).writing(method, body)
	if err != nil {
		return err
	}
	r.quota = quotaStatuses
	return c.do(ctx, r, nil)
}

func reportPath(id, commit, key string) string {
	return repositoryPath(id) + "/commit/" + url.PathEscape(commit) + "/reports/" + url.PathEscape(key)
}
