package api

import (
	"strings"
	"testing"
)

// The setting is for people who manage environments, each change is in the audit log, and an instance
// on which branches are rehearsed is not removed.
func TestRehearsalSetting(t *testing.T) {
	t.Parallel()
	b := setupWorld(t)
	b.file(t, "test", "shop")
	var e environment
	b.call(t, "dba", "POST", "/environments", `{"name":"test"}`, 201, &e)
	var i instance
	b.call(t, "dba", "POST", "/instances",
		`{"name":"main","engine":"sqlite","address":"test","environmentId":"`+e.ID+`"}`, 201, &i)
	path := "/projects/" + b.project.ID + "/rehearsals"
	var v rehearsalSetting
	b.call(t, "developer", "GET", path, "", 200, &v)
	if v != (rehearsalSetting{}) {
		t.Errorf("a project begins with %+v", v)
	}
	b.fails(t, "developer", "PATCH", path, `{"rehearse":true}`, 403)
	b.call(t, "dba", "PATCH", path, `{"rehearse":true}`, 200, &v)
	b.call(t, "dba", "PATCH", path, `{"instanceId":"`+i.ID+`"}`, 200, &v)
	if !v.Rehearse || v.InstanceID != i.ID || v.Instance != i.Name {
		t.Errorf("it is %+v", v)
	}
	b.fails(t, "dba", "PATCH", path, `{"instanceId":"größe"}`, 422)
	var checks list[rehearsalCheck]
	b.call(t, "dba", "POST", path+"/check", "", 200, &checks)
	if len(checks.Items) != 1 || checks.Items[0].Instance != i.Name || !checks.Items[0].OK {
		t.Errorf("the check says %+v", checks.Items)
	}
	b.fails(t, "dba", "DELETE", "/instances/"+i.ID, "", 409)
	b.call(t, "dba", "PATCH", path, `{"rehearse":false,"instanceId":""}`, 200, &v)
	var acts list[auditEvent]
	b.call(t, "owner", "GET", "/audit-events?pageSize=100", "", 200, &acts)
	var said []string
	for _, a := range acts.Items {
		if strings.Contains(a.Text, "rehears") {
			said = append(said, a.Text)
		}
	}
	if len(said) != 3 || !strings.HasPrefix(said[0], "Turned off the rehearsals of the project") {
		t.Errorf("the audit log has %q", said)
	}
}
