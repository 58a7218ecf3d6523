package gitops

import (
	"testing"

	"towpath"
	"towpath/internal/plan"
)

func TestWaitsFor_namesWhatStandsStill(t *testing.T) {
	t.Parallel()
	item := func(path string, state plan.ItemState, reason string) plan.Item {
		m := towpath.Migration{Path: path, Environment: "test"}
		m.Database = "shop"
		return plan.Item{Migration: m, State: state, Reason: reason}
	}
	failed := towpath.Task{State: towpath.TaskFailed, Reason: "2.sql:1:7: no such table"}
	failed.Label, failed.Database, failed.Environment = "2", "shop", "test"
	open := &towpath.Rollout{Tasks: []towpath.Task{failed}}
	const failure = "Version 2 failed in shop of test: 2.sql:1:7: no such table. Push a corrected file, or retry or skip the task."
	for name, c := range map[string]struct {
		items   []plan.Item
		rollout *towpath.Rollout
		want    string
	}{
		"nothing": {items: []plan.Item{item("1.sql", plan.ItemApplied, "")}},
		"a file that went away long ago": {
			items: []plan.Item{item("1.sql", plan.ItemApplied, ""), item("2.sql", plan.ItemVanished, "restore the file")},
			want:  "2.sql is vanished in shop of test: restore the file",
		},
		"a copy":              {items: []plan.Item{item("1.sql", plan.ItemCloned, "confirm it")}, want: "1.sql is cloned in shop of test: confirm it"},
		"a failure":           {rollout: open, want: failure},
		"one beside a file":   {rollout: open, items: []plan.Item{item("3.sql", plan.ItemUnusable, "has 110 MiB; split the file")}, want: failure + " Besides, 3.sql has 110 MiB; split the file."},
		"a renamed file only": {items: []plan.Item{item("1.sql", plan.ItemRenamed, "got it as `0.sql`")}},
	} {
		if got := waitsFor(LinkStatus{Plan: plan.Plan{Items: c.items}, Rollout: c.rollout}); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
