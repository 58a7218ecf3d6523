package store

import (
	"context"
	"maps"
	"slices"

	"towpath"
)

var approvals = newTable("approval", 1, func(a *towpath.Approval) []column {
	return []column{
		{"id", &a.ID},
		{"link_id", &a.LinkID},
		{"project_id", &a.ProjectID},
		{"rollout_id", &a.RolloutID},
		{"environment_id", &a.EnvironmentID},
		{"member_id", &a.MemberID},
		{"evidence", (*string)(&a.Evidence)},
		{"refused", &a.Refused},
		{"why", &a.Why},
		{"source", (*string)(&a.Source)},
		{"token", &a.Token},
		{"pull_request", &a.PullRequest},
		{"answered_at", instant{&a.At}},
		{"withdrawn_at", maybe{&a.WithdrawnAt}},
	}
})

var stageStarts = newTable("stage_start", 1, func(s *towpath.StageStart) []column {
	return []column{
		{"id", &s.ID},
		{"link_id", &s.LinkID},
		{"rollout_id", &s.RolloutID},
		{"environment_id", &s.EnvironmentID},
		{"member_id", &s.MemberID},
		{"evidence", (*string)(&s.Evidence)},
		{"glass", &s.Glass},
		{"started_at", instant{&s.At}},
	}
})

// CreateApproval adds an answer and sets ID, and At unless it was given elsewhere before.
func (tx *Tx) CreateApproval(ctx context.Context, a *towpath.Approval) error {
	if a.ID = NewID(); a.At.IsZero() {
		a.At = tx.Now
	}
	return tx.emitAfter(approvals.insert(ctx, tx, *a), approvalEvent(*a))
}

// UpdateApproval writes an answer that was read in the same transaction.
func (tx *Tx) UpdateApproval(ctx context.Context, a towpath.Approval) error {
	return tx.emitAfter(approvals.update(ctx, tx, a), approvalEvent(a))
}

func approvalEvent(a towpath.Approval) towpath.Event {
	return towpath.Event{
		Kind:      towpath.EventApprovalChanged,
		ProjectID: a.ProjectID,
		LinkID:    a.LinkID,
		RolloutID: a.RolloutID,
		SubjectID: a.EnvironmentID,
	}
}

// Approvals lists the answers for an environment of a link that are not withdrawn and not too old to
// count, newest first.
func (tx *Tx) Approvals(ctx context.Context, linkID, environmentID string) ([]towpath.Approval, error) {
	return approvals.list(ctx, tx, "WHERE link_id = $1 AND environment_id = $2 AND withdrawn_at IS NULL "+
		"AND answered_at > $3 ORDER BY id DESC", linkID, environmentID,
		tx.Now.Add(-towpath.ApprovalLasts).UnixMicro())
}

// CreateStageStart adds a start and sets ID and At.
func (tx *Tx) CreateStageStart(ctx context.Context, s *towpath.StageStart) error {
	s.ID, s.At = NewID(), tx.Now
	return stageStarts.insert(ctx, tx, *s)
}

// StageStarts returns the starts of tasks by id. Tasks that no gate let through are left out.
func (tx *Tx) StageStarts(
	ctx context.Context, tasks []towpath.Task,
) (map[string]towpath.StageStart, error) {
	found, ids := map[string]towpath.StageStart{}, set[string]{}
	for _, t := range tasks {
		if t.StartID != "" {
			ids[t.StartID] = true
		}
	}
	return found, stageStarts.in(ctx, tx, "id", slices.Sorted(maps.Keys(ids)), "",
		func(s towpath.StageStart) { found[s.ID] = s })
}

// AtGates lists open rollouts with tasks that are held, of one member's projects or, with "", of all,
// with their tasks.
func (tx *Tx) AtGates(ctx context.Context, memberID string, limit int) ([]towpath.Rollout, error) {
	var where filter
	where.ofMember("project_id", memberID)
	where.terms = append(where.terms, "finished_at IS NULL",
		"id IN (SELECT rollout_id FROM task WHERE state = 'held')")
	list, err := rollouts.page(ctx, tx, Page{Limit: limit, NewestFirst: true}, where)
	if err != nil {
		return nil, err
	}
	places, ids := map[string]int{}, make([]string, len(list))
	for i, r := range list {
		places[r.ID], ids[i] = i, r.ID
	}
	return list, tasks.in(ctx, tx, "rollout_id", ids, "ORDER BY stage, database_id, sequence, id",
		func(t towpath.Task) {
			r := &list[places[t.RolloutID]]
			r.Tasks = append(r.Tasks, t)
		})
}

