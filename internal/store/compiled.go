package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// maxCompiled bounds the statements that a connection keeps. There are far fewer texts, since all
// are constants of this package.
const maxCompiled = 1000

// connections is a pool for a SQLite file. Each connection keeps its compiled statements, since
// compiling one takes longer than running it.
type connections struct {
	db      *sql.DB
	idle    chan *connection // a nil entry is not open yet
	closed  chan struct{}
	closing sync.Once
}

func newConnections(db *sql.DB, n int) *connections {
	c := &connections{db: db, idle: make(chan *connection, n), closed: make(chan struct{})}
	for range n {
		c.idle <- nil
	}
	return c
}

// errClosed is the error of a transaction that begins on a closed or closing store.
var errClosed = errors.New("the database is closed")

// close waits for running transactions and closes all connections. No transaction begins
// afterwards.
func (c *connections) close(ctx context.Context) (err error) {
	c.closing.Do(func() { close(c.closed) })
	for range cap(c.idle) {
		select {
		case conn := <-c.idle:
			if conn != nil {
				err = errors.Join(err, conn.end())
			}
		case <-ctx.Done():
			return errors.Join(err, fmt.Errorf("wait for transactions of the metadata: %w", ctx.Err()))
		}
	}
	return err
}

// connection runs one transaction at a time. database/sql's own transactions do not keep compiled
// statements.
type connection struct {
	*sql.Conn
	compiled map[string]*sql.Stmt
}

// begin waits for a free connection and begins a transaction there.
func (c *connections) begin(ctx context.Context, begin string) (t transaction, err error) {
	var conn *connection
	select {
	case <-c.closed:
		return nil, errClosed
	default:
	}
	select {
	case conn = <-c.idle:
	case <-c.closed:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() {
		if err != nil {
			c.idle <- conn
		}
	}()
	if conn == nil {
		opened, err := c.db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		conn = &connection{opened, map[string]*sql.Stmt{}}
	}
	// SQLite's busy timeout bounds the wait. With a context that ends meanwhile, it would be
	// unknown whether the transaction began.
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), begin); err != nil {
		return nil, err
	}
	return &compiledTx{ctx: ctx, connection: conn, pool: c}, nil
}

// end closes the connection and its statements: SQLite keeps a file open while there is a
// statement.
func (c *connection) end() (err error) {
	for _, s := range c.compiled {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, c.Close())
}

func (c *connection) statement(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := c.compiled[text]; ok {
		return s, nil
	}
	s, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	if len(c.compiled) >= maxCompiled {
		for old, s := range c.compiled {
			delete(c.compiled, old)
			if err := s.Close(); err != nil {
				return nil, err
			}
		}
	}
	c.compiled[text] = s
	return s, nil
}

// ExecContext implements querier.
func (c *connection) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext implements querier. Callers close the rows before they run the same text again.
func (c *connection) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext implements querier.
func (c *connection) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	s, err := c.statement(ctx, text)
	if err != nil {
		return c.Conn.QueryRowContext(ctx, text, args...) // which returns the error
	}
	return s.QueryRowContext(ctx, args...)
}

// compiledTx is a transaction on one of the connections.
type compiledTx struct {
	*connection
	ctx  context.Context
	pool *connections
	done bool // committed or rolled back
}

// Commit implements transaction.
func (t *compiledTx) Commit() error {
	if err := t.ctx.Err(); err != nil {
		return err
	}
	return t.end("COMMIT")
}

// Rollback implements transaction.
func (t *compiledTx) Rollback() error { return t.end("ROLLBACK") }

func (t *compiledTx) end(text string) error {
	if t.done {
		return sql.ErrTxDone
	}
	_, err := t.ExecContext(context.WithoutCancel(t.ctx), text)
	if err != nil && text == "COMMIT" {
		return err // a rollback follows
	}
	t.done = true
	if err == nil {
		t.pool.idle <- t.connection
		return nil
	}
	// SQLite has rolled back by itself, or the connection is broken: in both cases a new connection
	// is clean.
	t.pool.idle <- nil
	return errors.Join(fmt.Errorf("end the transaction: %w", err), t.connection.end())
}
