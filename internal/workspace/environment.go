package workspace

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/store"
)

// CreateEnvironment adds an environment after all others. An empty start is automatic.
func (s *Service) CreateEnvironment(
	ctx context.Context, actor towpath.Actor, name string, start towpath.StartMode,
) (towpath.Environment, error) {
	e := towpath.Environment{Name: name}
	e.Start = cmp.Or(start, towpath.StartAutomatic)
	if err := e.Validate(); err != nil {
		return towpath.Environment{}, err
	}
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.CreateEnvironment(ctx, &e); err != nil {
			return err
		}
		if err := wakeLinks(ctx, tx); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActEnvironmentCreate, e.ID, "", "environment", e.Name))
		before := towpath.Environment{Name: e.Name}
		before.Start = towpath.StartAutomatic
		emitEnvironmentChange(tx, actor, before, e)
		return nil
	})
	return e, err
}

// EnvironmentChange lists changes to an environment; nil fields stay unchanged.
type EnvironmentChange struct {
	Name                *string
	LockTimeout         *time.Duration
	StatementTimeout    *time.Duration
	MaxLockTimeout      *time.Duration
	MaxStatementTimeout *time.Duration
	AllowRoles          *bool
	Start               *towpath.StartMode
	AskIf               *towpath.AskIf
	AskDrift            *bool
	Consent             *towpath.Consent
	Windows             *[]towpath.Window
	Variables           *towpath.Variables // all of them
}

// ChangeEnvironment changes an environment. New limits and AllowRoles apply from the next attempt
// of each task.
func (s *Service) ChangeEnvironment(
	ctx context.Context, actor towpath.Actor, id string, change EnvironmentChange,
) (e towpath.Environment, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if e, err = tx.Environment(ctx, id); err != nil {
			return err
		}
		before := e
		towpath.Patch(&e.Name, change.Name)
		towpath.Patch(&e.AllowRoles, change.AllowRoles)
		towpath.Patch(&e.Variables, change.Variables)
		towpath.Patch(&e.Start, change.Start)
		towpath.Patch(&e.AskIf, change.AskIf)
		towpath.Patch(&e.AskDrift, change.AskDrift)
		towpath.Patch(&e.Consent, change.Consent)
		towpath.Patch(&e.Windows, change.Windows)
		towpath.Patch(&e.LockTimeout, change.LockTimeout)
		towpath.Patch(&e.StatementTimeout, change.StatementTimeout)
		towpath.Patch(&e.MaxLockTimeout, change.MaxLockTimeout)
		towpath.Patch(&e.MaxStatementTimeout, change.MaxStatementTimeout)
		if err := e.Validate(); err != nil {
			return err
		}
		if err := tx.UpdateEnvironment(ctx, &e); err != nil {
			return err
		}
		refilled := !maps.Equal(e.Variables, before.Variables)
		if refilled {
			if err := tx.WantReviews(ctx, ""); err != nil {
				return err
			}
		}
		regated := e.Version() != before.Version() || windowsText(e.Windows) != windowsText(before.Windows)
		if refilled || regated {
			if err := tx.WakeRollouts(ctx); err != nil {
				return err
			}
		}
		if refilled || regated || e.Name != before.Name || e.AllowRoles != before.AllowRoles {
			if err := wakeLinks(ctx, tx); err != nil {
				return err
			}
		}
		emitEnvironmentChange(tx, actor, before, e)
		return nil
	})
	return e, err
}

