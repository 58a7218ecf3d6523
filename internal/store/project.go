package store

import (
	"cmp"
	"context"
	"iter"

	"towpath"
)

var projects = newTable("project", 1, func(p *towpath.Project) []column {
	return []column{
		{"id", &p.ID},
		{"name", &p.Name},
		{"created_at", instant{&p.CreatedAt}},
		{"lock_timeout", (*int64)(&p.LockTimeout)},
		{"statement_timeout", (*int64)(&p.StatementTimeout)},
		{"rehearse", &p.Rehearse},
		{"rehearsal_instance_id", &p.RehearsalInstanceID},
	}
})

// CreateProject adds a project and sets ID and CreatedAt. CodeConflict about name when it is taken.
func (tx *Tx) CreateProject(ctx context.Context, p *towpath.Project) error {
	p.ID, p.CreatedAt = NewID(), tx.Now
	err := tx.emitAfter(projects.insert(ctx, tx, *p), towpath.Event{
		Kind:      towpath.EventProjectCreated,
		ProjectID: p.ID,
	})
	return taken(err, "name", "There is a project named %s already.", p.Name)
}

// UpdateProject writes a project that was read in the same transaction.
func (tx *Tx) UpdateProject(ctx context.Context, p *towpath.Project) error {
	err := tx.emitAfter(projects.update(ctx, tx, *p), towpath.Event{
		Kind:      towpath.EventProjectChanged,
		ProjectID: p.ID,
	})
	return taken(err, "name", "There is a project named %s already.", p.Name)
}

// Project reads a project.
func (tx *Tx) Project(ctx context.Context, id string) (towpath.Project, error) {
	return projects.get(ctx, tx, "id = $1", id)
}

// ProjectsByID returns projects by id.
func (tx *Tx) ProjectsByID(ctx context.Context, ids []string) (map[string]towpath.Project, error) {
	found := map[string]towpath.Project{}
	return found, projects.in(ctx, tx, "id", ids, "", func(p towpath.Project) { found[p.ID] = p })
}

// Projects lists the projects that a member belongs to, or with "" all.
func (tx *Tx) Projects(ctx context.Context, memberID string, p Page) ([]towpath.Project, error) {
	var where filter
	where.ofMember("id", memberID)
	return projects.page(ctx, tx, p, where)
}

// ProjectsByName lists at most limit projects that a member belongs to, or with "" of all, by name.
func (tx *Tx) ProjectsByName(ctx context.Context, memberID string, limit int) ([]towpath.Project, error) {
	var where filter
	where.ofMember("id", memberID)
	return projects.list(ctx, tx, where.where()+"ORDER BY name LIMIT "+where.bind(limit), where.args...)
}

// EveryProject iterates over the projects that a member belongs to, or with "" all, oldest first.
func (tx *Tx) EveryProject(ctx context.Context, memberID string) iter.Seq2[towpath.Project, error] {
	var where filter
	where.ofMember("id", memberID)
	return projects.walk(ctx, tx, where, func(p towpath.Project) string { return p.ID })
}

var projectMembers = newTable("project_member", 2, func(m *towpath.ProjectMember) []column {
	return []column{
		{"project_id", &m.ProjectID},
		{"member_id", &m.MemberID},
		{"role", (*string)(&m.Role)},
		{"created_at", instant{&m.CreatedAt}},
	}
})