// WakeRollouts asks for a look at all open rollouts, whose gates may have changed.
func (tx *Tx) WakeRollouts(ctx context.Context) error {
	open, err := rollouts.list(ctx, tx, "WHERE finished_at IS NULL ORDER BY id")
	if err != nil {
		return err
	}
	for _, r := range open {
		if err := tx.Enqueue(ctx, towpath.JobAdvance, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// StageOfTask reads what decides about running one task that is pending. gated is false when the
// gate of its environment holds nothing back; then the stage has no more than the environment.
func (tx *Tx) StageOfTask(
	ctx context.Context, t towpath.Task,
) (s towpath.Stage, start towpath.StageStart, gated bool, err error) {
	s.Environment, err = tx.Environment(ctx, t.EnvironmentID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound { // it was removed, and its gate with it
		return s, start, false, nil
	}
	if err != nil || !s.Environment.Holds() {
		return s, start, false, err
	}
	r, err := tx.RolloutAlone(ctx, t.RolloutID)
	if err != nil {
		return s, start, true, err
	}
	if s.Project, err = tx.Project(ctx, t.ProjectID); err != nil {
		return s, start, true, err
	}
	f := &facts{}
	if err := f.readTexts(ctx, tx, set[pair]{{r.LinkID, t.Commit}: true}); err != nil {
		return s, start, true, err
	}
	s.Reviews = f.textReviews(r.LinkID, t.EnvironmentID, []towpath.Task{t})
	if s.Filling, err = tx.Filling(ctx, r.LinkID, s.Environment); err != nil {
		return s, start, true, err
	}
	if s.Environment.WatchesSchemas() {
		if s.Schemas, err = tx.schemaWatches(ctx, []string{t.DatabaseID}); err != nil {
			return s, start, true, err
		}
	}
	starts, err := tx.StageStarts(ctx, []towpath.Task{t})
	return s, starts[t.StartID], true, err
}

// Gates reads what decides about the stages of rollouts, in one transaction. It reads only once what
// several of them share.
type Gates struct {
	tx           *Tx
	environments map[string]towpath.Environment
	members      []towpath.Member
	loaded       *facts                         // of the rollouts of Load; nil before
	accounts     map[string]map[string][]string // members by account, by provider
}

// Gates returns a reader of stages.
func (tx *Tx) Gates() *Gates { return &Gates{tx: tx} }

// Environments returns all environments by id.
func (g *Gates) Environments(ctx context.Context) (map[string]towpath.Environment, error) {
	if g.environments != nil {
		return g.environments, nil
	}
	list, err := g.tx.Environments(ctx)
	g.environments = make(map[string]towpath.Environment, len(list))
	for _, e := range list {
		g.environments[e.ID] = e
	}
	return g.environments, err
}

// Members returns everybody, in a fixed order.
func (g *Gates) Members(ctx context.Context) (list []towpath.Member, err error) {
	if g.members == nil {
		g.members, err = members.list(ctx, g.tx, "ORDER BY id")
	}
	return g.members, err
}

// Stage reads what waits at the gate of an environment in a rollout, which has its tasks. Without
// tasks nothing waits.
func (g *Gates) Stage(
	ctx context.Context, r towpath.Rollout, environmentID string,
) (s towpath.Stage, err error) {
	if s.Tasks, s.Ready = r.Waiting(environmentID); len(s.Tasks) == 0 || r.FinishedAt != nil {
		return towpath.Stage{}, nil
	}
	environments, err := g.Environments(ctx)
	if err != nil {
		return s, err
	}
	f, err := g.factsOf(ctx, r)
	if err != nil {
		return s, err
	}
	known := false
	if s.Project, known = f.projects[r.ProjectID]; !known {
		return s, projects.missing()
	}
	s.Environment, s.Ledgers = environments[environmentID], f.ledgers[r.ProjectID]
	s.Reviews = f.textReviews(r.LinkID, environmentID, s.Tasks)
	if l, linked := f.links[r.LinkID]; linked {
		s.Filling = towpath.FillingOf(l.Placeholders, s.Environment)
	}
	if s.Environment.WatchesSchemas() {
		s.Schemas = map[string]towpath.SchemaWatch{}
		for _, t := range s.Tasks {
			s.Schemas[t.DatabaseID] = f.schemas[t.DatabaseID]
		}
	}
	s.Reviewing = f.reviews[r.ID].State == towpath.ReviewPending // "" when it was never asked for
	s.Schedule, s.Pull = f.schedules[pair{r.LinkID, environmentID}], f.pulls[pair{r.ID, environmentID}]
	return s, g.people(ctx, f, r, &s)
}

// Load reads all that decides about the stages of rollouts, which have their tasks: in few queries
// whatever their number, and none afterwards. What is written later in the transaction is not seen.
func (g *Gates) Load(ctx context.Context, rollouts []towpath.Rollout) (err error) {
	if g.loaded, err = g.readFacts(ctx, rollouts); err != nil {
		return err
	}
	for _, l := range g.loaded.links {
		if _, err := g.Accounts(ctx, l.ProviderID); err != nil {
			return err
		}
	}
	_, err = g.Members(ctx)
	return err
}

// factsOf returns the facts of a rollout, as Load has read them or as they are now.
func (g *Gates) factsOf(ctx context.Context, r towpath.Rollout) (*facts, error) {
	if g.loaded != nil && g.loaded.rollouts[r.ID] {
		return g.loaded, nil
	}
	return g.readFacts(ctx, []towpath.Rollout{r})
}

// Approvals lists the answers for an environment of a rollout's link, as [Tx.Approvals] does.
func (g *Gates) Approvals(
	ctx context.Context, r towpath.Rollout, environmentID string,
) ([]towpath.Approval, error) {
	f, err := g.factsOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return f.approvals[pair{r.LinkID, environmentID}], nil
}

// Project returns the project of a rollout, and the roles of its members by id.
func (g *Gates) Project(
	ctx context.Context, r towpath.Rollout,
) (towpath.Project, map[string]towpath.ProjectRole, error) {
	f, err := g.factsOf(ctx, r)
	if err != nil {
		return towpath.Project{}, nil, err
	}
	p, known := f.projects[r.ProjectID]
	if !known {
		return p, nil, projects.missing()
	}
	return p, f.roles[r.ProjectID], nil
}

// people sets who may answer for a stage, and which authors are no members.
func (g *Gates) people(ctx context.Context, f *facts, r towpath.Rollout, s *towpath.Stage) error {
	all, err := g.Members(ctx)
	if err != nil {
		return err
	}
	roles := f.roles[r.ProjectID]
	s.Answerers = make(map[string]towpath.Answerer, len(all))
	for _, m := range all {
		s.Answerers[m.ID] = towpath.Answerer{Roles: towpath.ApproverRoles(m, roles[m.ID])}
	}
	if s.Environment.Consent.People == 0 {
		return nil
	}
	return g.exclude(ctx, f, r, s)
}

// Authors lists the members who wrote or committed a file of a stage, by id.
func (g *Gates) Authors(
	ctx context.Context, r towpath.Rollout, s towpath.Stage,
) (ids []string, err error) {
	f, paths := &facts{}, set[pair]{}
	for _, t := range s.Tasks {
		paths[pair{r.LinkID, t.Path}] = true
	}
	if err := f.readPeople(ctx, g.tx, paths); err != nil {
		return nil, err
	}
	s.Answerers = maps.Clone(s.Answerers)
	if err := g.exclude(ctx, f, r, &s); err != nil {
		return nil, err
	}
	for id, who := range s.Answerers {
		if who.Author {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// exclude marks the authors of a stage among those who may answer.
func (g *Gates) exclude(ctx context.Context, f *facts, r towpath.Rollout, s *towpath.Stage) error {
	all, err := g.Members(ctx)
	if err != nil {
		return err
	}
	link, known := f.links[r.LinkID]
	if !known {
		if link, err = g.tx.Link(ctx, r.LinkID); err != nil {
			return err
		}
	}
	accounts, err := g.Accounts(ctx, link.ProviderID)
	if err != nil {
		return err
	}
	authors, unknown := f.authors(r.LinkID, s.Tasks)
	s.Exclude(authors, all, accounts)
	s.ExcludeAskers()
	for _, path := range unknown {
		s.Strangers = append(s.Strangers, towpath.Why(towpath.ReasonNoAuthor, "path", path))
	}
	return nil
}

// Accounts returns the members by their accounts at a provider.
func (g *Gates) Accounts(ctx context.Context, providerID string) (map[string][]string, error) {
	if known, ok := g.accounts[providerID]; ok {
		return known, nil
	}
	rows, err := g.tx.Grants(ctx, providerID, "")
	found := map[string][]string{}
	for _, grant := range rows {
		found[grant.AccountID] = append(found[grant.AccountID], grant.MemberID)
	}
	if g.accounts == nil {
		g.accounts = map[string]map[string][]string{}
	}
	g.accounts[providerID] = found
	return found, err
}

type fileCommitRow struct {
	LinkID  string
	Path    string
	Commits []string
}

var fileCommits = newTable("file_commit", 2, func(f *fileCommitRow) []column {
	return []column{{"link_id", &f.LinkID}, {"path", &f.Path}, {"commits", jsonText{&f.Commits}}}
})

// maxFileCommits bounds the commits that are kept of one path, the newest ones.
const maxFileCommits = 100

// AddFileCommits adds commits to those that have changed paths of a link.
func (tx *Tx) AddFileCommits(ctx context.Context, linkID string, commits map[string][]string) error {
	var rows []fileCommitRow
	for _, path := range slices.Sorted(maps.Keys(commits)) {
		row, err := fileCommits.get(ctx, tx, "link_id = $1 AND path = $2", linkID, path)
		if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		row.LinkID, row.Path = linkID, path
		for _, hash := range commits[path] {
			if !slices.Contains(row.Commits, hash) {
				row.Commits = append(row.Commits, hash)
			}
		}
		row.Commits = row.Commits[max(len(row.Commits)-maxFileCommits, 0):]
		rows = append(rows, row)
	}
	return fileCommits.upsert(ctx, tx, rows...)
}
