package receipt

import (
	"context"
	"slices"

	"towpath"
	"towpath/internal/store"
)

// gatherer reads what a receipt says, in one transaction.
type gatherer struct {
	tx           *store.Tx
	rollout      towpath.Rollout
	environments map[string]towpath.Environment
	people       map[string]string // by member id
	left         int               // statements that the receipt may still have
}

// gather reads all of a receipt but the facts of the service. CodeConflict while the rollout has not
// ended.
func gather(ctx context.Context, tx *store.Tx, rolloutID string) (r Receipt, err error) {
	g := &gatherer{tx: tx, people: map[string]string{}, left: MaxStatements}
	if g.rollout, err = tx.Rollout(ctx, rolloutID); err != nil {
		return r, err
	}
	if g.rollout.FinishedAt == nil {
		return r, towpath.Errorf(towpath.CodeConflict, "This rollout has not ended. It is %s.", g.rollout.State)
	}
	if g.environments, err = tx.Gates().Environments(ctx); err != nil {
		return r, err
	}
	if r.Rollout, err = g.rolledOut(ctx); err != nil {
		return r, err
	}
	if r.Files, err = g.files(ctx); err != nil {
		return r, err
	}
	if r.Environments, err = g.gates(ctx); err != nil {
		return r, err
	}
	if r.Databases, err = g.databases(ctx); err != nil {
		return r, err
	}
	head, err := tx.AuditHead(ctx)
	if err != nil {
		return r, err
	}
	r.Issue.At, r.Issue.Audit = tx.Now, AuditHead(head)
	return r, nil
}

// rolledOut sums up the rollout, and leaves out the tasks beyond the bound.
func (g *gatherer) rolledOut(ctx context.Context) (v Rollout, err error) {
	r := g.rollout
	v = Rollout{
		ID: r.ID, ProjectID: r.ProjectID, LinkID: r.LinkID, Commit: r.Commit, Message: r.Message,
		Author: r.Author, State: r.State, SupersededBy: r.SupersededBy, CreatedAt: r.CreatedAt,
		FinishedAt: *r.FinishedAt, MoreTasks: max(0, len(r.Tasks)-MaxTasks),
	}
	g.rollout.Tasks = r.Tasks[:len(r.Tasks)-v.MoreTasks]
	p, err := g.tx.Project(ctx, r.ProjectID)
	if err != nil {
		return v, err
	}
	v.Project = p.Name
	l, err := g.tx.Link(ctx, r.LinkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return v, nil
	}
	v.Repository, v.Branch = l.RepositoryName, l.Branch
	return v, err
}

// person names a member; "" for no id.
func (g *gatherer) person(ctx context.Context, id string) (string, error) {
	if name, known := g.people[id]; known || id == "" {
		return name, nil
	}
	m, err := g.tx.Member(ctx, id)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return "", err
	}
	name := towpath.Person{Name: m.Name, Email: m.Email}.String()
	if err != nil {
		name = id // who is no member any more
	}
	g.people[id] = name
	return name, nil
}

// files lists the texts of the rollout in the order in which they first run.
func (g *gatherer) files(ctx context.Context) (list []File, err error) {
	review, err := g.tx.Review(ctx, g.rollout.ID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return nil, err
	}
	seen := map[[2]string]bool{}
	list = []File{}
	for _, t := range g.rollout.Tasks {
		if key := [2]string{t.Path, t.Checksum}; !seen[key] {
			seen[key] = true
			f := File{
				Path: t.Path, Version: t.Version, Type: t.Type, SHA256: t.Checksum,
				Reviews: reviewsOf(review.Files, t.Path, t.Checksum),
			}
			if f.Rehearsal, err = g.rehearsal(ctx, t); err != nil {
				return nil, err
			}
			list = append(list, f)
		}
	}
	return list, nil
}

