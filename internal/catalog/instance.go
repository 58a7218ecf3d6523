package catalog

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/store"
)

// Check diagnoses the connectivity, privileges and settings of an instance, which need not be
// saved.
func (s *Service) Check(ctx context.Context, spec InstanceSpec) (engine.Report, error) {
	spec = spec.trimmed()
	e, err := s.engine(spec.Engine)
	if err != nil {
		return engine.Report{}, err
	}
	t, err := s.login(spec)
	if err != nil {
		return engine.Report{}, err
	}
	return s.check(ctx, e, t)
}

// check calls the engine's Check with the timeout. The report of an instance that does not respond
// in time has a finding that says so.
func (s *Service) check(ctx context.Context, e engine.Engine, t engine.Target) (engine.Report, error) {
	limited, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	report, err := e.Check(limited, t)
	if err == nil && t.Password != "" && len(t.Password) < towpath.MinSecretLength {
		report.Findings = append(report.Findings, engine.Finding{
			Severity: "warning",
			Message: fmt.Sprintf("The password has fewer than %d characters, so it cannot be redacted from "+
				"error messages of the database.", towpath.MinSecretLength), Fix: "Choose a longer password.",
		})
	}
	if err == nil || ctx.Err() != nil {
		return report, err
	}
	return engine.Report{Findings: []engine.Finding{{
		Severity: "error", Message: fmt.Sprintf("The instance did not respond within %s.", s.timeout()),
		Fix: "Check that the address is right and reachable from this server.",
	}}}, nil
}

// firstError returns the first finding that prevents the use of an instance; "" when there is none.
func firstError(r engine.Report) string {
	for _, f := range r.Findings {
		if f.Severity == "error" {
			return strings.TrimSpace(f.Message + " " + f.Fix)
		}
	}
	if !r.OK {
		return "The instance cannot be used."
	}
	return ""
}

// CheckInstance checks a saved instance and stores the result.
func (s *Service) CheckInstance(
	ctx context.Context, actor towpath.Actor, id string,
) (engine.Report, error) {
	i, err := s.instance(ctx, id)
	if err != nil {
		return engine.Report{}, err
	}
	e, t, err := s.target(i)
	if err != nil {
		return engine.Report{}, err
	}
	report, err := s.check(ctx, e, t)
	if err != nil {
		return report, fmt.Errorf("check instance: %w", err)
	}
	return report, s.Store.Write(ctx, func(tx *store.Tx) error {
		i, err := tx.Instance(ctx, id)
		if err != nil {
			return err
		}
		i.CheckedAt, i.CheckError = &tx.Now, firstError(report)
		tx.Emit(actor.Did(towpath.ActInstanceCheck, id, "", "instance", i.Name))
		return tx.UpdateInstance(ctx, &i)
	})
}

func (s *Service) instance(ctx context.Context, id string) (i towpath.Instance, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		i, err = tx.Instance(ctx, id)
		return err
	})
	return i, err
}

// AddInstance adds an instance that passes its check, and the databases found in it.
func (s *Service) AddInstance(
	ctx context.Context, actor towpath.Actor, spec InstanceSpec,
) (towpath.Instance, error) {
	spec = spec.trimmed()
	if err := s.checkSpec(ctx, spec); err != nil {
		return towpath.Instance{}, err
	}
	i := towpath.Instance{
		ID:            store.NewID(),
		Name:          spec.Name,
		Engine:        spec.Engine,
		EnvironmentID: spec.EnvironmentID,
		Address:       spec.Address,
		Username:      spec.Username,
		Options:       spec.Options,
		PasswordFrom:  spec.PasswordFrom,
	}
	i.EncryptedPassword = s.encrypt(i.ID, spec.Password)
	names, err := s.discover(ctx, i)
	if err != nil {
		return towpath.Instance{}, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := environmentExists(ctx, tx, i.EnvironmentID); err != nil {
			return err
		}
		i.CheckedAt = &tx.Now
		if err := tx.CreateInstance(ctx, &i); err != nil {
			return err
		}
		if _, err := mergeDiscovered(ctx, tx, i, names); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActInstanceAdd, i.ID, "",
			"instance", i.Name, "engine", string(i.Engine), "address", i.Address))
		return nil
	})
	return i, err
}

// checkSpec returns an error when an instance with this spec cannot be used.
func (s *Service) checkSpec(ctx context.Context, spec InstanceSpec) error {
	if err := spec.validate(); err != nil {
		return err
	}
	report, err := s.Check(ctx, spec)
	if err != nil {
		return err
	}
	if message := firstError(report); message != "" {
		return towpath.Invalid("address", "%s", message)
	}
	return nil
}

func environmentExists(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Environment(ctx, id)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return towpath.Invalid("environmentId", "Choose the environment that the instance is in.")
	}
	return err
}

