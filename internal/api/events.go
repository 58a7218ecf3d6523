package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"towpath"
	"towpath/internal/store"
)

const (
	eventPause     = 250 * time.Millisecond // at least, between two batches of events
	eventHeartbeat = 15 * time.Second       // so that proxies keep the stream open
)

// eventKind is a towpath.EventKind, or one of the two kinds that only the stream has.
type eventKind string

const (
	kindReset eventKind = "reset" // the stream began, or events were missed: reload everything
	kindAudit eventKind = "audit" // the audit log has new entries
)

// Schema implements huma.SchemaProvider.
func (eventKind) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Enum: []any{string(kindReset), string(kindAudit)}}
	for _, kind := range towpath.EventKinds() {
		s.Enum = append(s.Enum, string(kind))
	}
	return s
}

// Event names what changed, so that a page can reload only that.
type Event struct {
	Kind       eventKind `json:"kind" doc:"What changed. reset: the stream began, or events were missed; reload everything. audit: the audit log has new entries."`
	ProjectID  string    `json:"projectId,omitempty"`
	LinkID     string    `json:"linkId,omitempty"`
	RolloutID  string    `json:"rolloutId,omitempty"`
	TaskID     string    `json:"taskId,omitempty" doc:"Left out when the event counts several tasks."`
	DatabaseID string    `json:"databaseId,omitempty"`
	MemberID   string    `json:"memberId,omitempty"`
	SubjectID  string    `json:"subjectId,omitempty" doc:"The id of an instance, environment, Git provider, delivery, grant, verification or credential."`
	From       string    `json:"from,omitempty" doc:"The state before, if it has states."`
	To         string    `json:"to,omitempty" doc:"The state now."`
}

func eventOf(e towpath.Event) Event {
	if e.Kind.Act() {
		return Event{Kind: kindAudit, ProjectID: e.ProjectID}
	}
	return Event{
		Kind:       eventKind(e.Kind),
		ProjectID:  e.ProjectID,
		LinkID:     e.LinkID,
		RolloutID:  e.RolloutID,
		TaskID:     e.TaskID,
		DatabaseID: e.DatabaseID,
		MemberID:   e.MemberID,
		SubjectID:  e.SubjectID,
		From:       e.From,
		To:         e.To,
	}
}

// streamOf makes an endpoint that responds with a stream of server-sent events named "changed".
func streamOf[I any](h func(context.Context, *I) (*huma.StreamResponse, error)) endpoint {
	e := headed(http.StatusOK, h)
	register := e.register
	e.register = func(s *Server, api huma.API, op huma.Operation) {
		op.Responses["200"] = &huma.Response{
			Description: "A stream of server-sent events named `changed`. The data of each is an Event.",
			Content: map[string]*huma.MediaType{
				"text/event-stream": {Schema: api.OpenAPI().Components.Schemas.Schema(
					reflect.TypeFor[Event](), true, "")},
			},
		}
		register(s, api, op)
	}
	return e
}

// streamEvents sends the events that the caller may see. The stream ends with the timeout of
// requests, and browsers reconnect.
func (s *Server) streamEvents(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	actor := actorOf(ctx)
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", "text/event-stream")
		out.SetHeader("Cache-Control", "no-store")
		out.SetHeader("X-Accel-Buffering", "no") // of nginx
		feed := s.Store.Follow()                 // before the reset is sent: pages load when they have it
		defer feed.Close()
		w := out.BodyWriter()
		text := append([]byte("retry: 500\n\n"), message(Event{Kind: kindReset})...)
		for send(w, text) && sleep(ctx, eventPause) {
			select {
			case <-ctx.Done():
				return
			case <-s.Stopping:
				return
			case <-time.After(eventHeartbeat):
				text = []byte(":\n\n")
			case <-feed.Ready:
				text = s.messages(ctx, actor, feed)
			}
		}
	}}, nil
}

// messages formats the new events of a feed that a member may see, without duplicates.
func (s *Server) messages(ctx context.Context, actor towpath.Actor, feed *store.Feed) []byte {
	events, missed := feed.Take()
	if missed {
		return message(Event{Kind: kindReset})
	}
	may := s.cachedRights(ctx, actor)
	sent := map[Event]bool{}
	var text []byte
	for _, e := range events {
		if one := eventOf(e); e.VisibleTo(actor.Member.ID, may) && !sent[one] {
			sent[one] = true
			text = append(text, message(one)...)
		}
	}
	return text
}

// cachedRights returns a function that reports whether an actor has a permission. It looks up each
// one once, and counts a failed lookup as no.
func (s *Server) cachedRights(
	ctx context.Context, actor towpath.Actor,
) func(towpath.Permission, string) bool {
	type key struct {
		right   towpath.Permission
		project string
	}
	allowed := map[key]bool{}
	return func(right towpath.Permission, projectID string) bool {
		k := key{right: right, project: projectID}
		yes, known := allowed[k]
		if !known {
			yes = s.Auth.Allow(ctx, actor, right, projectID) == nil
			allowed[k] = yes
		}
		return yes
	}
}

// message formats an event as a server-sent event.
func message(e Event) []byte {
	var text bytes.Buffer
	text.WriteString("event: changed\ndata: ")
	if err := json.NewEncoder(&text).Encode(e); err != nil {
		panic(err) // an Event has only strings
	}
	text.WriteString("\n")
	return text.Bytes()
}

// send writes text and reports whether the client is still connected.
func send(w io.Writer, text []byte) bool {
	if len(text) == 0 {
		return true
	}
	if _, err := w.Write(text); err != nil {
		return false
	}
	if rw, ok := w.(http.ResponseWriter); ok {
		return http.NewResponseController(rw).Flush() == nil
	}
	return true
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
