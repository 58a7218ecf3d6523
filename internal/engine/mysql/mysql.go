// Package mysql drives MySQL 8 and MariaDB 10.6 and later as target databases: isolated sessions, a
// splitter that reads DELIMITER, bodies and conditional comments, and a ledger in the database
// itself.
package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"slices"
	"strconv"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"towpath"
	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

const (
	connectTimeout = 10 * time.Second
	readTimeout    = time.Minute // of our own queries to the catalog
	cancelGrace    = 5 * time.Second
)

// Engine is the MySQL and MariaDB engine. A target's Address is host or host:port.
type Engine struct {
	// Dial opens connections; nil is a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock that is compared with the server's; nil is time.Now.
	Now func() time.Time

	oneByOne bool // sends statements one by one to MariaDB too, as to MySQL; for tests
}

var _ engine.Engine = (*Engine)(nil)

// New returns the engine with its defaults.
func New() *Engine { return &Engine{} }

// Split implements engine.Engine.
func (e *Engine) Split(script io.Reader) iter.Seq2[statement.Statement, error] {
	return dialect.Split(script)
}

// Canonical implements engine.Canonicalizer.
func (e *Engine) Canonical(s statement.Statement) string {
	return dialect.Canonical(s.Text)
}

// Discover implements engine.Engine.
func (e *Engine) Discover(ctx context.Context, t engine.Target) (names []string, err error) {
	t.Database = ""
	c, err := e.connect(ctx, t)
	if err != nil {
		return nil, err
	}
	defer c.closeQuietly()
	names, err = column(ctx, c.Conn, `SELECT schema_name FROM information_schema.schemata
		WHERE schema_name NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
			ORDER BY BINARY schema_name`)
	if err != nil {
		return nil, fmt.Errorf("list the databases: %w", err)
	}
	return slices.DeleteFunc(names, engine.IsScratch), nil
}

// Open implements engine.Engine.
func (e *Engine) Open(ctx context.Context, t engine.Target) (engine.DB, error) {
	if t.Database == "" {
		return nil, towpath.Invalid("database", "Name the database.")
	}
	c, err := e.connect(ctx, t)
	if err != nil {
		return nil, err
	}
	db := &database{engine: e, target: t, ledger: dialect.QuoteName(t.Database) + "." +
		dialect.QuoteName(ledgerTable)}
	if db.mariadb, _, err = c.flavor(ctx); err != nil {
		c.closeQuietly()
		return nil, towpath.Errorf(towpath.CodeUnavailable, "The server sent an unexpected response: %s.",
			mapError(err).Message)
	}
	db.batches = db.mariadb && !e.oneByOne
	db.spare = c
	return db, nil
}

// connect opens one connection. Its error is a *towpath.Error.
func (e *Engine) connect(ctx context.Context, t engine.Target) (*connection, error) {
	config, err := e.config(t)
	if err != nil {
		return nil, err
	}
	connector, err := driver.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("make the configuration: %w", err)
	}
	c := &connection{pool: sql.OpenDB(connector)}
	c.pool.SetMaxOpenConns(1)
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	if c.Conn, err = c.pool.Conn(ctx); err != nil {
		return nil, errors.Join(towpath.Errorf(towpath.CodeUnavailable, "%s", connectMessage(t, err)),
			c.pool.Close())
	}
	return c, nil
}

// config is strict: one statement at a time, no local files, no passwords in clear text.
func (e *Engine) config(t engine.Target) (*driver.Config, error) {
	host, port, err := engine.HostPort(t.Address, 3306)
	if err != nil {
		return nil, err
	}
	config := driver.NewConfig()
	if config.TLS, err = engine.TLSConfig(host, t.Options); err != nil {
		return nil, err
	}
	config.Net, config.Addr = "tcp", net.JoinHostPort(host, strconv.Itoa(int(port)))
	config.User = t.Username
	config.Passwd = t.Password
	config.DBName = t.Database
	config.Collation = "utf8mb4_general_ci"
	config.Loc = time.UTC
	config.ParseTime = true
	config.Timeout, config.Logger = connectTimeout, silent{}
	config.ConnectionAttributes = "program_name:towpath"
	if e.Dial != nil {
		config.DialFunc = e.Dial
	}
	return config, nil
}

// silent drops the driver's own log lines: the errors contain the same.
type silent struct{}

func (silent) Print(...any) {}

// connectMessage explains in plain words why connecting failed; it does not contain the password.
func connectMessage(t engine.Target, err error) string {
	var refused *driver.MySQLError
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &refused) && refused.Number == 1045:
		return fmt.Sprintf("The server refuses the user %s: %s.", t.Username, refused.Message)
	case errors.As(err, &refused):
		return fmt.Sprintf("The server refuses the connection: %s.", refused.Message)
	case errors.Is(err, driver.ErrNoTLS):
		return "The server does not offer TLS. Turn it on there, or set the TLS mode to disable."
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("There is no host named %s.", dns.Name)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s does not answer.", t.Address)
	case errors.As(err, &op):
		return fmt.Sprintf("%s cannot be reached: %s.", t.Address, op.Err)
	}
	return fmt.Sprintf("%s cannot be used: %s.", t.Address, err)
}
