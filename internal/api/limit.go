package api

import (
	"context"
	"math"
	"time"

	"towpath"
	"towpath/internal/store"
)

// appliedLimit is how long something may take, and who says so.
type appliedLimit struct {
	Timeout int64               `json:"timeout" doc:"In milliseconds."`
	From    towpath.LimitSource `json:"from" enum:"project,environment,server,maximum" doc:"Who set it; maximum: more was asked for than the environment allows."`
}

// appliedLimits are what holds for changes whose files say nothing of their own.
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

// projectLimits are what holds for a project's changes in one environment.
type projectLimits struct {
	EnvironmentID string        `json:"environmentId"`
	Environment   string        `json:"environment" doc:"The name."`
	Applied       appliedLimits `json:"applied" doc:"What holds for changes whose files say nothing of their own."`
}

// listProjectLimits tells what holds in each environment, in their order.
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

// fromMilliseconds makes a duration of any number: one that is out of range stays out of the range
// of limits.
func fromMilliseconds(ms int64) time.Duration {
	const most = math.MaxInt64 / int64(time.Millisecond)
	return time.Duration(min(max(ms, -most), most)) * time.Millisecond
}

// toLimit converts a limit that a request may set; nil leaves it as it is.
func toLimit(ms *int64) *time.Duration {
	if ms == nil {
		return nil
	}
	limit := fromMilliseconds(*ms)
	return &limit
}
