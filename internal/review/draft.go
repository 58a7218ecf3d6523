package review

import (
	"context"
	"errors"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/plan"
)

// draftTime bounds the review of a preview.
const draftTime = 10 * time.Second

// errSlow ends the review of a preview that takes too long.
var errSlow = errors.New("the review took too long")

// Draft reviews the files that a preview would run, at once. Without a State when there are none. Its
// error is about the metadata; what could not be reviewed is in the result.
func (s *Service) Draft(ctx context.Context, d manifest.Draft) (r towpath.Review, err error) {
	limited, cancel := context.WithTimeoutCause(ctx, draftTime, errSlow)
	defer cancel()
	sub := draftSubject(d)
	if len(sub.changes) == 0 {
		return r, nil
	}
	now := s.Store.Now()
	r.ReviewedAt = &now
	sets, _, err := s.sets(limited, sub)
	if err == nil {
		err = s.finish(limited, &r, sub, sets)
	}
	if errors.Is(err, errSlow) && ctx.Err() == nil {
		why := towpath.Why(towpath.ReasonReviewSlow, "limit", draftTime.String())
		return towpath.Review{State: towpath.ReviewFailed, Reason: why, ReviewedAt: &now}, nil
	}
	return r, err
}

func draftSubject(d manifest.Draft) subject {
	sub := subject{environments: byID(d.Environments), policy: d.Policy, placeholders: d.Placeholders}
	sub.texts = func(_ context.Context, f file) (string, towpath.Reason, error) {
		if text, ok := d.Texts[f.Path]; ok {
			return text, towpath.Reason{}, nil
		}
		return "", towpath.Why(towpath.ReasonReviewLater, "n", strconv.Itoa(len(d.Texts))), nil
	}
	paths := pathsOf(d.Files)
	for _, db := range d.Databases {
		c := change{database: db}
		own := map[towpath.MigrationID]bool{}
		for _, item := range d.Plan.Items {
			if item.DatabaseID == db.ID && wouldRun(item) {
				own[item.MigrationID] = true
			}
		}
		newest := newestBefore(db, own, towpath.Rollout{}, d.Late)
		for _, item := range d.Plan.Items {
			switch {
			case item.DatabaseID != db.ID:
			case wouldRun(item):
				c.files = append(c.files, fileOf(item.Migration, "", newest, paths))
			case item.State == plan.ItemEdited:
				c.files = append(c.files, file{Migration: item.Migration, edited: true})
			}
		}
		if len(c.files) > 0 {
			sub.changes = append(sub.changes, c)
		}
	}
	return sub
}

// wouldRun reports whether an item of a plan is a file that runs, now or when a person releases it.
func wouldRun(item plan.Item) bool {
	if item.Type == towpath.TypeBaseline || item.Reason.Code == towpath.ReasonWillBeRecorded {
		return false
	}
	return item.State == plan.ItemPending || item.State == plan.ItemHeld || item.State == plan.ItemMoved
}
