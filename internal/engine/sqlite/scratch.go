package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Rehearser = (*Engine)(nil)

// scratch is a file in a folder of its own among the system's temporary files.
type scratch struct {
	engine *Engine // of the temporary files
	folder string
	target engine.Target
}

// MakeScratch implements engine.Rehearser.
func (e *Engine) MakeScratch(ctx context.Context, _ engine.Target) (engine.Scratch, error) {
	names, err := scratches()
	if err != nil {
		return nil, err
	}
	if err := engine.RoomForScratch(names); err != nil {
		return nil, err
	}
	name := engine.NewScratchName("", time.Now())
	folder := filepath.Join(os.TempDir(), name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, towpath.Errorf(towpath.CodeUnavailable,
			"The scratch database of a rehearsal was not made: %s. Give the server a folder for temporary files.",
			err)
	}
	s := &scratch{
		engine: New(Config{Root: os.TempDir()}),
		folder: folder,
		target: engine.Target{Address: name, Database: "scratch"},
	}
	if err := s.engine.Create(ctx, s.target); err != nil {
		return nil, errors.Join(err, s.Drop(ctx))
	}
	return s, nil
}

// scratches lists the folders of scratch databases.
func scratches() (names []string, err error) {
	paths, err := filepath.Glob(filepath.Join(os.TempDir(), "towpath_scratch_*"))
	for _, path := range paths {
		if name := filepath.Base(path); engine.IsScratch(name) {
			names = append(names, name)
		}
	}
	return names, err
}

// Target implements engine.Scratch.
func (s *scratch) Target() engine.Target { return s.target }

// Open implements engine.Scratch.
func (s *scratch) Open(ctx context.Context) (engine.DB, error) { return s.engine.Open(ctx, s.target) }

// Size implements engine.Scratch: with the journal.
func (s *scratch) Size(context.Context) (size int64, err error) {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return 0, fmt.Errorf("list the scratch database's files: %w", err)
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil { // a journal may have gone
			size += info.Size()
		}
	}
	return size, nil
}

// Drop implements engine.Scratch. A session lives in this process, and has ended.
func (s *scratch) Drop(context.Context) error {
	if err := os.RemoveAll(s.folder); err != nil {
		return fmt.Errorf("remove the scratch database: %w", err)
	}
	return nil
}

// Unsafe implements engine.Rehearser: a session reaches no other file.
func (e *Engine) Unsafe(statement.Statement) string { return "" }

// SweepScratches implements engine.Rehearser. Nobody knows whether another process works in a file,
// so each counts as one with a session. Another user's folders stay.
func (e *Engine) SweepScratches(
	ctx context.Context, _ engine.Target, age engine.ScratchAge,
) (dropped []string, err error) {
	names, err := scratches()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		folder := filepath.Join(os.TempDir(), name)
		info, err := os.Lstat(folder)
		if err != nil || !info.IsDir() || !age.Leftover(name, "", 1, time.Now()) {
			continue
		}
		if os.RemoveAll(folder) == nil {
			dropped = append(dropped, name)
		}
	}
	return dropped, ctx.Err()
}
