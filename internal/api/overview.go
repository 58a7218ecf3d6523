package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// overview is what the start page shows.
type overview struct {
	Environments []overviewEnvironment `json:"environments" nullable:"false" doc:"In the order of the stages."`
	Projects     []overviewProject     `json:"projects" nullable:"false" doc:"By name, 1000 at most."`
	MoreProjects bool                  `json:"moreProjects" doc:"Whether there are more than that."`
	Overdue      []overdueLook         `json:"overdue" nullable:"false" doc:"Starts past a gate at which nobody has looked in time, oldest first, 20 at most."`
	Weeks        []overviewWeek        `json:"weeks" nullable:"false" doc:"The last twelve, the oldest first."`
}

// overdueLook is a start past a gate at which nobody has looked in time.
type overdueLook struct {
	RolloutID   string    `json:"rolloutId"`
	Project     string    `json:"project" doc:"The name."`
	Environment string    `json:"environment" doc:"The name; empty when the environment was removed since."`
	Since       time.Time `json:"since" doc:"When it was due."`
}

type overviewEnvironment struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type overviewProject struct {
	ID    string         `json:"id"`
	Name  string         `json:"name"`
	Cells []overviewCell `json:"cells" nullable:"false" doc:"Only environments in which it has databases or open tasks."`
}

// overviewCell is a project in an environment. What is 0 is left out.
type overviewCell struct {
	EnvironmentID string      `json:"environmentId"`
	Databases     int         `json:"databases,omitempty"`
	Newest        *overviewAt `json:"newest,omitempty" doc:"The newest change in one of its databases."`
	Others        int         `json:"others,omitempty" doc:"How many databases have another version as their newest change."`
	Drifted       int         `json:"drifted,omitempty" doc:"How many databases are missing, unreachable, have a ledger that is not trusted, are still changed by another migration tool, or have a schema that no change made."`
	DriftedID     string      `json:"driftedId,omitempty" doc:"One of them."`
	Waiting       *openWork   `json:"waiting,omitempty" doc:"Pending and held tasks."`
	Running       *openWork   `json:"running,omitempty"`
	Failed        *openWork   `json:"failed,omitempty" doc:"Failed and unknown tasks."`
}

type overviewAt struct {
	Version    string    `json:"version"`
	DatabaseID string    `json:"databaseId"`
	ChangeID   string    `json:"changeId"`
	At         time.Time `json:"at"`
}

type openWork struct {
	Count     int       `json:"count" doc:"Tasks."`
	RolloutID string    `json:"rolloutId" doc:"The newest that has one."`
	At        time.Time `json:"at" doc:"When the newest of them last ended, or else was planned."`
}

type overviewWeek struct {
	Start     time.Time `json:"start" doc:"Monday, in UTC."`
	Changes   int       `json:"changes"`
	AverageMS float64   `json:"averageMs" doc:"How long a change took, in milliseconds."`
	LongestMS float64   `json:"longestMs"`
}

const (
	overviewLimit = 1000 // projects
	overviewWeeks = 12
)

// getOverview sums up the projects that the caller may see, in few queries whatever their number.
func (s *Server) getOverview(ctx context.Context, _ *struct{}) (overview, error) {
	mine := actorOf(ctx).Member.ID
	if actorOf(ctx).Member.Role.Can(towpath.ViewProject) {
		mine = ""
	}
	var (
		environments []towpath.Environment
		projects     []towpath.Project
		databases    []towpath.Standing
		open         []towpath.OpenWork
		weeks        []towpath.Week
		overdue      []overdueLook
	)
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if environments, err = tx.Environments(ctx); err != nil {
			return err
		}
		if projects, err = tx.ProjectsByName(ctx, mine, overviewLimit+1); err != nil {
			return err
		}
		if databases, err = tx.Standings(ctx, mine); err != nil {
			return err
		}
		if open, err = tx.OpenWork(ctx, mine); err != nil {
			return err
		}
		if overdue, err = overdueLooks(ctx, tx, mine, environments); err != nil {
			return err
		}
		weeks, err = tx.Weeks(ctx, mine, overviewWeeks)
		return err
	})
	if err != nil {
		return overview{}, err
	}
	o := overview{
		Environments: all(environments, func(e towpath.Environment) overviewEnvironment {
			return overviewEnvironment{ID: e.ID, Name: e.Name}
		}).Items,
		Projects:     []overviewProject{},
		MoreProjects: len(projects) > overviewLimit,
		Overdue:      overdue,
		Weeks:        all(weeks, overviewWeekOf).Items,
	}
	cells := map[string][]overviewCell{}
	for _, c := range towpath.Overview(databases, open) {
		cells[c.ProjectID] = append(cells[c.ProjectID], overviewCellOf(c))
	}
	for _, p := range projects[:min(len(projects), overviewLimit)] {
		o.Projects = append(o.Projects,
			overviewProject{ID: p.ID, Name: p.Name, Cells: orEmpty(cells[p.ID])})
	}
	return o, nil
}

func overviewCellOf(c towpath.OverviewCell) overviewCell {
	cell := overviewCell{
		EnvironmentID: c.EnvironmentID,
		Databases:     c.Databases,
		Newest:        nil,
		Others:        c.Others,
		Drifted:       c.Drifted,
		DriftedID:     c.DriftedID,
		Waiting:       openWorkOf(c.Waiting),
		Running:       openWorkOf(c.Running),
		Failed:        openWorkOf(c.Failed),
	}
	if n := c.Newest; n.ChangeID != "" {
		cell.Newest = &overviewAt{
			Version: n.Label, DatabaseID: n.DatabaseID, ChangeID: n.ChangeID, At: n.ChangedAt,
		}
	}
	return cell
}

func openWorkOf(w towpath.OpenWork) *openWork {
	if w.Count == 0 {
		return nil
	}
	return &openWork{Count: w.Count, RolloutID: w.RolloutID, At: w.At}
}

func overviewWeekOf(w towpath.Week) overviewWeek {
	return overviewWeek{
		Start:     w.Start,
		Changes:   w.Changes,
		AverageMS: float64(w.Took.Microseconds()/int64(max(w.Changes, 1))) / 1000,
		LongestMS: float64(w.Longest.Microseconds()) / 1000,
	}
}
