package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"towpath"
)

// auditHeadKey holds the head of the audit log as "<number> <hash>". Every transaction with an act
// writes it, so that PostgreSQL restarts one of two that append at the same time.
const auditHeadKey = "audit-head"

// chain appends the audit events among new events to the hash chain.
func (tx *Tx) chain(ctx context.Context, list []towpath.Event) error {
	var head towpath.AuditHead
	read := false
	for i, e := range list {
		if !e.Kind.Act() {
			continue
		}
		if !read {
			var err error
			if head, err = tx.AuditHead(ctx); err != nil {
				return err
			}
			read = true
		}
		e.Origin = towpath.OriginOf(ctx)
		list[i] = e.Chained(head)
		head = towpath.AuditHead{Number: list[i].Number, Hash: list[i].Hash}
	}
	if !read {
		return nil
	}
	return tx.SetMeta(ctx, auditHeadKey, auditHeadText(head))
}

func auditHeadText(head towpath.AuditHead) []byte {
	return fmt.Appendf(nil, "%d %s", head.Number, head.Hash)
}

// AuditHead returns the head of the audit log.
func (tx *Tx) AuditHead(ctx context.Context) (head towpath.AuditHead, err error) {
	value, err := tx.Meta(ctx, auditHeadKey)
	if err != nil || value == nil {
		return head, err
	}
	number, hash, _ := strings.Cut(string(value), " ")
	head.Hash = hash
	if head.Number, err = strconv.ParseInt(number, 10, 64); err != nil {
		return head, fmt.Errorf("read the head of the audit log: %w", err)
	}
	return head, nil
}

// ActFilter selects audit events. Zero fields select all.
type ActFilter struct {
	ActorID   string
	Kind      towpath.EventKind
	SubjectID string
	ProjectID string
	From, To  time.Time // From is included, To is not
}

// Acts lists audit events by time. A page's After is the id of an event.
func (tx *Tx) Acts(ctx context.Context, f ActFilter, p Page) ([]towpath.Event, error) {
	where := filter{terms: []string{"audit"}}
	where.ifSet("subject_id", f.SubjectID)
	where.ifSet("actor_id", f.ActorID)
	where.ifSet("kind", string(f.Kind))
	where.ifSet("project_id", f.ProjectID)
	if !f.From.IsZero() {
		where.terms = append(where.terms, "at >= "+where.bind(f.From.UnixMicro()))
	}
	if !f.To.IsZero() {
		where.terms = append(where.terms, "at < "+where.bind(f.To.UnixMicro()))
	}
	order, compare := "at, number", ">"
	if p.NewestFirst {
		order, compare = "at DESC, number DESC", "<"
	}
	if p.After != "" {
		last, err := events.get(ctx, tx, "id = $1", p.After)
		if err != nil {
			return nil, err
		}
		where.terms = append(where.terms, "(at, number) "+compare+" ("+
			where.bind(last.At.UnixMicro())+", "+where.bind(last.Number)+")")
	}
	rows, err := events.list(ctx, tx, where.where()+"ORDER BY "+order+" LIMIT "+where.bind(p.limit()),
		where.args...)
	return eventsOf(rows), err
}

// AuditRows lists audit events in the order of the chain, after a number.
func (tx *Tx) AuditRows(ctx context.Context, after int64, limit int) ([]towpath.Event, error) {
	rows, err := events.list(ctx, tx, "WHERE audit AND number > $1 ORDER BY number LIMIT $2", after,
		limit)
	return eventsOf(rows), err
}