// reviewsOf returns what a review says of one text. It names at most maxRules rules.
func reviewsOf(files []towpath.ReviewedFile, path, checksum string) []Review {
	const maxRules = 50
	list := []Review{}
	for _, f := range files {
		if f.Path != path || f.Checksum != checksum {
			continue
		}
		v := Review{
			Environment: f.Environment, Against: f.Against, Errors: f.Errors, Warnings: f.Warnings,
			Gaps: len(f.NotAnalyzed) + f.MoreGaps,
		}
		for _, found := range f.Findings {
			if !slices.Contains(v.Rules, found.Rule) && len(v.Rules) < maxRules {
				v.Rules = append(v.Rules, found.Rule)
			}
		}
		list = append(list, v)
	}
	return list
}

// rehearsal returns what a rehearsal measured of a task's text; nil when there was none.
func (g *gatherer) rehearsal(ctx context.Context, t towpath.Task) (*Rehearsal, error) {
	r, err := g.tx.RehearsalOf(ctx, g.rollout.LinkID, t.Path, t.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, f := range r.Result.Files {
		if f.Path != t.Path {
			continue
		}
		v := &Rehearsal{
			Environment: r.Environment, Database: r.Database, Server: r.Result.Server, EndedAt: r.EndedAt,
			State: f.State, Seconds: f.Seconds, Locks: []Lock{}, MoreLocks: f.MoreLocks,
		}
		for _, l := range f.Locks {
			v.Locks = append(v.Locks, Lock{Table: l.Table, Mode: l.Mode, Held: l.Held})
		}
		return v, nil
	}
	return nil, nil
}

// gates lists what let tasks through the gates, by environment in the order of the stages.
func (g *gatherer) gates(ctx context.Context) ([]Environment, error) {
	starts, err := g.tx.StageStarts(ctx, g.rollout.Tasks)
	if err != nil {
		return nil, err
	}
	answers, err := g.tx.Answers(ctx, g.rollout.LinkID)
	if err != nil {
		return nil, err
	}
	looks, err := g.tx.SecondLooks(ctx, g.rollout)
	if err != nil {
		return nil, err
	}
	list := []Environment{}
	for _, t := range g.rollout.Tasks {
		if slices.ContainsFunc(list, func(e Environment) bool { return e.ID == t.EnvironmentID }) {
			continue
		}
		e, err := g.gate(ctx, t.EnvironmentID, starts, answers, looks)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// gate is what let tasks through the gate of one environment.
func (g *gatherer) gate(
	ctx context.Context, id string, starts map[string]towpath.StageStart, answers []towpath.Approval,
	looks []towpath.SecondLook,
) (e Environment, err error) {
	e = Environment{
		ID: id, Name: g.environments[id].Name, Starts: []Start{}, Answers: []Answer{}, Looks: []Look{},
	}
	seen := map[towpath.Evidence]bool{}
	for _, s := range starts {
		if s.EnvironmentID != id {
			continue
		}
		one := Start{At: s.At, Evidence: s.Evidence, PastGate: s.Glass, RolloutID: s.RolloutID}
		if one.By, err = g.person(ctx, s.MemberID); err != nil {
			return e, err
		}
		e.Starts, seen[s.Evidence] = append(e.Starts, one), true
	}
	slices.SortFunc(e.Starts, func(a, b Start) int { return a.At.Compare(b.At) })
	for _, a := range answers {
		if a.EnvironmentID != id || a.RolloutID != g.rollout.ID && !seen[a.Evidence] {
			continue
		}
		one := Answer{
			At: a.At, Evidence: a.Evidence, Refused: a.Refused, Why: a.Why, PullRequest: a.PullRequest,
			Token: a.Token, WithdrawnAt: a.WithdrawnAt,
		}
		if one.By, err = g.person(ctx, a.MemberID); err != nil {
			return e, err
		}
		e.Answers = append(e.Answers, one)
	}
	for _, l := range looks {
		if l.EnvironmentID != id {
			continue
		}
		one := Look{StartedAt: l.At, At: l.LookedAt, Note: l.Note}
		if one.StartedBy, err = g.person(ctx, l.MemberID); err != nil {
			return e, err
		}
		if one.By, err = g.person(ctx, l.LookedBy); err != nil {
			return e, err
		}
		e.Looks = append(e.Looks, one)
	}
	return e, nil
}
