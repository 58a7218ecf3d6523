package report

import (
	"context"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

// maxReviewed bounds the commits of a rollout that get the status of a review, the newest first: a
// push may bring hundreds, and the findings of all are on the page that the status leads to. A commit
// that has one already is not counted, so that it can heal.
const maxReviewed = 5

// review adds what the SQL review says of the texts that a commit brought. Errors fail the status,
// warnings are named. A commit without either gets none, unless it had one before.
func (w *reporter) review(ctx context.Context, commit string) error {
	files, err := w.tx.CommitReviews(ctx, w.link.ID, commit)
	if err != nil || len(files) == 0 {
		return err
	}
	ids := map[string]bool{}
	for _, f := range files {
		ids[f.RolloutID] = true
	}
	var rollouts []string
	for id := range ids {
		rollouts = append(rollouts, id)
	}
	reviews, err := w.tx.Reviews(ctx, rollouts)
	if err != nil {
		return err
	}
	for _, r := range reviews {
		if r.State == towpath.ReviewPending {
			return nil // its end posts what it has found
		}
	}
	key := statusKey(w.link.ID, "review")
	posted, err := w.tx.PostedStatuses(ctx, w.link.ID, commit)
	if err != nil {
		return err
	}
	st, needed := reviewStatus(files)
	has := posted[key].Digest != ""
	if has || (needed && w.reviewed < maxReviewed) {
		if needed {
			w.reviewed++
		}
		w.add(commit, key, "review", "/rollouts/"+files[0].RolloutID, time.Time{}, st)
	}
	return nil
}

// reviewStatus is the build status of what a review says of a commit's texts. needed is false when
// there is nothing to say to a commit that has no such status.
func reviewStatus(files []towpath.ReviewedFile) (st vcs.Status, needed bool) {
	errors, warnings := towpath.CountFindings(files)
	var unreviewed towpath.Reason
	for _, f := range files {
		if !f.Reviewed() && unreviewed.IsZero() {
			unreviewed = f.Reason
		}
	}
	switch {
	case errors > 0 && warnings > 0:
		reason := towpath.Why(towpath.ReasonReviewBoth, "n", strconv.Itoa(errors), "warnings",
			strconv.Itoa(warnings)).From(gravest(files, "error", errors)...)
		return newStatus(vcs.StatusFailed, "%s", wording.Text(reason)), true
	case errors > 0:
		reason := towpath.Why(towpath.ReasonReviewErrors, "n", strconv.Itoa(errors)).
			From(gravest(files, "error", errors)...)
		return newStatus(vcs.StatusFailed, "%s", wording.Text(reason)), true
	case !unreviewed.IsZero():
		// the target's own words stay in Towpath
		reason := towpath.Why(towpath.ReasonNotReviewed).From(towpath.Why(unreviewed.Code,
			"environment", unreviewed.Params["environment"], "database", unreviewed.Params["database"],
			"message", "the page says why"))
		return newStatus(vcs.StatusStopped, "%s", wording.Text(reason)), false
	case warnings > 0:
		reason := towpath.Why(towpath.ReasonReviewWarnings, "n", strconv.Itoa(warnings)).
			From(gravest(files, "warning", warnings)...)
		return newStatus(vcs.StatusSuccessful, "%s", wording.Text(reason)), true
	}
	return newStatus(vcs.StatusSuccessful, "%s", wording.Text(towpath.Why(towpath.ReasonReviewClean))), false
}

// gravest names the first finding of a level, and counts the others.
func gravest(files []towpath.ReviewedFile, level string, n int) []towpath.Reason {
	for _, f := range files {
		for _, found := range f.Findings {
			if found.Level != level {
				continue
			}
			first := towpath.Why(towpath.ReasonReviewFinding, "rule", found.Rule, "path",
				towpath.ClipRunes(f.Path, maxStatusPath), "line", strconv.Itoa(found.Line))
			if n > 1 {
				return []towpath.Reason{first, towpath.Why(towpath.ReasonMore, "n", strconv.Itoa(n-1))}
			}
			return []towpath.Reason{first}
		}
	}
	return nil
}
