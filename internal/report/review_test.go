package report_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
)

// A push of many commits with findings uses up a few calls, and levels that are lowered afterwards
// heal each status that was posted.
func TestPostStatus_ofReviewsIsBounded(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": "0"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		const n = 12
		var commits []string
		for i := range n {
			commits = append(commits,
				b.Commit(t, map[string]string{fmt.Sprintf("shop/%d__ddl__größe.sql", i+1): fmt.Sprint(i)}))
		}
		b.Reconciled(t, link.ID)
		r := b.OpenRollout(t, link.ID)
		reviewed(t, b, r, 1)
		before := len(b.Sim.Requests())
		for range 2 {
			if _, err := b.PostStatus(t.Context(), r.ID); err != nil {
				t.Fatal(err)
			}
		}
		if calls := len(b.Sim.Requests()) - before; calls != 5 {
			t.Errorf("%d commits with findings cost %d calls", n, calls)
		}
		want := strings.Repeat("-", n-5) + strings.Repeat("F", 5)
		if got := marks(b, commits); got != want {
			t.Errorf("the commits bear %s, want %s", got, want)
		}
		reviewed(t, b, r, 0)
		if _, err := b.PostStatus(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
		if got := marks(b, commits); got != strings.ReplaceAll(want, "F", "S") {
			t.Errorf("with lower levels the commits bear %s", got)
		}
	})
}

// reviewed stores a review that has so many errors in each text of a rollout.
func reviewed(t *testing.T, b *linktest.World, r towpath.Rollout, errors int) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.WantReview(ctx, r); err != nil {
			return err
		}
		review, err := tx.Review(ctx, r.ID)
		if err != nil {
			return err
		}
		review.State, review.Files = towpath.ReviewDone, nil
		for _, task := range r.Tasks {
			f := towpath.ReviewedFile{
				Path: task.Path, Checksum: task.Checksum, Commit: task.Commit,
				EnvironmentID: task.EnvironmentID, Environment: task.Environment, Against: "sqlite 3.54.1",
				Errors: errors,
			}
			for range errors {
				f.Findings = append(f.Findings, towpath.ReviewFinding{Rule: "DS03", Level: "error", Line: 1})
			}
			review.Files = append(review.Files, f)
		}
		review.Count()
		_, err = tx.SetReview(ctx, review)
		return err
	})
}

// marks are the first letters of the states that the review's status has on commits, - for none.
func marks(b *linktest.World, commits []string) string {
	marks := ""
	for _, c := range commits {
		mark := "-"
		for _, s := range b.Sim.Statuses(linktest.Repo, c) {
			if strings.HasSuffix(s.Name, "/ review") {
				mark = s.State[:1]
			}
		}
		marks += mark
	}
	return marks
}
