package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"

	"towpath"
)

// SQLite applies a -wal to any file next to it. That is right after a crash, but after a restored
// backup it mixes two states or ruins the file. So each opening gives the file a new number
// (user_version) and records the number in a note next to it. A -wal is applied only to the file
// that it was written for. A copy made by SQLite itself has the same number, but another schema
// cookie.

// fileHeader is part of the first page of a SQLite file.
// https://www.sqlite.org/fileformat2.html#the_database_header
type fileHeader struct {
	cookie uint32 // changes with the schema
	number uint32 // user_version; 0 when no version of Towpath that numbers files has opened it
}

// readHeader reads the header of the file itself, without its -wal. A missing or empty file has a
// zero header.
func readHeader(path string) (h fileHeader, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, err
	}
	defer func() { _ = f.Close() }() // opened for reading only
	page := make([]byte, 100)
	if _, err := io.ReadFull(f, page); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return h, nil
		}
		return h, err
	}
	return fileHeader{
		cookie: binary.BigEndian.Uint32(page[40:]),
		number: binary.BigEndian.Uint32(page[60:]),
	}, nil
}

// origin is the note next to a file. It identifies the file for which the -wal is written.
type origin struct {
	before fileHeader // the file before its last opening
	now    fileHeader // the file since then; cookie 0 until the opening is complete
}

func originPath(path string) string { return path + "-origin" }

func (o origin) write(path string) error {
	text := fmt.Sprintf("%d %d %d\n", o.before.number, o.now.number, o.now.cookie)
	if err := writeSynced(originPath(path)+".new", []byte(text)); err != nil {
		return err
	}
	return os.Rename(originPath(path)+".new", originPath(path))
}

// readOrigin reads the note; known is false when there is none.
func readOrigin(path string) (o origin, known bool, err error) {
	text, err := os.ReadFile(originPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return o, false, nil
	}
	if err != nil {
		return o, false, err
	}
	if _, err := fmt.Sscan(string(text), &o.before.number, &o.now.number, &o.now.cookie); err != nil {
		return o, false, fmt.Errorf("read %s: %w", originPath(path), err)
	}
	return o, true, nil
}

// matches reports whether the -wal was written for a file with this header.
func (o origin) matches(h fileHeader) bool {
	if o.now.cookie == 0 {
		return h.number == o.before.number || h.number == o.now.number
	}
	return h == o.now
}

// checkWAL refuses a -wal that was written for another file.
func checkWAL(path string) error {
	wal, err := os.Stat(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) || (err == nil && wal.Size() == 0) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for a write-ahead log: %w", err)
	}
	h, err := readHeader(path)
	if err != nil {
		return fmt.Errorf("read the metadata's header: %w", err)
	}
	o, known, err := readOrigin(path)
	if err != nil {
		return err
	}
	// a version that does not number files may have left its -wal behind
	if (o.matches(h) && known) || (!known && h.number == 0) {
		return nil
	}
	return towpath.Invalid("metadata-url",
		"%[1]s-wal was not written for %[1]s as it is now, so it is not applied. "+
			"If you have put a backup there, move %[1]s-wal and %[1]s-shm away and start again "+
			"(towpath metadata restore does this by itself). "+
			"Else put back the file that was there.", path)
}

// number gives the file a new number, calls do to migrate its schema, and records the result.
func (s *Store) number(ctx context.Context, path string, do func() error) error {
	before, err := readHeader(path)
	if err != nil {
		return fmt.Errorf("read the metadata's header: %w", err)
	}
	o := origin{before: before, now: fileHeader{number: 1 + rand.Uint32N(1<<31-2)}}
	if err := o.write(path); err != nil {
		return fmt.Errorf("note the metadata's number: %w", err)
	}
	if _, err := s.writer.ExecContext(ctx,
		fmt.Sprintf("PRAGMA user_version = %d", o.now.number)); err != nil {
		return fmt.Errorf("number the metadata: %w", err)
	}
	if err := do(); err != nil {
		return err
	}
	if err := checkpoint(ctx, s.writer); err != nil {
		return err
	}
	if o.now, err = readHeader(path); err != nil {
		return fmt.Errorf("read the metadata's header: %w", err)
	}
	if err := o.write(path); err != nil {
		return fmt.Errorf("note the metadata's number: %w", err)
	}
	return nil
}

// checkpoint moves everything into the file itself. It fails while others read.
func checkpoint(ctx context.Context, db *sql.DB) error {
	var busy, pages, done int
	if err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages,
		&done); err != nil {
		return fmt.Errorf("write the metadata's log into its file: %w", err)
	}
	if busy != 0 {
		return errors.New("write the metadata's log into its file: another process reads it")
	}
	return nil
}

// closeFile closes the connections and moves everything into the file, so that nothing is left next
// to it.
func (s *Store) closeFile(ctx context.Context) error {
	err := errors.Join(s.reading.close(ctx), s.reader.Close(), s.writing.close(ctx))
	err = errors.Join(err, checkpoint(ctx, s.writer), s.writer.Close())
	if _, left := os.Stat(s.file + "-wal"); errors.Is(left, fs.ErrNotExist) {
		err = errors.Join(err, os.Remove(originPath(s.file)))
	}
	return err
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
