package mysql

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"towpath"
	"towpath/internal/engine"
)

// database is one target. Overlapping sessions have separate connections; consecutive ones share
// one, as long as no state of one can reach the next.
type database struct {
	engine  *Engine
	target  engine.Target
	mariadb bool
	batches bool   // the server accepts several of our statements at once
	ledger  string // qualified and quoted

	mu         sync.Mutex
	ledgerMade bool
	programs   programs
	spare      *connection // for the next session; nil while in use
	reader     *connection // for our own queries; nil while in use
	closed     bool
}

// programs reports whether a statement can run more than its own text: a trigger, a function, a
// sequence.
type programs int

const (
	programsUnknown programs = iota
	programsNone
	programsThere
)

var (
	_ engine.DB                = (*database)(nil)
	_ engine.SessionTerminator = (*database)(nil)
)

// take takes a connection out of its place; nil when there is no open one.
func (d *database) take(place **connection) *connection {
	d.mu.Lock()
	c := *place
	*place = nil
	d.mu.Unlock()
	if c != nil && !c.alive() {
		c.closeQuietly()
		return nil
	}
	return c
}

// keep puts a connection back into its place.
func (d *database) keep(place **connection, c *connection) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if *place != nil || d.closed {
		c.closeQuietly()
		return
	}
	*place = c
}

// connection takes the spare connection, or opens one. used is true when it has served a session,
// which left nothing in it.
func (d *database) connection(ctx context.Context) (c *connection, used bool, err error) {
	if c = d.take(&d.spare); c != nil {
		if c.id == 0 || d.plain(ctx) {
			return c, c.id != 0, nil
		}
		c.closeQuietly()
	}
	c, err = d.engine.connect(ctx, d.target)
	return c, false, err
}

// plain reports whether statements run only their own text. The answer is kept until forget, which
// follows a statement that can create such programs. A user who may create them can see them.
func (d *database) plain(ctx context.Context) bool {
	d.mu.Lock()
	known := d.programs
	d.mu.Unlock()
	if known != programsUnknown {
		return known == programsNone
	}
	var there bool
	err := d.read(ctx, func(ctx context.Context, c *connection) error {
		return c.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM information_schema.routines WHERE routine_schema = DATABASE() AND routine_type <> 'PROCEDURE')
			OR EXISTS (SELECT 1 FROM information_schema.triggers WHERE trigger_schema = DATABASE())
			OR EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'SEQUENCE')`).Scan(&there)
	})
	if err != nil {
		return false // reconnecting is always safe
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.programs = programsNone; there {
		d.programs = programsThere
	}
	return !there
}

// forget makes the next call of plain query the server again.
func (d *database) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.programs = programsUnknown
}

// Close implements engine.DB.
func (d *database) Close() error {
	d.mu.Lock()
	d.closed = true
	d.mu.Unlock()
	for _, place := range []**connection{&d.spare, &d.reader} {
		if c := d.take(place); c != nil {
			c.closeQuietly()
		}
	}
	return nil
}

// readTries is how often a query is tried that the server ends as a deadlock.
const readTries = 5

// read runs our own queries, in a session with a fixed output of the catalog. A node of a cluster
// ends a query that blocks a change of tables, so use may run again from its start.
func (d *database) read(ctx context.Context, use func(context.Context, *connection) error) error {
	for try := 1; ; try++ {
		err := d.readOnce(ctx, use)
		if try == readTries || number(err) != deadlock {
			return err
		}
	}
}

// deadlock is the server's number for a transaction that it has ended in favor of another.
const deadlock = 1213

func (d *database) readOnce(ctx context.Context, use func(context.Context, *connection) error) (err error) {
	c := d.take(&d.reader)
	if c == nil {
		if c, err = d.engine.connect(ctx, d.target); err != nil {
			return err
		}
		// MariaDB writes the definitions of views and defaults by the mode of the reading session.
		if _, err = c.ExecContext(ctx,
			"SET SESSION sql_mode = '', sql_quote_show_create = 1, autocommit = 1"); err != nil {
			c.closeQuietly()
			return mapError(err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := use(ctx, c); err != nil {
		c.closeQuietly()
		return mapError(err)
	}
	d.keep(&d.reader, c)
	return nil
}

// Begin implements engine.DB. There is no lock of a whole database, so only statements wait. A
// transaction does not survive a statement that commits by itself: those are marked NoTx.
func (d *database) Begin(ctx context.Context, o engine.SessionOptions) (engine.Session, error) {
	c, used, err := d.connection(ctx)
	if err != nil {
		return nil, &engine.Error{Kind: engine.Lost, Message: towpath.ErrorMessage(err), Err: err}
	}
	s := &session{db: d, conn: c, options: o, used: used}
	if err := s.begin(ctx); err != nil {
		c.closeQuietly()
		return nil, mapError(err)
	}
	return s, nil
}

// kill sends a KILL from a separate connection.
func (d *database) kill(ctx context.Context, command string, id int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelGrace)
	defer cancel()
	c, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, fmt.Sprintf("%s%d", command, id))
	return errors.Join(err, c.Close())
}

// EndSession implements engine.SessionTerminator.
func (d *database) EndSession(ctx context.Context, identity string) error {
	id, started, node, err := readIdentity(identity)
	if err != nil {
		return err
	}
	c, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return err
	}
	defer c.closeQuietly()
	if err := c.identify(ctx); err != nil {
		return fmt.Errorf("end the session %s: %w", identity, mapError(err))
	}
	if node != c.node && node != "" {
		return c.elsewhere(node)
	}
	if c.started-started > 2 || started-c.started > 2 {
		return nil // the server has restarted since
	}
	for {
		var n int
		if err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?",
			id).Scan(&n); err != nil {
			return fmt.Errorf("end the session %s: %w", identity, mapError(err))
		}
		if n == 0 {
			return nil
		}
		// An error here means that it has just gone, or that it belongs to another user; the next
		// check decides.
		_, killErr := c.ExecContext(ctx, fmt.Sprintf("KILL %d", id))
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the end of session %s: %w", identity, errors.Join(ctx.Err(), killErr))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// elsewhere returns the state of a session on another node of the cluster. If the node has left,
// its session cannot change anything any more; if it is there, this node cannot query the session.
func (c *connection) elsewhere(node string) error {
	if !slices.Contains(c.nodes, node) {
		return nil
	}
	return &engine.Error{
		Kind: engine.Failed,
		Message: fmt.Sprintf("it is on the node %s of the Galera cluster, and this connection leads to the "+
			"node %s. "+
			"Give the instance the address of one node", node, cmp.Or(c.node, "of another cluster")),
	}
}

// runnerLock names the user lock of sessions in a transaction on a database. Nothing waits for it:
// it identifies sessions in a transaction after their client has gone.
func runnerLock(database string) string {
	sum := sha256.Sum256([]byte(database))
	return "towpath." + hex.EncodeToString(sum[:16])
}

// Runners implements engine.SessionTerminator.
func (d *database) Runners(ctx context.Context) ([]string, error) {
	c, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return nil, err
	}
	defer c.closeQuietly()
	if err := c.identify(ctx); err != nil {
		return nil, mapError(err)
	}
	var id sql.NullInt64
	if err := c.QueryRowContext(ctx, "SELECT IS_USED_LOCK(?)",
		runnerLock(d.target.Database)).Scan(&id); err != nil {
		return nil, mapError(err)
	}
	if !id.Valid {
		return nil, nil
	}
	return []string{c.identity(id.Int64)}, nil
}
