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

// hookTimeout bounds a webhook request: providers give up after ten seconds and then count it as
// failed.
const hookTimeout = 8 * time.Second

// noSuchHook answers whoever does not post to a hook, people with a browser above all.
func (s *Server) noSuchHook(w http.ResponseWriter, r *http.Request) {
	err := towpath.Errorf(towpath.CodeNotFound,
		"There is nothing to see here: the Git provider posts webhooks to this address. Links and their webhooks are in the console.")
	s.refuse(w, r, err)
}

// receiveHook takes a webhook request: 204 whatever it is about, as long as its signature is good.
func (s *Server) receiveHook(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), hookTimeout)
	defer cancel()
	// a test's writer cannot; the context bounds it then
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
