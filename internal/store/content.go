package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"towpath"
)

// contentRow is a content without its bytes, which are in contentPart rows.
type contentRow struct {
	ID       string
	Checksum string // the ID until all parts are stored
	PutAt    time.Time
	Size     int64
}

var contents = newTable("content", 1, func(c *contentRow) []column {
	return []column{
		{"id", &c.ID},
		{"checksum", &c.Checksum},
		{"put_at", instant{&c.PutAt}},
		{"size", &c.Size},
	}
})

// partSize is the size in bytes of each part of a content except the last. One part of a long
// content is in memory at once.
const partSize = 1 << 20

type contentPart struct {
	ContentID string
	Position  int // from 0; an empty content has one part as well
	Bytes     []byte
}

var contentParts = newTable("content_part", 2, func(p *contentPart) []column {
	return []column{{"content_id", &p.ContentID}, {"position", &p.Position}, {"bytes", blob{&p.Bytes}}}
})

// contentFresh is how long content counts as just stored.
const contentFresh = time.Hour

// PutContent stores bytes under their checksum; the same content is stored once. PruneContents
// spares fresh content, so the caller has time to refer to it in a later transaction.
func (tx *Tx) PutContent(ctx context.Context, checksum string, bytes []byte) error {
	if kept, err := tx.keptContent(ctx, checksum); err != nil || kept {
		return err
	}
	c := contentRow{ID: NewID(), Checksum: checksum, PutAt: tx.Now, Size: int64(len(bytes))}
	if err := contents.insert(ctx, tx, c); err != nil {
		return err
	}
	for position := 0; ; position++ {
		part := bytes[:min(len(bytes), partSize)]
		if err := contentParts.insert(ctx, tx, contentPart{
			ContentID: c.ID, Position: position,
			Bytes: part,
		}); err != nil {
			return err
		}
		if bytes = bytes[len(part):]; len(bytes) == 0 {
			return nil
		}
	}
}

// keptContent reports whether a content is stored already, and makes it fresh again.
func (tx *Tx) keptContent(ctx context.Context, checksum string) (kept bool, err error) {
	var put int64
	err = tx.tx.QueryRowContext(ctx, "SELECT put_at FROM content WHERE checksum = $1", checksum).Scan(&put)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err == nil && put < tx.Now.Add(-contentFresh).UnixMicro():
		_, err = tx.exec(ctx, "UPDATE content SET put_at = $2 WHERE checksum = $1", checksum,
			tx.Now.UnixMicro())
	}
	return err == nil, contents.wrap("put", err)
}

// KeepContent reads src to its end and stores it under its SHA-256 in hex, as PutContent does. At
// most about 1 MiB is in memory at once: each part is written in its own transaction, and the
// content becomes visible with the last one.
func (s *Store) KeepContent(ctx context.Context, src io.Reader) (checksum string, size int64, err error) {
	id, sums := NewID(), towpath.NewTextSums()
	var part bytes.Buffer
	for position, last := 0, false; !last && err == nil; position++ {
		part.Reset()
		if _, err = io.CopyN(&part, src, partSize); errors.Is(err, io.EOF) {
			last, err = true, nil
		}
		if err != nil {
			err = fmt.Errorf("read a content: %w", err)
			break
		}
		_, _ = sums.Write(part.Bytes()) // never fails
		size += int64(part.Len())
		checksum = id
		if last {
			checksum = sums.Checksum()
		}
		err = s.Write(ctx, func(tx *Tx) error {
			row := contentRow{ID: id, Checksum: checksum, PutAt: tx.Now, Size: size}
			kept, err := tx.addPart(ctx, row, contentPart{
				ContentID: id, Position: position,
				Bytes: part.Bytes(),
			})
			if err != nil || kept || !last {
				return err
			}
			return tx.addTexts(ctx, id, sums)
		})
	}
	if err != nil {
		return "", 0, errors.Join(err, s.dropContent(ctx, id))
	}
	return checksum, size, nil
}

// addPart writes the next part of a content. When kept is true, the content turned out to be stored
// already, and the written parts are removed.
func (tx *Tx) addPart(ctx context.Context, c contentRow, p contentPart) (kept bool, err error) {
	kept, err = tx.keptContent(ctx, c.Checksum)
	if err != nil {
		return false, err
	}
	if kept && c.Checksum != c.ID {
		return true, contents.delete(ctx, tx, "id = $1", c.ID)
	}
	if err := contents.upsert(ctx, tx, c); err != nil {
		return false, err
	}
	if p.Position > 0 && len(p.Bytes) == 0 {
		return false, nil
	}
	return false, contentParts.insert(ctx, tx, p)
}

// dropTimeout bounds the removal of parts after a failure. PruneContents removes what remains.
const dropTimeout = 10 * time.Second

