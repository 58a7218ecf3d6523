package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

// idleLimit is short, since an open connection keeps its database from being dropped.
const idleLimit = 5 * time.Second

// identity identifies a row of pg_stat_activity.
const identity = `pid::text || ' since ' || (extract(epoch FROM backend_start) * 1000000)::bigint::text`

// connection is one to the server.
type connection struct {
	*pgx.Conn
	identity string          // of its session there
	pooled   bool            // behind a pooler: the session is ours only during a transaction
	whole    bool            // by the instance's option, the pooler leaves us the session
	dirty    bool            // a script may have left something in it
	used     bool            // by a session before
	prepared bool            // our own statements are prepared
	reads    map[string]bool // and these queries of the catalog
	most     int             // connections that the server allows
	expiry   *time.Timer     // closes it when it stays in the pool; nil before it was there
}

// identify reads which session of the server this is.
func (c *connection) identify() call {
	return call{
		text: "SELECT " + identity + `, pid, pg_catalog.current_setting('max_connections')::int
			FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()`,
		scan: func(row pgx.Row) error {
			var pid uint32
			err := row.Scan(&c.identity, &pid, &c.most)
			c.pooled = pid != c.PgConn().PID() && !c.whole
			return err
		},
	}
}

// stayed checks that a session which is ours by the instance's option is still the same.
func (c *connection) stayed() call {
	return call{
		text: "SELECT " + identity +
			" FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()",
		scan: func(row pgx.Row) error {
			var now string
			if err := row.Scan(&now); err != nil || now == c.identity {
				return err
			}
			return &engine.Error{
				Kind: engine.Refused,
				Message: "the connection pooler has changed the session, so it is not in session mode:" +
					" set the instance's option pooler to transaction, or use the server's own address",
			}
		},
	}
}

// reset removes what a script has left. It returns false, and closes the connection, when that is
// impossible.
func (c *connection) reset() bool {
	if c.IsClosed() || c.PgConn().TxStatus() != 'I' {
		closeQuietly(c.Conn)
		return false
	}
	if !c.dirty {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), cancelGrace)
	defer cancel()
	err := c.forget(ctx)
	if err == nil {
		_, err = c.Exec(ctx, "DISCARD ALL")
	}
	if err != nil {
		closeQuietly(c.Conn)
		return false
	}
	c.dirty = false
	return true
}

// prepare prepares our own statements once. It pays from a connection's second session on.
// Preparing takes the statements' locks: wait bounds them, as a value of lock_timeout.
func (c *connection) prepare(ctx context.Context, wait string, texts ...string) error {
	if c.prepared || c.pooled || !c.used {
		c.used = true
		return nil
	}
	if _, err := c.Exec(ctx, "SELECT pg_catalog.set_config('lock_timeout', $1, false)", wait); err != nil {
		return err
	}
	c.prepared = true
	for _, text := range texts {
		if _, err := c.Prepare(ctx, text, text); err != nil {
			return err
		}
	}
	return nil
}

// forget removes the prepared statements.
func (c *connection) forget(ctx context.Context) error {
	if !c.prepared {
		return nil
	}
	c.prepared, c.reads = false, nil
	return c.DeallocateAll(ctx)
}

// foreign finds statements that a script has prepared, even in a trigger at the commit. One with a name
// of ours may have answered in its place, so the check after the commit proves nothing. It is not
// prepared itself.
func (c *connection) foreign() []call {
	if !c.prepared {
		return nil
	}
	return []call{{
		after: true,
		text: `SELECT pg_catalog.count(*), pg_catalog.count(*) FILTER (WHERE pg_catalog.starts_with(name, 'stmt_'))
			FROM pg_catalog.pg_prepared_statement() WHERE from_sql`,
		scan: func(row pgx.Row) error {
			var theirs, forged int
			switch err := row.Scan(&theirs, &forged); {
			case err != nil:
				return err
			case forged > 0:
				return errChanged
			case theirs > 0:
				return errors.New("a script has left prepared statements")
			}
			return nil
		},
	}}
}

// leftovers undo what a script has left in a session, behind foreign:
// https://www.postgresql.org/docs/current/sql-discard.html
func (c *connection) leftovers() []call {
	if !c.prepared {
		return []call{{text: "DISCARD ALL", clean: true}}
	}
	var calls []call // the same, but our own prepared statements stay
	for _, text := range []string{
		"CLOSE ALL", "SET SESSION AUTHORIZATION DEFAULT", "RESET ALL", "UNLISTEN *",
		"SELECT pg_catalog.pg_advisory_unlock_all()", "DISCARD TEMP", "DISCARD SEQUENCES",
	} {
		calls = append(calls, call{text: text})
	}
	calls[len(calls)-1].clean = true
	return calls
}

// pool keeps the last used connection of each target for the next use, up to a quarter of what a
// server allows. Every connection in it was reset.
type pool struct {
	mu    sync.Mutex
	idle  map[string]*connection
	count map[string]int // by address
}

// targetKey identifies a target, by everything that a connection depends on.
func targetKey(t engine.Target) string {
	return fmt.Sprintf("%q", []any{
		t.Address, t.Username, t.Password, t.Database, t.Options[engine.OptionTLS],
		t.Options[engine.OptionCA], sessionPooler(t),
	})
}

// take returns the kept connection, nil when there is none. It may have died meanwhile.
func (p *pool) take(t engine.Target) *connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	conn := p.idle[targetKey(t)]
	p.drop(t, conn)
	return conn
}

// drop removes a connection if it is still the kept one.
func (p *pool) drop(t engine.Target, conn *connection) bool {
	key := targetKey(t)
	if conn == nil || p.idle[key] != conn {
		return false
	}
	delete(p.idle, key)
	p.count[t.Address]--
	conn.expiry.Stop() // it may be in the pool again before its time is over
	return true
}

// put keeps a connection that was reset, or closes it.
func (p *pool) put(t engine.Target, conn *connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := targetKey(t)
	if p.idle[key] != nil || p.count[t.Address] >= conn.most/4 {
		closeQuietly(conn.Conn)
		return
	}
	if p.idle == nil {
		p.idle, p.count = map[string]*connection{}, map[string]int{}
	}
	p.idle[key] = conn
	p.count[t.Address]++
	conn.expiry = time.AfterFunc(idleLimit, func() {
		p.mu.Lock()
		kept := p.drop(t, conn)
		p.mu.Unlock()
		if kept {
			closeQuietly(conn.Conn)
		}
	})
}
