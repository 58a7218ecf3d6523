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

// CreateApproval adds an answer and sets ID and At.
func (tx *Tx) CreateApproval(ctx context.Context, a *towpath.Approval) error {
	a.ID, a.At = NewID(), tx.Now
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
	found := map[string]towpath.StageStart{}
	var ids []any
	seen := map[string]bool{"": true}
	for _, t := range tasks {
		if !seen[t.StartID] {
			ids = append(ids, t.StartID)
		}
		seen[t.StartID] = true
	}
	for some := range slices.Chunk(ids, maxLookup) {
		err := stageStarts.each(ctx, tx, "WHERE id IN "+tuples(1, len(some), tx.shared), some,
			func(s towpath.StageStart) error {
				found[s.ID] = s
				return nil
			})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// AtGates lists open rollouts with tasks that are held, of one member's projects or, with "", of all,
// without their tasks.
func (tx *Tx) AtGates(ctx context.Context, memberID string, limit int) ([]towpath.Rollout, error) {
	var where filter
	where.ofMember("project_id", memberID)
	where.terms = append(where.terms, "finished_at IS NULL",
		"id IN (SELECT rollout_id FROM task WHERE state = 'held')")
	return rollouts.page(ctx, tx, Page{Limit: limit, NewestFirst: true}, where)
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
	if s.Reviews, err = tx.textReviews(ctx, r.LinkID, t.EnvironmentID, []towpath.Task{t}); err != nil {
		return s, start, true, err
	}
	if s.Filling, err = tx.Filling(ctx, r.LinkID, s.Environment); err != nil {
		return s, start, true, err
	}
	starts, err := tx.StageStarts(ctx, []towpath.Task{t})
	return s, starts[t.StartID], true, err
}

// textReviews returns what the newest review of each text says, by checksum. Texts without a review
// are left out.
func (tx *Tx) textReviews(
	ctx context.Context, linkID, environmentID string, tasks []towpath.Task,
) (map[string]towpath.TextReview, error) {
	files := map[string][]towpath.ReviewedFile{}
	wanted, read := map[string]bool{}, map[string]bool{}
	for _, t := range tasks {
		wanted[t.Checksum] = true
	}
	for _, t := range tasks {
		if read[t.Commit] {
			continue
		}
		read[t.Commit] = true
		found, err := tx.CommitReviews(ctx, linkID, t.Commit)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if f.EnvironmentID == environmentID && wanted[f.Checksum] {
				files[f.Checksum] = append(files[f.Checksum], f)
			}
		}
	}
	reviews := make(map[string]towpath.TextReview, len(files))
	for checksum, list := range files {
		reviews[checksum] = towpath.ReviewOf(list)
	}
	return reviews, nil
}

// Gates reads what decides about the stages of rollouts, in one transaction. It reads only once what
// several of them share.
type Gates struct {
	tx           *Tx
	environments map[string]towpath.Environment
	members      []towpath.Member
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
	s.Environment = environments[environmentID]
	if s.Project, err = g.tx.Project(ctx, r.ProjectID); err != nil {
		return s, err
	}
	if s.Ledgers, err = g.tx.ledgerNumbers(ctx, r.ProjectID); err != nil {
		return s, err
	}
	if s.Reviews, err = g.tx.textReviews(ctx, r.LinkID, environmentID, s.Tasks); err != nil {
		return s, err
	}
	if s.Filling, err = g.tx.Filling(ctx, r.LinkID, s.Environment); err != nil {
		return s, err
	}
	found, err := g.tx.Reviews(ctx, []string{r.ID})
	if err != nil {
		return s, err
	}
	review, asked := found[r.ID]
	s.Reviewing = asked && review.State == towpath.ReviewPending
	if s.Schedule, err = g.tx.Schedule(ctx, r.LinkID, environmentID); err != nil {
		return s, err
	}
	return s, g.people(ctx, r, &s)
}

// ledgerNumbers returns the number of the newest known write to each database of a project.
func (tx *Tx) ledgerNumbers(ctx context.Context, projectID string) (map[string]int64, error) {
	rows, err := tx.query(ctx, `SELECT id, ledger_number FROM "database" WHERE project_id = $1`, projectID)
	if err != nil {
		return nil, databases.wrap("read the ledgers of", err)
	}
	defer func() { _ = rows.Close() }() // rows.Err returns the error that matters
	numbers := map[string]int64{}
	for rows.Next() {
		var id string
		var number int64
		if err := rows.Scan(&id, &number); err != nil {
			return nil, databases.wrap("read the ledgers of", err)
		}
		numbers[id] = number
	}
	return numbers, databases.wrap("read the ledgers of", rows.Err())
}

// people sets who may answer for a stage, and which authors are no members.
func (g *Gates) people(ctx context.Context, r towpath.Rollout, s *towpath.Stage) error {
	all, err := g.Members(ctx)
	if err != nil {
		return err
	}
	project, err := g.tx.ProjectMembers(ctx, r.ProjectID)
	if err != nil {
		return err
	}
	roles := make(map[string]towpath.ProjectRole, len(project))
	for _, m := range project {
		roles[m.MemberID] = m.Role
	}
	s.Answerers = make(map[string]towpath.Answerer, len(all))
	for _, m := range all {
		s.Answerers[m.ID] = towpath.Answerer{Roles: towpath.ApproverRoles(m, roles[m.ID])}
	}
	if s.Environment.Consent.People == 0 {
		return nil
	}
	return g.exclude(ctx, r, s)
}

// Authors lists the members who wrote or committed a file of a stage, by id.
func (g *Gates) Authors(
	ctx context.Context, r towpath.Rollout, s towpath.Stage,
) (ids []string, err error) {
	s.Answerers = maps.Clone(s.Answerers)
	if err := g.exclude(ctx, r, &s); err != nil {
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
func (g *Gates) exclude(ctx context.Context, r towpath.Rollout, s *towpath.Stage) error {
	all, err := g.Members(ctx)
	if err != nil {
		return err
	}
	authors, unknown, err := g.tx.fileAuthors(ctx, r.LinkID, s.Tasks)
	if err != nil {
		return err
	}
	accounts, err := g.accountsOf(ctx, r.LinkID)
	if err != nil {
		return err
	}
	s.Exclude(authors, all, accounts)
	for _, path := range unknown {
		s.Strangers = append(s.Strangers, towpath.Why(towpath.ReasonNoAuthor, "path", path))
	}
	return nil
}

// accountsOf returns the members by their accounts at the provider of a link.
func (g *Gates) accountsOf(ctx context.Context, linkID string) (map[string][]string, error) {
	link, err := g.tx.Link(ctx, linkID)
	if err != nil {
		return nil, err
	}
	if known, ok := g.accounts[link.ProviderID]; ok {
		return known, nil
	}
	rows, err := g.tx.Grants(ctx, link.ProviderID, "")
	found := map[string][]string{}
	for _, grant := range rows {
		found[grant.AccountID] = append(found[grant.AccountID], grant.MemberID)
	}
	if g.accounts == nil {
		g.accounts = map[string]map[string][]string{}
	}
	g.accounts[link.ProviderID] = found
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

// fileAuthors returns the authors and committers of the files of tasks, and the paths for which none
// is known.
func (tx *Tx) fileAuthors(
	ctx context.Context, linkID string, tasks []towpath.Task,
) (authors []towpath.Person, unknown []string, err error) {
	var paths []string
	for _, t := range tasks {
		paths = append(paths, t.Path)
	}
	slices.Sort(paths)
	people := map[string][]towpath.Person{}
	for _, path := range slices.Compact(paths) {
		row, err := fileCommits.get(ctx, tx, "link_id = $1 AND path = $2", linkID, path)
		if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
			return nil, nil, err
		}
		known := len(row.Commits) > 0
		for _, hash := range row.Commits {
			if _, read := people[hash]; !read {
				c, err := tx.Commit(ctx, linkID, hash)
				if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
					return nil, nil, err
				}
				people[hash] = c.People
				authors = append(authors, c.People...)
			}
			known = known && len(people[hash]) > 0
		}
		if !known {
			unknown = append(unknown, path)
		}
	}
	return authors, unknown, nil
}
