package manifest

import (
	"testing"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/wording"
)

func TestProblem_namesFilesThatCannotRun(t *testing.T) {
	t.Parallel()
	large := towpath.Why(towpath.ReasonOverLimit, "size", "110 MiB", "limit", "100 MiB")
	item := func(path string, state plan.ItemState, reason towpath.Reason) plan.Item {
		return plan.Item{Migration: towpath.Migration{Path: path}, State: state, Reason: reason}
	}
	p := plan.Plan{Items: []plan.Item{
		item("b.sql", plan.ItemUnusable, large), item("b.sql", plan.ItemUnusable, large),
		item("notes.txt", plan.ItemIgnored, towpath.Why(towpath.ReasonNoEnding, "want", ".sql")),
		item("a.sql", plan.ItemMissing, towpath.Why(towpath.ReasonMissing)),
		item("c.sql", plan.ItemApplied, towpath.Reason{}),
	}}
	if got := wording.Fragment(Problem(p, nil)); got != "b.sql has 110 MiB: the limit is 100 MiB; split the file" {
		t.Error(got)
	}
	notes := map[string]towpath.Reason{"a.SQL": towpath.Why(towpath.ReasonNotTaken).From(
		towpath.Why(towpath.ReasonFolders), towpath.Why(towpath.ReasonMoveIntoBase))}
	if got := wording.Fragment(Problem(p, notes)); got !=
		"a.SQL is not taken: its folders do not match the template; move it there; and 1 more file" {
		t.Error(got)
	}
	for state, c := range map[plan.ItemState]struct {
		reason towpath.Reason
		want   string
	}{
		plan.ItemConflict: {
			towpath.Why(towpath.ReasonConflict, "version", "1", "type", "ddl").
				From(towpath.Why(towpath.ReasonClaimedBy, "path", "b.sql")),
			"a.sql is in conflict: version 1 (ddl) is also claimed by b.sql; give one of them another version",
		},
		plan.ItemNoTarget: {
			towpath.Why(towpath.ReasonNoEnvironment, "environment", "tset", "known", "test\nprod", "more", "0"),
			"a.sql cannot run: there is no environment “tset”; the environments are test, prod; rename the file or its folder",
		},
	} {
		got := wording.Fragment(Problem(plan.Plan{Items: []plan.Item{item("a.sql", state, c.reason)}}, nil))
		if got != c.want {
			t.Error(got)
		}
	}
	if got := Problem(plan.Plan{Items: p.Items[2:]}, nil); !got.IsZero() {
		t.Error(got)
	}
}
