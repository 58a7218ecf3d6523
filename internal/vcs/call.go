package vcs

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

const (
	maxQuoted    = 120 // runes of an answer that is quoted in an error
	firstBackoff = 30 * time.Second
	maxBackoff   = 15 * time.Minute
)

// WithToken sends a call with a token of ts. It renews a refused token once and repeats the call.
// Errors of ts keep their kind if they have one.
func WithToken(
	ctx context.Context, ts TokenSource, op string, send func(token string) (*http.Response, error),
) (*http.Response, error) {
	token, err := tokenFor(ctx, ts, op, "")
	if err != nil {
		return nil, err
	}
	resp, err := send(token)
	if KindOf(err) != Unauthorized {
		return resp, err
	}
	fresh, tokenErr := tokenFor(ctx, ts, op, token)
	if tokenErr != nil {
		return nil, tokenErr
	}
	if fresh == token {
		return nil, err
	}
	return send(fresh)
}

func tokenFor(ctx context.Context, ts TokenSource, op, stale string) (string, error) {
	token, err := ts.Token(ctx, stale)
	if err == nil {
		return token, nil
	}
	var known *Error
	if errors.As(err, &known) {
		e := *known
		e.Op, e.Err = op+": "+known.Op, err
		return "", &e
	}
	return "", &Error{Kind: Unavailable, Op: op, Message: "no access token", Err: err}
}

// DecodeAnswer reads a JSON answer of at most limit bytes into out, which may be nil, and cuts its
// texts. It closes the body.
func DecodeAnswer(op string, resp *http.Response, limit int64, out any) error {
	defer resp.Body.Close()
	body, err := ReadBounded(resp.Body, limit)
	if err != nil {
		return &Error{
			Kind:    Unavailable,
			Op:      op,
			Status:  resp.StatusCode,
			Message: "the answer could not be read",
			Err:     err,
		}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(body, out); err != nil {
		return &Error{
			Kind: Unavailable, Op: op, Status: resp.StatusCode, Err: err,
			Message: "the answer is not what the API promises: " +
				CleanText(string(body[:min(len(body), 64<<10)]), maxQuoted),
		}
	}
	ClipAll(out)
	return nil
}

// Gate is shut after a refusal for too many requests. It is not safe for concurrent use.
type Gate struct {
	until    time.Time
	failures int // consecutive refusals
}

// Until returns when the gate opens; a time in the past means that it is open.
func (g *Gate) Until() time.Time { return g.until }

// Refuse shuts the gate and returns when it opens: at the time in the answer, otherwise after a
// backoff with jitter. Calls that were in flight together count as one refusal.
func (g *Gate) Refuse(header http.Header, now time.Time) time.Time {
	until, told := RetryAfter(header, now)
	if !told {
		if now.Before(g.until) {
			return g.until
		}
		wait := min(firstBackoff<<min(g.failures, 10), maxBackoff)
		until = now.Add(wait/2 + rand.N(wait/2)) // jitter, so that replicas do not come back together
		g.failures++
	}
	if until.After(g.until) {
		g.until = until
	}
	return g.until
}

// Accept ends the backoff. An answer to a call from before the refusal proves nothing.
func (g *Gate) Accept(now time.Time) {
	if !now.Before(g.until) {
		g.failures = 0
	}
}
