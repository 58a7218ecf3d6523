package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"towpath/internal/store"
)

type metadataBackupCommand struct {
	From string `required:"" help:"Where the metadata is: sqlite:PATH."`
	To   string `required:"" type:"path" help:"A new file for the backup."`
}

// Run writes a backup, also while a server runs.
func (c *metadataBackupCommand) Run(ctx context.Context, out io.Writer) error {
	path, err := metadataFile("from", c.From, "pg_dump --format=custom --file=towpath.dump DATABASE")
	if err != nil {
		return err
	}
	if err := store.Backup(ctx, path, c.To); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out,
		"%s is whole. Keep it apart from the key file: together they open every secret.\n", c.To)
	return err
}

type metadataRestoreCommand struct {
	From string `required:"" type:"path" help:"The backup, as metadata backup has made it."`
	To   string `required:"" help:"Where the metadata is to be: sqlite:PATH. What is there is kept under another name."`
}

// Run replaces the metadata by a backup. It refuses while a server runs.
func (c *metadataRestoreCommand) Run(ctx context.Context, out io.Writer) (err error) {
	path, err := metadataFile("to", c.To, "pg_restore --clean --if-exists --dbname=DATABASE towpath.dump")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	lock, err := lockMetadata(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	kept, err := store.Restore(ctx, c.From, path, time.Now())
	if err != nil {
		return err
	}
	if kept != "" {
		kept = " What was there is kept as " + kept + "."
	}
	_, err = fmt.Fprintf(out, "%s is restored.%s Start the server with the key file of that time.\n",
		path, kept)
	return err
}

type metadataCheckCommand struct {
	From string `required:"" help:"Where the metadata is: sqlite:PATH. A backup is one too."`
}

// Run reads everything and reports what is wrong.
func (c *metadataCheckCommand) Run(ctx context.Context, out io.Writer) error {
	path, err := metadataFile("from", c.From, "pg_amcheck DATABASE")
	if err != nil {
		return err
	}
	condition, err := store.Check(ctx, path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s is whole: schema version %d.\n", path, condition.Schema)
	return err
}

// metadataFile is the path of metadata in SQLite. For PostgreSQL its error names the command in
// instead.
func metadataFile(flag, metadataURL, instead string) (string, error) {
	path, ok := store.FilePath(metadataURL)
	if !ok || path == "" {
		return "", usagef("--%s is %q; name a SQLite file as sqlite:PATH. For PostgreSQL use its own "+
			"tools: %s", flag, metadataURL, instead)
	}
	return path, nil
}
