package workspace

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"towpath"
	"towpath/internal/store"
)

func projectName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > 100 {
		return "", towpath.Invalid("name", "Enter a name of 1 to 100 characters.")
	}
	return name, nil
}

// CreateProject creates a project. The actor becomes its first owner.
func (s *Service) CreateProject(
	ctx context.Context, actor towpath.Actor, name string,
) (p towpath.Project, err error) {
	if name, err = projectName(name); err != nil {
		return p, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		p = towpath.Project{Name: name}
		if err := tx.CreateProject(ctx, &p); err != nil {
			return err
		}
		owner := towpath.ProjectMember{ProjectID: p.ID, MemberID: actor.Member.ID, Role: towpath.ProjectOwner}
		if err := tx.SetProjectMember(ctx, owner); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActProjectCreate, p.ID, p.ID, "project", p.Name))
		return nil
	})
	return p, err
}

// ProjectChange lists changes to a project; nil fields stay unchanged.
type ProjectChange struct {
	Name             *string
	LockTimeout      *time.Duration
	StatementTimeout *time.Duration
}

// ChangeProject changes a project. New limits apply from the next attempt of each task.
func (s *Service) ChangeProject(
	ctx context.Context, actor towpath.Actor, id string, change ProjectChange,
) (p towpath.Project, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if p, err = tx.Project(ctx, id); err != nil {
			return err
		}
		before := p
		if change.Name != nil {
			if p.Name, err = projectName(*change.Name); err != nil {
				return err
			}
		}
		towpath.Patch(&p.LockTimeout, change.LockTimeout)
		towpath.Patch(&p.StatementTimeout, change.StatementTimeout)
		if err := p.Validate(); err != nil {
			return err
		}
		if err := tx.UpdateProject(ctx, &p); err != nil {
			return err
		}
		emitProjectChange(tx, actor, before, p)
		return nil
	})
	return p, err
}

// emitProjectChange emits an audit event for each change of a project.
func emitProjectChange(tx *store.Tx, actor towpath.Actor, before, now towpath.Project) {
	if now.Name != before.Name {
		tx.Emit(actor.Did(towpath.ActProjectRename, now.ID, now.ID, "from", before.Name, "to", now.Name))
	}
	for _, c := range changedLimits(
		limitChange{"lock-timeout", before.LockTimeout, now.LockTimeout},
		limitChange{"statement-timeout", before.StatementTimeout, now.StatementTimeout},
	) {
		tx.Emit(actor.Did(towpath.ActProjectLimit, now.ID, now.ID, "project", now.Name,
			"limit", c.name, "from", c.from.String(), "to", c.to.String()))
	}
}

// SetProjectMember gives a member of the workspace a role in a project, and returns the member.
func (s *Service) SetProjectMember(
	ctx context.Context, actor towpath.Actor, row towpath.ProjectMember,
) (m towpath.Member, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Project(ctx, row.ProjectID); err != nil {
			return err
		}
		if m, err = tx.Member(ctx, row.MemberID); err != nil {
			return err
		}
		was, err := tx.ProjectMember(ctx, row.ProjectID, row.MemberID)
		if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		if err := tx.SetProjectMember(ctx, row); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActProjectMember, m.ID, row.ProjectID,
			"email", m.Email, "role", string(row.Role)).
			With(towpath.Changed("role", string(was.Role), string(row.Role))))
		return nil
	})
	return m, err
}

// RemoveProjectMember takes a member out of a project. CodeNotFound when they are not in it.
func (s *Service) RemoveProjectMember(
	ctx context.Context, actor towpath.Actor, projectID, memberID string,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := tx.Member(ctx, memberID)
		if err != nil {
			return err
		}
		if _, err := tx.ProjectMember(ctx, projectID, m.ID); err != nil {
			return err
		}
		if err := tx.RemoveProjectMember(ctx, projectID, m.ID); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActProjectMemberRemove, m.ID, projectID, "email", m.Email))
		return nil
	})
}
