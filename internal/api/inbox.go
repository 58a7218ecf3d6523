package api

import (
	"context"

	"towpath"
	"towpath/internal/store"
)

// maxInbox bounds how many rollouts the inbox looks at, the newest ones.
const maxInbox = 500

// inbox is what waits for the caller.
type inbox struct {
	Starts    int         `json:"starts" doc:"How many items wait for you to start them."`
	Approvals int         `json:"approvals" doc:"How many items wait for your consent."`
	Items     []inboxItem `json:"items" nullable:"false" doc:"Newest first."`
	Looks     []inboxLook `json:"looks" nullable:"false" doc:"Starts past a gate at which you can look, oldest first."`
}

// inboxLook is a start past a gate that waits for a second person.
type inboxLook struct {
	Rollout     Rollout    `json:"rollout"`
	Project     string     `json:"project" doc:"The name."`
	Environment string     `json:"environment" doc:"The name; empty when the environment was removed since."`
	Look        secondLook `json:"look"`
}

// inboxItem is one stage that waits for the caller.
type inboxItem struct {
	Rollout       Rollout    `json:"rollout"`
	Project       string     `json:"project" doc:"The name."`
	EnvironmentID string     `json:"environmentId"`
	Environment   string     `json:"environment" doc:"The name."`
	Wants         string     `json:"wants" enum:"start,approval" doc:"What it waits for."`
	Tasks         []Task     `json:"tasks" nullable:"false" doc:"What starts, in the order in which it runs."`
	Start         stageStart `json:"start"`
}

// listInbox lists the stages of all projects that wait for the caller: for a start or for consent. A
// stage comes up when the environments before it are done, although consent may be given earlier.
func (s *Server) listInbox(ctx context.Context, _ *struct{}) (inbox, error) {
	box := inbox{Items: []inboxItem{}, Looks: []inboxLook{}}
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		member := actorOf(ctx).Member
		filter := member.ID
		if member.Role.Can(towpath.ViewProject) {
			filter = ""
		}
		rows, err := tx.AtGates(ctx, filter, maxInbox)
		if err != nil {
			return err
		}
		g := gateReader{tx, tx.Gates(), member}
		for _, row := range rows {
			if err := g.collect(ctx, row.ID, &box); err != nil {
				return err
			}
		}
		return g.collectLooks(ctx, filter, &box)
	})
	return box, err
}

// collectLooks adds the starts past a gate at which the member can look.
func (g gateReader) collectLooks(ctx context.Context, filter string, box *inbox) error {
	open, err := g.tx.OpenLooks(ctx, filter, maxInbox)
	if err != nil {
		return err
	}
	looks, err := g.looks(ctx, open)
	if err != nil {
		return err
	}
	for i, l := range looks {
		if !l.MayLook {
			continue
		}
		r, err := g.tx.RolloutAlone(ctx, open[i].RolloutID)
		if err != nil {
			return err
		}
		p, err := g.tx.Project(ctx, r.ProjectID)
		if err != nil {
			return err
		}
		environments, err := g.gates.Environments(ctx)
		if err != nil {
			return err
		}
		box.Looks = append(box.Looks, inboxLook{
			Rollout: rolloutOf(r), Project: p.Name, Environment: environments[l.EnvironmentID].Name, Look: l,
		})
	}
	return nil
}

// collect adds the stages of a rollout that wait for the member and nothing else.
func (g gateReader) collect(ctx context.Context, rolloutID string, box *inbox) error {
	r, err := g.tx.Rollout(ctx, rolloutID)
	if err != nil {
		return err
	}
	environments, err := g.gates.Environments(ctx)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, t := range r.Tasks {
		if seen[t.EnvironmentID] || !t.WaitsForStart() {
			continue
		}
		seen[t.EnvironmentID] = true
		waiting, ready := r.Waiting(t.EnvironmentID)
		if !ready {
			continue
		}
		start, err := g.start(ctx, r, t.EnvironmentID)
		if err != nil {
			return err
		}
		if start == nil || (!start.MayStart && !start.MayAnswer) {
			continue
		}
		p, err := g.tx.Project(ctx, r.ProjectID)
		if err != nil {
			return err
		}
		found, err := g.tx.Reviews(ctx, []string{r.ID})
		if err != nil {
			return err
		}
		item := inboxItem{
			Rollout: rolloutOf(r).reviewed(found), Project: p.Name, EnvironmentID: t.EnvironmentID,
			Environment: environments[t.EnvironmentID].Name, Wants: "start", Start: *start, Tasks: []Task{},
		}
		if start.MayAnswer {
			item.Wants = "approval"
			box.Approvals++
		} else {
			box.Starts++
		}
		for _, w := range waiting {
			item.Tasks = append(item.Tasks, taskOf(w))
		}
		box.Items = append(box.Items, item)
	}
	return nil
}
