package notify

import (
	"context"
	"slices"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Rollout tells receivers what a rollout's stages give occasion for. It is the handler of
// towpath.JobNotifyRollout. It compares states, so late and repeated runs are harmless.
func (s *Service) Rollout(ctx context.Context, rolloutID string) (requeueAt *time.Time, err error) {
	return nil, s.Store.Write(ctx, func(tx *store.Tx) error {
		all, err := tx.Receivers(ctx)
		if err != nil || len(all) == 0 {
			return err
		}
		r, err := tx.RolloutOutline(ctx, rolloutID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		o := observer{tx: tx, receivers: all}
		return o.rollout(ctx, r)
	})
}

// Link tells receivers that a link needs attention. It is the handler of towpath.JobNotifyLink.
func (s *Service) Link(ctx context.Context, linkID string) (requeueAt *time.Time, err error) {
	return nil, s.Store.Write(ctx, func(tx *store.Tx) error {
		all, err := tx.Receivers(ctx)
		if err != nil || len(all) == 0 {
			return err
		}
		l, err := tx.Link(ctx, linkID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		project, err := tx.Project(ctx, l.ProjectID)
		if err != nil {
			return err
		}
		var now []towpath.Occasion
		facts := towpath.NotificationFacts{
			ProjectID: l.ProjectID, Project: project.Name, LinkID: l.ID, Repository: l.RepositoryName,
		}
		if !l.AttentionReason.IsZero() {
			facts.Because = []towpath.Reason{l.AttentionReason}
			now = []towpath.Occasion{{
				LinkID: l.ID, Event: towpath.NotifyAttention, Key: string(l.AttentionReason.Code),
			}}
		}
		o := observer{tx: tx, receivers: all}
		told, err := tx.Occasions(ctx, l.ID, "")
		if err != nil {
			return err
		}
		return o.tell(ctx, told[""], now, facts, nil)
	})
}

// observer compares states with what receivers were told.
type observer struct {
	tx        *store.Tx
	receivers []towpath.Receiver
}

func (o observer) rollout(ctx context.Context, r towpath.Rollout) error {
	project, err := o.tx.Project(ctx, r.ProjectID)
	if err != nil {
		return err
	}
	gates := o.tx.Gates()
	environments, err := gates.Environments(ctx)
	if err != nil {
		return err
	}
	told, err := o.tx.Occasions(ctx, r.LinkID, r.ID)
	if err != nil {
		return err
	}
	newest, err := o.isNewest(ctx, r)
	if err != nil {
		return err
	}
	whole := r
	if r.FinishedAt == nil && slices.ContainsFunc(r.Tasks, towpath.Task.WaitsForStart) {
		if whole, err = o.tx.Rollout(ctx, r.ID); err != nil {
			return err
		}
	}
	stages := map[string][]towpath.Task{}
	for id := range told { // a state has ended where no task is left
		if id != "" {
			stages[id] = nil
		}
	}
	for _, t := range r.Tasks {
		stages[t.EnvironmentID] = append(stages[t.EnvironmentID], t)
	}
	for id, tasks := range stages {
		wanted, err := o.wanted(ctx, gates, whole, id)
		if err != nil {
			return err
		}
		before, now := told[id], towpath.StageOccasions(r, id, tasks, wanted)
		if !newest { // the newest rollout has what was open, and tells of it
			before, now = slices.DeleteFunc(before, notFinal), slices.DeleteFunc(now, notFinal)
		}
		facts := towpath.NotificationFacts{
			ProjectID: r.ProjectID, Project: project.Name, EnvironmentID: id,
			Environment: environments[id].Name, LinkID: r.LinkID, RolloutID: r.ID, Commit: r.Commit,
			Message: firstLine(r.Message), Author: r.Author,
		}
		if err := o.tell(ctx, before, now, facts, tasks); err != nil {
			return err
		}
	}
	return nil
}

func notFinal(o towpath.Occasion) bool { return !o.Event.Final() }

// isNewest reports whether no rollout of the link is newer.
func (o observer) isNewest(ctx context.Context, r towpath.Rollout) (bool, error) {
	list, err := o.tx.Rollouts(ctx, store.RolloutFilter{LinkID: r.LinkID}, store.Page{Limit: 1, NewestFirst: true})
	return len(list) > 0 && list[0].ID == r.ID, err
}

// wanted returns the evidence of what waits for a person at a gate; "" when nothing does. r has its whole
// tasks if one of them waits.
func (o observer) wanted(
	ctx context.Context, gates *store.Gates, r towpath.Rollout, environmentID string,
) (towpath.Evidence, error) {
	stage, err := gates.Stage(ctx, r, environmentID)
	if err != nil || len(stage.Tasks) == 0 || !stage.Ready {
		return "", err
	}
	answers, err := o.tx.Approvals(ctx, r.LinkID, environmentID)
	if err != nil {
		return "", err
	}
	evidence := stage.Evidence()
	d := stage.Environment.Decide(stage, evidence, answers, o.tx.Now)
	manual := d.ForPerson() && d.Because[0].Code != towpath.ReasonScheduled
	if !manual && !d.Waits() {
		return "", nil
	}
	return evidence, nil
}

// tell adds a message for each state that has begun, to each receiver that wants it, and forgets the
// states that have ended.
func (o observer) tell(
	ctx context.Context, before, now []towpath.Occasion, facts towpath.NotificationFacts, tasks []towpath.Task,
) error {
	for _, ended := range towpath.Ended(before, now) {
		if err := o.tx.DeleteOccasion(ctx, ended); err != nil {
			return err
		}
	}
	for _, begun := range towpath.Begun(before, now) {
		about := facts
		about.Event = begun.Event
		about.About(tasks)
		for _, v := range o.receivers {
			if !v.Wants(begun.Event, facts.ProjectID, facts.EnvironmentID) {
				continue
			}
			n := towpath.Notification{ReceiverID: v.ID, ProjectID: facts.ProjectID, Facts: about}
			if err := o.tx.CreateNotification(ctx, &n); err != nil {
				return err
			}
		}
	}
	for i, at := range now {
		now[i].Since = o.tx.Now
		if known := slices.IndexFunc(before, at.Same); known >= 0 {
			now[i].Since = before[known].Since
		}
	}
	if len(now) == 0 {
		return nil
	}
	return o.tx.PutOccasions(ctx, now...)
}
