package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// auditEvent records who did what.
type auditEvent struct {
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	MemberID  string            `json:"memberId,omitempty" doc:"Left out when it was done in the server's shell."`
	Act       act               `json:"act"`
	Params    map[string]string `json:"params,omitempty" doc:"Values for the act, such as a path or a name."`
	Causes    []Reason          `json:"causes,omitempty" nullable:"false" doc:"What led to it."`
	Subject   string            `json:"subject" doc:"The id of the object that it was done to."`
	ProjectID string            `json:"projectId,omitempty"`
	Text      string            `json:"text" doc:"The act in English, without the member who acted."`
}

// act is the kind of an audit event, as a closed set.
type act towpath.EventKind

// Schema implements huma.SchemaProvider.
func (act) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{
		Type:        huma.TypeString,
		Description: "What was done; it is stable. noted: an entry of an earlier version, with its words.",
	}
	for _, kind := range towpath.Acts() {
		s.Enum = append(s.Enum, string(kind))
	}
	return s
}

func auditEventOf(e towpath.Event) auditEvent {
	return auditEvent{
		ID:        e.ID,
		At:        e.At,
		MemberID:  e.ActorID,
		Act:       act(e.Kind),
		Params:    e.Params,
		Causes:    reasonsOf(e.Causes),
		Subject:   e.SubjectID,
		ProjectID: e.ProjectID,
		Text:      wording.Act(e),
	}
}

type listAuditEventsInput struct {
	Paging
	Project string `query:"project" maxLength:"200"`
}

func (s *Server) listAuditEvents(ctx context.Context, in *listAuditEventsInput) (list[auditEvent], error) {
	var rows []towpath.Event
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Acts(ctx, in.Project, in.newest())
		return err
	})
	return page(in.Paging, rows, func(e towpath.Event) string { return e.ID }, auditEventOf), err
}
