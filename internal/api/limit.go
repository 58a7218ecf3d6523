package api

import (
	"context"
	"math"
	"time"

	"towpath"
	"towpath/internal/store"
)

// appliedLimit is a limit and the setting that it comes from.
type appliedLimit struct {
	Timeout int64               `json:"timeout" doc:"In milliseconds."`
	From    towpath.LimitSource `json:"from" enum:"project,environment,server,maximum" doc:"Where it is set; maximum: a file or project asked for more than the environment allows."`
}

// appliedLimits are the limits of changes whose files set none.
type appliedLimits struct {
	LockTimeout      appliedLimit `json:"lockTimeout"`
	StatementTimeout appliedLimit `json:"statementTimeout"`
}

func appliedLimitsOf(e towpath.Environment, p towpath.Project) appliedLimits {
	lock, statement := e.LockTimeoutOf(p), e.StatementTimeoutOf(p)
	return appliedLimits{
		appliedLimit{lock.Timeout.Milliseconds(), lock.From},
		appliedLimit{statement.Timeout.Milliseconds(), statement.From},
	}
}

// projectLimits are the limits of a project's changes in one environment.
type projectLimits struct {
	EnvironmentID string        `json:"environmentId"`
	Environment   string        `json:"environment" doc:"The name."`
	Applied       appliedLimits `json:"applied" doc:"The limits of changes whose files set none."`
}

// listProjectLimits lists the limits of a project's changes in each environment, in order.
func (s *Server) listProjectLimits(ctx context.Context, in *ProjectPath) (list[projectLimits], error) {
	var (
		p    towpath.Project
		rows []towpath.Environment
	)
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if p, err = tx.Project(ctx, in.Project); err != nil {
			return err
		}
		rows, err = tx.Environments(ctx)
		return err
	})
	return all(rows, func(e towpath.Environment) projectLimits {
		return projectLimits{
			EnvironmentID: e.ID,
			Environment:   e.Name, Applied: appliedLimitsOf(e, p),
		}
	}), err
}

// fromMilliseconds makes a duration of any number without an overflow, so that one out of range
// stays out of range.
func fromMilliseconds(ms int64) time.Duration {
	const most = math.MaxInt64 / int64(time.Millisecond)
	return time.Duration(min(max(ms, -most), most)) * time.Millisecond
}

// toLimit converts an optional limit; nil stays nil.
func toLimit(ms *int64) *time.Duration {
	if ms == nil {
		return nil
	}
	limit := fromMilliseconds(*ms)
	return &limit
}
