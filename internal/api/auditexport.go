package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towpath"
	"towpath/internal/store"
)

const (
	exportBatch = 1000                // rows that are read at once
	exportStall = time.Minute         // a client that reads nothing for so long is gone
	exportLimit = 6 * time.Hour       // of a whole export
	lineType    = "application/jsonl" // JSON Lines
)

// linesOf makes an endpoint that responds with a stream of JSON Lines.
func linesOf[I any](h func(context.Context, *I) (*huma.StreamResponse, error)) endpoint {
	e := headed(http.StatusOK, h)
	register := e.register
	e.register = func(s *Server, api huma.API, op huma.Operation) {
		op.Responses["200"] = &huma.Response{
			Description: "JSON Lines: one object a line. docs/operate.md describes it.",
			Content:     map[string]*huma.MediaType{lineType: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}
		register(s, api, op)
	}
	return e
}

var errStopping = errors.New("the server stops")

type exportAuditEventsInput struct {
	After int64 `query:"after" minimum:"0" doc:"The number of the last event that you have; 0 for all."`
}

// exportAuditEvents streams the audit log in the order of its chain. It reads batch by batch, and so
// long as the client reads.
func (s *Server) exportAuditEvents(
	ctx context.Context, in *exportAuditEventsInput,
) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", lineType)
		out.SetHeader("Content-Disposition", `attachment; filename="towpath-audit.jsonl"`)
		_, w := humago.Unwrap(out)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), exportLimit)
		defer cancel()
		if err := s.writeAudit(ctx, w, in.After); err != nil {
			s.Logger.Error("export of the audit log ended early", "request", requestOf(ctx).ID, "error", err)
			panic(http.ErrAbortHandler) // the client must not take a part for the whole
		}
	}}, nil
}

func (s *Server) writeAudit(ctx context.Context, w http.ResponseWriter, after int64) error {
	control := http.NewResponseController(w)
	for {
		var rows []towpath.Event
		if err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
			rows, err = tx.AuditRows(ctx, after, exportBatch)
			return err
		}); err != nil {
			return err
		}
		err := control.SetWriteDeadline(time.Now().Add(exportStall))
		if err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		for _, e := range rows {
			if _, err := w.Write(append(e.AuditLine(), '\n')); err != nil {
				return err
			}
			after = e.Number
		}
		if len(rows) < exportBatch {
			return nil
		}
		select {
		case <-s.Stopping:
			return errStopping
		default:
		}
	}
}
