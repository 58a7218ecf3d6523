package api

import (
	"context"
	"errors"

	"towpath"
	"towpath/internal/store"
)

// maxInbox bounds how many rollouts the inbox looks at, the newest ones.
const maxInbox = 500

// inbox is what waits for the caller.
type inbox struct {
	Starts    int         `json:"starts" doc:"How many items wait for you to start them, also beyond the limit."`
	Approvals int         `json:"approvals" doc:"How many items wait for your consent, also beyond the limit."`
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
	Start         stageStart `json:"start"`
	InboxEvidence

	waiting []towpath.Task
}

type inboxInput struct {
	Limit int `query:"limit" minimum:"0" maximum:"500" default:"500" doc:"How many items at most, 0 for no more than the numbers."`
}

// listInbox lists the stages of all projects that wait for the caller: for a start or for consent. A
// stage comes up when the environments before it are done, although consent may be given earlier.
func (s *Server) listInbox(ctx context.Context, in *inboxInput) (inbox, error) {
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
		if err := g.gates.Load(ctx, rows); err != nil {
			return err
		}
		for _, r := range rows {
			if err := g.collect(ctx, r, in.Limit, &box); err != nil {
				return err
			}
		}
		if err := errors.Join(g.addReviews(ctx, &box), g.addEvidence(ctx, &box)); err != nil {
			return err
		}
		return g.collectLooks(ctx, filter, &box)
	})
	return box, err
}

// addReviews adds what the SQL reviews say of the items.
func (g gateReader) addReviews(ctx context.Context, box *inbox) error {
	ids := make([]string, len(box.Items))
	for i, item := range box.Items {
		ids[i] = item.Rollout.ID
	}
	found, err := g.tx.Reviews(ctx, ids)
	for i := range box.Items {
		box.Items[i].Rollout = box.Items[i].Rollout.reviewed(found)
	}
	return err
}

// collectLooks adds the starts past a gate at which the member can look.
func (g gateReader) collectLooks(ctx context.Context, filter string, box *inbox) error {
	open, err := g.tx.OpenLooks(ctx, filter, maxInbox)
	if err != nil || len(open) == 0 {
		return err
	}
	var ids, projectIDs []string
	for _, l := range open {
		ids, projectIDs = append(ids, l.RolloutID), append(projectIDs, l.ProjectID)
	}
	rollouts, err := g.tx.RolloutsAlone(ctx, ids)
	if err != nil {
		return err
	}
	projects, err := g.tx.ProjectsByID(ctx, projectIDs)
	if err != nil {
		return err
	}
	looks, err := g.looks(ctx, open)
	if err != nil {
		return err
	}
	environments, err := g.gates.Environments(ctx)
	if err != nil {
		return err
	}
	for i, l := range looks {
		if !l.MayLook {
			continue
		}
		box.Looks = append(box.Looks, inboxLook{
			Rollout: rolloutOf(rollouts[open[i].RolloutID]), Project: projects[open[i].ProjectID].Name,
			Environment: environments[l.EnvironmentID].Name, Look: l,
		})
	}
	return nil
}

// collect counts the stages of a rollout that wait for the member and nothing else, and adds them while
// there are fewer than limit items.
func (g gateReader) collect(ctx context.Context, r towpath.Rollout, limit int, box *inbox) error {
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
		wants := "start"
		if start.MayAnswer {
			wants = "approval"
			box.Approvals++
		} else {
			box.Starts++
		}
		if len(box.Items) >= limit {
			continue
		}
		p, _, err := g.gates.Project(ctx, r)
		if err != nil {
			return err
		}
		start.TaskIDs = []string{} // there may be thousands
		box.Items = append(box.Items, inboxItem{
			Rollout: rolloutOf(r), Project: p.Name, EnvironmentID: t.EnvironmentID,
			Environment: environments[t.EnvironmentID].Name, Wants: wants, Start: *start,
			waiting: waiting,
		})
	}
	return nil
}