// UpdateInstance changes an instance. An empty password keeps the saved one, unless the address,
// the user or the options change: people who may edit an instance must not learn its password by
// pointing it to another server.
func (s *Service) UpdateInstance(
	ctx context.Context, actor towpath.Actor, id string, spec InstanceSpec,
) (towpath.Instance, error) {
	spec = spec.trimmed()
	i, err := s.instance(ctx, id)
	if err != nil {
		return i, err
	}
	if spec.Engine != i.Engine {
		return i, towpath.Invalid("engine", "The engine of an instance cannot change. Add another instance.")
	}
	encrypted := s.encrypt(id, spec.Password)
	if spec.Password == "" && spec.PasswordFrom == "" && len(i.EncryptedPassword) > 0 {
		if spec.Address != i.Address || spec.Username != i.Username || !maps.Equal(spec.Options, i.Options) {
			return i, towpath.Invalid("password",
				"Enter the password again: the instance's address, user or options change.")
		}
		_, t, err := s.target(i)
		if err != nil {
			return i, err
		}
		spec.Password, encrypted = t.Password, i.EncryptedPassword
	}
	if err := s.checkSpec(ctx, spec); err != nil {
		return i, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if i, err = tx.Instance(ctx, id); err != nil {
			return err
		}
		if err := environmentExists(ctx, tx, spec.EnvironmentID); err != nil {
			return err
		}
		if i.EnvironmentID != spec.EnvironmentID {
			if err := moveDatabases(ctx, tx, i, spec.EnvironmentID); err != nil {
				return err
			}
		}
		from, to, err := environmentNames(ctx, tx, i.EnvironmentID, spec.EnvironmentID)
		if err != nil {
			return err
		}
		changes := towpath.Changed(
			"name", i.Name, spec.Name,
			"environment", from, to,
			"address", i.Address, spec.Address,
			"username", i.Username, spec.Username,
			"passwordFrom", i.PasswordFrom, spec.PasswordFrom,
			"options", optionsText(i.Options), optionsText(spec.Options),
		)
		secret := towpath.ChangedSecret("password", !bytes.Equal(i.EncryptedPassword, encrypted))
		i.Name = spec.Name
		i.EnvironmentID = spec.EnvironmentID
		i.Address = spec.Address
		i.Username = spec.Username
		i.Options = spec.Options
		i.EncryptedPassword = encrypted
		i.PasswordFrom = spec.PasswordFrom
		i.CheckedAt = &tx.Now
		i.CheckError = ""
		if err := tx.UpdateInstance(ctx, &i); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActInstanceUpdate, i.ID, "",
			"instance", i.Name, "engine", string(i.Engine), "address", i.Address).With(changes, secret))
		return nil
	})
	return i, err
}

// environmentNames reads the names of two environments for the audit log.
func environmentNames(ctx context.Context, tx *store.Tx, from, to string) (was, is string, err error) {
	before, err := tx.Environment(ctx, from)
	if err != nil {
		return "", "", err
	}
	after, err := tx.Environment(ctx, to)
	return before.Name, after.Name, err
}

// optionsText writes options for the audit log, ordered by name.
func optionsText(options map[string]string) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(options)) {
		list = append(list, name+"="+options[name])
	}
	return strings.Join(list, " ")
}

// moveDatabases moves an instance's databases to another environment. CodeConflict while tasks are
// open there, since their stages must not change.
func moveDatabases(ctx context.Context, tx *store.Tx, i towpath.Instance, environmentID string) error {
	all, err := allDatabases(ctx, tx, i.ID)
	if err != nil {
		return err
	}
	for _, d := range all {
		open, err := tx.OpenTasks(ctx, d.ID)
		if err != nil {
			return err
		}
		if len(open) > 0 {
			return towpath.Errorf(towpath.CodeConflict,
				"Tasks are open in database %s. "+
					"Finish or skip them before the instance moves to another environment.", d.Name)
		}
		d.EnvironmentID = environmentID
		if err := tx.UpdateDatabase(ctx, &d); err != nil {
			return err
		}
		if err := wake(ctx, tx, d.ProjectID); err != nil {
			return err
		}
	}
	return nil
}

// DeleteInstance removes an instance and its databases. CodeConflict when a database is assigned to
// a project or ever had a task, since the change history is kept.
func (s *Service) DeleteInstance(ctx context.Context, actor towpath.Actor, id string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		i, err := tx.Instance(ctx, id)
		if err != nil {
			return err
		}
		for p, err := range tx.EveryProject(ctx, "") {
			if err != nil {
				return err
			}
			if p.RehearsalInstanceID == id {
				return towpath.Errorf(towpath.CodeConflict,
					"The branches of the project %s are rehearsed on it. Choose another place there first.", p.Name)
			}
		}
		all, err := allDatabases(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, d := range all {
			if d.ProjectID != "" {
				return towpath.Errorf(towpath.CodeConflict,
					"Database %s belongs to a project. Unassign it first.", d.Name)
			}
			if err := tx.DeleteDatabase(ctx, d.ID); err != nil {
				return err
			}
		}
		if err := tx.DeleteInstance(ctx, id); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActInstanceDelete, id, "", "instance", i.Name))
		return nil
	})
}
