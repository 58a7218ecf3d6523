// Package review reviews the SQL of rollouts and previews: it brings together texts, what the
// databases hold, and the levels that count, and has package sqlreview judge. It stops nothing, and
// what it could not review it says.
package review

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/manifest"
	"towpath/internal/sqlparse"
	"towpath/internal/store"
)

// Service reviews. Its fields are set before first use and not changed afterwards.
type Service struct {
	Store    *store.Store
	Manifest *manifest.Service
	Parser   sqlparse.Parser
	Logger   *slog.Logger

	// Content reads what a database holds. Its error has a message for people.
	Content func(ctx context.Context, databaseID string) (catalog.Content, error)
}

// soon is when a review is made again that has met a running change.
const soon = 2 * time.Second

// errNotReviewed is why the job of a link is tried again.
var errNotReviewed = errors.New("some files could not be reviewed")

// Review makes the reviews of a link that are asked for. It is a job's handler.
func (s *Service) Review(ctx context.Context, linkID string) (requeueAt *time.Time, err error) {
	var open []towpath.Review
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Link(ctx, linkID); err != nil {
			return err
		}
		open, err = tx.OpenReviews(ctx, linkID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound { // unlinked meanwhile
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var failed error
	for _, r := range open {
		running, err := s.reviewRollout(ctx, &r)
		switch {
		case err != nil:
			return nil, err
		case running:
			at := s.Store.Now().Add(soon)
			requeueAt = &at
		case r.State == towpath.ReviewFailed:
			failed = fmt.Errorf("review rollout %s: %w: %s", r.RolloutID, errNotReviewed, r.Reason)
		}
	}
	return requeueAt, failed
}

// reviewRollout makes and stores one review. running is true when a change runs whose database was
// not read before: the review waits for its end.
func (s *Service) reviewRollout(ctx context.Context, r *towpath.Review) (running bool, err error) {
	var sub subject
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		sub, err = s.subjectOf(ctx, tx, r.RolloutID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound { // pruned, or unlinked
		return false, nil
	}
	if err != nil {
		return false, err
	}
	sets, running, err := s.sets(ctx, sub)
	if err != nil || running {
		return running, err
	}
	if err := s.finish(ctx, r, sub, sets); err != nil {
		return false, err
	}
	return false, s.Store.Write(ctx, func(tx *store.Tx) error {
		stored, err := tx.SetReview(ctx, *r)
		if err != nil || !stored {
			return err
		}
		return errors.Join(tx.Enqueue(ctx, towpath.JobPostStatus, r.RolloutID),
			tx.Enqueue(ctx, towpath.JobAdvance, r.RolloutID)) // a gate may wait for it
	})
}

// finish runs the rules and sets the result. Only the end of ctx and errors of the metadata are
// errors.
func (s *Service) finish(ctx context.Context, r *towpath.Review, sub subject, sets []*set) error {
	r.State, r.Reason = towpath.ReviewDone, towpath.Reason{}
	files, err := s.run(ctx, sub, sets)
	var parser *parserError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &parser):
		r.Reason = towpath.Why(towpath.ReasonReviewParser, "message", parser.Error())
		files = unreviewed(sets, r.Reason)
	case err != nil:
		return err
	}
	for _, f := range files {
		if !f.Reviewed() && r.Reason.IsZero() {
			r.Reason = f.Reason
		}
	}
	if !r.Reason.IsZero() {
		r.State = towpath.ReviewFailed
	}
	r.Files = files
	r.Count()
	return nil
}

// parserError says that no parser could be had.
type parserError struct{ err error }

// Error implements error.
func (e *parserError) Error() string { return towpath.ClipRunes(e.err.Error(), 300) }

// Unwrap returns the parser's error.
func (e *parserError) Unwrap() error { return e.err }
