package workspace

import (
	"strings"
	"testing"

	"towpath"
)

func TestOrdered_namesEachEnvironmentOnce(t *testing.T) {
	t.Parallel()
	known := []towpath.Environment{{ID: "a", Name: "test"}, {ID: "b", Name: "prod", Position: 1}}
	for ids, want := range map[string]string{
		"b a":   "prod test",
		"a b":   "test prod",
		"a":     "Name all environments; prod is missing.",
		"a a":   `There is no environment "a", or it is named twice.`,
		"a b c": `There is no environment "c", or it is named twice.`,
	} {
		rows, err := ordered(known, strings.Fields(ids))
		var names []string
		for i, e := range rows {
			names = append(names, e.Name)
			if e.Position != i {
				t.Errorf("%s: %s is at %d, want %d", ids, e.Name, e.Position, i)
			}
		}
		got := strings.Join(names, " ")
		if err != nil {
			got = towpath.ErrorMessage(err)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", ids, got, want)
		}
	}
	if known[0].ID != "a" || known[1].Position != 1 {
		t.Errorf("the environments that came in have changed: %+v", known)
	}
}
