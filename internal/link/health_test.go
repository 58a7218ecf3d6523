package link

import (
	"testing"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/wording"
)

func TestWaitsFor_namesStuckFiles(t *testing.T) {
	t.Parallel()
	item := func(path string, state plan.ItemState, reason towpath.Reason) plan.Item {
		m := towpath.Migration{Path: path, Environment: "test"}
		m.Database = "shop"
		return plan.Item{Migration: m, State: state, Reason: reason}
	}
	failed := towpath.Task{State: towpath.TaskFailed, Reason: towpath.Why(towpath.ReasonStatementFailed,
		"path", "2.sql", "line", "1", "column", "7").From(towpath.Why(towpath.ReasonDatabaseError, "message",
		"no such table"))}
	failed.Label, failed.Database, failed.Environment = "2", "shop", "test"
	open := &towpath.Rollout{Tasks: []towpath.Task{failed}}
	const failure = "Version 2 failed in test/shop: 2.sql:1:7: no such table. Push a corrected file, or " +
		"retry or skip the task."
	for name, c := range map[string]struct {
		items   []plan.Item
		rollout *towpath.Rollout
		want    string
	}{
		"nothing": {items: []plan.Item{item("1.sql", plan.ItemApplied, towpath.Reason{})}},
		"a file that went away long ago": {
			items: []plan.Item{
				item("1.sql", plan.ItemApplied, towpath.Reason{}),
				item("2.sql", plan.ItemMissing, towpath.Why(towpath.ReasonMissing)),
			},
			want: "2.sql in test/shop: the database has it, and its file is gone from the repository; restore the file.",
		},
		"a database that is gone": {
			items: []plan.Item{item("1.sql", plan.ItemUnreachable, towpath.Why(towpath.ReasonLedgerUnread))},
			want:  "1.sql in test/shop: its ledger has not been read yet.",
		},
		"a copy": {
			items: []plan.Item{item("1.sql", plan.ItemForeignLedger,
				towpath.Why(towpath.ReasonForeignLedger))},
			want: "1.sql in test/shop: its ledger was written for another database, so it looks like a copy; " +
				"adopt the ledger to let this database continue on its own.",
		},
		"a failure": {rollout: open, want: failure},
		"one beside a file": {
			rollout: open,
			items:   []plan.Item{item("3.sql", plan.ItemUnusable, towpath.Why(towpath.ReasonInLFS))},
			want: failure +
				" 3.sql is kept in Git LFS, so its text is not in the repository; commit the file itself.",
		},
		"a renamed file only": {items: []plan.Item{item("1.sql", plan.ItemRenamed,
			towpath.Why(towpath.ReasonRenamed, "path", "0.sql"))}},
	} {
		if got := wording.Text(waitsFor(Status{Plan: plan.Plan{Items: c.items}, Rollout: c.rollout})); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
