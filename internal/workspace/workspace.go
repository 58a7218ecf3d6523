// Package workspace manages environments, projects and the members of projects. A change that
// affects which files may run wakes the concerned links in the same transaction.
package workspace

import (
	"context"
	"fmt"
	"strings"
	"time"

	"towpath"
	"towpath/internal/sqlreview"
	"towpath/internal/store"
)

// Service changes environments and projects. Its fields are set before first use and not changed
// afterwards.
type Service struct {
	Store *store.Store
	Rules []sqlreview.Rule // of the SQL review, which an environment's policy may name
}

// record adds an audit event.
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

// limitChange sets one limit.
type limitChange struct {
	name string         // in the audit log
	to   *time.Duration // the new value; nil leaves the limit unchanged
	of   *time.Duration // the field to set
}

// changeLimits sets limits and describes the differences; "" when there are none.
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
