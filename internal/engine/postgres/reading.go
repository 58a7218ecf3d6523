package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// reading is one of our own queries, and what takes its rows.
type reading struct {
	name string // for errors
	text string
	args []any
	into []any // where a row's columns go before each is called
	each func()
}

// readAll runs readings in one read-only snapshot without the user's schemas in the search path. All
// are sent together. They read small catalogs with large texts, which take longer to plan than to
// run, so they are prepared on a connection that is likely to read again.
func (d *database) readAll(ctx context.Context, readings []reading) error {
	conn, err := d.connection(ctx)
	if err != nil {
		return err
	}
	defer d.release(conn)
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	batch := &pgx.Batch{}
	batch.Queue("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
	batch.Queue("SELECT pg_catalog.set_config('search_path', '', true), " +
		"pg_catalog.set_config('jit', 'off', true)")
	if conn.prepared && !conn.reads {
		if err := conn.SendBatch(ctx, batch).Close(); err != nil {
			return mapError(err)
		}
		batch = &pgx.Batch{}
		if err := conn.prepareReadings(ctx, readings); err != nil {
			return mapError(conn.abandon(ctx, err))
		}
	}
	for _, r := range readings {
		batch.Queue(r.text, r.args...).Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, r.into, func() error {
				r.each()
				return nil
			})
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			return nil
		})
	}
	batch.Queue("ROLLBACK") // there is nothing to keep
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return mapError(conn.abandon(ctx, err))
	}
	return nil
}

// prepareReadings prepares our own queries, in the transaction whose search path they need.
func (c *connection) prepareReadings(ctx context.Context, readings []reading) error {
	c.reads = true
	for _, r := range readings {
		if _, err := c.Prepare(ctx, r.text, r.text); err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return nil
}

// abandon ends the transaction of a reading that failed with an error, which it returns.
func (c *connection) abandon(ctx context.Context, err error) error {
	if !c.IsClosed() && c.PgConn().TxStatus() != 'I' {
		_, _ = c.Exec(context.WithoutCancel(ctx), "ROLLBACK") // otherwise the connection is closed
	}
	return err
}
