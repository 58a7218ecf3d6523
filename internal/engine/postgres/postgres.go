// Package postgres drives PostgreSQL 13 and later as target databases: a splitter for the dialect,
// a ledger in a separate schema, and a reader of the whole catalog.
package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"towpath"
	dialect "towpath/internal/dialect/postgres"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// OptionLedgerSchema is the schema of the ledger, "towpath_ledger" when missing. The network
// options are engine.OptionTLS and engine.OptionCA.
const OptionLedgerSchema = "ledgerSchema"

// OptionPooler is the mode of a connection pooler before the server, which cannot be queried:
// "transaction" when missing, or "session", where a connection is ours from its beginning to its
// end.
const OptionPooler = "pooler"

// sessionPooler reports whether the option says session.
func sessionPooler(t engine.Target) bool { return t.Options[OptionPooler] == "session" }

const (
	connectTimeout = 10 * time.Second
	readTimeout    = time.Minute // of one of our own queries to the catalog
	cancelGrace    = 5 * time.Second
)

// Engine is the PostgreSQL engine. A target's Address is host or host:port.
type Engine struct {
	// Dial opens connections; nil is a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock that is compared with the server's; nil is time.Now.
	Now func() time.Time
	// Logger logs the move of a ledger; nil is slog.Default().
	Logger *slog.Logger

	pool pool
}

func (e *Engine) logger() *slog.Logger { return cmp.Or(e.Logger, slog.Default()) }

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

// Discover implements engine.Engine: databases that allow connections, without templates,
// "postgres" and scratch databases.
func (e *Engine) Discover(ctx context.Context, t engine.Target) (names []string, err error) {
	conn, err := e.connectInstance(ctx, t)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(conn)
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_catalog.pg_database
		WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres' ORDER BY datname COLLATE "C"`)
	if err != nil {
		return nil, fmt.Errorf("list the databases: %w", err)
	}
	if names, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return nil, fmt.Errorf("list the databases: %w", err)
	}
	return slices.DeleteFunc(names, engine.IsScratch), nil
}

// Open implements engine.Engine.
func (e *Engine) Open(ctx context.Context, t engine.Target) (engine.DB, error) {
	if t.Database == "" {
		return nil, towpath.Invalid("database", "Name the database.")
	}
	at := newPlace(t.Options)
	db := &database{
		engine: e,
		target: t,
		place:  at,
		ledger: pgx.Identifier{at.schema, ledgerTable}.Sanitize(),
	}
	conn, err := e.alive(ctx, t)
	if err != nil {
		return nil, err
	}
	db.spare = conn
	return db, nil
}

// connectInstance connects to the target's database, or to one that every server has.
func (e *Engine) connectInstance(ctx context.Context, t engine.Target) (*pgx.Conn, error) {
	if t.Database == "" {
		t.Database = "postgres"
	}
	return e.connect(ctx, t)
}

// alive takes a connection from the pool that still answers, or opens one.
func (e *Engine) alive(ctx context.Context, t engine.Target) (*connection, error) {
	if conn := e.pool.take(t); conn != nil {
		if err := conn.Ping(ctx); err == nil {
			return conn, nil
		}
		closeQuietly(conn.Conn)
	}
	conn, err := e.connect(ctx, t)
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: conn, whole: sessionPooler(t)}
	who := c.identify()
	if err := who.scan(conn.QueryRow(ctx, who.text)); err != nil {
		closeQuietly(conn)
		return nil, towpath.Errorf(towpath.CodeUnavailable, "%s", connectMessage(t, err))
	}
	return c, nil
}

// connect opens one connection. Its error is a *towpath.Error.
func (e *Engine) connect(ctx context.Context, t engine.Target) (*pgx.Conn, error) {
	config, err := e.config(t)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := bounded(ctx, config)
	if err != nil {
		return nil, towpath.Errorf(towpath.CodeUnavailable, "%s", towpath.Clip(connectMessage(t, err)))
	}
	return conn, nil
}

// config takes nothing from the environment: it sets every field that ParseConfig reads from there.
func (e *Engine) config(t engine.Target) (*pgx.ConnConfig, error) {
	host, port, err := engine.HostPort(t.Address, 5432)
	if err != nil {
		return nil, err
	}
	if mode := t.Options[OptionPooler]; mode != "" && mode != "transaction" && mode != "session" {
		return nil, towpath.Invalid("options."+OptionPooler,
			"%q is not a mode of a pooler: use transaction or session.", mode)
	}
	config, err := pgx.ParseConfig("host=localhost port=5432 user=none password=none dbname=none " +
		"sslmode=disable")
	if err != nil {
		return nil, fmt.Errorf("make the configuration: %w", err)
	}
	if config.TLSConfig, err = engine.TLSConfig(host, t.Options); err != nil {
		return nil, err
	}
	config.Host = host
	config.Port = port
	config.User = t.Username
	config.Password = t.Password
	config.Database = t.Database
	config.Fallbacks = nil
	config.ValidateConnect = nil
	config.AfterConnect = nil
	config.RuntimeParams = map[string]string{"application_name": "towpath", "client_encoding": "UTF8"}
	config.ConnectTimeout = connectTimeout
	// One statement at a time, prepared without a name: the server itself refuses two in one text,
	// and poolers accept it.
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	// A cancelled call asks the server to stop and keeps the connection, so that the server's
	// answer decides the outcome.
	config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: cancelGrace}
	}
	config.OnNotice = keepNotice
	if e.Dial != nil {
		config.DialFunc = e.Dial
	}
	return config, nil
}

// connectMessage explains in plain words why connecting failed; it does not contain the password.
func connectMessage(t engine.Target, err error) string {
	var pgErr *pgconn.PgError
	var dns *net.DNSError
	switch {
	case errors.As(err, &pgErr) && (pgErr.Code == "28P01" || pgErr.Code == "28000"):
		return fmt.Sprintf("The server refuses the user %s: %s.", t.Username, pgErr.Message)
	case errors.As(err, &pgErr):
		return fmt.Sprintf("The server refuses the connection: %s.", pgErr.Message)
	case strings.Contains(err.Error(), "refused TLS"):
		return "The server does not offer TLS. Turn it on there, or set the TLS mode to disable."
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Sprintf("There is no host named %s.", dns.Name)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s does not answer.", t.Address)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return fmt.Sprintf("%s cannot be reached: %s.", t.Address, op.Err)
	}
	return fmt.Sprintf("%s cannot be used: %s.", t.Address, err)
}

// closeQuietly closes a connection that has nothing to lose.
func closeQuietly(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), cancelGrace)
	defer cancel()
	_ = conn.Close(ctx)
}
