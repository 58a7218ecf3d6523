package store

import (
	"context"
	"slices"
	"time"

	"towpath"
)

// progressAge is for how long a progress is believed that its server no longer confirms.
const progressAge = 10 * time.Second

var progresses = newTable("link_progress", 1, func(p *towpath.Progress) []column {
	return []column{
		{"link_id", &p.LinkID}, {"since", instant{&p.Since}}, {"done", &p.Done}, {"total", &p.Total}, {"seen_at", instant{&p.SeenAt}},
	}
})

// ShowProgress keeps how far the reading of a link is, and that it still goes on. A link that is gone has none.
func (tx *Tx) ShowProgress(ctx context.Context, p towpath.Progress) error {
	if _, err := tx.Link(ctx, p.LinkID); err != nil {
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		return err
	}
	p.SeenAt = tx.Now
	return progresses.upsert(ctx, tx, p)
}

// EndProgress forgets that a link is being read.
func (tx *Tx) EndProgress(ctx context.Context, linkID string) error {
	return progresses.delete(ctx, tx, "link_id = $1", linkID)
}

// EndAllProgress forgets what an earlier process showed. Another one that still reads shows its own again.
func (tx *Tx) EndAllProgress(ctx context.Context) error {
	return progresses.delete(ctx, tx, "link_id <> ''")
}

// Progress returns how far the reading is of each of the links that are being read.
func (tx *Tx) Progress(ctx context.Context, linkIDs ...string) (map[string]towpath.Progress, error) {
	found := map[string]towpath.Progress{}
	for ids := range slices.Chunk(linkIDs, maxLookup) {
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = id
		}
		err := progresses.each(ctx, tx, "WHERE link_id IN "+tuples(1, len(args), tx.shared), args, func(p towpath.Progress) error {
			if tx.Now.Sub(p.SeenAt) < progressAge {
				found[p.LinkID] = p
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
