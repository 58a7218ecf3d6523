package plan

import (
	"testing"
	"time"

	"towpath"
)

func undoneEntry(e *towpath.LedgerEntry) { e.State = towpath.LedgerUndone }

// undoEntry is the row of a finished undo of a version.
func undoEntry(n int, version, path string) towpath.LedgerEntry {
	return changed(entry(version, path), func(e *towpath.LedgerEntry) { e.MigrationID = e.Undo(n) })
}

// Versions are compared as numbers, so 10 is newer than 9, and a row of an undo is no version.
func TestUndo(t *testing.T) {
	t.Parallel()
	none := towpath.Task{}
	nine, ten := entry("9", "9_a.sql"), entry("10", "10_größe.sql")
	task := func(d string, state towpath.TaskState, e towpath.LedgerEntry) towpath.Task {
		m := towpath.Migration{MigrationID: e.MigrationID, Path: e.Path}
		return towpath.Task{DatabaseID: d, State: state, Migration: m}
	}
	now := time.Now()
	test, prod := database("test/shop", ten), database("prod/shop", ten)
	row := func(change func(*towpath.LedgerEntry)) towpath.LedgerEntry { return changed(ten, change) }
	halfway := func(e *towpath.LedgerEntry) { e.State = towpath.LedgerFailed }
	recorded := func(e *towpath.LedgerEntry) { e.State = towpath.LedgerBaselined }
	copied := func(e *towpath.LedgerEntry) { e.DatabaseID = "prod/shop" }
	gone := func(d *towpath.Database) { d.MissingAt = &now }
	unread := func(d *towpath.Database) { d.Ledger.At = nil }
	forged := func(d *towpath.Database) { d.Ledger.Trouble = towpath.LedgerTampered }
	first, second := undoEntry(1, "10", "10_größe.sql"), undoEntry(2, "10", "10_größe.sql")
	const (
		later, begins = towpath.ReasonUndoLater, towpath.ReasonUndoLaterBusy
		busy, unknown = towpath.ReasonUndoBusy, towpath.ReasonUndoUnread
		unrun         = towpath.ReasonUndoRecorded
		untrusted     = towpath.ReasonUndoLedger
	)
	back := database("test/shop", row(undoneEntry), first, nine)
	next := "u.1.ddl.10"
	data := row(func(e *towpath.LedgerEntry) {
		e.Type, e.StartedAt = towpath.TypeDML, ten.StartedAt.Add(time.Minute)
	})
	for name, c := range map[string]struct {
		databases databases
		open      towpath.Task
		as        string
		refused   towpath.ReasonCode
	}{
		"the newest one":    {databases{database("test/shop", ten, nine)}, none, next, ""},
		"the later type":    {databases{database("test/shop", ten, data)}, none, "u.1.dml.10", ""},
		"nothing":           {databases{database("test/shop")}, none, "", towpath.ReasonUndoNothing},
		"the one before":    {databases{back}, none, "u.1.ddl.9", ""},
		"for a third time":  {databases{database("test/shop", second, first, ten)}, none, "u.3.ddl.10", ""},
		"begun, so goes on": {databases{database("test/shop", ten, changed(first, halfway))}, none, next, ""},
		"recorded":          {databases{database("test/shop", row(recorded))}, none, "", unrun},
		"prod first":        {databases{test, prod}, none, "", later},
		"prod half":         {databases{test, database("prod/shop", row(halfway))}, none, "", later},
		"prod is done":      {databases{test, database("prod/shop", row(undoneEntry))}, none, next, ""},
		"another file":      {databases{test, database("prod/x", entry("10", "x/10_a.sql"))}, none, next, ""},
		"beside it":         {databases{test, database("test/other", ten)}, none, next, ""},
		"an earlier one":    {databases{prod, test}, none, next, ""},
		"prod is unknown":   {databases{test, changed(database("prod/x"), unread)}, none, "", unknown},
		"prod is gone":      {databases{test, changed(database("prod/x"), gone)}, none, next, ""},
		"it is gone":        {databases{changed(test, gone)}, none, "", untrusted},
		"forged":            {databases{changed(test, forged)}, none, "", untrusted},
		"a copy":            {databases{database("test/shop", row(copied))}, none, "", untrusted},
		"one runs":          {databases{test}, task("test/shop", towpath.TaskRunning, nine), "", busy},
		"one waits":         {databases{test}, task("test/shop", towpath.TaskPending, nine), next, ""},
		"another undo":      {databases{test}, task("test/shop", towpath.TaskHeld, second), "", busy},
		"prod begins":       {databases{test}, task("prod/x", towpath.TaskFailed, ten), "", begins},
		"prod waits":        {databases{test}, task("prod/x", towpath.TaskHeld, ten), next, ""},
	} {
		if c.open.DatabaseID == "prod/x" {
			c.databases = append(c.databases, database("prod/x"))
		}
		got := Undo(UndoInput{
			Environments: environments(), Databases: c.databases, DatabaseID: c.databases[0].ID,
			Open: []towpath.Task{c.open},
		})
		if c.as != "" && got.As.Version != c.as || got.Refused.Code != c.refused {
			t.Errorf("%s: as %q, refused %q", name, got.As.Version, got.Refused.Code)
		}
	}
}

