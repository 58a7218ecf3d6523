package api

import (
	"context"
	"strings"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/workspace"
)

// project groups databases, people and repositories.
type project struct {
	ID          string               `json:"id"`
	Name        string               `json:"name"`
	CreatedAt   time.Time            `json:"createdAt"`
	Permissions []towpath.Permission `json:"permissions" nullable:"false" doc:"The rights of the caller in it."`
	LastRollout *lastRollout         `json:"lastRollout,omitempty" doc:"Its newest rollout; left out when there is none."`

	LockTimeout      int64 `json:"lockTimeout" doc:"How long its changes wait for locks at most, in milliseconds; 0 leaves it to the environment."`
	StatementTimeout int64 `json:"statementTimeout" doc:"After how many milliseconds a statement of its changes is stopped; 0 leaves it to the environment."`
}

// lastRollout is the state of a project's newest rollout.
type lastRollout struct {
	ID        string               `json:"id"`
	Message   string               `json:"message" doc:"The first line of its commit."`
	State     towpath.RolloutState `json:"state" enum:"pending,running,held,failed,unknown,done,skipped,cancelled,superseded"`
	CreatedAt time.Time            `json:"createdAt"`
}

// projectsOfActor converts projects with the rights of the caller in them. However many there are, it
// takes the same few queries.
func projectsOfActor(ctx context.Context, tx *store.Tx, rows []towpath.Project) ([]project, error) {
	m := actorOf(ctx).Member
	ids := make([]string, len(rows))
	for i, p := range rows {
		ids[i] = p.ID
	}
	newest, err := tx.NewestRollouts(ctx, ids)
	if err != nil {
		return nil, err
	}
	roles, err := tx.ProjectRoles(ctx, ids)
	views := make([]project, len(rows))
	for i, p := range rows {
		views[i] = projectOf(p, rightsIn(m.Role, roles[p.ID][m.ID]))
		if r, ok := newest[p.ID]; ok {
			views[i].LastRollout = &lastRollout{
				ID: r.ID, Message: r.Message, State: r.State, CreatedAt: r.CreatedAt,
			}
		}
	}
	return views, err
}

// rightsIn are the rights of a member with a role in a project, if it has one there.
func rightsIn(role towpath.Role, own towpath.ProjectRole) []towpath.Permission {
	rights := []towpath.Permission{}
	for _, right := range role.Permissions() {
		if strings.HasPrefix(string(right), projectRight) {
			rights = append(rights, right)
		}
	}
	for _, right := range own.Permissions() {
		if !role.Can(right) {
			rights = append(rights, right)
		}
	}
	return rights
}

func projectOf(p towpath.Project, rights []towpath.Permission) project {
	return project{
		ID:               p.ID,
		Name:             p.Name,
		CreatedAt:        p.CreatedAt,
		Permissions:      rights,
		LastRollout:      nil, // see projectsOfActor
		LockTimeout:      p.LockTimeout.Milliseconds(),
		StatementTimeout: p.StatementTimeout.Milliseconds(),
	}
}

// projectOfActor converts a project with the rights of the caller in it.
func projectOfActor(ctx context.Context, tx *store.Tx, p towpath.Project) (project, error) {
	views, err := projectsOfActor(ctx, tx, []towpath.Project{p})
	if err != nil {
		return project{}, err
	}
	return views[0], nil
}

func projectID(p project) string { return p.ID }

func same[T any](v T) T { return v }

func (s *Server) listProjects(ctx context.Context, in *pageInput) (list[project], error) {
	mine := actorOf(ctx).Member.ID
	if actorOf(ctx).Member.Role.Can(towpath.ViewProject) {
		mine = ""
	}
	var found []project
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Projects(ctx, mine, in.oldest())
		if err != nil {
			return err
		}
		found, err = projectsOfActor(ctx, tx, rows)
		return err
	})
	return page(in.Paging, found, projectID, same), err
}

