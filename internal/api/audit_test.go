package api

import (
	"bytes"
	"strings"
	"testing"

	"towpath"
)

func TestAudit_listsAndExports(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, name := range []string{"test", "prod"} {
		b.call(t, "dba", "POST", "/environments", `{"name":"`+name+`"}`, 201, nil)
	}
	b.call(t, "owner", "POST", "/projects", `{"name":"Pay"}`, 201, nil)
	var log list[auditEvent]
	b.call(t, "owner", "GET", "/audit-events?act=environment.create&member="+b.members["dba"].ID+
		"&from=2020-01-01T00:00:00Z", "", 200, &log)
	if len(log.Items) != 2 || log.Items[0].Number != 2 || log.Items[0].Origin.Via != "api-token" ||
		log.Items[0].Origin.Address != "127.0.0.1" || log.Items[0].Origin.CredentialID == "" {
		t.Errorf("%+v", log.Items)
	}
	b.call(t, "owner", "GET", "/audit-events?to=2020-01-01T00:00:00Z", "", 200, &log)
	if len(log.Items) != 0 {
		t.Errorf("before there was a log: %+v", log.Items)
	}
	b.fails(t, "owner", "GET", "/audit-events?act=none", "", 422)

	var head auditHead
	b.call(t, "owner", "GET", "/audit-events/head", "", 200, &head)
	export := b.call(t, "owner", "GET", "/audit-events/export", "", 200, nil)
	rest := b.call(t, "owner", "GET", "/audit-events/export?after=2", "", 200, nil)
	if got := export.Header.Get("Content-Type"); got != lineType {
		t.Error(got)
	}
	lines := bytes.SplitAfter(export.body, []byte("\n"))
	if !bytes.Equal(rest.body, lines[2]) || strings.Contains(string(export.body), b.tokens["dba"]) {
		t.Errorf("%s\nafter the second: %s", export.body, rest.body)
	}
	var check towpath.AuditCheck
	check.Expect(head.Hash)
	for _, line := range lines {
		check.Add(line)
	}
	if !check.End() || check.Rows != 3 || check.Last.Number != head.Number {
		t.Errorf("%+v of\n%s", check, export.body)
	}
}
