package store

import (
	"context"
	"fmt"

	"towpath"
)

var readings = newTable("reading", 1, func(d *towpath.Reading) []column {
	return []column{
		{"link_id", &d.LinkID},
		{"since", &d.Since},
		{"commit_hash", &d.Commit},
		{"whole", &d.Whole},
		{"removed", jsonText{&d.Removed}},
	}
})

var readingFiles = newTable("reading_file", 2, manifestFiles.columns)

// Reading reads a link's reading; CodeNotFound when there is none.
func (tx *Tx) Reading(ctx context.Context, linkID string) (towpath.Reading, error) {
	d, err := readings.get(ctx, tx, "link_id = $1", linkID)
	if err != nil {
		return d, err
	}
	d.Files, err = readingFiles.list(ctx, tx, "WHERE link_id = $1 ORDER BY path", linkID)
	return d, err
}

// SetReading replaces a link's reading.
func (tx *Tx) SetReading(ctx context.Context, d towpath.Reading) error {
	if err := tx.DeleteReading(ctx, d.LinkID); err != nil {
		return err
	}
	if err := readings.insert(ctx, tx, d); err != nil {
		return err
	}
	return readingFiles.insert(ctx, tx, d.Files...)
}

// PutReadingFile replaces files of a link's reading.
func (tx *Tx) PutReadingFile(ctx context.Context, files ...towpath.ManifestFile) error {
	return readingFiles.upsert(ctx, tx, files...)
}

// DeleteReading removes a link's reading, if there is one.
func (tx *Tx) DeleteReading(ctx context.Context, linkID string) error {
	return readings.delete(ctx, tx, "link_id = $1", linkID)
}

// ReadingProgress counts the finished files and all files of a link's reading; 0 and 0 when there
// is no reading.
func (tx *Tx) ReadingProgress(ctx context.Context, linkID string) (read, all int, err error) {
	row := tx.tx.QueryRowContext(ctx, "SELECT COUNT(CASE WHEN state <> 'matched' OR checksum <> '' THEN 1 "+
		"END), COUNT(*) FROM reading_file WHERE link_id = $1", linkID)
	if err := row.Scan(&read, &all); err != nil {
		return 0, 0, fmt.Errorf("count the files of a reading: %w", err)
	}
	return read, all, nil
}
