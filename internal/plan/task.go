package plan

import (
	"strings"

	"towpath"
)

// chosenBaseline returns the baseline that a person chose for the database when the repository was
// linked. chosen is false when nobody chose one, even if a person chose to run the existing files.
func (p *planner) chosenBaseline() (version string, chosen bool) {
	if p.AssignedAt == nil || p.AssignedAt.After(p.in.LinkedAt) {
		return "", false
	}
	if version, chosen = p.in.Baselines[p.ID]; chosen {
		return version, true
	}
	return p.in.BaselinedUpTo, p.in.BaselinedUpTo != ""
}

// prepareMarker sets the task that records the chosen baseline, unless the ledger has it. The
// marker in the ledger distinguishes files that existed at linking from late versions.
func (p *planner) prepareMarker() {
	if p.baseline == "" || len(p.claims) == 0 {
		return
	}
	id := towpath.MigrationID{Version: p.baseline, Type: towpath.TypeBaseline}
	if entry := p.ledger[id]; entry != nil && entry.State.Applied() {
		p.foreign = p.ofOtherLink(*entry)
		return
	}
	m := towpath.Migration{MigrationID: id, Label: id.Version, Description: markerText + p.in.LinkID + ")"}
	if files := p.claimed[id]; len(files) > 0 {
		m = files[0].Migration
		if !files[0].own {
			p.block(towpath.Why(towpath.ReasonWaitsForBaseline, "path", m.Path, "version", id.Version))
		}
	}
	// While the baseline covers a conflict or a file without a text, nothing may be recorded: the
	// files that are left out would run later.
	for _, c := range p.claims {
		if Compare(c.Version, id.Version) > 0 {
			continue
		}
		if _, skipped := p.skipped(c); !skipped && !c.unusable.IsZero() {
			p.waitFor(c.Path, c.unusable)
		}
		if conflicts := p.conflicts(c); !conflicts.IsZero() {
			p.waitFor(c.Path, conflicts)
		}
	}
	if !p.blocked.IsZero() {
		return
	}
	m = named(m, p.target)
	p.marker = &towpath.Task{
		Action:    towpath.ActionRecord,
		Migration: m,
		Covers:    []towpath.Migration{m},
		State:     towpath.TaskPending,
	}
}

// markerText begins the description of a marker without a file. The link's id and a closing bracket
// follow.
const markerText = "applied before the repository was linked (link "

// ofOtherLink reports whether a marker records the baseline of another link. When the marker does
// not name its link, its time decides.
func (p *planner) ofOtherLink(marker towpath.LedgerEntry) bool {
	if link, named := strings.CutPrefix(marker.Description, markerText); named && marker.Path == "" {
		return link != p.in.LinkID+")"
	}
	for _, c := range p.claimed[marker.MigrationID] {
		if marker.Path != "" && c.Path == marker.Path {
			return !c.own
		}
	}
	return !marker.StartedAt.IsZero() && marker.StartedAt.Before(p.in.LinkedAt)
}

// cover adds a file to the migrations that the marker records.
func (p *planner) cover(m towpath.Migration) {
	if m.MigrationID != p.marker.MigrationID {
		p.marker.Covers = append(p.marker.Covers, m)
	}
}

// schedule adds the task of an item.
func (p *planner) schedule(item Item) {
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
	p.tasks = append(p.tasks, t)
}

func (p *planner) finishTasks() {
	tasks := p.tasks
	if p.marker != nil {
		tasks = append([]towpath.Task{*p.marker}, tasks...)
	}
	for i := range tasks {
		t := &tasks[i]
		t.ProjectID = p.ProjectID
		t.DatabaseID = p.ID
		t.EnvironmentID = p.EnvironmentID
		t.Stage, t.Sequence = p.position, i+1
	}
	p.plan.Tasks = append(p.plan.Tasks, tasks...)
}
