package store_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"towpath"
	"towpath/internal/store"
)

// A review that was asked for again while it was made is not stored: it is about other texts.
func TestReview_theNewestRequestCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		r := w.rollout
		file := towpath.ReviewedFile{
			Path: "größe/1.sql", Label: "1", Checksum: "c1", Commit: "abc", EnvironmentID: w.environment.ID,
			Environment: "prod", Against: "postgres 15.20", Databases: 3, Statements: 2, Errors: 1,
			ReviewNotes: towpath.ReviewNotes{
				Findings:    []towpath.ReviewFinding{{Rule: "PL01", Level: "error", Line: 3, Column: 1, Message: "“ö”"}},
				NotAnalyzed: []towpath.ReviewGap{{Line: 4, Why: "why"}},
				Allowed:     []towpath.ReviewedAllow{{Rule: "DS01", Line: 1, Because: "old"}},
			},
		}
		set := func(generation int64) (stored bool) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				made := towpath.Review{
					RolloutID: r.ID, LinkID: w.link.ID, ProjectID: w.project.ID, Generation: generation,
					State: towpath.ReviewDone, Files: []towpath.ReviewedFile{file},
				}
				made.Count()
				stored, err = tx.SetReview(ctx, made)
				return err
			})
			return stored
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.WantReview(ctx, r)
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.WantReviews(ctx, "") })
		if set(1) {
			t.Error("an old review was stored")
		}
		if !set(2) {
			t.Error("the review was not stored")
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Review(ctx, r.ID)
			if err != nil {
				return err
			}
			if got.State != towpath.ReviewDone || got.Errors != 1 || got.ReviewedAt == nil || len(got.Files) != 1 {
				t.Errorf("the review is %+v", got)
			}
			if diff := cmp.Diff(file, got.Files[0], cmpopts.IgnoreFields(file, "RolloutID")); diff != "" {
				t.Error(diff)
			}
			open, err := tx.OpenReviews(ctx, w.link.ID)
			if len(open) != 0 || err != nil {
				t.Errorf("still open: %v, %v", open, err)
			}
			of, err := tx.CommitReviews(ctx, w.link.ID, "abc")
			if len(of) != 1 || err != nil {
				t.Errorf("the commit has %v, %v", of, err)
			}
			_, err = tx.Job(ctx, towpath.JobReview, w.link.ID)
			return err
		})
		generation := func(linkID string) (n int64) {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				if err := tx.WantReviews(ctx, linkID); err != nil {
					return err
				}
				got, err := tx.Review(ctx, r.ID)
				n = got.Generation
				return err
			})
			return n
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			r.State, r.FinishedAt = towpath.RolloutDone, &tx.Now
			return tx.UpdateRollout(ctx, &r)
		})
		if n := generation(w.link.ID); n != 3 {
			t.Errorf("a finished rollout with errors is not reviewed again: %d", n)
		}
		if n := generation("another"); n != 3 {
			t.Errorf("another link's levels count: %d", n)
		}
		file.Errors, file.Findings = 0, nil
		if !set(3) || generation("") != 3 {
			t.Error("a finished rollout without errors is reviewed again")
		}
	})
}
