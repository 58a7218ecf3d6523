package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

const (
	idleLimit   = 5 * time.Second // short, since a connection stands in the way of dropping its database
	idleTargets = 256
)

// pool keeps the connection that was used last with each target for the next use. What is kept has been reset.
type pool struct {
	mu   sync.Mutex
	idle map[string]*pgx.Conn
}

// targetKey tells targets apart, with all that a connection is made of.
func targetKey(t engine.Target) string {
	return fmt.Sprintf("%q", []any{t.Address, t.Username, t.Password, t.Database, t.Options[engine.OptionTLS], t.Options[engine.OptionCA]})
}

// take returns the connection that is kept, nil when there is none. It may have died meanwhile.
func (p *pool) take(t engine.Target) *pgx.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := targetKey(t)
	conn := p.idle[key]
	delete(p.idle, key)
	return conn
}

// put keeps a connection that is in no transaction, or ends it.
func (p *pool) put(t engine.Target, conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), cancelGrace)
	defer cancel()
	if conn.IsClosed() || conn.PgConn().TxStatus() != 'I' {
		closeQuietly(conn)
		return
	}
	if _, err := conn.Exec(ctx, "DISCARD ALL"); err != nil {
		closeQuietly(conn)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := targetKey(t)
	if p.idle[key] != nil || len(p.idle) >= idleTargets {
		closeQuietly(conn)
		return
	}
	if p.idle == nil {
		p.idle = map[string]*pgx.Conn{}
	}
	p.idle[key] = conn
	time.AfterFunc(idleLimit, func() {
		p.mu.Lock()
		kept := p.idle[key] == conn
		if kept {
			delete(p.idle, key)
		}
		p.mu.Unlock()
		if kept {
			closeQuietly(conn)
		}
	})
}