// SetProjectMember gives a member a role in a project.
func (tx *Tx) SetProjectMember(ctx context.Context, m towpath.ProjectMember) error {
	m.CreatedAt = tx.Now
	before, err := tx.ProjectMember(ctx, m.ProjectID, m.MemberID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	return tx.emitAfter(projectMembers.upsert(ctx, tx, m), towpath.Event{
		Kind:      towpath.EventProjectMemberChanged,
		ProjectID: m.ProjectID,
		MemberID:  m.MemberID,
		From:      string(before.Role),
		To:        string(m.Role),
	})
}

// RemoveProjectMember removes a member from a project.
func (tx *Tx) RemoveProjectMember(ctx context.Context, projectID, memberID string) error {
	before, err := tx.ProjectMember(ctx, projectID, memberID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return tx.emitAfter(projectMembers.delete(ctx, tx, "project_id = $1 AND member_id = $2", projectID,
		memberID), towpath.Event{
		Kind:      towpath.EventProjectMemberChanged,
		ProjectID: projectID,
		MemberID:  memberID,
		From:      string(before.Role),
	})
}

// ProjectMember reads a member's role in a project.
func (tx *Tx) ProjectMember(ctx context.Context, projectID, memberID string) (towpath.ProjectMember, error) {
	return projectMembers.get(ctx, tx, "project_id = $1 AND member_id = $2", projectID, memberID)
}

// ProjectMembers lists a project's members.
func (tx *Tx) ProjectMembers(ctx context.Context, projectID string) ([]towpath.ProjectMember, error) {
	return projectMembers.list(ctx, tx, "WHERE project_id = $1 ORDER BY member_id", projectID)
}

// ProjectRoles returns the roles in projects, by project, by member.
func (tx *Tx) ProjectRoles(
	ctx context.Context, ids []string,
) (map[string]map[string]towpath.ProjectRole, error) {
	roles := map[string]map[string]towpath.ProjectRole{}
	return roles, projectMembers.in(ctx, tx, "project_id", ids, "", func(m towpath.ProjectMember) {
		if roles[m.ProjectID] == nil {
			roles[m.ProjectID] = map[string]towpath.ProjectRole{}
		}
		roles[m.ProjectID][m.MemberID] = m.Role
	})
}

var environments = newTable("environment", 1, func(e *towpath.Environment) []column {
	return []column{
		{"id", &e.ID},
		{"name", &e.Name},
		{"position", &e.Position},
		{"created_at", instant{&e.CreatedAt}},
		{"lock_timeout", (*int64)(&e.LockTimeout)},
		{"statement_timeout", (*int64)(&e.StatementTimeout)},
		{"max_lock_timeout", (*int64)(&e.MaxLockTimeout)},
		{"max_statement_timeout", (*int64)(&e.MaxStatementTimeout)},
		{"allow_roles", &e.AllowRoles},
		{"start_mode", (*string)(&e.Start)},
		{"review_policy", jsonText{&e.Review}},
		{"gate", jsonText{&e.Gate}},
		{"variables", jsonText{&e.Variables}},
	}
})

// CreateEnvironment adds an environment after all others and sets ID, Position and CreatedAt.
// CodeConflict about name when it is taken.
func (tx *Tx) CreateEnvironment(ctx context.Context, e *towpath.Environment) error {
	all, err := tx.Environments(ctx)
	if err != nil {
		return err
	}
	e.ID = NewID()
	e.CreatedAt = tx.Now
	e.Start = cmp.Or(e.Start, towpath.StartAutomatic)
	e.Position = 0
	if n := len(all); n > 0 {
		e.Position = all[n-1].Position + 1
	}
	err = tx.emitAfter(environments.insert(ctx, tx, *e), towpath.Event{
		Kind:      towpath.EventEnvironmentCreated,
		SubjectID: e.ID,
	})
	return taken(err, "name", "There is an environment named %s already.", e.Name)
}

// UpdateEnvironment writes an environment that was read in the same transaction.
func (tx *Tx) UpdateEnvironment(ctx context.Context, e *towpath.Environment) error {
	err := tx.emitAfter(environments.update(ctx, tx, *e), towpath.Event{
		Kind:      towpath.EventEnvironmentChanged,
		SubjectID: e.ID,
	})
	return taken(err, "name", "There is an environment named %s already.", e.Name)
}

// DeleteEnvironment removes an environment; CodeConflict while an instance or database is in it.
func (tx *Tx) DeleteEnvironment(ctx context.Context, id string) error {
	err := tx.emitAfter(environments.delete(ctx, tx, "id = $1", id),
		towpath.Event{Kind: towpath.EventEnvironmentDeleted, SubjectID: id})
	return inUse(err, "Instances are in this environment. Move or remove them first.")
}

// Environment reads an environment.
func (tx *Tx) Environment(ctx context.Context, id string) (towpath.Environment, error) {
	return environments.get(ctx, tx, "id = $1", id)
}

// Environments lists all environments in the order in which changes pass through them.
func (tx *Tx) Environments(ctx context.Context) ([]towpath.Environment, error) {
	return environments.list(ctx, tx, "ORDER BY position, id")
}
