package mysql

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// database is one target. Every session is a connection of its own, so nothing of a migration outlives it.
type database struct {
	engine  *Engine
	target  engine.Target
	mariadb bool
	ledger  string // qualified and quoted

	mu    sync.Mutex
	spare *connection // the one that Open made, for the first who needs one; nil afterwards
}

// connection takes the spare connection, or makes one.
func (d *database) connection(ctx context.Context) (*connection, error) {
	d.mu.Lock()
	c := d.spare
	d.spare = nil
	d.mu.Unlock()
	if c != nil {
		return c, nil
	}
	return d.engine.connect(ctx, d.target)
}

var (
	_ engine.DB    = (*database)(nil)
	_ engine.Ender = (*database)(nil)
)

// Close implements engine.DB.
func (d *database) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.spare != nil {
		d.spare.closeQuietly()
		d.spare = nil
	}
	return nil
}

// read runs our own questions.
func (d *database) read(ctx context.Context, use func(context.Context, *connection) error) error {
	c, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return err
	}
	defer c.closeQuietly()
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := use(ctx, c); err != nil {
		return mapError(err)
	}
	return nil
}

// Begin implements engine.DB. There is no lock of a whole database, so only statements wait. A transaction does not
// survive a statement that commits by itself: those are marked NoTx.
func (d *database) Begin(ctx context.Context, o engine.SessionOptions) (engine.Session, error) {
	c, err := d.connection(ctx)
	if err != nil {
		return nil, &engine.Error{Kind: engine.Lost, Message: towpath.ErrorMessage(err), Err: err}
	}
	s := &session{db: d, conn: c, options: o}
	if err := s.begin(ctx); err != nil {
		c.closeQuietly()
		return nil, mapError(err)
	}
	return s, nil
}

type session struct {
	db        *database
	conn      *connection
	options   engine.SessionOptions
	id        int64
	started   int64 // of the server, in seconds
	hasLedger bool
	inside    bool  // a short transaction of ours, in a session without one
	broken    error // why nothing more can be done
	closed    bool
}

var _ engine.Session = (*session)(nil)

func (s *session) begin(ctx context.Context) (err error) {
	if s.id, s.started, err = s.conn.identity(ctx); err != nil {
		return err
	}
	var mode string
	if err := s.conn.QueryRowContext(ctx, "SELECT @@SESSION.sql_mode").Scan(&mode); err != nil {
		return err
	}
	// The splitter reads quotes and backslashes as the default mode does.
	if _, err := s.conn.ExecContext(ctx, "SET SESSION sql_mode = ?", plainMode(mode)); err != nil {
		return err
	}
	if !s.options.NoTx {
		// Where a statement has committed by itself, the next one begins anew.
		if _, err := s.conn.ExecContext(ctx, "SET SESSION autocommit = 0"); err != nil {
			return err
		}
		// Not a lock that anybody waits for: it tells who is in a transaction when the client is gone.
		var got any
		if err := s.conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 0)", runnerLock(s.db.target.Database)).Scan(&got); err != nil {
			return err
		}
	}
	return s.limit(ctx)
}

// plainMode leaves out what changes how SQL is read.
func plainMode(mode string) string {
	var kept []string
	for _, one := range strings.Split(mode, ",") {
		if one != "" && !lexicalMode(one) {
			kept = append(kept, one)
		}
	}
	return strings.Join(kept, ",")
}

func lexicalMode(mode string) bool {
	switch strings.ToUpper(strings.TrimSpace(mode)) {
	case "ANSI", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ORACLE", "DB2", "MAXDB", "MSSQL", "POSTGRESQL", "PIPES_AS_CONCAT", "IGNORE_SPACE":
		return true
	}
	return false
}

// limit sets the bounds anew before each statement: a procedure can change them where the splitter does not see it.
func (s *session) limit(ctx context.Context) error {
	bounds := []string{fmt.Sprintf("lock_wait_timeout = %[1]d, innodb_lock_wait_timeout = %[1]d", seconds(s.options.LockTimeout))}
	if timeout := s.options.StatementTimeout; timeout > 0 && s.db.mariadb {
		bounds = append(bounds, fmt.Sprintf("max_statement_time = %.3f", max(timeout, time.Millisecond).Seconds()))
	}
	_, err := s.conn.ExecContext(ctx, "SET SESSION "+strings.Join(bounds, ", "))
	return err
}

// seconds rounds up, and to one at least.
func seconds(d time.Duration) int64 { return max(int64((d+time.Second-1)/time.Second), 1) }

// identity is the connection's number and when the server started, to a second or so.
func (c *connection) identity(ctx context.Context) (id, started int64, err error) {
	var name string
	var uptime, now int64
	if err := c.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'Uptime'").Scan(&name, &uptime); err != nil {
		return 0, 0, err
	}
	if err := c.QueryRowContext(ctx, "SELECT CONNECTION_ID(), UNIX_TIMESTAMP()").Scan(&id, &now); err != nil {
		return 0, 0, err
	}
	return id, now - uptime, nil
}

// Identity implements engine.Session: "<connection> since <second in which the server started>".
func (s *session) Identity() string { return fmt.Sprintf("%d since %d", s.id, s.started) }

