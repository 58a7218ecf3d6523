package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"towpath"
	"towpath/internal/store"
)

// environment is a stage that changes pass through.
type environment struct {
	ID        string    `json:"id"`
	Name      string    `json:"name" doc:"What {{ENV_ID}} matches in file paths."`
	Position  int       `json:"position" doc:"Changes pass through environments in ascending order."`
	CreatedAt time.Time `json:"createdAt"`

	LockTimeout         int64         `json:"lockTimeout" doc:"How long changes wait for locks here at most, in milliseconds; 0 leaves it to the server."`
	StatementTimeout    int64         `json:"statementTimeout" doc:"After how many milliseconds a statement is stopped here; 0 leaves it to the server."`
	MaxLockTimeout      int64         `json:"maxLockTimeout" doc:"How long files and projects may ask to wait for locks here, in milliseconds; 0 is 24 h."`
	MaxStatementTimeout int64         `json:"maxStatementTimeout" doc:"How long files and projects may ask a statement to take here, in milliseconds; 0 is 7 days."`
	AllowRoles          bool          `json:"allowRoles" doc:"Whether migrations may change roles and users of the database servers here, never the user of an instance itself."`
	Applied             appliedLimits `json:"applied" doc:"What holds for changes when neither their project nor their file says anything of its own."`
}

func environmentOf(e towpath.Environment) environment {
	return environment{
		e.ID, e.Name, e.Position, e.CreatedAt, e.LockTimeout.Milliseconds(), e.StatementTimeout.Milliseconds(),
		e.MaxLockTimeout.Milliseconds(), e.MaxStatementTimeout.Milliseconds(), e.AllowRoles, appliedLimitsOf(e, towpath.Project{}),
	}
}

func (s *Server) listEnvironments(ctx context.Context, _ *struct{}) (list[environment], error) {
	var rows []towpath.Environment
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Environments(ctx)
		return err
	})
	return all(rows, environmentOf), err
}

type createEnvironmentInput struct {
	Body struct {
		Name string `json:"name" maxLength:"63"`
	}
}

func (s *Server) createEnvironment(ctx context.Context, in *createEnvironmentInput) (environment, error) {
	e := towpath.Environment{Name: in.Body.Name}
	if err := e.Validate(); err != nil {
		return environment{}, err
	}
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.CreateEnvironment(ctx, &e); err != nil {
			return err
		}
		if err := wakeLinks(ctx, tx); err != nil {
			return err
		}
		return record(ctx, tx, "environment.create", e.ID, "", "Added the environment %s.", e.Name)
	})
	return environmentOf(e), err
}

type changeEnvironmentInput struct {
	Environment string `path:"environment"`
	Body        struct {
		Name                *string `json:"name,omitempty" maxLength:"63"`
		LockTimeout         *int64  `json:"lockTimeout,omitempty" doc:"How long changes wait for locks here at most, in milliseconds, up to 24 h; 0 leaves it to the server."`
		StatementTimeout    *int64  `json:"statementTimeout,omitempty" doc:"After how many milliseconds a statement is stopped here, up to 7 days; 0 leaves it to the server."`
		MaxLockTimeout      *int64  `json:"maxLockTimeout,omitempty" doc:"How long files and projects may ask to wait for locks here, in milliseconds, up to 24 h, which 0 stands for."`
		MaxStatementTimeout *int64  `json:"maxStatementTimeout,omitempty" doc:"How long files and projects may ask a statement to take here, in milliseconds, up to 7 days, which 0 stands for."`
		AllowRoles          *bool   `json:"allowRoles,omitempty" doc:"Whether migrations may change roles and users of the database servers here."`
	}
}

// changeEnvironment changes what the request names. Limits and allowRoles hold from the next attempt of a task on.
func (s *Server) changeEnvironment(ctx context.Context, in *changeEnvironmentInput) (environment, error) {
	var e towpath.Environment
	err := s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if e, err = tx.Environment(ctx, in.Environment); err != nil {
			return err
		}
		before := e.Name
		if in.Body.Name != nil {
			e.Name = *in.Body.Name
		}
		allowed := e.AllowRoles
		if in.Body.AllowRoles != nil {
			e.AllowRoles = *in.Body.AllowRoles
		}
		limits := changeLimits(
			limitChange{"lock timeout", in.Body.LockTimeout, &e.LockTimeout},
			limitChange{"statement timeout", in.Body.StatementTimeout, &e.StatementTimeout},
			limitChange{"maximum lock timeout", in.Body.MaxLockTimeout, &e.MaxLockTimeout},
			limitChange{"maximum statement timeout", in.Body.MaxStatementTimeout, &e.MaxStatementTimeout},
		)
		if err := e.Validate(); err != nil {
			return err
		}
		if err := tx.UpdateEnvironment(ctx, &e); err != nil {
			return err
		}
		if limits != "" {
			if err := record(ctx, tx, "environment.limits", e.ID, "", "Changed limits of the environment %s: %s.", e.Name, limits); err != nil {
				return err
			}
		}
		if err := allowedRoles(ctx, tx, e, allowed); err != nil {
			return err
		}
		return renamedEnvironment(ctx, tx, e, before)
	})
	return environmentOf(e), err
}