func (s *Store) dropContent(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
	defer cancel()
	return s.Write(ctx, func(tx *Tx) error { return contents.delete(ctx, tx, "id = $1", id) })
}

// Content reads a whole content into memory; use it for content that was in memory before.
func (tx *Tx) Content(ctx context.Context, checksum string) ([]byte, error) {
	c, err := tx.openContent(ctx, checksum)
	if err != nil {
		return nil, err
	}
	whole := c.part
	for position := 1; int64(len(whole)) < c.Size; position++ {
		p, err := tx.contentPart(ctx, c.id, position)
		if err != nil {
			return nil, err
		}
		whole = append(whole, p.Bytes...)
	}
	return whole, nil
}

// ContentHead reads the beginning of a content, at most 1 MiB, and returns the full size in bytes.
func (tx *Tx) ContentHead(ctx context.Context, checksum string) (head []byte, size int64, err error) {
	c, err := tx.openContent(ctx, checksum)
	if err != nil {
		return nil, 0, err
	}
	return c.part, c.Size, nil
}

func (tx *Tx) contentPart(ctx context.Context, id string, position int) (contentPart, error) {
	return contentParts.get(ctx, tx, "content_id = $1 AND position = $2", id, position)
}

func (tx *Tx) openContent(ctx context.Context, checksum string) (*Content, error) {
	row, err := contents.get(ctx, tx, "checksum = $1", checksum)
	if err != nil {
		return nil, err
	}
	first, err := tx.contentPart(ctx, row.ID, 0)
	return &Content{Size: row.Size, id: row.ID, part: first.Bytes}, err
}

// Content is an open content of any length. It is an io.ReaderAt: safe for concurrent use, and fast
// when read in order. It keeps one part in memory.
type Content struct {
	Size int64 // bytes

	ctx   context.Context // io.ReaderAt has no context parameter
	store *Store
	id    string

	mu       sync.Mutex
	position int // of the part
	part     []byte
}

// OpenContent opens the content with a checksum; ctx bounds the reading as well. Content below 1
// MiB is read at once. Otherwise each part is read on demand in its own transaction, which is safe
// since contents never change.
func (s *Store) OpenContent(ctx context.Context, checksum string) (c *Content, err error) {
	err = s.Read(ctx, func(tx *Tx) error {
		c, err = tx.openContent(ctx, checksum)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.ctx, c.store = ctx, s
	return c, nil
}

// Reader returns a reader from the beginning of the content.
func (c *Content) Reader() *io.SectionReader { return io.NewSectionReader(c, 0, c.Size) }

// ReadAt implements io.ReaderAt.
func (c *Content) ReadAt(p []byte, off int64) (n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n < len(p) && off < c.Size {
		if err := c.load(int(off / partSize)); err != nil {
			return n, err
		}
		read := copy(p[n:], c.part[min(off%partSize, int64(len(c.part))):])
		if read == 0 {
			return n, fmt.Errorf("read a content: part %d ends early: %w", c.position, io.ErrUnexpectedEOF)
		}
		n, off = n+read, off+int64(read)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// load reads a part into memory.
func (c *Content) load(position int) error {
	if c.position == position {
		return nil
	}
	return c.store.Read(c.ctx, func(tx *Tx) error {
		p, err := tx.contentPart(c.ctx, c.id, position)
		if err == nil {
			c.position, c.part = position, p.Bytes
		}
		return err
	})
}

// PruneContents removes contents that nothing refers to and that were last stored before a time.
// The time must be over an hour ago, and before any contents that a caller may still come to refer
// to.
func (tx *Tx) PruneContents(ctx context.Context, before time.Time) error {
	recorded, err := tasks.list(ctx, tx,
		"WHERE action = 'record' AND state IN ('pending', 'held', 'running', 'failed', 'unknown')")
	if err != nil {
		return err
	}
	needed := map[string]bool{} // checksums that only a future record refers to
	for _, t := range recorded {
		for _, m := range t.Covers {
			needed[m.Checksum] = true
		}
	}
	garbage, err := tx.strings(ctx, `SELECT checksum FROM content WHERE put_at < $1 AND checksum NOT IN (
		SELECT checksum FROM manifest_file UNION SELECT checksum FROM reading_file UNION SELECT checksum FROM branch_file
		UNION SELECT checksum FROM task UNION SELECT checksum FROM ledger_entry
		UNION SELECT checksum FROM change_history UNION SELECT schema_before FROM change_history UNION SELECT schema_after FROM change_history
		UNION SELECT base FROM schema_check UNION SELECT found FROM schema_check
		UNION SELECT schema_before FROM drift UNION SELECT schema_after FROM drift)`,
		before.UnixMicro())
	if err != nil {
		return contents.wrap("find garbage in", err)
	}
	for _, checksum := range garbage {
		if needed[checksum] {
			continue
		}
		if err := contents.delete(ctx, tx, "checksum = $1 AND put_at < $2", checksum,
			before.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}
