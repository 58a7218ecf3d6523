package plan

import (
	"strings"

	"towpath"
)

// chosenBaseline is the version up to which the database had the files when the repository was
// linked, as a person has said. chosen is false where nobody has: that files should run says
// nothing of what a database has already.
func (j *judge) chosenBaseline() (version string, chosen bool) {
	if j.AssignedAt == nil || j.AssignedAt.After(j.in.LinkedAt) {
		return "", false
	}
	if version, chosen = j.in.Baselines[j.ID]; chosen {
		return version, true
	}
	return j.in.BaselinedUpTo, j.in.BaselinedUpTo != ""
}

// prepareMarker sees whether the choice made at linking is still to be recorded here. The marker in
// the ledger is what tells files that were there at linking from old versions that came later.
func (j *judge) prepareMarker() {
	if j.baseline == "" || len(j.claims) == 0 {
		return
	}
	id := towpath.MigrationID{Version: j.baseline, Type: towpath.TypeBaseline}
	if entry := j.ledger[id]; entry != nil && entry.State.Applied() {
		j.foreign = j.anothers(*entry)
		return
	}
	m := towpath.Migration{MigrationID: id, Label: id.Version, Description: markerText + j.in.LinkID + ")"}
	if files := j.claimed[id]; len(files) > 0 {
		m = files[0].Migration
		if !files[0].own {
			j.bar(towpath.Why(towpath.ReasonWaitsForBaseline, "path", m.Path, "version", id.Version))
		}
	}
	// While two files claim one of the versions it covers, or the text of one is not there, nothing
	// may be recorded: what is left out would run later.
	for _, c := range j.claims {
		if Compare(c.Version, id.Version) > 0 {
			continue
		}
		if _, skipped := j.skipped(c); !skipped && !c.unusable.IsZero() {
			j.waitFor(c.Path, c.unusable)
		}
		if rivals := j.rivals(c); !rivals.IsZero() {
			j.waitFor(c.Path, rivals)
		}
	}
	if !j.barrier.IsZero() {
		return
	}
	m = named(m, j.target)
	j.marker = &towpath.Task{
		Action:    towpath.ActionRecord,
		Migration: m,
		Covers:    []towpath.Migration{m},
		State:     towpath.TaskPending,
	}
}

// markerText begins the description of a marker that no file is; it ends with the link's id and a
// bracket.
const markerText = "applied before the repository was linked (link "

// anothers reports whether a marker records another link's choice. Where it does not name its link,
// its time must do.
func (j *judge) anothers(marker towpath.LedgerEntry) bool {
	if link, named := strings.CutPrefix(marker.Description, markerText); named && marker.Path == "" {
		return link != j.in.LinkID+")"
	}
	for _, c := range j.claimed[marker.MigrationID] {
		if marker.Path != "" && c.Path == marker.Path {
			return !c.own
		}
	}
	return !marker.StartedAt.IsZero() && marker.StartedAt.Before(j.in.LinkedAt)
}

// cover adds a file to what the marker records.
func (j *judge) cover(m towpath.Migration) {
	if m.MigrationID != j.marker.MigrationID {
		j.marker.Covers = append(j.marker.Covers, m)
	}
}

// schedule makes the task of one item.
func (j *judge) schedule(item Item) {
	t := towpath.Task{
		Action:    towpath.ActionApply,
		Migration: item.Migration,
		State:     towpath.TaskPending,
		Reason:    item.Reason,
	}
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
		t.ProjectID = j.ProjectID
		t.DatabaseID = j.ID
		t.EnvironmentID = j.EnvironmentID
		t.Stage, t.Sequence = j.position, i+1
	}
	j.plan.Tasks = append(j.plan.Tasks, tasks...)
}
