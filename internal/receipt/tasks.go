package receipt

import (
	"context"

	"towpath"
)

// databases lists what happened in each database, in the order of the stages.
func (g *gatherer) databases(ctx context.Context) ([]Database, error) {
	found, instances, err := g.tx.DatabasesOf(ctx, g.rollout.Tasks)
	if err != nil {
		return nil, err
	}
	attempts, err := g.tx.AttemptsOf(ctx, g.rollout.Tasks)
	if err != nil {
		return nil, err
	}
	changes, err := g.tx.RolloutHistory(ctx, g.rollout.ID)
	if err != nil {
		return nil, err
	}
	made := map[string]towpath.ChangeHistory{}
	for _, c := range changes {
		made[c.TaskID] = c
	}
	list := []Database{}
	for _, t := range g.rollout.Tasks { // those of a database follow each other
		if n := len(list); n == 0 || list[n-1].ID != t.DatabaseID {
			d := found[t.DatabaseID]
			list = append(list, Database{
				ID: t.DatabaseID, Name: d.Name, Instance: instances[d.InstanceID].Name,
				Environment: g.environments[t.EnvironmentID].Name,
			})
		}
		one := taskOf(t, made[t.ID])
		for _, a := range attempts[t.ID] {
			v, err := g.attempt(ctx, a)
			if err != nil {
				return nil, err
			}
			one.Attempts = append(one.Attempts, v)
		}
		last := &list[len(list)-1]
		last.Tasks = append(last.Tasks, one)
	}
	return list, nil
}

// taskOf is a task with the change that it made; the zero change when none is known.
func taskOf(t towpath.Task, made towpath.ChangeHistory) Task {
	return Task{
		ID: t.ID, Path: t.Path, Version: t.Version, Type: t.Type, SHA256: t.Checksum, Commit: t.Commit,
		Action: t.Action, State: t.State, Reason: reasonOf(t.Reason, t.State), Mark: t.Mark,
		Undoing: t.Undoing, Before: made.SchemaBefore, After: made.SchemaAfter, Attempts: []Attempt{},
	}
}

// reasonOf leaves out what a database said about what it ran, which may have data.
func reasonOf(r towpath.Reason, of towpath.TaskState) *towpath.Reason {
	switch {
	case r.IsZero():
		return nil
	case of == towpath.TaskSkipped, of == towpath.TaskCancelled:
		return &r
	}
	return &towpath.Reason{Code: r.Code}
}

// attempt is one run of a task with as many of its statements as the receipt may still have.
func (g *gatherer) attempt(ctx context.Context, a towpath.Attempt) (v Attempt, err error) {
	v = Attempt{
		Number: a.Number, State: a.State, StartedAt: a.StartedAt, FinishedAt: a.FinishedAt,
		Reason: reasonOf(a.Message, a.State), Total: a.Total, Statements: []Statement{},
	}
	for from := 0; g.left > 0; {
		rows, err := g.tx.Statements(ctx, a.ID, from, min(g.left, 1000))
		if err != nil {
			return v, err
		}
		for _, s := range rows {
			v.Statements = append(v.Statements, Statement{
				Line: s.Line, Summary: s.Summary, State: s.State, Rows: s.Rows, Seconds: s.Duration.Seconds(),
				StartedAt: s.StartedAt, FinishedAt: s.FinishedAt(),
			})
			from = s.Index + 1
		}
		g.left -= len(rows)
		if len(rows) == 0 {
			break
		}
	}
	v.MoreStatements = max(0, a.Total-len(v.Statements))
	return v, nil
}
