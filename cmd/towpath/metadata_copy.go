package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"towpath/internal/store"
)

// metadataCommand has the commands for the server's own data.
type metadataCommand struct {
	Backup  metadataBackupCommand  `cmd:"" help:"Write a backup of the SQLite metadata into a new file. A server may run meanwhile."`
	Restore metadataRestoreCommand `cmd:"" help:"Put a backup in the place of the SQLite metadata. Stop the server first."`
	Check   metadataCheckCommand   `cmd:"" help:"Read all of the SQLite metadata, or of a backup, and say what is wrong."`
	Copy    metadataCopyCommand    `cmd:"" help:"Copy everything into another, empty database, to move from SQLite to PostgreSQL or back. Stop the server first."`
}

type metadataCopyCommand struct {
	From string `required:"" help:"Where the metadata is: sqlite:PATH or postgres://…."`
	To   string `required:"" help:"An empty database for it: sqlite:PATH or postgres://…. PGPASSWORD keeps a password off the command line."`
}

// Run copies and prints how much.
func (c *metadataCopyCommand) Run(ctx context.Context, out io.Writer) (err error) {
	if path, ok := strings.CutPrefix(c.From, "sqlite:"); ok { // opening it would create an empty one
		if _, err := os.Stat(path); err != nil {
			return usagef("--from %s: there is no such file", c.From)
		}
	}
	from, closeFrom, err := openAlone(ctx, c.From)
	if err != nil {
		return fmt.Errorf("open --from: %w", err)
	}
	defer func() { err = errors.Join(err, closeFrom()) }()
	to, closeTo, err := openAlone(ctx, c.To)
	if err != nil {
		return fmt.Errorf("open --to: %w", err)
	}
	defer func() { err = errors.Join(err, closeTo()) }()
	copied, err := store.Copy(ctx, from, to)
	if err != nil {
		return err
	}
	rows := 0
	for _, t := range copied {
		rows += t.Rows
		if _, err := fmt.Fprintf(out, "%8d %s\n", t.Rows, t.Table); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out,
		"%8d rows in all. Start the server with --metadata-url and the same --key-file as before.\n", rows)
	return err
}

// openAlone opens metadata and locks an SQLite file against servers meanwhile.
func openAlone(ctx context.Context, address string) (*store.Store, func() error, error) {
	var lock io.Closer = io.NopCloser(nil)
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok && path != "" {
		file, err := lockMetadata(path)
		if err != nil {
			return nil, nil, err
		}
		lock = file
	}
	s, err := store.Open(ctx, address)
	if err != nil {
		return nil, nil, errors.Join(err, lock.Close())
	}
	return s, func() error { return errors.Join(s.Close(), lock.Close()) }, nil
}
