package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// reading is one of our own queries, and what takes its rows.
type reading struct {
	name string // for errors
	text string
	args []any
	into []any  // where a row's columns go before each is called
	each func() // nil for nothing
	idle bool   // it is prepared with the others, since it is needed soon, and not sent
}

// snapshot runs phases of readings in one read-only snapshot without the user's schemas in the search
// path. The readings of a phase are sent together; the next phase may depend on them. They read
// small catalogs with large texts, which take longer to plan than to run, so they are prepared on a
// connection that is used again. A phase without readings costs no round trip.
func (d *database) snapshot(ctx context.Context, phases ...func() []reading) error {
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
		"pg_catalog.set_config('jit', 'off', true), " +
		"pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', true)")
	for n, phase := range phases {
		readings := phase()
		if unprepared := conn.unprepared(readings); len(unprepared) > 0 {
			if err := conn.SendBatch(ctx, batch).Close(); err != nil {
				return mapError(conn.abandon(ctx, err))
			}
			batch = &pgx.Batch{}
			if err := conn.prepareReadings(ctx, unprepared); err != nil {
				return mapError(conn.abandon(ctx, err))
			}
		}
		for _, r := range readings {
			if !r.idle {
				r.queue(batch)
			}
		}
		if n == len(phases)-1 {
			batch.Queue("ROLLBACK") // there is nothing to keep
		}
		if batch.Len() == 0 {
			continue
		}
		if err := conn.SendBatch(ctx, batch).Close(); err != nil {
			return mapError(conn.abandon(ctx, err))
		}
		batch = &pgx.Batch{}
	}
	return nil
}

func (r reading) queue(batch *pgx.Batch) {
	batch.Queue(r.text, r.args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, r.into, func() error {
			if r.each != nil {
				r.each()
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		return nil
	})
}

// unprepared returns the readings that should be prepared and are not.
func (c *connection) unprepared(readings []reading) []reading {
	if !c.prepared {
		return nil // it may be its only use, or behind a pooler
	}
	return slices.DeleteFunc(slices.Clone(readings), func(r reading) bool { return c.reads[r.text] })
}

// prepareReadings prepares our own queries, in the transaction whose search path they need.
func (c *connection) prepareReadings(ctx context.Context, readings []reading) error {
	if c.reads == nil {
		c.reads = map[string]bool{}
	}
	for _, r := range readings {
		c.reads[r.text] = true
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
