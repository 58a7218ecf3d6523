package pgserver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

// admin are connections that have made databases and are idle. A new connection costs more than a
// database.
type admin struct {
	mu   sync.Mutex
	idle []*pgx.Conn
}

// Copy makes a database with a name of its own as a copy of another one, to which nobody is connected.
func (s *Server) Copy(t testing.TB, template string) engine.Target {
	t.Helper()
	target := s.Target()
	target.Database = fmt.Sprintf("shop%d", s.count.Add(1))
	s.Create(t, target.Database, template)
	return target
}

// Create makes a database as a copy of another one.
func (s *Server) Create(t testing.TB, name, template string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Administer(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template+s.Strategy()); err != nil {
		t.Fatal(err)
	}
}

// Strategy is how CREATE DATABASE copies at the least cost: as files. A server writes all pages of the
// copy into its log otherwise, which pays in a busy one.
func (s *Server) Strategy() string {
	if s.version < 15 {
		return "" // older servers know no other way
	}
	return " STRATEGY file_copy"
}

// Administer runs one statement about databases or roles as the superuser, on a connection that the
// next one uses again. The statement must leave nothing in its session.
func (s *Server) Administer(ctx context.Context, statement string) error {
	conn := s.admin.take()
	if conn != nil && conn.Ping(ctx) != nil { // a test may have ended it
		_ = conn.Close(ctx)
		conn = nil
	}
	if conn == nil {
		var err error
		if conn, err = s.connect(ctx, "postgres"); err != nil {
			return err
		}
	}
	if _, err := conn.Exec(ctx, statement); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", statement, err), conn.Close(ctx))
	}
	s.admin.put(conn)
	return nil
}

func (a *admin) take() *pgx.Conn {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := len(a.idle) - 1
	if last < 0 {
		return nil
	}
	conn := a.idle[last]
	a.idle = a.idle[:last]
	return conn
}

func (a *admin) put(conn *pgx.Conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.idle = append(a.idle, conn)
}

// close ends the idle connections.
func (a *admin) close() (err error) {
	for conn := a.take(); conn != nil; conn = a.take() {
		err = errors.Join(err, conn.Close(context.Background()))
	}
	return err
}
