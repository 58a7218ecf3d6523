package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath"
	"towpath/internal/engine"
)

// database is one target. Overlapping sessions have separate connections; consecutive ones share
// one, and no state of one reaches the next.
type database struct {
	engine *Engine
	target engine.Target
	place  place  // of the ledger
	ledger string // its qualified and quoted name, in the configured schema

	mu         sync.Mutex
	ledgerMade bool
	spare      *connection // for the next session; nil while in use
	read       *catalog    // the last reading, for Follow; nil for none
	since      sessions    // that have ended since it began
}

var (
	_ engine.DB                = (*database)(nil)
	_ engine.SessionTerminator = (*database)(nil)
)

// connection takes the spare connection, or opens one.
func (d *database) connection(ctx context.Context) (*connection, error) {
	d.mu.Lock()
	conn := d.spare
	d.spare = nil
	d.mu.Unlock()
	if conn != nil && !conn.IsClosed() {
		return conn, nil
	}
	return d.engine.alive(ctx, d.target)
}

// release keeps a connection for the next use.
func (d *database) release(conn *connection) {
	if !conn.reset() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spare != nil {
		d.engine.pool.put(d.target, conn)
		return
	}
	d.spare = conn
}

// Close implements engine.DB.
func (d *database) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spare != nil {
		d.engine.pool.put(d.target, d.spare)
		d.spare = nil
	}
	return nil
}

var _ engine.Pather = (*database)(nil)

// SearchPath implements engine.Pather.
func (d *database) SearchPath(ctx context.Context) (schemas []string, err error) {
	conn, err := d.connection(ctx)
	if err != nil {
		return nil, err
	}
	defer d.release(conn)
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := conn.QueryRow(ctx, "SELECT pg_catalog.current_schemas(false)::pg_catalog.text[]").Scan(
		&schemas); err != nil {
		return nil, mapError(err)
	}
	return schemas, nil
}

// inSnapshot runs our own queries in one read-only snapshot without the user's schemas in the search path.
// They read small catalogs with large texts, which take longer to compile than to run.
func (d *database) inSnapshot(ctx context.Context, use func(pgx.Tx) error) error {
	conn, err := d.connection(ctx)
	if err != nil {
		return err
	}
	defer d.release(conn)
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // there is nothing to keep
	if _, err := tx.Exec(ctx, "SELECT pg_catalog.set_config('search_path', '', true), "+
		"pg_catalog.set_config('jit', 'off', true)"); err != nil {
		return mapError(err)
	}
	if err := use(tx); err != nil {
		return mapError(err)
	}
	return nil
}

// Begin implements engine.DB. PostgreSQL has no lock of a whole database, so only statements wait.
func (d *database) Begin(ctx context.Context, o engine.SessionOptions) (engine.Session, error) {
	conn, err := d.connection(ctx)
	if err != nil {
		return nil, &engine.Error{Kind: engine.Lost, Message: towpath.ErrorMessage(err), Err: err}
	}
	s := &session{db: d, conn: conn, options: o}
	if err := d.makeLedger(ctx, conn); err != nil {
		d.release(conn)
		return nil, mapError(err)
	}
	if err := s.begin(ctx); err != nil {
		d.release(conn)
		return nil, mapError(err)
	}
	return s, nil
}

// EndSession implements engine.SessionTerminator.
func (d *database) EndSession(ctx context.Context, identity string) error {
	var pid, started int64
	if _, err := fmt.Sscanf(identity, "%d since %d", &pid, &started); err != nil {
		return fmt.Errorf("read the session's identity %q: %w", identity, err)
	}
	conn, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return err
	}
	defer closeQuietly(conn)
	for {
		var ended bool
		err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
			WHERE pid = $1::int AND (extract(epoch FROM backend_start) * 1000000)::bigint = $2`, int32(pid), started).Scan(&ended)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("end the session %s: %w", identity, mapError(err))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the end of session %s: %w", identity, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Runners implements engine.SessionTerminator: reading the ledger takes a weaker lock.
func (d *database) Runners(ctx context.Context) ([]string, error) {
	conn, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(conn)
	rows, err := conn.Query(ctx, `SELECT DISTINCT `+identity+` FROM pg_catalog.pg_stat_activity
		JOIN pg_catalog.pg_locks l USING (pid) WHERE l.relation = pg_catalog.to_regclass($1) AND l.mode = 'RowExclusiveLock' AND l.granted
		AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`, d.ledger)
	if err != nil {
		return nil, mapError(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, mapError(err)
	}
	return names, nil
}
