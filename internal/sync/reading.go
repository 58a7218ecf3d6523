package sync

import (
	"context"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/store"
)

// readingFrom is the number of unread files from which the progress of a reading is stored. A large
// repository takes several tries, since providers limit the calls per hour. Fewer files are simply
// read again.
const readingFrom = 50

// resume returns the delta of an interrupted reading and its commit. Without one, it returns an
// empty delta and the link's synced commit.
func (s *Service) resume(ctx context.Context, link towpath.RepositoryLink) (d delta, from string, err error) {
	from = link.SyncedCommit
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		reading, err := tx.Reading(ctx, link.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound ||
			(err == nil && reading.Since != link.SyncedCommit) {
			return nil
		}
		d, from = delta{whole: reading.Whole, put: reading.Files, removed: reading.Removed}, reading.Commit
		return err
	})
	return d, from, err
}

// beginReading stores a delta with many unread files. The returned function stores that a file was
// read.
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

// unread counts the files that have not been read yet.
func unread(files []towpath.ManifestFile) (n int) {
	for _, f := range files {
		if manifest.NeedsText(f) {
			n++
		}
	}
	return n
}
