package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// auditEvent records who did what.
type auditEvent struct {
	ID        string    `json:"id"`
	At        time.Time `json:"at"`
	MemberID  string    `json:"memberId,omitempty" doc:"Left out when the server itself acted."`
	Action    string    `json:"action"`
	Subject   string    `json:"subject"`
	ProjectID string    `json:"projectId,omitempty"`
	Detail    string    `json:"detail"`
}

type listAuditEventsInput struct {
	Paging
	Project string `query:"project" maxLength:"200"`
}

func (s *Server) listAuditEvents(ctx context.Context, in *listAuditEventsInput) (list[auditEvent], error) {
	var rows []towpath.AuditEvent
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.AuditEvents(ctx, in.Project, in.newest())
		return err
	})
	return page(in.Paging, rows, func(e towpath.AuditEvent) string { return e.ID },
		func(e towpath.AuditEvent) auditEvent { return auditEvent(e) }), err
}
