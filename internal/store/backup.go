package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"towpath"
)

// Backup writes a consistent copy of SQLite metadata into a new file and checks the copy. A server
// may run meanwhile.
func Backup(ctx context.Context, path, to string) (err error) {
	if err := checkWAL(path); err != nil {
		return err
	}
	if err := createPrivate(to); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", fileURL(path, "mode=rw&_pragma=busy_timeout(5000)"))
	if err != nil {
		return fmt.Errorf("open metadata: %w", err)
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	if err = errors.Join(err, db.Close()); err == nil {
		err = syncFile(to)
	}
	if err == nil {
		_, err = Check(ctx, to)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("back the metadata up: %w", err), os.Remove(to))
	}
	return nil
}

// createPrivate creates an empty file that only its owner can read; CodeConflict when it exists.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return towpath.Errorf(towpath.CodeConflict, "%s exists already. Name a new file.", path)
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func fileURL(path, query string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query
}

// Condition is the result of a check of metadata.
type Condition struct {
	Schema  int64  // the version of its schema
	Program string // the version of the program that used it last; "" when unknown
}

// Check reads all metadata in a SQLite file and reports what is wrong with it. A server may run
// meanwhile.
func Check(ctx context.Context, path string) (c Condition, err error) {
	if _, err := os.Stat(path); err != nil {
		return c, towpath.Errorf(towpath.CodeNotFound, "%s: there is no such file.", path)
	}
	db, err := readFile(path)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := checkIntegrity(ctx, db); err != nil {
		return c, err
	}
	if c.Schema, c.Program, err = schemaOf(ctx, db, false); err != nil {
		return c, err
	}
	if c.Schema == 0 {
		return c, towpath.Invalid("metadata-url", "%s is a database, but holds no metadata of Towpath.", path)
	}
	s := &Store{writer: db}
	provider, err := s.migrations()
	if err != nil {
		return c, fmt.Errorf("prepare migrations of the metadata: %w", err)
	}
	return c, s.notNewer(ctx, provider)
}

// readFile opens metadata in a SQLite file without changing it.
func readFile(path string) (*sql.DB, error) {
	if err := checkWAL(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", fileURL(path, "mode=rw&_pragma=busy_timeout(5000)&_pragma=query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("open metadata: %w", err)
	}
	return db, nil
}

// checkIntegrity checks every page and every foreign key; CodeConflict when the file is damaged.
func checkIntegrity(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return towpath.Errorf(towpath.CodeConflict,
			"The file cannot be read as a SQLite database: %v. Restore a backup.", err)
	}
	if verdict != "ok" {
		return towpath.Errorf(towpath.CodeConflict, "The file is damaged: %s. Restore a backup.", verdict)
	}
	rows, err := db.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return fmt.Errorf("check references of the metadata: %w", err)
	}
	broken := rows.Next()
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("check references of the metadata: %w", err)
	}
	if broken {
		return towpath.Errorf(towpath.CodeConflict,
			"Rows of the metadata refer to rows that do not exist. Restore a backup.")
	}
	return nil
}

// Restore replaces a SQLite file with a backup; no server may run on it. The old file is kept next
// to it, under the returned name; "" when there was none.
func Restore(ctx context.Context, backup, path string, now time.Time) (kept string, err error) {
	if wal, err := os.Stat(backup + "-wal"); err == nil && wal.Size() > 0 {
		return "", towpath.Invalid("from",
			"There is a %s-wal next to the backup, so the file alone is incomplete. "+
				"Make backups with towpath metadata backup.", backup)
	}
	if _, err := Check(ctx, backup); err != nil {
		return "", fmt.Errorf("check the backup: %w", err)
	}
	restoring := path + ".restoring"
	if err := copyFile(backup, restoring); err != nil {
		return "", fmt.Errorf("copy the backup: %w", err)
	}
	if kept, err = setAside(path, path+".before-"+now.UTC().Format("20060102-150405")); err != nil {
		return kept, err
	}
	if err := os.Rename(restoring, path); err != nil {
		return kept, fmt.Errorf("put the backup in its place: %w", err)
	}
	return kept, syncFolder(filepath.Dir(path))
}

// setAside renames a SQLite file together with its -wal and -shm, so that it can be opened under
// its new name.
func setAside(path, name string) (kept string, err error) {
	for _, suffix := range []string{"-wal", "-shm", "-journal", "-origin", ""} {
		err := os.Rename(path+suffix, name+suffix)
		switch {
		case err == nil && suffix == "":
			kept = name
		case err != nil && !errors.Is(err, os.ErrNotExist):
			return kept, fmt.Errorf("move the current metadata aside: %w", err)
		}
	}
	return kept, nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// FilePath returns the path of metadata in a SQLite file; ok is false for other metadata.
func FilePath(metadataURL string) (path string, ok bool) {
	return strings.CutPrefix(metadataURL, "sqlite:")
}
