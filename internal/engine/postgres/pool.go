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

// identity names a row of pg_stat_activity.
const identity = `pid::text || ' since ' || (extract(epoch FROM backend_start) * 1000000)::bigint::text`

// connection is one to the server.
type connection struct {
	*pgx.Conn
	identity string // of its session there
	pooled   bool   // a pooler is in between: the session is ours for the length of a transaction only
	whole    bool   // people have said that a pooler would leave us the session
	dirty    bool   // a script may have left something in it
	used     bool   // by a session before
	prepared bool   // our own statements
	most     int    // connections that the server allows
}

// identify asks which session of the server this is.
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

// stayed looks whether a session that people have said to be ours still is the one that it was.
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
				Message: "the connection pooler has given us another session, so it is not in session mode:" +
					" set the instance's option pooler to transaction, or use the server's own address",
			}
		},
	}
}

// reset takes out what a script has left. It is false for a connection that is of no more use,
// which is ended.
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

// prepare has the server read our own statements once. It pays from a connection's second session
// on. To read a statement takes its locks: wait bounds them, as a value of lock_timeout.
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

// forget takes back what was prepared.
func (c *connection) forget(ctx context.Context) error {
	if !c.prepared {
		return nil
	}
	c.prepared = false
	return c.DeallocateAll(ctx)
}

// leftovers undo what a script has left in a session:
// https://www.postgresql.org/docs/current/sql-discard.html
func (c *connection) leftovers() []call {
	if !c.prepared {
		return []call{{text: "DISCARD ALL", clean: true}}
	}
	var calls []call // the same, without our own statements
	for _, text := range []string{
		"CLOSE ALL", "SET SESSION AUTHORIZATION DEFAULT", "RESET ALL", "UNLISTEN *",
		"SELECT pg_catalog.pg_advisory_unlock_all()", "DISCARD TEMP", "DISCARD SEQUENCES",
	} {
		calls = append(calls, call{text: text})
	}
	return append(calls,
		call{
			clean: true,
			text:  "SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements WHERE from_sql",
			scan: func(row pgx.Row) error {
				var theirs int
				if err := row.Scan(&theirs); err != nil || theirs == 0 {
					return err
				}
				return errors.New("a script has left prepared statements")
			},
		})
}

// pool keeps the connection that was used last with each target for the next use, up to a quarter
// of what a server allows. What is kept has been reset.
type pool struct {
	mu    sync.Mutex
	idle  map[string]*connection
	count map[string]int // by address
}

// targetKey tells targets apart, with all that a connection is made of.
func targetKey(t engine.Target) string {
	return fmt.Sprintf("%q", []any{
		t.Address, t.Username, t.Password, t.Database, t.Options[engine.OptionTLS],
		t.Options[engine.OptionCA], sessionPooler(t),
	})
}

// take returns the connection that is kept, nil when there is none. It may have died meanwhile.
func (p *pool) take(t engine.Target) *connection {
	p.mu.Lock()
	defer p.mu.Unlock()
	conn := p.idle[targetKey(t)]
	p.drop(t, conn)
	return conn
}

// drop forgets a connection if it is still the one that is kept.
func (p *pool) drop(t engine.Target, conn *connection) bool {
	key := targetKey(t)
	if conn == nil || p.idle[key] != conn {
		return false
	}
	delete(p.idle, key)
	p.count[t.Address]--
	return true
}

// put keeps a connection that is as new, or ends it.
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
	time.AfterFunc(idleLimit, func() {
		p.mu.Lock()
		kept := p.drop(t, conn)
		p.mu.Unlock()
		if kept {
			closeQuietly(conn.Conn)
		}
	})
}
