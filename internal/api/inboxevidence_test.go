package api

import (
	"encoding/json"
	"fmt"
	"testing"

	"towpath"
)

// However many files wait in however many databases, an item names some and counts all. What differs
// comes first.
func TestInboxEvidence_isBounded(t *testing.T) {
	t.Parallel()
	const files, databases = 60, 1000
	var tasks []towpath.Task
	standings := map[string]towpath.Standing{}
	for d := range databases {
		id := fmt.Sprint("d", d)
		switch {
		case d == 500:
			standings[id] = towpath.Standing{Label: "v7", Drifted: true}
		case d >= 900: // each has its own version
			standings[id] = towpath.Standing{Label: id}
		default:
			standings[id] = towpath.Standing{Label: "v7"}
		}
		for f := range files {
			task := towpath.Task{ID: id + fmt.Sprint(" ", f), DatabaseID: id, Action: towpath.ActionApply}
			task.Path, task.Checksum, task.Database = fmt.Sprint("f", f), fmt.Sprint("sum ", f), "größe "+id
			tasks = append(tasks, task)
		}
	}
	var e InboxEvidence
	e.Files, e.FileCount = inboxFiles(tasks)
	e.Groups, e.DatabaseCount = inboxGroups(tasks, standings)
	if e.FileCount != files || e.DatabaseCount != databases {
		t.Errorf("%d files in %d databases", e.FileCount, e.DatabaseCount)
	}
	if len(e.Files) != maxInboxFiles || e.Files[0].Path != "f0" || e.Files[0].Databases != databases ||
		e.Files[0].TaskID != "d0 0" {
		t.Errorf("%d files, the first is %+v", len(e.Files), e.Files[0])
	}
	if len(e.Groups) != maxInboxGroups || !e.Groups[0].Drifted || e.Groups[0].Databases[0].ID != "d500" {
		t.Errorf("%d groups, the first is %+v", len(e.Groups), e.Groups[0])
	}
	if text, err := json.Marshal(e); err != nil || len(text) > 20_000 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

// A text that runs in one database and is recorded in another is two files; a group names ten databases.
func TestInboxEvidence_tellsApart(t *testing.T) {
	t.Parallel()
	var tasks []towpath.Task
	for d := range 12 {
		task := towpath.Task{DatabaseID: fmt.Sprint(d), Action: towpath.ActionApply}
		if d == 11 {
			task.Action = towpath.ActionRecord
		}
		tasks = append(tasks, task)
	}
	if files, count := inboxFiles(tasks); count != 2 || files[0].Databases != 11 || files[1].Databases != 1 {
		t.Errorf("%+v", files)
	}
	groups, count := inboxGroups(tasks, nil)
	if count != 12 || len(groups) != 1 || groups[0].Count != 12 || len(groups[0].Databases) != maxInboxNames {
		t.Errorf("%+v", groups)
	}
}
