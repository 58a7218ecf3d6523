package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"towpath"
	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Rehearser = (*Engine)(nil)

// scratch is a scratch database.
type scratch struct {
	engine   *Engine
	instance engine.Target // without a database
	target   engine.Target
}

// MakeScratch implements engine.Rehearser.
func (e *Engine) MakeScratch(ctx context.Context, t engine.Target) (engine.Scratch, error) {
	c, err := e.connect(ctx, t)
	if err != nil {
		return nil, err
	}
	defer c.closeQuietly()
	names, now, err := c.scratches(ctx)
	if err != nil {
		return nil, err
	}
	if err := engine.RoomForScratch(names); err != nil {
		return nil, err
	}
	var charset, collation string
	err = c.QueryRowContext(ctx, `SELECT default_character_set_name, default_collation_name
		FROM information_schema.schemata WHERE schema_name = DATABASE()`).Scan(&charset, &collation)
	kind := " CHARACTER SET " + charset + " COLLATE " + collation
	switch {
	case errors.Is(err, sql.ErrNoRows):
		kind = "" // what the server takes by itself
	case err != nil:
		return nil, fmt.Errorf("read the database's character set: %w", mapError(err))
	}
	made := &scratch{engine: e, instance: t, target: t}
	made.instance.Database, made.target.Database = "", engine.NewScratchName(t.Username, now)
	if _, err := c.ExecContext(ctx, "CREATE DATABASE "+dialect.QuoteName(made.target.Database)+kind); err != nil {
		return nil, c.refusedScratch(ctx, t, err)
	}
	return made, nil
}

// scratches lists the scratch databases that the user sees, and reads the server's clock.
func (c *connection) scratches(ctx context.Context) (names []string, now time.Time, err error) {
	var seconds float64
	if err := c.QueryRowContext(ctx, "SELECT UNIX_TIMESTAMP(NOW(6))").Scan(&seconds); err != nil {
		return nil, now, fmt.Errorf("read the server's clock: %w", mapError(err))
	}
	names, err = column(ctx, c.Conn, `SELECT schema_name FROM information_schema.schemata
		WHERE schema_name LIKE 'towpath\_scratch\_%' ORDER BY BINARY schema_name`)
	if err != nil {
		return nil, now, fmt.Errorf("list the databases: %w", mapError(err))
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !engine.IsScratch(name) })
	return names, time.UnixMicro(int64(seconds * 1e6)), nil
}

// refusedScratch explains why no database could be made.
func (c *connection) refusedScratch(ctx context.Context, t engine.Target, err error) error {
	var account string
	if n := number(err); (n == 1044 || n == 1227) &&
		c.QueryRowContext(ctx, "SELECT CURRENT_USER()").Scan(&account) == nil {
		return towpath.Errorf(towpath.CodeForbidden,
			"The user %s may not make the scratch database of a rehearsal. An administrator allows it by: "+
				"GRANT ALL ON `towpath\\_scratch\\_%%`.* TO %s", t.Username, quoteAccount(account))
	}
	return towpath.Errorf(towpath.CodeUnavailable, "The scratch database of a rehearsal was not made: %s.",
		mapError(err).Message)
}

// Target implements engine.Scratch.
func (s *scratch) Target() engine.Target { return s.target }

// Open implements engine.Scratch.
func (s *scratch) Open(ctx context.Context) (engine.DB, error) { return s.engine.Open(ctx, s.target) }

// Size implements engine.Scratch.
func (s *scratch) Size(ctx context.Context) (size int64, err error) {
	c, err := s.engine.connect(ctx, s.instance)
	if err != nil {
		return 0, err
	}
	defer c.closeQuietly()
	err = c.QueryRowContext(ctx, `SELECT COALESCE(SUM(data_length + index_length), 0)
		FROM information_schema.tables WHERE table_schema = ?`, s.target.Database).Scan(&size)
	return size, err
}

// Drop implements engine.Scratch.
func (s *scratch) Drop(ctx context.Context) error {
	c, err := s.engine.connect(ctx, s.instance)
	if err != nil {
		return err
	}
	defer c.closeQuietly()
	return c.dropScratch(ctx, s.target.Database)
}

// dropScratch ends the sessions in a scratch database, whose locks it would wait for, and drops it.
func (c *connection) dropScratch(ctx context.Context, name string) error {
	if !engine.IsScratch(name) {
		return fmt.Errorf("drop the database %s: it is no scratch database", name)
	}
	sessions, err := column(ctx, c.Conn, "SELECT id FROM information_schema.processlist WHERE db = ?", name)
	if err != nil {
		return fmt.Errorf("list the sessions of %s: %w", name, mapError(err))
	}
	for _, id := range sessions {
		_, _ = c.ExecContext(ctx, "KILL "+id) // one that has ended meanwhile is an error
	}
	if _, err := c.ExecContext(ctx, "DROP DATABASE IF EXISTS "+dialect.QuoteName(name)); err != nil {
		return fmt.Errorf("drop the scratch database %s: %w", name, mapError(err))
	}
	return nil
}

// Unsafe implements engine.Rehearser. Sessions in a scratch database refuse the same in a prepared text.
func (e *Engine) Unsafe(s statement.Statement) string { return dialect.Unsafe(s) }

// SweepScratches implements engine.Rehearser.
func (e *Engine) SweepScratches(
	ctx context.Context, t engine.Target, age engine.ScratchAge,
) (dropped []string, err error) {
	t.Database = ""
	c, err := e.connect(ctx, t)
	if err != nil {
		return nil, err
	}
	defer c.closeQuietly()
	names, now, err := c.scratches(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var sessions int
		err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.processlist WHERE db = ?",
			name).Scan(&sessions)
		if err != nil {
			return dropped, fmt.Errorf("list the sessions of %s: %w", name, mapError(err))
		}
		if !age.Leftover(name, t.Username, sessions, now) {
			continue
		}
		if err := c.dropScratch(ctx, name); err != nil {
			return dropped, err
		}
		dropped = append(dropped, name)
	}
	return dropped, nil
}
