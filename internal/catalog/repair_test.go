package catalog

import (
	"strings"
	"testing"

	"towpath"
	"towpath/internal/schema"
)

func TestRepairText_keepsNamesInItsComments(t *testing.T) {
	t.Parallel()
	r := schema.Repair{Statements: []string{"CREATE PROCEDURE p() BEGIN SELECT 1; END"}, Loses: true}
	text := repairText("größe\r\nDROP TABLE x;\u2028", towpath.EngineMySQL, r)
	want := "DELIMITER ;;\nCREATE PROCEDURE p() BEGIN SELECT 1; END;;\nDELIMITER ;\n"
	for line := range strings.Lines(strings.TrimSuffix(text, want)) {
		if !strings.HasPrefix(line, "-- ") || strings.ContainsAny(line, "\r\u2028") {
			t.Errorf("the name leaves its comment: %q", line)
		}
	}
	if !strings.HasSuffix(text, want) {
		t.Errorf("the body is cut:\n%s", text)
	}
	if text := repairText("x", towpath.EngineMySQL, schema.Repair{Unwritten: []string{"y"}}); text != "" {
		t.Errorf("without statements there is %q", text)
	}
}

func TestWithheld_namesWhatMayNotLeaveTheServer(t *testing.T) {
	t.Parallel()
	r := withheld(schema.Repair{Statements: []string{"a", "secret", "b"}},
		func(text string) bool { return text != "secret" })
	if strings.Join(r.Statements, " ") != "a b" || len(r.Unwritten) != 1 || r.Unwritten[0] == "secret" {
		t.Errorf("%+v", r)
	}
}
