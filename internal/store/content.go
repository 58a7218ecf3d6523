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

// contentRow is a content without its bytes, which are in the rows of contentPart.
type contentRow struct {
	ID       string
	Checksum string // ID, until all parts are there
	PutAt    time.Time
	Size     int64
}

var contents = newTable("content", 1, func(c *contentRow) []column {
	return []column{{"id", &c.ID}, {"checksum", &c.Checksum}, {"put_at", instant{&c.PutAt}}, {"size", &c.Size}}
})

// partSize is how many bytes each part of a content has but the last: what is in memory at once of a long one.
const partSize = 1 << 20

type contentPart struct {
	ContentID string
	Position  int // from 0; an empty content has one part, too
	Bytes     []byte
}

var contentParts = newTable("content_part", 2, func(p *contentPart) []column {
	return []column{{"content_id", &p.ContentID}, {"position", &p.Position}, {"bytes", blob{&p.Bytes}}}
})

// contentFresh is how long content counts as just put.
const contentFresh = time.Hour

// PutContent keeps bytes under their checksum; the same content is kept once. It is safe from PruneContents for as long as
// that is told to spare what is fresh, so the caller has time to refer to it in a later transaction.
func (tx *Tx) PutContent(ctx context.Context, checksum string, bytes []byte) error {
	if kept, err := tx.keptContent(ctx, checksum); err != nil || kept {
		return err
	}
	c := contentRow{NewID(), checksum, tx.Now, int64(len(bytes))}
	if err := contents.insert(ctx, tx, c); err != nil {
		return err
	}
	for position := 0; ; position++ {
		part := bytes[:min(len(bytes), partSize)]
		if err := contentParts.insert(ctx, tx, contentPart{c.ID, position, part}); err != nil {
			return err
		}
		if bytes = bytes[len(part):]; len(bytes) == 0 {
			return nil
		}
	}
}

// keptContent reports whether a content is there already, and makes it as good as just put.
func (tx *Tx) keptContent(ctx context.Context, checksum string) (kept bool, err error) {
	var put int64
	err = tx.tx.QueryRowContext(ctx, "SELECT put_at FROM content WHERE checksum = $1", checksum).Scan(&put)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err == nil && put < tx.Now.Add(-contentFresh).UnixMicro():
		_, err = tx.exec(ctx, "UPDATE content SET put_at = $2 WHERE checksum = $1", checksum, tx.Now.UnixMicro())
	}
	return err == nil, contents.wrap("put", err)
}

// KeepContent reads src to its end and keeps it as PutContent does, under its SHA-256 in hex. Of a long one there is little more
// than 1 MiB in memory at once: each part is written in a transaction of its own, and nothing is found before the last one is in.
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
		_, _ = sums.Write(part.Bytes()) // it never fails
		size += int64(part.Len())
		checksum = id
		if last {
			checksum = sums.Checksum()
		}
		err = s.Write(ctx, func(tx *Tx) error {
			row := contentRow{ID: id, Checksum: checksum, PutAt: tx.Now, Size: size}
			kept, err := tx.addPart(ctx, row, contentPart{ContentID: id, Position: position, Bytes: part.Bytes()})
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

// addPart brings a content one part further. It removes the whole of one that turns out to be there already, which kept
// reports.
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

// dropTimeout bounds the removal of what a failure has left, which is garbage otherwise.
const dropTimeout = 10 * time.Second

func (s *Store) dropContent(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
	defer cancel()
	return s.Write(ctx, func(tx *Tx) error { return contents.delete(ctx, tx, "id = $1", id) })
}

// Content reads the whole of a content into memory; it is for those that came from there.
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

// ContentHead reads the beginning of a content, at most 1 MiB, and tells the size of the whole in bytes.
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

// Content is an open content of any length. It is an io.ReaderAt: safe for concurrent use, and quick when read in order.
// One part of it is in memory.
type Content struct {
	Size int64 // bytes

	ctx   context.Context // an io.ReaderAt has no other way to be given one
	store *Store
	id    string

	mu       sync.Mutex
	position int // of part
	part     []byte
}

// OpenContent opens what is kept under a checksum; ctx bounds the reading, too. What is shorter than 1 MiB is read at once, and
// of others each part when it is needed, in a transaction of its own: contents never change.
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

// Reader reads the content from its beginning.
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

// load brings a part into memory.
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

// PruneContents removes contents that nothing refers to and that were last put before the given time, which must be
// longer ago than an hour and than anything takes from putting contents to referring to them.
func (tx *Tx) PruneContents(ctx context.Context, before time.Time) error {
	recorded, err := tasks.list(ctx, tx, "WHERE action = 'record' AND state IN ('pending', 'held', 'running', 'failed', 'unknown')")
	if err != nil {
		return err
	}
	needed := map[string]bool{} // by nothing but a task that is to record them
	for _, t := range recorded {
		for _, m := range t.Covers {
			needed[m.Checksum] = true
		}
	}
	garbage, err := tx.strings(ctx, `SELECT checksum FROM content WHERE put_at < $1 AND checksum NOT IN (
		SELECT checksum FROM manifest_file UNION SELECT checksum FROM reading_file UNION SELECT checksum FROM task UNION SELECT checksum FROM ledger_entry
		UNION SELECT checksum FROM change_history UNION SELECT schema_before FROM change_history UNION SELECT schema_after FROM change_history)`,
		before.UnixMicro())
	if err != nil {
		return contents.wrap("find garbage in", err)
	}
	for _, checksum := range garbage {
		if needed[checksum] {
			continue
		}
		if err := contents.delete(ctx, tx, "checksum = $1 AND put_at < $2", checksum, before.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}
