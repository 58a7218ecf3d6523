package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// maxCompiled bounds the statements that a connection keeps. There are far fewer texts: all are constants of this package.
const maxCompiled = 1000

// connections are some of a SQLite file. Each keeps its compiled statements, since compiling one takes longer than running it.
type connections struct {
	db      *sql.DB
	idle    chan *connection // nil for one that is not open yet
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

// errClosed is what a transaction gets that begins when the store is closed, or is being closed.
var errClosed = errors.New("the database is closed")

// close waits for the transactions that run and closes all connections. No other one begins afterwards.
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

// connection runs one transaction at a time. database/sql's own transactions do not keep compiled statements.
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
	// SQLite's own limit bounds the wait. A context that ends meanwhile would leave open whether it has begun.
	if _, err := conn.ExecContext(context.WithoutCancel(ctx), begin); err != nil {
		return nil, err
	}
	return &compiledTx{ctx: ctx, connection: conn, pool: c}, nil
}

// end closes the connection and its statements: SQLite keeps a file open for as long as there is one.
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

// QueryContext implements querier. Its rows are closed before the same text is asked again.
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
		return c.Conn.QueryRowContext(ctx, text, args...) // which tells the error
	}
	return s.QueryRowContext(ctx, args...)
}

// compiledTx is a transaction on one of the connections.
type compiledTx struct {
	*connection
	ctx  context.Context
	pool *connections
	over bool
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
	if t.over {
		return sql.ErrTxDone
	}
	_, err := t.ExecContext(context.WithoutCancel(t.ctx), text)
	if err != nil && text == "COMMIT" {
		return err // what follows is a rollback
	}
	t.over = true
	if err == nil {
		t.pool.idle <- t.connection
		return nil
	}
	// SQLite has undone the transaction by itself, or the connection is of no use: either way a new one is clean.
	t.pool.idle <- nil
	return errors.Join(fmt.Errorf("end the transaction: %w", err), t.connection.end())
}
