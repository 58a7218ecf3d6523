package towpath_test

import (
	"strconv"
	"strings"
	"testing"

	"towpath"
)

func TestVariables_Validate(t *testing.T) {
	t.Parallel()
	many := towpath.Variables{}
	for i := range 51 {
		many["v"+strconv.Itoa(i)] = ""
	}
	for _, c := range []struct {
		name, value, want string
	}{
		{"schema", "größe", ""},
		{"table.prefix-1_X", "", ""},
		{"owner", `"towpath ledger"`, ""},
		{"url", "https://example.com/a@b", ""},
		{"note", "it's ${other}; -- +goose Down", ""},
		{"1", "x", "is no name of a variable"},
		{"flyway:user", "x", "is no name of a variable"},
		{"a b", "x", "is no name of a variable"},
		{"größe", "x", "is no name of a variable"},
		{strings.Repeat("a", 65), "x", "is no name of a variable"},
		{"note", "a\nb", "has a line break"},
		{"note", "a\x00", "has a line break"},
		{"note", "a\xff", "has a line break"},
		{"note", strings.Repeat("ü", 501), "is too long"},
		{"note", strings.Repeat("ü", 500), ""},
		{"db_password", "x", "looks like a secret"},
		{"API-Key", "x", "looks like a secret"},
		{"url", "postgres://app:hunter2@db/shop", "looks like a secret"},
		{"dsn", "host=db password=x", "looks like a secret"},
		{"note", "-----BEGIN PRIVATE KEY-----", "looks like a secret"},
		{"note", "ghp_abc", "looks like a secret"},
	} {
		err := towpath.Variables{c.name: c.value}.Validate()
		got := ""
		if err != nil {
			got = towpath.ErrorMessage(err)
		}
		if (c.want == "") != (err == nil) || !strings.Contains(got, c.want) {
			t.Errorf("%q=%q: %q, want %q", c.name, c.value, got, c.want)
		}
	}
	if err := (towpath.Variables{"Schema": "", "schema": ""}).Validate(); err == nil ||
		!strings.Contains(towpath.ErrorMessage(err), "Schema and schema are the same variable") {
		t.Errorf("two names in other cases: %v", err)
	}
	if err := many.Validate(); err == nil || !strings.Contains(towpath.ErrorMessage(err), "at most 50") {
		t.Errorf("51 variables: %v", err)
	}
}

// TestFilling_movesEvidence is about the variables of a stage: they move its evidence and its passes,
// by a part of their own, and only where files have placeholders.
func TestFilling_movesEvidence(t *testing.T) {
	t.Parallel()
	task := towpath.Task{EnvironmentID: "e", DatabaseID: "d", Action: towpath.ActionApply}
	stage := func(p towpath.Placeholders, v towpath.Variables) towpath.Stage {
		e := towpath.Environment{ID: "e", Variables: v}
		return towpath.Stage{Environment: e, Tasks: []towpath.Task{task}, Filling: towpath.FillingOf(p, e)}
	}
	none, other := stage("none", nil), stage("none", towpath.Variables{"a": "1"})
	if none.Evidence() != other.Evidence() || none.Pass(task) != other.Pass(task) {
		t.Error("variables move a stage whose files have no placeholders")
	}
	empty, one := stage("flyway", nil), stage("flyway", towpath.Variables{"a": "1"})
	two := stage("flyway", towpath.Variables{"a": "2"})
	for _, c := range [][2]towpath.Stage{{none, empty}, {empty, one}, {one, two}} {
		moved := c[0].Evidence().Moved(c[1].Evidence())
		if len(moved) != 1 || moved[0].Code != towpath.ReasonMovedVariables {
			t.Errorf("moved: %v", moved)
		}
		if c[0].Pass(task) == c[1].Pass(task) {
			t.Error("the pass stays")
		}
	}
	if moved := one.Evidence().Moved(one.Evidence()); len(moved) != 0 {
		t.Errorf("nothing has moved: %v", moved)
	}
	if moved := towpath.Evidence("a.b").Moved(one.Evidence()); len(moved) != 1 ||
		moved[0].Code != towpath.ReasonMovedFiles {
		t.Errorf("a text that is no evidence: %v", moved)
	}
}
