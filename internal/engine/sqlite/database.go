package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
)

// readTimeout bounds the wait of readers for a writer in rollback-journal mode.
const readTimeout = 3 * time.Second

// database is one file. Consecutive sessions share a connection.
type database struct {
	path string

	mu          sync.Mutex
	closed      bool
	spare       *connection                   // for the next session
	definitions map[string]dialect.Definition // by their text
}

var _ engine.DB = (*database)(nil)

// probe reads the header, so that a file that is not a database fails at once.
func (d *database) probe(ctx context.Context) error {
	return d.read(ctx, func(c *connection) error {
		var n int
		return c.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
	})
}

func (d *database) read(ctx context.Context, use func(*connection) error) error {
	c, err := connect(ctx, d.path, readTimeout, true)
	if err != nil {
		return mapError(err)
	}
	if err := errors.Join(c.asOwner(func() error { return use(c) }), c.Close()); err != nil {
		return mapError(err)
	}
	return nil
}

// Begin implements engine.DB.
func (d *database) Begin(ctx context.Context, o engine.SessionOptions) (engine.Session, error) {
	c, err := d.connection(ctx, o.LockTimeout)
	if err != nil {
		if c != nil {
			err = errors.Join(err, c.Close())
		}
		return nil, mapError(err)
	}
	if err := c.begin(ctx, o); err != nil {
		return nil, mapError(errors.Join(err, c.Close()))
	}
	return &session{db: d, conn: c, options: o}, nil
}

func (d *database) connection(ctx context.Context, lockTimeout time.Duration) (*connection, error) {
	d.mu.Lock()
	c := d.spare
	d.spare = nil
	d.mu.Unlock()
	if c != nil {
		c.rolledBack = false
		_, err := c.exec(ctx, fmt.Sprintf("PRAGMA busy_timeout = %d", max(lockTimeout.Milliseconds(), 0)))
		return c, err
	}
	c, err := connect(ctx, d.path, lockTimeout, false)
	if err != nil {
		return nil, err
	}
	return c, c.keepJournal(ctx)
}

// keep keeps a connection for the next session; false when there is one already.
func (d *database) keep(c *connection) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spare != nil || d.closed {
		return false
	}
	d.spare = c
	return true
}

// Close implements engine.DB.
func (d *database) Close() error {
	d.mu.Lock()
	c := d.spare
	d.spare, d.closed = nil, true
	d.mu.Unlock()
	if c == nil {
		return nil
	}
	return c.Close()
}
