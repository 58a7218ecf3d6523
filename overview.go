package towpath

import (
	"cmp"
	"slices"
	"time"
)

// Standing is where one database of a project is.
type Standing struct {
	ProjectID     string
	EnvironmentID string
	DatabaseID    string
	// missing, unreachable, with a ledger that cannot be trusted, written to by another tool, or with a
	// schema that no change made
	Drifted   bool
	ChangeID  string    // of its newest change; "" when it had none
	Label     string    // the version of that change
	ChangedAt time.Time // when that change finished
}

// OpenWork counts the open tasks in one state of a project in an environment.
type OpenWork struct {
	ProjectID     string
	EnvironmentID string
	State         TaskState
	Count         int
	RolloutID     string    // the newest rollout that has one
	At            time.Time // when the newest of them last ended, or else was planned
}

// OverviewCell sums up a project in an environment.
type OverviewCell struct {
	ProjectID     string
	EnvironmentID string
	Databases     int
	Newest        Standing // with the newest change; zero when no database had one
	Others        int      // databases whose newest change is of another version than that
	Drifted       int      // databases
	DriftedID     string   // one of them
	Waiting       OpenWork // pending and held tasks
	Running       OpenWork
	Failed        OpenWork // failed and unknown tasks
}

// Overview sums up databases and open tasks by project and environment, in the order of their ids.
func Overview(databases []Standing, open []OpenWork) []OverviewCell {
	cells := map[[2]string]*OverviewCell{}
	at := func(project, environment string) *OverviewCell {
		key := [2]string{project, environment}
		if cells[key] == nil {
			cells[key] = &OverviewCell{ProjectID: project, EnvironmentID: environment}
		}
		return cells[key]
	}
	for _, d := range databases {
		c := at(d.ProjectID, d.EnvironmentID)
		c.Databases++
		if d.ChangeID > c.Newest.ChangeID {
			c.Newest = d
		}
		if d.Drifted {
			c.Drifted++
			c.DriftedID = d.DatabaseID
		}
	}
	for _, d := range databases {
		if c := at(d.ProjectID, d.EnvironmentID); d.Label != c.Newest.Label {
			c.Others++
		}
	}
	for _, w := range open {
		c := at(w.ProjectID, w.EnvironmentID)
		switch w.State {
		case TaskPending, TaskHeld:
			c.Waiting = c.Waiting.plus(w)
		case TaskRunning:
			c.Running = c.Running.plus(w)
		case TaskFailed, TaskUnknown:
			c.Failed = c.Failed.plus(w)
		}
	}
	list := make([]OverviewCell, 0, len(cells))
	for _, c := range cells {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b OverviewCell) int {
		return cmp.Or(cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.EnvironmentID, b.EnvironmentID))
	})
	return list
}

func (w OpenWork) plus(more OpenWork) OpenWork {
	more.Count += w.Count
	if w.RolloutID > more.RolloutID {
		more.RolloutID = w.RolloutID
	}
	if w.At.After(more.At) {
		more.At = w.At
	}
	return more
}

// Week counts the changes that finished in a week.
type Week struct {
	Start   time.Time // Monday, in UTC
	Changes int
	Took    time.Duration // all of them together
	Longest time.Duration
}

// StageState is the state of a rollout's tasks in one environment.
type StageState struct {
	RolloutID     string
	EnvironmentID string
	State         RolloutState
}
