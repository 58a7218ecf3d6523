package sync

import (
	"context"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/store"
)

// readingFrom is from how many unread files on it is kept what was read. Providers allow so many
// calls an hour, so that a large repository takes several tries; fewer files are read again.
const readingFrom = 50

// resume returns what an earlier try has found, and the commit up to which that goes: the link's
// synced one when there was none.
func (s *Service) resume(ctx context.Context, link towpath.RepositoryLink) (d delta, from string, err error) {
	from = link.SyncedCommit
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		reading, err := tx.Reading(ctx, link.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound || err == nil &&
			reading.Since != link.SyncedCommit {
			return nil
		}
		d, from = delta{whole: reading.Whole, put: reading.Files, removed: reading.Removed}, reading.Commit
		return err
	})
	return d, from, err
}

// beginReading keeps a change of which much is to be read, and returns what notes that a file was.
func (s *Service) beginReading(
	ctx context.Context, link towpath.RepositoryLink, head string, d delta,
) (keep func(towpath.ManifestFile) error, err error) {
	if unread(d.put) < readingFrom {
		return func(towpath.ManifestFile) error { return nil }, nil
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Link(ctx, link.ID)
		if err != nil {
			return err
		}
		if changedSince(link, now) { // the files were matched with another template
			return errChanged
		}
		return tx.SetReading(ctx, towpath.Reading{
			LinkID:  link.ID,
			Since:   link.SyncedCommit,
			Commit:  head,
			Whole:   d.whole,
			Removed: d.removed,
			Files:   d.put,
		})
	})
	return func(f towpath.ManifestFile) error {
		return s.Store.Write(context.WithoutCancel(ctx),
			func(tx *store.Tx) error { return tx.PutReadingFile(ctx, f) })
	}, err
}

// unread counts the files that are still to be read.
func unread(files []towpath.ManifestFile) (n int) {
	for _, f := range files {
		if manifest.NeedsText(f) {
			n++
		}
	}
	return n
}
