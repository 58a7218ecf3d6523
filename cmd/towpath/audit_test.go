package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towpath"
)

func TestAuditVerify(t *testing.T) {
	t.Parallel()
	var head towpath.AuditHead
	var lines []string
	for range 5 {
		e := towpath.Actor{}.Did(towpath.ActMemberJoin, "größe", "").Chained(head)
		head = towpath.AuditHead{Number: e.Number, Hash: e.Hash}
		lines = append(lines, string(e.AuditLine())+"\n")
	}
	dir := t.TempDir()
	file := func(name string, lines ...string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	whole := file("whole", lines...)
	one, two := file("one", lines[:2]...), file("two", lines[2:]...)
	lacks := file("lacks", lines[0], lines[3], lines[4])
	swapped := file("swapped", lines[0], lines[2], lines[1], lines[3], lines[4])
	changed := file("changed", lines[0], strings.Replace(lines[1], "ö", "o", 1), lines[2], lines[3], lines[4])
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{whole}, 0, "5 events, whole and unchanged. Head: 5 " + head.Hash},
		{[]string{whole, "--head", strings.ToUpper(head.Hash)}, 0, "5 events"},
		{[]string{one, two}, 0, "5 events"},
		{[]string{one, "--head", head.Hash}, 3, "The end is missing from event 3 on"},
		{[]string{two}, 3, "Events 1 to 2 were removed."},
		{[]string{lacks}, 3, "Events 2 to 3 were removed."},
		{[]string{swapped}, 3, "Event 2 was moved (line 3)"},
		{[]string{changed}, 3, "Event 2 was changed (line 2)"},
		{[]string{filepath.Join(dir, "none")}, 2, "none"},
		{nil, 2, "expected"},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"audit", "verify"}, c.args...), &out, &errs)
		if said := out.String() + errs.String(); code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%v: exit %d: %s", c.args, code, said)
		}
	}
}
