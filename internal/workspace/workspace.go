// Package workspace manages environments, projects and the members of projects. A change that
// affects which files may run wakes the concerned links in the same transaction.
package workspace

import (
	"slices"
	"time"

	"towpath/internal/sqlreview"
	"towpath/internal/store"
)

// Service changes environments and projects. Its fields are set before first use and not changed
// afterwards.
type Service struct {
	Store *store.Store
	Rules []sqlreview.Rule // of the SQL review, which an environment's policy may name
}

// limitChange is a limit before and after a change.
type limitChange struct {
	name     string // a param of the audit event
	from, to time.Duration
}

// changedLimits leaves out those that stay the same.
func changedLimits(limits ...limitChange) []limitChange {
	return slices.DeleteFunc(limits, func(c limitChange) bool { return c.from == c.to })
}