func TestBuild_undone(t *testing.T) {
	t.Parallel()
	one, two := file(t, shortTemplate, "1_a.sql"), file(t, shortTemplate, "2_b.sql")
	three, four := file(t, shortTemplate, "3_c.sql"), file(t, shortTemplate, "4_d.sql")
	half := changed(undoEntry(1, "3", "3_c.sql"), func(e *towpath.LedgerEntry) {
		e.State, e.StatementsDone, e.StatementsTotal = towpath.LedgerFailed, 1, 2
	})
	undone := []towpath.LedgerEntry{changed(entry("1", "1_a.sql"), undoneEntry), undoEntry(1, "1", "1_a.sql")}
	runBuild(t, []buildCase{
		{
			name:  "what was undone is held, and what is newer waits",
			in:    Input{Files: files{one, two}, Databases: databases{database("test/shop", undone...)}},
			tasks: []string{"test/shop 1 ddl apply held"},
			items: []string{"test/shop 1_a.sql held", "test/shop 2_b.sql blocked"},
		},
		{
			name: "what an undo has in part is neither applied nor undone, and everything else waits",
			in: Input{Files: files{one, two, three}, Databases: databases{database("test/shop", entry("1", "1_a.sql"),
				entry("3", "3_c.sql"), half)}},
			tasks: nil,
			items: []string{"test/shop 1_a.sql applied", "test/shop 2_b.sql blocked", "test/shop 3_c.sql blocked"},
		},
		{
			name: "its file is gone, and what is newer waits too",
			in: Input{Files: files{one, four}, Databases: databases{database("test/shop", entry("1", "1_a.sql"),
				entry("3", "3_c.sql"), half)}},
			tasks: nil,
			items: []string{"test/shop 1_a.sql applied", "test/shop 4_d.sql blocked", "test/shop 3_c.sql missing"},
		},
		{
			name: "an undo that has failed before its first statement changes nothing",
			in: Input{Files: files{three}, Databases: databases{database("test/shop", entry("3", "3_c.sql"),
				changed(half, func(e *towpath.LedgerEntry) { e.StatementsDone = 0 }))}},
			tasks: nil,
			items: []string{"test/shop 3_c.sql applied"},
		},
		{
			name: "another text of it runs",
			in: Input{Files: files{one}, Databases: databases{database("test/shop",
				changed(entry("1", "1_a.sql", "before"), undoneEntry), undoEntry(1, "1", "1_a.sql"))}},
			tasks: []string{"test/shop 1 ddl apply pending"},
			items: []string{"test/shop 1_a.sql pending"},
		},
		{
			name:  "once its file is gone, nothing is left of it",
			in:    Input{Files: files{two}, Databases: databases{database("test/shop", undone...)}},
			tasks: []string{"test/shop 2 ddl apply pending"},
			items: []string{"test/shop 2_b.sql pending"},
		},
	})
}
