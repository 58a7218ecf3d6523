package api

import (
	"strings"
	"testing"

	"towpath"
)

func TestInstances_areCheckedAndHideTheirPasswords(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	w.file(t, "test", "shop")
	var e environment
	w.call(t, "dba", "POST", "/environments", `{"name":"test"}`, 201, &e)
	spec := func(address string) string {
		return `{"name":"main","engine":"sqlite","environmentId":"` + e.ID + `","address":"` + address +
			`","password":"hunter2 hunter2"}`
	}
	var r report
	w.call(t, "dba", "POST", "/instances/check", spec("../etc"), 200, &r)
	if r.OK || len(r.Findings) == 0 {
		t.Errorf("a folder outside of the root is %+v", r)
	}
	w.call(t, "dba", "POST", "/instances/check", spec("test"), 200, &r)
	if !r.OK {
		t.Errorf("a good folder is %+v", r)
	}
	if p := w.fails(t, "dba", "POST", "/instances", spec("missing"),
		422); p.Errors[0].Location != "body.address" {
		t.Errorf("a missing folder gives %+v", p)
	}
	var i instance
	made := w.call(t, "dba", "POST", "/instances", spec("test"), 201, &i)
	seen := w.call(t, "dba", "GET", "/instances/"+i.ID, "", 200, nil)
	if !i.HasPassword || strings.Contains(string(made.body)+string(seen.body), "hunter2") {
		t.Errorf("instance is %s", seen.body)
	}
	little := decode[instance](t, w.call(t, "developer", "GET", "/instances/"+i.ID, "", 200, nil))
	if little.Name != "main" || little.Address != "" || little.HasPassword {
		t.Errorf("a developer sees %+v", little)
	}
	w.call(t, "dba", "PATCH", "/instances/"+i.ID, `{"name":"primary"}`, 200, &i)
	if p := w.fails(t, "dba", "PATCH", "/instances/"+i.ID, `{"address":"."}`,
		422); p.Errors[0].Location != "body.password" {
		t.Errorf("another address without the password gives %+v", p)
	}
	w.call(t, "dba", "POST", "/instances/"+i.ID+"/check", "", 200, &r)
	w.file(t, "test", "blog")
	var found list[database]
	w.call(t, "dba", "POST", "/instances/"+i.ID+"/discover", "", 200, &found)
	if i.Name != "primary" || !r.OK || len(found.Items) != 2 {
		t.Errorf("instance %+v, report %+v, databases %+v", i, r, found.Items)
	}
	w.call(t, "dba", "DELETE", "/instances/"+i.ID, "", 204, nil)
}

func TestDatabases_areSeenByTheirProject(t *testing.T) {
	t.Parallel()
	w := setupWorld(t)
	w.targets(t)
	w.file(t, "test", "orphan")
	var instances list[instance]
	w.call(t, "dba", "GET", "/instances", "", 200, &instances)
	w.call(t, "dba", "POST", "/instances/"+instances.Items[0].ID+"/discover", "", 200, nil)
	for who, want := range map[string]int{"owner": 3, "dba": 3, "lead": 2, "developer": 2, "outsider": 0} {
		var l list[database]
		w.call(t, who, "GET", "/databases", "", 200, &l)
		if len(l.Items) != want {
			t.Errorf("%s sees %d databases, want %d", who, len(l.Items), want)
		}
	}
	var page list[database]
	w.call(t, "lead", "GET", "/databases?pageSize=1", "", 200, &page)
	first := page.Items[0].ID
	w.call(t, "lead", "GET", "/databases?pageSize=1&pageToken="+page.NextPageToken, "", 200, &page)
	if len(page.Items) != 1 || page.Items[0].ID == first {
		t.Errorf("second page is %+v", page)
	}
	var unassigned list[database]
	w.call(t, "dba", "GET", "/databases?unassigned=true", "", 200, &unassigned)
	orphan := unassigned.Items[0]
	if len(unassigned.Items) != 1 || orphan.Name != "orphan" {
		t.Fatalf("unassigned are %+v", unassigned.Items)
	}
	w.call(t, "dba", "GET", "/databases/"+orphan.ID, "", 200, nil)
	w.fails(t, "lead", "GET", "/databases/"+orphan.ID, "", 404)
	if p := w.fails(t, "dba", "PATCH", "/databases/"+orphan.ID, `{"projectId":"made up"}`,
		422); p.Errors[0].Location != "body.projectId" {
		t.Errorf("a made-up project gives %+v", p)
	}
	w.call(t, "dba", "POST", "/databases/"+first+"/adopt-ledger", "", 204, nil)
	var events list[auditEvent]
	w.call(t, "owner", "GET", "/audit-events?project="+w.project.ID, "", 200, &events)
	if len(events.Items) != 3 || events.Items[0].Act != act(towpath.ActLedgerAdopt) ||
		events.Items[2].Act != act(towpath.ActDatabaseAssign) {
		t.Errorf("audit events are %+v", events.Items)
	}
}
