package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const (
	eventPause     = 250 * time.Millisecond // at least, between two hints
	eventHeartbeat = 15 * time.Second       // so that proxies keep the stream open
)

// streamEvents tells a page, by server-sent events named "changed", that something is not as it was. The hint says no more:
// what a page shows, it asks for again. A stream ends after a while, as every request does, and browsers reconnect.
func (s *Server) streamEvents(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", "text/event-stream")
		out.SetHeader("Cache-Control", "no-store")
		out.SetHeader("X-Accel-Buffering", "no") // of nginx
		w := out.BodyWriter()
		send := func(text string) bool {
			if _, err := io.WriteString(w, text); err != nil {
				return false // the browser has gone
			}
			if rw, ok := w.(http.ResponseWriter); ok {
				return http.NewResponseController(rw).Flush() == nil
			}
			return true
		}
		changed := s.Store.Changed()
		for text := "retry: 500\n\nevent: changed\ndata: {}\n\n"; send(text); {
			select {
			case <-ctx.Done():
				return
			case <-s.Stopping:
				return
			case <-time.After(eventHeartbeat):
				text = ":\n\n"
			case <-changed:
				changed = s.Store.Changed()
				text = "event: changed\ndata: {}\n\n"
				if !sleep(ctx, eventPause) {
					return
				}
			}
		}
	}}, nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
