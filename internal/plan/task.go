package plan

import (
	"towpath"
)

// chosen tells whether the choice made at linking was made for this database too.
func (j *judge) chosen() bool {
	return j.AssignedAt != nil && !j.AssignedAt.After(j.in.LinkedAt)
}

// prepareMarker sees whether the choice made at linking is still to be recorded here. The marker in the ledger is what
// tells files that were there at linking from old versions that came later.
func (j *judge) prepareMarker() {
	if j.in.BaselinedUpTo == "" || !j.chosen() || len(j.claims) == 0 {
		return
	}
	id := towpath.MigrationID{Version: j.in.BaselinedUpTo, Type: towpath.TypeBaseline}
	if entry := j.ledger[id]; entry != nil && entry.State.Applied() {
		j.foreign = !entry.StartedAt.IsZero() && entry.StartedAt.Before(j.in.LinkedAt)
		return
	}
	m := towpath.Migration{MigrationID: id, Label: id.Version, Description: "applied before the repository was linked"}
	if files := j.claimed[id]; len(files) > 0 {
		m = files[0].Migration
		if !files[0].own {
			j.bar("waits for `" + m.Path + "` of another repository link, which is baseline " + id.Version + " too")
		}
	}
	// While two files claim one of the versions it covers, nothing may be recorded: what is left out would run later.
	for _, c := range j.claims {
		if rivals := j.rivals(c); rivals != "" && Compare(c.Version, id.Version) <= 0 {
			j.bar("waits for `" + c.Path + "`, which is in conflict: " + rivals)
		}
	}
	if j.barrier != "" {
		return
	}
	m = named(m, j.target)
	j.marker = &towpath.Task{Action: towpath.ActionRecord, Migration: m, Covers: []towpath.Migration{m}, State: towpath.TaskPending}
}

// cover adds a file to what the marker records.
func (j *judge) cover(m towpath.Migration) {
	if m.MigrationID != j.marker.MigrationID {
		j.marker.Covers = append(j.marker.Covers, m)
	}
}

// schedule makes the task of one item.
func (j *judge) schedule(item Item) {
	t := towpath.Task{Action: towpath.ActionApply, Migration: item.Migration, State: towpath.TaskPending, Reason: item.Reason}
	if item.State != ItemPending {
		t.State = towpath.TaskHeld
	}
	if item.Type == towpath.TypeBaseline {
		t.Action, t.Covers = towpath.ActionRecord, []towpath.Migration{item.Migration}
	}
	j.tasks = append(j.tasks, t)
}

func (j *judge) finishTasks() {
	tasks := j.tasks
	if j.marker != nil {
		tasks = append([]towpath.Task{*j.marker}, tasks...)
	}
	for i := range tasks {
		t := &tasks[i]
		t.ProjectID, t.DatabaseID, t.EnvironmentID = j.ProjectID, j.ID, j.EnvironmentID
		t.Stage, t.Sequence = j.position, i+1
	}
	j.plan.Tasks = append(j.plan.Tasks, tasks...)
}