// ProjectPath names a project in a path.
type ProjectPath struct {
	Project string `path:"project" doc:"The id of the project."`
}

func (s *Server) getProject(ctx context.Context, in *ProjectPath) (project, error) {
	var p project
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		row, err := tx.Project(ctx, in.Project)
		if err != nil {
			return err
		}
		p, err = projectOfActor(ctx, tx, row)
		return err
	})
	return p, err
}

// shown converts a project that a service has returned, unless it failed.
func (s *Server) shown(ctx context.Context, row towpath.Project, err error) (p project, _ error) {
	if err != nil {
		return p, err
	}
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		p, err = projectOfActor(ctx, tx, row)
		return err
	})
	return p, err
}

type createProjectInput struct {
	Body struct {
		Name string `json:"name" maxLength:"100"`
	}
}

// createProject creates a project. The caller becomes its first owner.
func (s *Server) createProject(ctx context.Context, in *createProjectInput) (project, error) {
	row, err := s.Workspace.CreateProject(ctx, actorOf(ctx), in.Body.Name)
	return s.shown(ctx, row, err)
}

type changeProjectInput struct {
	ProjectPath
	Body struct {
		Name             *string `json:"name,omitempty" maxLength:"100"`
		LockTimeout      *int64  `json:"lockTimeout,omitempty" doc:"How long its changes wait for locks at most, in milliseconds, up to 24 h; 0 leaves it to the environment."`
		StatementTimeout *int64  `json:"statementTimeout,omitempty" doc:"After how many milliseconds a statement of its changes is stopped, up to 7 days; 0 leaves it to the environment."`
	}
}

// changeProject changes the fields that the request has. New limits apply from the next attempt of
// each task.
func (s *Server) changeProject(ctx context.Context, in *changeProjectInput) (project, error) {
	row, err := s.Workspace.ChangeProject(ctx, actorOf(ctx), in.Project, workspace.ProjectChange{
		Name:             in.Body.Name,
		LockTimeout:      toLimit(in.Body.LockTimeout),
		StatementTimeout: toLimit(in.Body.StatementTimeout),
	})
	return s.shown(ctx, row, err)
}

// projectMember is a person of a project.
type projectMember struct {
	MemberID string              `json:"memberId"`
	Name     string              `json:"name"`
	Email    string              `json:"email"`
	Role     towpath.ProjectRole `json:"role" enum:"owner,developer"`
}

func (s *Server) listProjectMembers(ctx context.Context, in *ProjectPath) (list[projectMember], error) {
	var people []projectMember
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Project(ctx, in.Project); err != nil {
			return err
		}
		rows, err := tx.ProjectMembers(ctx, in.Project)
		for _, row := range rows {
			m, err := tx.Member(ctx, row.MemberID)
			if err != nil {
				return err
			}
			people = append(people, projectMember{
				MemberID: m.ID,
				Name:     m.Name,
				Email:    m.Email,
				Role:     row.Role,
			})
		}
		return err
	})
	return all(people, same), err
}

type projectMemberPath struct {
	ProjectPath
	Member string `path:"member" doc:"The id of the member."`
}

type setProjectMemberInput struct {
	ProjectPath
	Member string `path:"member" doc:"The id of the member."`
	Body   struct {
		Role towpath.ProjectRole `json:"role" enum:"owner,developer"`
	}
}

func (s *Server) setProjectMember(ctx context.Context, in *setProjectMemberInput) (projectMember, error) {
	row := towpath.ProjectMember{ProjectID: in.Project, MemberID: in.Member, Role: in.Body.Role}
	m, err := s.Workspace.SetProjectMember(ctx, actorOf(ctx), row)
	return projectMember{MemberID: m.ID, Name: m.Name, Email: m.Email, Role: row.Role}, err
}

func (s *Server) removeProjectMember(ctx context.Context, in *projectMemberPath) error {
	return s.Workspace.RemoveProjectMember(ctx, actorOf(ctx), in.Project, in.Member)
}
