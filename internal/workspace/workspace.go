// Package workspace keeps what everything else is arranged by: environments, projects and their
// members. A change that may let files run, or must keep them from it, wakes the links that it
// concerns in the same transaction.
package workspace

import (
	"context"
	"fmt"
	"strings"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Service changes environments and projects. Its fields are set before first use and not changed
// afterwards.
type Service struct {
	Store *store.Store
}

// record writes what an actor did into the audit log.
func record(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, action, subject, projectID, format string,
	args ...any,
) error {
	return tx.Audit(ctx, towpath.AuditEvent{
		MemberID:  actor.Member.ID,
		Action:    action,
		Subject:   subject,
		ProjectID: projectID,
		Detail:    fmt.Sprintf(format, args...),
	})
}

// set changes a field when a value was given.
func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// limitChange is one limit that may be set.
type limitChange struct {
	name string         // as people say it
	to   *time.Duration // nil leaves it as it is
	of   *time.Duration
}

// changeLimits sets limits and says in words what has become different; "" when nothing has.
func changeLimits(changes ...limitChange) string {
	var changed []string
	for _, c := range changes {
		before := *c.of
		if c.to == nil || *c.to == before {
			continue
		}
		*c.of = *c.to
		changed = append(changed, fmt.Sprintf("%s from %s to %s", c.name, limitWords(before),
			limitWords(*c.of)))
	}
	return strings.Join(changed, ", ")
}

func limitWords(limit time.Duration) string {
	if limit == 0 {
		return "none"
	}
	return limit.String()
}
