package review

import (
	"context"
	"errors"

	"towpath"
	"towpath/internal/manifest"
)

// WayBack reviews what an order would run to undo a version, at once. What could not be reviewed is in
// the result; its error is about the metadata.
func (s *Service) WayBack(ctx context.Context, in manifest.WayBack) (r towpath.Review, err error) {
	limited, cancel := context.WithTimeoutCause(ctx, draftTime, errSlow)
	defer cancel()
	now := s.Store.Now()
	r.ReviewedAt = &now
	one := file{Migration: in.Migration, back: !in.Beside, beside: in.Beside}
	sub := subject{
		environments: byID([]towpath.Environment{in.Environment}), policy: in.Policy,
		placeholders: in.Placeholders, changes: []change{{database: in.Database, files: []file{one}}},
		texts: func(context.Context, file) (string, towpath.Reason, error) {
			return in.Text, towpath.Reason{}, nil
		},
	}
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