// allowedRoles has every link looked at again when files may run, or must not any more.
func allowedRoles(ctx context.Context, tx *store.Tx, e towpath.Environment, before bool) error {
	if e.AllowRoles == before {
		return nil
	}
	if err := wakeLinks(ctx, tx); err != nil {
		return err
	}
	if e.AllowRoles {
		return record(ctx, tx, "environment.roles", e.ID, "", "Allowed migrations to change roles in the environment %s.", e.Name)
	}
	return record(ctx, tx, "environment.roles", e.ID, "", "No longer lets migrations change roles in the environment %s.", e.Name)
}

// renamedEnvironment has every link looked at again when what {{ENV_ID}} matches has changed.
func renamedEnvironment(ctx context.Context, tx *store.Tx, e towpath.Environment, before string) error {
	if e.Name == before {
		return nil
	}
	if err := wakeLinks(ctx, tx); err != nil {
		return err
	}
	return record(ctx, tx, "environment.rename", e.ID, "", "Renamed the environment %s to %s.", before, e.Name)
}

type environmentPath struct {
	Environment string `path:"environment"`
}

func (s *Server) deleteEnvironment(ctx context.Context, in *environmentPath) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := tx.Environment(ctx, in.Environment)
		if err != nil {
			return err
		}
		used, err := instancesIn(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if len(used) > 0 {
			return towpath.Errorf(towpath.CodeConflict, "The environment %s has %d instances, %s first. Remove them before it.", e.Name, len(used), used[0].Name)
		}
		if err := tx.DeleteEnvironment(ctx, e.ID); err != nil {
			return err
		}
		return record(ctx, tx, "environment.delete", e.ID, "", "Removed the environment %s.", e.Name)
	})
}

// instancesIn lists the instances of an environment.
func instancesIn(ctx context.Context, tx *store.Tx, environmentID string) ([]towpath.Instance, error) {
	var found []towpath.Instance
	for i, err := range tx.EveryInstance(ctx) {
		if err != nil {
			return nil, err
		}
		if i.EnvironmentID == environmentID {
			found = append(found, i)
		}
	}
	return found, nil
}

type orderEnvironmentsInput struct {
	Body struct {
		IDs []string `json:"ids" nullable:"false" maxItems:"1000" doc:"All environments, the first one first."`
	}
}

// orderEnvironments sets the order of all environments at once. Rollouts that exist keep the stages that they were made with.
func (s *Server) orderEnvironments(ctx context.Context, in *orderEnvironmentsInput) (list[environment], error) {
	var rows []towpath.Environment
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		before, err := tx.Environments(ctx)
		if err != nil {
			return err
		}
		rows = rows[:0]
		for position, id := range in.Body.IDs {
			i := slices.IndexFunc(before, func(e towpath.Environment) bool { return e.ID == id })
			if i < 0 {
				return towpath.Invalid("ids", "There is no environment %q, or it is named twice.", id)
			}
			e := before[i]
			before = slices.Delete(before, i, i+1)
			e.Position = position
			if err := tx.UpdateEnvironment(ctx, &e); err != nil {
				return err
			}
			rows = append(rows, e)
		}
		if len(before) > 0 {
			return towpath.Invalid("ids", "Name all environments; %s is missing.", before[0].Name)
		}
		if err := wakeLinks(ctx, tx); err != nil {
			return err
		}
		return record(ctx, tx, "environment.order", "", "", "Changed the order of the environments.")
	})
	return all(rows, environmentOf), err
}

// wakeLinks has all links looked at again: what they plan may have changed.
func wakeLinks(ctx context.Context, tx *store.Tx) error {
	for l, err := range tx.EveryLink(ctx, store.LinkFilter{}) {
		if err != nil {
			return err
		}
		if err := tx.StaleLedgers(ctx, l.ProjectID); err != nil { // else a branch that has not moved is not planned
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobReconcile, l.ID); err != nil {
			return err
		}
	}
	return nil
}

// record notes in the audit log what the request's actor did.
func record(ctx context.Context, tx *store.Tx, action, subject, projectID, format string, args ...any) error {
	return tx.Audit(ctx, towpath.AuditEvent{
		MemberID: actorOf(ctx).Member.ID, Action: action, Subject: subject, ProjectID: projectID, Detail: fmt.Sprintf(format, args...),
	})
}
