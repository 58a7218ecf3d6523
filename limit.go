package towpath

import (
	"cmp"
	"strings"
	"time"
)

// The defaults, when no file, project or environment sets a limit.
const (
	DefaultLockTimeout      = 3 * time.Second
	DefaultStatementTimeout = 15 * time.Minute
)

// The longest limits that environments and projects may set; every engine accepts them.
const (
	MaxLockTimeout      = 24 * time.Hour
	MaxStatementTimeout = 7 * 24 * time.Hour
)

// LimitSource says which setting a limit comes from.
type LimitSource string

const (
	LimitOfProject     LimitSource = "project"
	LimitOfEnvironment LimitSource = "environment"
	LimitOfServer      LimitSource = "server"
	LimitOfMaximum     LimitSource = "maximum" // a file or project asked for more than the environment allows
)

// AppliedLimit is the limit of a change whose file sets none.
type AppliedLimit struct {
	Timeout time.Duration
	From    LimitSource
}

// LockTimeoutOf returns how long a project's changes wait for locks in the environment. The zero
// Project sets no limits.
func (e Environment) LockTimeoutOf(p Project) AppliedLimit {
	return applied(p.LockTimeout, e.LockTimeout, DefaultLockTimeout, e.MaxLockTimeout)
}

// StatementTimeoutOf returns how long one statement of a project's changes may take in the
// environment.
func (e Environment) StatementTimeoutOf(p Project) AppliedLimit {
	return applied(p.StatementTimeout, e.StatementTimeout, DefaultStatementTimeout, e.MaxStatementTimeout)
}

func applied(project, environment, server, maximum time.Duration) AppliedLimit {
	limit := AppliedLimit{cmp.Or(project, environment, server), LimitOfServer}
	switch {
	case maximum > 0 && limit.Timeout > maximum:
		return AppliedLimit{maximum, LimitOfMaximum}
	case project > 0:
		limit.From = LimitOfProject
	case environment > 0:
		limit.From = LimitOfEnvironment
	}
	return limit
}

// checkLimit validates one limit; 0 means unset. All engines accept steps of 1 ms, which is also
// the finest that files can ask for.
func checkLimit(field string, limit, maximum time.Duration) error {
	switch {
	case limit < 0:
		return Invalid(field, "A limit cannot be negative. Give a time, or 0 for no limit of its own.")
	case limit%time.Millisecond != 0:
		return Invalid(field,
			"A limit is counted in whole milliseconds. Give 1 ms or more, or 0 for no limit of its own.")
	case limit > maximum:
		return Invalid(field, "A limit of %s is too long. Give at most %s, or 0 for no limit of its own.",
			brief(limit), brief(maximum))
	}
	return nil
}

// checkBelow returns an error when a default exceeds the maximum.
func checkBelow(field string, limit, maximum time.Duration) error {
	if maximum > 0 && limit > maximum {
		return Invalid(field, "%s is more than files and projects may ask for here, which is %s. Lower it, "+
			"or raise that maximum.", brief(limit), brief(maximum))
	}
	return nil
}

// brief formats a duration without zero units at its end: 15m, not 15m0s.
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
