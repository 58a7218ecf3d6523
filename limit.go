package towpath

import (
	"cmp"
	"strings"
	"time"
)

// What holds where neither a file nor its project nor the environment says anything.
const (
	DefaultLockTimeout      = 3 * time.Second
	DefaultStatementTimeout = 15 * time.Minute
)

// The longest limits that environments and projects may have: every engine can be told of them.
const (
	HighestLockTimeout      = 24 * time.Hour
	HighestStatementTimeout = 7 * 24 * time.Hour
)

// LimitSource says where a limit comes from.
type LimitSource string

const (
	LimitOfProject     LimitSource = "project"
	LimitOfEnvironment LimitSource = "environment"
	LimitOfServer      LimitSource = "server"
	LimitOfMaximum     LimitSource = "maximum" // somebody asked for more than the environment allows
)

// AppliedLimit is what holds for a change whose file says nothing of its own.
type AppliedLimit struct {
	Timeout time.Duration
	From    LimitSource
}

// LockTimeoutOf is how long changes of a project wait for locks in the environment. The zero Project has no limits of its own.
func (e Environment) LockTimeoutOf(p Project) AppliedLimit {
	return applied(p.LockTimeout, e.LockTimeout, DefaultLockTimeout, e.MaxLockTimeout)
}

// StatementTimeoutOf is how long one statement of a project's changes may take in the environment.
func (e Environment) StatementTimeoutOf(p Project) AppliedLimit {
	return applied(p.StatementTimeout, e.StatementTimeout, DefaultStatementTimeout, e.MaxStatementTimeout)
}

func applied(project, environment, server, highest time.Duration) AppliedLimit {
	limit := AppliedLimit{cmp.Or(project, environment, server), LimitOfServer}
	switch {
	case highest > 0 && limit.Timeout > highest:
		return AppliedLimit{highest, LimitOfMaximum}
	case project > 0:
		limit.From = LimitOfProject
	case environment > 0:
		limit.From = LimitOfEnvironment
	}
	return limit
}

// checkLimit says what is wrong with one limit; 0 is none. The finest that files can ask for and all engines take is 1 ms.
func checkLimit(field string, limit, highest time.Duration) error {
	switch {
	case limit < 0:
		return Invalid(field, "A limit cannot be negative. Give a time, or 0 for no limit of its own.")
	case limit%time.Millisecond != 0:
		return Invalid(field, "A limit is counted in whole milliseconds. Give 1 ms or more, or 0 for no limit of its own.")
	case limit > highest:
		return Invalid(field, "A limit of %s is too long. Give at most %s, or 0 for no limit of its own.", brief(limit), brief(highest))
	}
	return nil
}

// checkBelow says when what holds by itself is more than what may be asked for.
func checkBelow(field string, limit, highest time.Duration) error {
	if highest > 0 && limit > highest {
		return Invalid(field, "%s is more than files and projects may ask for here, which is %s. Lower it, or raise that maximum.", brief(limit), brief(highest))
	}
	return nil
}

// brief writes a duration without its empty ends: 15m, not 15m0s.
func brief(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
