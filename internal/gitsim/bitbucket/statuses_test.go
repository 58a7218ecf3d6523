package bitbucket

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestStatus_isOverwrittenByItsKey(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"a": "1"}, "first")
	builds := shop + "/commit/" + hash + "/statuses/build"
	body := obj{
		"key": "towpath-prod", "state": "INPROGRESS", "url": "https://towpath.example/r/1",
		"name": "Rollout 1", "refname": "main",
	}
	f.call("POST", builds, body, http.StatusCreated)
	body["state"] = "SUCCESSFUL"
	f.call("POST", builds, body, http.StatusCreated)
	f.call("PUT", builds+"/towpath-prod", obj{
		"key": "towpath-prod", "state": "SUCCESSFUL",
		"description": "3 databases",
	}, http.StatusOK)
	f.call("PUT", builds+"/other", obj{"state": "FAILED"}, http.StatusNotFound)
	got := f.sim.Statuses("acme/shop", hash)
	if len(got) != 1 || got[0].State != "SUCCESSFUL" || got[0].Description != "3 databases" ||
		got[0].Refname != "main" {
		t.Errorf("statuses: %+v", got)
	}
	if n := f.get(shop + "/commit/" + hash[:12] + "/statuses?refname=main").at("size"); n != 1.0 {
		t.Errorf("%v statuses", n)
	}
	f.get(builds + "/towpath-prod")
}

func TestStatus_isRefused(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"a": "1"}, "first")
	for name, body := range map[string]obj{
		"no key":       {"state": "FAILED", "url": "https://x.example/"},
		"long key":     {"key": strings.Repeat("k", 41), "state": "FAILED", "url": "https://x.example/"},
		"no url":       {"key": "k", "state": "FAILED"},
		"relative url": {"key": "k", "state": "FAILED", "url": "/x"},
		"odd state":    {"key": "k", "state": "PENDING", "url": "https://x.example/"},
	} {
		t.Run(name, func(t *testing.T) {
			f.in(t).call("POST", shop+"/commit/"+hash+"/statuses/build", body, http.StatusBadRequest)
		})
	}
}

func TestInsights_keepReportsAndAnnotations(t *testing.T) {
	t.Parallel()
	f := setup(t)
	hash := f.commit("main", map[string]string{"a": "1"}, "first")
	report := shop + "/commit/" + hash + "/reports/towpath"
	f.call("POST", report+"/annotations",
		[]obj{{"external_id": "1", "annotation_type": "BUG", "summary": "s"}}, http.StatusNotFound)
	f.call("PUT", report, obj{
		"title": "SQL review", "details": "2 findings", "report_type": "BUG",
		"result": "FAILED", "reporter": "Towpath",
	}, http.StatusOK)
	annotations := func(from, to int) (list []obj) {
		for i := from; i < to; i++ {
			list = append(list, obj{
				"external_id": fmt.Sprint(i), "annotation_type": "CODE_SMELL",
				"summary": "drops a column", "path": "db/1.sql", "line": 3, "severity": "HIGH",
			})
		}
		return list
	}
	f.call("POST", report+"/annotations", annotations(0, 100), http.StatusOK)
	if got := f.call("POST", report+"/annotations", annotations(100, 201),
		http.StatusBadRequest).str("message"); !strings.Contains(got, "/100 annotations") {
		t.Errorf("message %q", got)
	}
	f.call("POST", report+"/annotations", annotations(99, 101), http.StatusConflict)
	for i := 100; i < 1000; i += 100 {
		f.call("POST", report+"/annotations", annotations(i, i+100), http.StatusOK)
	}
	f.call("POST", report+"/annotations", annotations(1000, 1001), http.StatusBadRequest)
	f.call("POST", report+"/annotations",
		[]obj{{"external_id": "x", "annotation_type": "BUG", "summary": strings.Repeat("s", 451)}},
		http.StatusBadRequest)
	if n := f.get(report + "/annotations?pagelen=100&page=10").at("size"); n != 1000.0 {
		t.Errorf("%v annotations", n)
	}
	f.call("PUT", report+"/annotations/5", obj{"annotation_type": "BUG", "summary": "changed"}, http.StatusOK)
	if got := f.get(report + "/annotations/5").str("summary"); got != "changed" {
		t.Errorf("summary %q", got)
	}
	f.call("DELETE", report+"/annotations/5", nil, http.StatusNoContent)
	f.get(shop + "/commit/" + hash + "/reports")
	f.get(report)
	f.call("DELETE", report, nil, http.StatusNoContent)
	f.call("GET", report, nil, http.StatusNotFound)
}
