package api

import (
	"cmp"
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/workspace"
)

// environment is a stage that changes pass through.
type environment struct {
	ID        string    `json:"id"`
	Name      string    `json:"name" doc:"What {{ENV_ID}} matches in file paths."`
	Position  int       `json:"position" doc:"Changes pass through environments in ascending order."`
	CreatedAt time.Time `json:"createdAt"`

	LockTimeout         int64             `json:"lockTimeout" doc:"How long changes wait for locks here at most, in milliseconds; 0 leaves it to the server."`
	StatementTimeout    int64             `json:"statementTimeout" doc:"After how many milliseconds a statement is stopped here; 0 leaves it to the server."`
	MaxLockTimeout      int64             `json:"maxLockTimeout" doc:"How long files and projects may ask to wait for locks here, in milliseconds; 0 is 24 h."`
	MaxStatementTimeout int64             `json:"maxStatementTimeout" doc:"How long files and projects may ask a statement to take here, in milliseconds; 0 is 7 days."`
	AllowRoles          bool              `json:"allowRoles" doc:"Whether migrations may change roles and users of the database servers here, never the user of an instance itself."`
	Start               towpath.StartMode `json:"start" enum:"automatic,manual" doc:"How changes start here: when the environments before it are done, or when a person starts them."`
	AskIf               towpath.AskIf     `json:"askIf" enum:"always,warnings" doc:"When people are asked, for consent and for a manual start: always, or when the SQL review says warning or worse or has not seen everything."`
	AskDrift            bool              `json:"askDrift" doc:"Whether a person must start what waits while the schema of a database was changed by hand, or it is not known whether it was."`
	Consent             consent           `json:"consent"`
	Variables           map[string]string `json:"variables" nullable:"false" doc:"The values for the placeholders of files, by name."`
	Windows             []window          `json:"windows" nullable:"false" doc:"When changes may start; none: at any time."`
	Applied             appliedLimits     `json:"applied" doc:"The limits of changes when neither their project nor their file sets any."`
}

func environmentOf(e towpath.Environment) environment {
	return environment{
		ID:                  e.ID,
		Name:                e.Name,
		Position:            e.Position,
		CreatedAt:           e.CreatedAt,
		LockTimeout:         e.LockTimeout.Milliseconds(),
		StatementTimeout:    e.StatementTimeout.Milliseconds(),
		MaxLockTimeout:      e.MaxLockTimeout.Milliseconds(),
		MaxStatementTimeout: e.MaxStatementTimeout.Milliseconds(),
		AllowRoles:          e.AllowRoles,
		Start:               e.Start,
		AskIf:               cmp.Or(e.AskIf, towpath.AskAlways),
		AskDrift:            e.AskDrift,
		Consent:             consentOf(e.Consent),
		Variables:           variablesOf(e.Variables),
		Windows:             all(e.Windows, windowOf).Items,
		Applied:             appliedLimitsOf(e, towpath.Project{}),
	}
}

// variablesOf returns an empty object instead of none.
func variablesOf(v towpath.Variables) map[string]string {
	if v == nil {
		return map[string]string{}
	}
	return v
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
		Name  string            `json:"name" maxLength:"63"`
		Start towpath.StartMode `json:"start,omitempty" enum:"automatic,manual" doc:"How changes start there; automatic by default."`
	}
}

func (s *Server) createEnvironment(ctx context.Context, in *createEnvironmentInput) (environment, error) {
	e, err := s.Workspace.CreateEnvironment(ctx, actorOf(ctx), in.Body.Name, in.Body.Start)
	return environmentOf(e), err
}

type changeEnvironmentInput struct {
	Environment string `path:"environment" doc:"The id of the environment."`
	Body        struct {
		Name                *string            `json:"name,omitempty" maxLength:"63"`
		LockTimeout         *int64             `json:"lockTimeout,omitempty" doc:"How long changes wait for locks here at most, in milliseconds, up to 24 h; 0 leaves it to the server."`
		StatementTimeout    *int64             `json:"statementTimeout,omitempty" doc:"After how many milliseconds a statement is stopped here, up to 7 days; 0 leaves it to the server."`
		MaxLockTimeout      *int64             `json:"maxLockTimeout,omitempty" doc:"How long files and projects may ask to wait for locks here, in milliseconds, up to 24 h; 0 is 24 h."`
		MaxStatementTimeout *int64             `json:"maxStatementTimeout,omitempty" doc:"How long files and projects may ask a statement to take here, in milliseconds, up to 7 days; 0 is 7 days."`
		Start               *towpath.StartMode `json:"start,omitempty" enum:"automatic,manual" doc:"How changes start here. It holds for changes that have not started."`
		AskIf               *towpath.AskIf     `json:"askIf,omitempty" enum:"always,warnings" doc:"When people are asked."`
		AskDrift            *bool              `json:"askDrift,omitempty" doc:"Ask a person to start what waits while the schema of a database was changed by hand, or it is not known whether it was."`
		Consent             *consent           `json:"consent,omitempty" doc:"Whose consent changes need."`
		Variables           *towpath.Variables `json:"variables,omitempty" nullable:"false" doc:"All variables, value by name, at most 50; an empty object removes them. Names have letters, digits, dots, dashes and underscores; values have at most 500 characters on one line. Secrets are refused."`
		Windows             *[]window          `json:"windows,omitempty" nullable:"false" doc:"All windows and freezes; an empty list removes them."`
		AllowRoles          *bool              `json:"allowRoles,omitempty" doc:"Whether migrations may change roles and users of the database servers here."`
	}
}

// changeEnvironment changes the fields that the request has. New limits and allowRoles apply from
// the next attempt of each task.
func (s *Server) changeEnvironment(ctx context.Context, in *changeEnvironmentInput) (environment, error) {
	e, err := s.Workspace.ChangeEnvironment(ctx, actorOf(ctx), in.Environment, workspace.EnvironmentChange{
		Name:                in.Body.Name,
		LockTimeout:         toLimit(in.Body.LockTimeout),
		StatementTimeout:    toLimit(in.Body.StatementTimeout),
		MaxLockTimeout:      toLimit(in.Body.MaxLockTimeout),
		MaxStatementTimeout: toLimit(in.Body.MaxStatementTimeout),
		AllowRoles:          in.Body.AllowRoles,
		Start:               in.Body.Start,
		AskIf:               in.Body.AskIf,
		AskDrift:            in.Body.AskDrift,
		Consent:             in.Body.Consent.change(),
		Windows:             windowsChange(in.Body.Windows),
		Variables:           in.Body.Variables,
	})
	return environmentOf(e), err
}

// EnvironmentPath names an environment in a path.
type EnvironmentPath struct {
	Environment string `path:"environment" doc:"The id of the environment."`
}

func (s *Server) deleteEnvironment(ctx context.Context, in *EnvironmentPath) error {
	return s.Workspace.DeleteEnvironment(ctx, actorOf(ctx), in.Environment)
}

type orderEnvironmentsInput struct {
	Body struct {
		IDs []string `json:"ids" nullable:"false" maxItems:"1000" doc:"All environments, the first one first."`
	}
}

// orderEnvironments sets the order of all environments at once. Rollouts that exist keep the stages
// that they were made with.
func (s *Server) orderEnvironments(
	ctx context.Context, in *orderEnvironmentsInput,
) (list[environment], error) {
	rows, err := s.Workspace.OrderEnvironments(ctx, actorOf(ctx), in.Body.IDs)
	return all(rows, environmentOf), err
}
