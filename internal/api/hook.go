package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"towpath"
)

// hookPrefix begins the addresses of webhooks; the hook's secret key follows.
const hookPrefix = "/hooks/"

// hookTimeout bounds a webhook request. Providers give up after ten seconds and count it as failed.
const hookTimeout = 8 * time.Second

// noSuchHook responds to requests that post to no hook, mostly from people with a browser.
func (s *Server) noSuchHook(w http.ResponseWriter, r *http.Request) {
	err := towpath.Errorf(towpath.CodeNotFound,
		"There is nothing to see here: the Git provider posts webhooks to this address. "+
			"Links and their webhooks are in the console.")
	s.refuse(w, r, err)
}

// receiveHook handles a webhook request. It responds with 204 to every request with a valid
// signature, ignored ones included.
func (s *Server) receiveHook(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), hookTimeout)
	defer cancel()
	// the writer of a test has no deadline; then only the context bounds the reading
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(hookTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		err = towpath.Errorf(towpath.CodeTooLarge, "A webhook request may have %d bytes at most.", bodyLimit)
	case err != nil:
		err = towpath.Errorf(towpath.CodeInvalid, "The body could not be read to its end.")
	default:
		err = s.Syncs.ReceiveWebhook(ctx, r.PathValue("hook"), r.Header, body)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
