package sqlite

import (
	"context"
	"database/sql"
	driverapi "database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// connection is one dedicated, guarded connection; sessions must not share SQLite's per-connection
// state.
type connection struct {
	*sql.Conn
	pool       *sql.DB
	guard      *guard
	rolledBack bool // SQLite undid the transaction by itself, as it does for ON CONFLICT ROLLBACK
	ownJournal bool // see keepJournal
	hasLedger  bool
	changes    int64 // total_changes so far
	keys       bool  // foreign keys act

	// of foreign keys, as the last transaction here has left them; nil when they were not checked
	violations *violations
	version    int64 // of the data, when violations were read
}

// keepJournal empties the rollback journal after a transaction instead of deleting it, until the
// connection is closed: this is as safe and much faster. Other journal modes stay as they are.
// https://www.sqlite.org/pragma.html#pragma_journal_mode
func (c *connection) keepJournal(ctx context.Context) error {
	return c.asOwner(func() error {
		var mode string
		if err := c.QueryRowContext(ctx, "PRAGMA main.journal_mode").Scan(&mode); err != nil ||
			mode != "delete" {
			return err
		}
		c.ownJournal = true
		return c.QueryRowContext(ctx, "PRAGMA main.journal_mode = PERSIST").Scan(&mode)
	})
}

// dsn opens targets without creating them, with the journal mode unchanged and foreign keys off as
// by SQLite's default. A session decides whether they act. Double quotes enclose names only, as in
// SQLite's shell: otherwise a misspelled name is a text, and an index, a condition or an update
// with it succeeds. https://www.sqlite.org/quirks.html#dblquote
func dsn(path string, lockTimeout time.Duration, readOnly bool) string {
	q := url.Values{
		"mode": {"rw"}, "_defensive": {"1"}, "_dqs": {"0"},
		"_pragma": {"trusted_schema(0)", "foreign_keys(0)"},
	}
	q.Set("_busy_timeout", strconv.FormatInt(max(lockTimeout.Milliseconds(), 0), 10))
	if readOnly {
		q.Set("_query_only", "1")
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

func connect(
	ctx context.Context, path string, lockTimeout time.Duration, readOnly bool,
) (*connection, error) {
	connector, err := driver.NewConnector(dsn(path, lockTimeout, readOnly))
	if err != nil {
		return nil, fmt.Errorf("read the file's address: %w", err)
	}
	c := &connection{pool: sql.OpenDB(connector), guard: &guard{}}
	c.pool.SetMaxOpenConns(1)
	if c.Conn, err = c.pool.Conn(ctx); err != nil {
		return nil, errors.Join(err, c.pool.Close())
	}
	if err := c.Raw(c.protect); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	if err := c.limit(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

const (
	// bytes of one text, blob or row; a call of a function cannot be interrupted, so this bounds it
	maxValue = 64 << 20
	// bytes that all SQLite connections of this process may use: its own limit is for the process
	maxHeap = 256 << 20
)

// limit bounds what a script may use. https://www.sqlite.org/limits.html
func (c *connection) limit(ctx context.Context) error {
	for id, most := range map[int]int{
		lib.SQLITE_LIMIT_ATTACHED: 0, lib.SQLITE_LIMIT_LENGTH: maxValue,
		lib.SQLITE_LIMIT_SQL_LENGTH: statement.MaxLength + 1, lib.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1000,
		lib.SQLITE_LIMIT_WORKER_THREADS: 0,
	} {
		if _, err := driver.Limit(c.Conn, id, most); err != nil {
			return fmt.Errorf("set a limit of SQLite: %w", err)
		}
	}
	return c.asOwner(func() error {
		var heap int64
		return c.QueryRowContext(ctx, fmt.Sprintf("PRAGMA hard_heap_limit = %d", maxHeap)).Scan(&heap)
	})
}

// protect installs the guard.
func (c *connection) protect(raw any) error {
	conn, ok := raw.(interface {
		driverapi.Conn
		driver.AuthorizerRegisterer
		driver.HookRegisterer
	})
	if !ok {
		return errors.New("the SQLite driver has no authorizer")
	}
	conn.RegisterRollbackHook(func() { c.rolledBack = true })
	return conn.RegisterAuthorizer(c.guard.authorize)
}

// Close closes the connection and undoes its open transaction.
func (c *connection) Close() error {
	if c.ownJournal {
		// The first fails if there is no transaction. A journal that stays is empty, or another
		// process rolls back with it.
		_, _ = c.exec(context.Background(), "ROLLBACK")
		_, _ = c.exec(context.Background(), "PRAGMA main.journal_mode = DELETE")
	}
	return errors.Join(c.Conn.Close(), c.pool.Close())
}

// asOwner runs our own statements, which may use the ledger and transactions.
func (c *connection) asOwner(run func() error) error {
	c.guard.own = true
	defer func() { c.guard.own = false }()
	return run()
}

// exec runs one of our own statements.
func (c *connection) exec(ctx context.Context, query string, args ...any) (changed int64, err error) {
	err = c.asOwner(func() error {
		result, err := c.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	return changed, err
}

// mapError maps an error of the driver to its kind. Result codes:
// https://www.sqlite.org/rescode.html
func mapError(err error) *engine.Error {
	var known *engine.Error
	if errors.As(err, &known) {
		return known
	}
	kind := engine.Failed
	var e *driver.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		kind = engine.Timeout
	case errors.As(err, &e):
		switch e.Code() & 0xff {
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
			kind = engine.Locked
		case lib.SQLITE_INTERRUPT:
			kind = engine.Timeout
		case lib.SQLITE_AUTH:
			kind = engine.Refused
		case lib.SQLITE_IOERR:
			kind = engine.Lost
		}
	}
	message := towpath.Clip(err.Error())
	if family := "constraint failed: "; strings.Count(message, family) > 1 {
		message = strings.TrimPrefix(message, family) // the driver names the family, and SQLite does again
	}
	if e != nil && e.Code()&0xff == lib.SQLITE_BUSY {
		message += ": another connection holds the file's lock; SQLite does not say whose"
	}
	return &engine.Error{Kind: kind, Message: message, Err: err}
}
