package bitbucket

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Limits of Code Insights.
const (
	maxReportData      = 10
	maxAnnotations     = 1000
	maxAnnotationsPost = 100
	maxSummary         = 450
)

// report is a Code Insights report: its fields as they came, with what the service adds.
type report struct {
	ID          string `json:"id"` // external id, from the path
	Fields      obj    `json:"fields"`
	Annotations []obj  `json:"annotations"`
}

// reportsAt finds where the reports of a commit are kept. Without an error Sim.mu is held from here
// on.
func (s api) reportsAt(c *call) (string, error) {
	at, err := s.resolveCommit(c, c.vars["commit"])
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	return commitKey(c.repo.UUID, at.Hash), nil
}

func (s api) findReport(key, id string) *report {
	for _, r := range s.state.Reports[key] {
		if r.ID == id || r.Fields["uuid"] == id {
			return r
		}
	}
	return nil
}

func (s api) listReports(c *call) error {
	key, err := s.reportsAt(c)
	if err != nil {
		return err
	}
	items := slices.Clone(s.state.Reports[key])
	s.mu.Unlock()
	return listing[*report]{
		items:  items,
		render: func(r *report) (any, error) { return r.Fields, nil },
	}.answer(s, c)
}

func (s api) getReport(c *call) error {
	key, err := s.reportsAt(c)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	r := s.findReport(key, c.vars["report"])
	if r == nil {
		return codeError(http.StatusNotFound, "Report "+c.vars["report"]+" does not exist.")
	}
	writeJSON(c.w, http.StatusOK, r.Fields)
	return nil
}

func (s api) putReport(c *call) error {
	data, err := readBody(c)
	if err != nil {
		return err
	}
	var in obj
	if err := json.Unmarshal(data, &in); err != nil {
		return codeError(http.StatusBadRequest, "The request body is not a report.")
	}
	if err := checkReport(in); err != nil {
		return err
	}
	key, err := s.reportsAt(c)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	now := timestamp(s.opts.Now())
	in["type"], in["external_id"], in["updated_on"] = "report", c.vars["report"], now
	r := s.findReport(key, c.vars["report"])
	if r == nil {
		in["uuid"], in["created_on"] = newUUID(), now
		r = &report{ID: c.vars["report"]}
		s.state.Reports[key] = append(s.state.Reports[key], r)
	} else {
		in["uuid"], in["created_on"] = r.Fields["uuid"], r.Fields["created_on"]
	}
	r.Fields = in
	s.saveSoon()
	writeJSON(c.w, http.StatusOK, in)
	return nil
}

func checkReport(in obj) error {
	if text(in, "title") == "" || text(in, "details") == "" || text(in, "report_type") == "" {
		return codeError(http.StatusBadRequest, "title, details and report_type are required.")
	}
	for field, allowed := range map[string][]string{
		"report_type": {"SECURITY", "COVERAGE", "TEST", "BUG"}, "result": {"PASSED", "FAILED", "PENDING"},
	} {
		if v := text(in, field); v != "" && !slices.Contains(allowed, v) {
			return codeError(http.StatusBadRequest, field+" must be one of "+strings.Join(allowed, ", "))
		}
	}
	if rows, _ := in["data"].([]any); len(rows) > maxReportData {
		return codeError(http.StatusBadRequest, "A report has at most 10 data fields.")
	}
	return nil
}

func text(o obj, key string) string {
	v, _ := o[key].(string)
	return v
}

// codeError is an error of the Code Insights service, which has its own shape.
func codeError(status int, message string) error {
	return apiError{status: status, message: message, service: true}
}