// Exec implements engine.Session.
func (s *session) Exec(ctx context.Context, st statement.Statement) (int64, error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if err := s.limit(ctx); err != nil {
		return 0, s.fail(err)
	}
	if other := otherDatabase(st.Text, s.db.target.Database); other != "" {
		return 0, s.fail(&engine.Error{Kind: engine.Refused, Message: fmt.Sprintf(
			"the statement reaches the database %s: a migration changes its own database only", other)})
	}
	before, err := s.ledgerSum(ctx, st)
	if err != nil {
		return 0, s.fail(err)
	}
	result, err := s.watched(ctx, st.Text)
	if err != nil {
		return 0, s.fail(err)
	}
	if after, err := s.ledgerSum(ctx, st); err != nil || after != before {
		return 0, s.fail(errors.Join(err, ledgerChanged(before, after)))
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return 0, s.fail(err)
	}
	if strings.HasPrefix(st.Verb, "CREATE") || strings.HasPrefix(st.Verb, "ALTER") {
		return 0, nil // counts what was copied
	}
	return rows, nil
}

// run sends a statement and, when its time is over, asks the server to stop it: a closed connection alone would leave it
// running there. The outcome is the server's word where it still gives one.
func (s *session) run(ctx context.Context, text string) (sql.Result, error) {
	if s.options.StatementTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.options.StatementTimeout+s.grace())
		defer cancel()
	}
	running, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		if err := s.db.kill(running, "KILL QUERY ", s.id); err != nil {
			abandon()
			return
		}
		select {
		case <-running.Done():
		case <-time.After(cancelGrace):
			abandon()
		}
	})
	result, err := s.conn.ExecContext(running, text)
	if stop() {
		return result, err
	}
	abandon()
	<-killed
	return result, err
}

// grace lets MariaDB's own limit, which is exact, come first.
func (s *session) grace() time.Duration {
	if s.db.mariadb {
		return time.Second
	}
	return 0
}

// kill sends a KILL from a connection of its own.
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

// fail keeps in mind that a session in a transaction is over after an error: a deadlock, for one, has undone all of it.
func (s *session) fail(err error) error {
	mapped := mapError(err)
	if mapped.Kind == engine.Lost || !s.options.NoTx {
		s.broken = &engine.Error{Kind: mapped.Kind, Message: "the session has failed before: " + mapped.Message, Err: err}
	}
	return mapped
}

func (s *session) usable() error {
	if s.closed {
		return &engine.Error{Kind: engine.Failed, Message: "the session is over"}
	}
	return s.broken
}

// Entry implements engine.Session.
func (s *session) Entry(ctx context.Context, id towpath.MigrationID) (towpath.LedgerEntry, bool, error) {
	if err := s.usable(); err != nil {
		return towpath.LedgerEntry{}, false, err
	}
	entry, found, err := s.entry(ctx, id)
	if err != nil {
		return entry, false, s.fail(err)
	}
	return entry, found, nil
}

// Record implements engine.Session.
func (s *session) Record(ctx context.Context, entries ...towpath.LedgerEntry) error {
	if err := s.usable(); err != nil {
		return err
	}
	if err := s.record(ctx, entries); err != nil {
		return s.fail(err)
	}
	return nil
}

// ExecRecord implements engine.Session.
func (s *session) ExecRecord(ctx context.Context, st statement.Statement, entries ...towpath.LedgerEntry) (rows int64, err error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if err := s.makeLedger(ctx); err != nil {
		return 0, s.fail(err)
	}
	err = s.within(ctx, func() error {
		if rows, err = s.Exec(ctx, st); err != nil {
			return err
		}
		return s.upsert(ctx, entries)
	})
	if err != nil {
		return 0, s.fail(err)
	}
	return rows, nil
}

// Commit implements engine.Session. Foreign keys are the server's check.
func (s *session) Commit(ctx context.Context) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.options.NoTx {
		return nil
	}
	s.broken = &engine.Error{Kind: engine.Failed, Message: "the session is over"}
	if _, err := s.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return asLost(mapError(err))
	}
	return nil
}

// Close implements engine.Session; the server undoes what was not committed.
func (s *session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	// A connection that broke says so once more when it is closed.
	s.conn.closeQuietly()
	return nil
}

// EndSession implements engine.Ender.
func (d *database) EndSession(ctx context.Context, identity string) error {
	var id, started int64
	if _, err := fmt.Sscanf(identity, "%d since %d", &id, &started); err != nil {
		return fmt.Errorf("read the session's identity %q: %w", identity, err)
	}
	c, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return err
	}
	defer c.closeQuietly()
	_, now, err := c.identity(ctx)
	if err != nil {
		return fmt.Errorf("end the session %s: %w", identity, mapError(err))
	}
	if now-started > 2 || started-now > 2 {
		return nil // the server has started anew since
	}
	for {
		var n int
		if err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?", id).Scan(&n); err != nil {
			return fmt.Errorf("end the session %s: %w", identity, mapError(err))
		}
		if n == 0 {
			return nil
		}
		// An error here is that it has just gone, or that it is somebody else's; the next look tells.
		_, killErr := c.ExecContext(ctx, fmt.Sprintf("KILL %d", id))
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the end of session %s: %w", identity, errors.Join(ctx.Err(), killErr))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// runnerLock names the user lock of sessions in a transaction on a database.
func runnerLock(database string) string {
	sum := sha256.Sum256([]byte(database))
	return "towpath." + hex.EncodeToString(sum[:16])
}

// Runners implements engine.Ender.
func (d *database) Runners(ctx context.Context) ([]string, error) {
	c, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return nil, err
	}
	defer c.closeQuietly()
	_, started, err := c.identity(ctx)
	if err != nil {
		return nil, mapError(err)
	}
	var id sql.NullInt64
	if err := c.QueryRowContext(ctx, "SELECT IS_USED_LOCK(?)", runnerLock(d.target.Database)).Scan(&id); err != nil {
		return nil, mapError(err)
	}
	if !id.Valid {
		return nil, nil
	}
	return []string{fmt.Sprintf("%d since %d", id.Int64, started)}, nil
}