// emitEnvironmentChange emits an audit event for each change of an environment.
func emitEnvironmentChange(tx *store.Tx, actor towpath.Actor, before, now towpath.Environment) {
	if now.Name != before.Name {
		tx.Emit(actor.Did(towpath.ActEnvironmentRename, now.ID, "", "from", before.Name, "to", now.Name))
	}
	for _, c := range changedLimits(
		limitChange{"lock-timeout", before.LockTimeout, now.LockTimeout},
		limitChange{"statement-timeout", before.StatementTimeout, now.StatementTimeout},
		limitChange{"maximum-lock-timeout", before.MaxLockTimeout, now.MaxLockTimeout},
		limitChange{"maximum-statement-timeout", before.MaxStatementTimeout, now.MaxStatementTimeout},
	) {
		tx.Emit(actor.Did(towpath.ActEnvironmentLimit, now.ID, "", "environment", now.Name,
			"limit", c.name, "from", c.from.String(), "to", c.to.String()))
	}
	if now.Start != before.Start {
		tx.Emit(actor.Did(towpath.ActEnvironmentStart, now.ID, "", "environment", now.Name,
			"from", string(before.Start), "to", string(now.Start)))
	}
	for _, c := range []struct{ field, from, to string }{
		{"consent", before.Consent.String(), now.Consent.String()},
		{"ask-if", string(before.AskIf), string(now.AskIf)},
		{"ask-drift", strconv.FormatBool(before.AskDrift), strconv.FormatBool(now.AskDrift)},
		{"windows", windowsText(before.Windows), windowsText(now.Windows)},
	} {
		if c.from != c.to {
			tx.Emit(actor.Did(towpath.ActEnvironmentGate, now.ID, "", "environment", now.Name,
				"field", c.field, "from", cmp.Or(c.from, "none"), "to", cmp.Or(c.to, "none")))
		}
	}
	for _, name := range keysOf(before.Variables, now.Variables) {
		from, had := before.Variables[name]
		to, has := now.Variables[name]
		switch {
		case !has:
			tx.Emit(actor.Did(towpath.ActVariableRemove, now.ID, "", "environment", now.Name,
				"variable", name, "from", from))
		case !had || from != to:
			tx.Emit(actor.Did(towpath.ActVariableSet, now.ID, "", "environment", now.Name,
				"variable", name, "to", to))
		}
	}
	if now.AllowRoles == before.AllowRoles {
		return
	}
	act := actor.Did(towpath.ActEnvironmentRefuseRoles, now.ID, "", "environment", now.Name)
	if now.AllowRoles {
		act = actor.Did(towpath.ActEnvironmentAllowRoles, now.ID, "", "environment", now.Name)
	}
	tx.Emit(act)
}

func windowsText(windows []towpath.Window) string {
	words := make([]string, len(windows))
	for i, w := range windows {
		words[i] = w.String()
	}
	return strings.Join(words, "; ")
}

// DeleteEnvironment removes an environment. CodeConflict while it has instances.
func (s *Service) DeleteEnvironment(ctx context.Context, actor towpath.Actor, id string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		e, err := tx.Environment(ctx, id)
		if err != nil {
			return err
		}
		used, err := instancesIn(ctx, tx, e.ID)
		if err != nil {
			return err
		}
		if len(used) > 0 {
			return towpath.Errorf(towpath.CodeConflict,
				"The environment %s has %d instances, %s first. Remove them before it.",
				e.Name, len(used), used[0].Name)
		}
		if err := tx.DeleteEnvironment(ctx, e.ID); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActEnvironmentDelete, e.ID, "", "environment", e.Name))
		return nil
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

// OrderEnvironments sets the order of all environments at once, the first one first. Rollouts that
// exist keep the stages that they were made with.
func (s *Service) OrderEnvironments(
	ctx context.Context, actor towpath.Actor, ids []string,
) (rows []towpath.Environment, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		before, err := tx.Environments(ctx)
		if err != nil {
			return err
		}
		if rows, err = ordered(before, ids); err != nil {
			return err
		}
		for _, e := range rows {
			if err := tx.UpdateEnvironment(ctx, &e); err != nil {
				return err
			}
		}
		if err := wakeLinks(ctx, tx); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActEnvironmentOrder, "", "").
			With(towpath.Changed("order", namesOf(before), namesOf(rows))))
		return nil
	})
	return rows, err
}

// namesOf lists the names of environments for the audit log.
func namesOf(list []towpath.Environment) string {
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Name
	}
	return strings.Join(names, ", ")
}

// ordered gives each environment the position of its id in ids, which must contain each id once.
func ordered(environments []towpath.Environment, ids []string) (rows []towpath.Environment, err error) {
	left := slices.Clone(environments)
	for position, id := range ids {
		i := slices.IndexFunc(left, func(e towpath.Environment) bool { return e.ID == id })
		if i < 0 {
			return nil, towpath.Invalid("ids", "There is no environment %q, or it is named twice.", id)
		}
		e := left[i]
		left = slices.Delete(left, i, i+1)
		e.Position = position
		rows = append(rows, e)
	}
	if len(left) > 0 {
		return nil, towpath.Invalid("ids", "Name all environments; %s is missing.", left[0].Name)
	}
	return rows, nil
}

// wakeLinks schedules plans for all links.
func wakeLinks(ctx context.Context, tx *store.Tx) error {
	for l, err := range tx.EveryLink(ctx, store.LinkFilter{}) {
		if err != nil {
			return err
		}
		// a link whose branch has not moved only plans after its ledgers change
		if err := tx.StaleLedgers(ctx, l.ProjectID); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobReconcile, l.ID); err != nil {
			return err
		}
	}
	return nil
}
