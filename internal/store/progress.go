package store

import (
	"context"
	"slices"
	"time"

	"towpath"
)

// progressAge is how long a progress is valid after its server last confirmed it.
const progressAge = 10 * time.Second

var progresses = newTable("link_progress", 1, func(p *towpath.Progress) []column {
	return []column{
		{"link_id", &p.LinkID},
		{"since", instant{&p.Since}},
		{"done", &p.Done},
		{"total", &p.Total},
		{"seen_at", instant{&p.SeenAt}},
	}
})

// ShowProgress stores the progress of reading a link and confirms that it continues. It does
// nothing for a deleted link.
func (tx *Tx) ShowProgress(ctx context.Context, p towpath.Progress) error {
	if _, err := tx.Link(ctx, p.LinkID); err != nil {
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		return err
	}
	p.SeenAt = tx.Now
	if err := progresses.upsert(ctx, tx, p); err != nil {
		return err
	}
	return tx.emitLinkEvent(ctx, towpath.EventLinkRead, p.LinkID)
}

// EndProgress removes the progress of a link.
func (tx *Tx) EndProgress(ctx context.Context, linkID string) error {
	if err := progresses.delete(ctx, tx, "link_id = $1", linkID); err != nil {
		return err
	}
	return tx.emitLinkEvent(ctx, towpath.EventLinkRead, linkID)
}

// EndAllProgress removes the progress of earlier processes. One that still reads stores its
// progress again.
func (tx *Tx) EndAllProgress(ctx context.Context) error {
	return progresses.delete(ctx, tx, "link_id <> ''")
}

// Progress returns the progress of each link that is being read.
func (tx *Tx) Progress(ctx context.Context, linkIDs ...string) (map[string]towpath.Progress, error) {
	found := map[string]towpath.Progress{}
	for ids := range slices.Chunk(linkIDs, maxLookup) {
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = id
		}
		err := progresses.each(ctx, tx, "WHERE link_id IN "+tuples(1, len(args), tx.shared), args,
			func(p towpath.Progress) error {
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