func (s api) deleteReport(c *call) error {
	key, err := s.reportsAt(c)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	s.state.Reports[key] = slices.DeleteFunc(s.state.Reports[key],
		func(r *report) bool { return r.ID == c.vars["report"] || r.Fields["uuid"] == c.vars["report"] })
	s.saveSoon()
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// withReport runs f on the report of the path, under the lock.
func (s api) withReport(c *call, f func(*report) error) error {
	key, err := s.reportsAt(c)
	if err != nil {
		return err
	}
	defer s.mu.Unlock()
	r := s.findReport(key, c.vars["report"])
	if r == nil {
		return codeError(http.StatusNotFound, "Report "+c.vars["report"]+" does not exist.")
	}
	return f(r)
}

func (s api) listAnnotations(c *call) error {
	var items []obj
	err := s.withReport(c, func(r *report) error {
		items = slices.Clone(r.Annotations)
		return nil
	})
	if err != nil {
		return err
	}
	return listing[obj]{items: items, render: func(o obj) (any, error) { return o, nil }}.answer(s, c)
}

func (s api) postAnnotations(c *call) error {
	data, err := readBody(c)
	if err != nil {
		return err
	}
	var in []obj
	if err := json.Unmarshal(data, &in); err != nil || len(in) == 0 {
		return codeError(http.StatusBadRequest, "The request body must be an array of annotations.")
	}
	if len(in) > maxAnnotationsPost {
		return codeError(http.StatusBadRequest, "Bulk upload supports a maximum of /100 annotations.")
	}
	for _, a := range in {
		if err := checkAnnotation(a, true); err != nil {
			return err
		}
	}
	return s.withReport(c, func(r *report) error {
		if len(r.Annotations)+len(in) > maxAnnotations {
			return codeError(http.StatusBadRequest, "A report has at most 1000 annotations.")
		}
		known := map[string]bool{}
		for _, a := range r.Annotations {
			known[text(a, "external_id")] = true
		}
		for _, a := range in {
			if id := text(a, "external_id"); known[id] {
				return codeError(http.StatusConflict, "An annotation with external id "+id+" exists.")
			}
			known[text(a, "external_id")] = true
		}
		for _, a := range in {
			s.stampAnnotation(a)
			r.Annotations = append(r.Annotations, a)
		}
		s.saveSoon()
		writeJSON(c.w, http.StatusOK, in)
		return nil
	})
}

func (s api) stampAnnotation(a obj) {
	now := timestamp(s.opts.Now())
	a["type"], a["uuid"], a["created_on"], a["updated_on"] = "report_annotation", newUUID(), now, now
}

func checkAnnotation(a obj, needsID bool) error {
	if needsID && text(a, "external_id") == "" {
		return codeError(http.StatusBadRequest, "external_id is required.")
	}
	for field, allowed := range map[string][]string{
		"annotation_type": {"VULNERABILITY", "CODE_SMELL", "BUG"},
		"result":          {"PASSED", "FAILED", "SKIPPED", "IGNORED"},
		"severity":        {"CRITICAL", "HIGH", "MEDIUM", "LOW"},
	} {
		v := text(a, field)
		if (v != "" || field == "annotation_type") && !slices.Contains(allowed, v) {
			return codeError(http.StatusBadRequest, field+" must be one of "+strings.Join(allowed, ", "))
		}
	}
	if n := len([]rune(text(a, "summary"))); n == 0 || n > maxSummary {
		return codeError(http.StatusBadRequest, fmt.Sprintf("summary must have 1 to %d characters.",
			maxSummary))
	}
	if line, given := a["line"].(float64); given && line < 1 {
		return codeError(http.StatusBadRequest, "line must be at least 1.")
	}
	if strings.HasPrefix(text(a, "path"), "/") {
		return codeError(http.StatusBadRequest, "path must be relative to the repository.")
	}
	return nil
}

func (r *report) annotation(id string) int {
	return slices.IndexFunc(r.Annotations, func(a obj) bool {
		return a["external_id"] == id ||
			a["uuid"] == id
	})
}

func (s api) getAnnotation(c *call) error {
	return s.withReport(c, func(r *report) error {
		i := r.annotation(c.vars["annotation"])
		if i < 0 {
			return codeError(http.StatusNotFound, "Annotation does not exist.")
		}
		writeJSON(c.w, http.StatusOK, r.Annotations[i])
		return nil
	})
}

func (s api) putAnnotation(c *call) error {
	data, err := readBody(c)
	if err != nil {
		return err
	}
	var in obj
	if err := json.Unmarshal(data, &in); err != nil {
		return codeError(http.StatusBadRequest, "The request body is not an annotation.")
	}
	if err := checkAnnotation(in, false); err != nil {
		return err
	}
	return s.withReport(c, func(r *report) error {
		s.stampAnnotation(in)
		in["external_id"] = c.vars["annotation"]
		if i := r.annotation(c.vars["annotation"]); i >= 0 {
			in["uuid"], in["created_on"] = r.Annotations[i]["uuid"], r.Annotations[i]["created_on"]
			r.Annotations[i] = in
		} else {
			r.Annotations = append(r.Annotations, in)
		}
		s.saveSoon()
		writeJSON(c.w, http.StatusOK, in)
		return nil
	})
}

func (s api) deleteAnnotation(c *call) error {
	return s.withReport(c, func(r *report) error {
		if i := r.annotation(c.vars["annotation"]); i >= 0 {
			r.Annotations = slices.Delete(r.Annotations, i, i+1)
			s.saveSoon()
		}
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	})
}
