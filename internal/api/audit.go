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
	Number    int64             `json:"number" doc:"The place in the hash chain."`
	Hash      string            `json:"hash" doc:"SHA-256 of the event and of the hash before it."`
	At        time.Time         `json:"at"`
	MemberID  string            `json:"memberId,omitempty" doc:"Left out when it was done in the server's shell."`
	Act       act               `json:"act"`
	Params    map[string]string `json:"params,omitempty" doc:"Values for the act, such as a path or a name."`
	Causes    []Reason          `json:"causes,omitempty" nullable:"false" doc:"What led to it."`
	Changes   []settingChange   `json:"changes,omitempty" nullable:"false" doc:"Settings before and after."`
	Origin    origin            `json:"origin"`
	Subject   string            `json:"subject" doc:"The id of the object that it was done to."`
	ProjectID string            `json:"projectId,omitempty"`
	Text      string            `json:"text" doc:"The act in English, without the member who acted."`
}

// settingChange is a setting before and after. A secret has neither value.
type settingChange struct {
	Setting string `json:"setting"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
}

func settingChangeOf(c towpath.Change) settingChange { return settingChange(c) }

// origin says from where something was done.
type origin struct {
	Via          string `json:"via,omitempty" enum:"session,api-token,sign-in,shell,system" doc:"Left out for events of earlier versions."`
	CredentialID string `json:"credentialId,omitempty" doc:"The session or API token."`
	Address      string `json:"address,omitempty" doc:"The network address of the client."`
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
		ID:       e.ID,
		Number:   e.Number,
		Hash:     e.Hash,
		At:       e.At,
		MemberID: e.ActorID,
		Act:      act(e.Kind),
		Params:   e.Params,
		Causes:   reasonsOf(e.Causes),
		Changes:  all(e.Changes, settingChangeOf).Items,
		Origin: origin{
			Via:          string(e.Origin.Via),
			CredentialID: e.Origin.CredentialID,
			Address:      e.Origin.Address,
		},
		Subject:   e.SubjectID,
		ProjectID: e.ProjectID,
		Text:      wording.Act(e),
	}
}

type listAuditEventsInput struct {
	Paging
	Project string    `query:"project" maxLength:"200" doc:"The id of a project."`
	Member  string    `query:"member" maxLength:"200" doc:"The id of the member who acted."`
	Act     act       `query:"act" doc:"Only events of this act."`
	Subject string    `query:"subject" maxLength:"200" doc:"The id of the object that it was done to."`
	From    time.Time `query:"from" doc:"Events at or after this time."`
	To      time.Time `query:"to" doc:"Events before this time."`
}

func (s *Server) listAuditEvents(ctx context.Context, in *listAuditEventsInput) (list[auditEvent], error) {
	var rows []towpath.Event
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Acts(ctx, store.ActFilter{
			ActorID:   in.Member,
			Kind:      towpath.EventKind(in.Act),
			SubjectID: in.Subject,
			ProjectID: in.Project,
			From:      in.From,
			To:        in.To,
		}, in.newest())
		return err
	})
	return page(in.Paging, rows, func(e towpath.Event) string { return e.ID }, auditEventOf), err
}

// auditHead is the newest event of the audit log.
type auditHead struct {
	Number int64  `json:"number" doc:"How many events there are."`
	Hash   string `json:"hash,omitempty" doc:"Keep it elsewhere: towpath audit verify --head finds a log that was cut off."`
	Acts   []act  `json:"acts" nullable:"false" doc:"Everything that the log can hold."`
}

func (s *Server) getAuditHead(ctx context.Context, _ *struct{}) (auditHead, error) {
	var head towpath.AuditHead
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		head, err = tx.AuditHead(ctx)
		return err
	})
	acts := all(towpath.Acts(), func(kind towpath.EventKind) act { return act(kind) }).Items
	return auditHead{Number: head.Number, Hash: head.Hash, Acts: acts}, err
}
