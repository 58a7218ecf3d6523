package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// maxBlockers is how many sessions are named: a guess may find many.
const maxBlockers = 3

// watched runs a statement and watches what it waits for.
func (s *session) watched(ctx context.Context, text string) (sql.Result, error) {
	l := &lookout{db: s.db, waiter: s.conn.id, text: text}
	watch := engine.WatchLocks(ctx, time.Duration(seconds(s.options.LockTimeout))*time.Second, l.look,
		l.close)
	defer watch.Stop()
	result, err := s.run(ctx, text)
	if number(err) == lockWaitTimeout {
		mapped := mapError(err)
		mapped.Message += watch.Answer()
		return result, mapped
	}
	return result, err
}

const lockWaitTimeout = 1205

// number returns the server's number of an error, 0 for other errors.
func number(err error) uint16 {
	var e *driver.MySQLError
	if errors.As(err, &e) {
		return e.Number
	}
	return 0
}

// lookout finds, from a separate connection, who blocks a session.
type lookout struct {
	db     *database
	conn   *connection // nil until the first query
	waiter int64
	text   string // the waiting statement
}

func (l *lookout) close() {
	if l.conn != nil {
		l.conn.closeQuietly()
		l.conn = nil
	}
}

// look names who blocks the session; "" for nobody.
func (l *lookout) look(ctx context.Context) string {
	text, err := l.blockers(ctx)
	if err == nil {
		return text
	}
	if n := number(err); n == 1142 || n == 1227 { // the right to SELECT, and PROCESS
		return "who holds the lock would be seen after " + l.grants(ctx)
	}
	l.close()
	return ""
}

// grants are the statements that allow the user to see who holds a lock.
func (l *lookout) grants(ctx context.Context) string {
	var account string
	if err := l.conn.QueryRowContext(ctx, "SELECT CURRENT_USER()").Scan(&account); err != nil {
		return "GRANT PROCESS"
	}
	account = quoteAccount(account)
	if l.db.mariadb {
		return "GRANT PROCESS ON *.* TO " + account
	}
	return fmt.Sprintf("GRANT PROCESS ON *.* TO %s; GRANT SELECT ON performance_schema.* TO %[1]s", account)
}

func (l *lookout) blockers(ctx context.Context) (string, error) {
	if err := l.connect(ctx); err != nil {
		return "", err
	}
	ids, probably, err := l.find(ctx)
	if err != nil {
		return "", err
	}
	return l.name(ctx, ids, probably)
}

func (l *lookout) connect(ctx context.Context) error {
	if l.conn != nil {
		return nil
	}
	conn, err := l.db.engine.connect(ctx, l.db.target)
	if err != nil {
		return err
	}
	l.conn = conn
	// InnoDB reports the start of transactions in the system's time zone.
	_, err = conn.ExecContext(ctx, "SET SESSION time_zone = 'SYSTEM', sql_mode = ''")
	return err
}

// find returns the connections that block, and whether that is a guess.
func (l *lookout) find(ctx context.Context) (ids []string, probably bool, err error) {
	rowLocks := rowLocksMySQL
	if l.db.mariadb {
		rowLocks = rowLocksMariaDB
	}
	if ids, err := column(ctx, l.conn.Conn, rowLocks, l.waiter); err != nil || len(ids) > 0 {
		return ids, false, err
	}
	var state sql.NullString
	if err := l.conn.QueryRowContext(ctx, "SELECT state FROM information_schema.processlist WHERE id = ?",
		l.waiter).Scan(&state); err != nil {
		return nil, false, err
	}
	if !strings.HasPrefix(state.String, "Waiting for ") || !strings.HasSuffix(state.String, " lock") {
		return nil, false, nil
	}
	if ids, err := l.metadataLocks(ctx); err != nil || len(ids) > 0 {
		return ids, false, err
	}
	database := l.db.target.Database
	ids, err = column(ctx, l.conn.Conn, suspects, l.waiter, database, database, maxBlockers)
	return ids, true, err
}

// metadataLocks queries the source of metadata locks: the performance schema (MySQL's default, not
// MariaDB's), or MariaDB's plugin. It returns none when there is no source.
func (l *lookout) metadataLocks(ctx context.Context) ([]string, error) {
	if !l.db.mariadb {
		return column(ctx, l.conn.Conn, metadataLocksMySQL, l.waiter)
	}
	ids, err := column(ctx, l.conn.Conn, metadataLocksMariaDB, l.waiter, l.db.target.Database, l.text)
	if number(err) == 1109 { // no such table: the plugin is not installed
		return nil, nil
	}
	return ids, err
}

// The sources. Each returns connection ids; 0 is a prepared XA transaction without a connection.
const (
	// https://mariadb.com/kb/en/information-schema-innodb_lock_waits-table/
	rowLocksMariaDB = `SELECT DISTINCT b.trx_mysql_thread_id FROM information_schema.innodb_lock_waits w
		JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
		JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id WHERE r.trx_mysql_thread_id = ?`
	// The same join as sys.innodb_lock_waits:
	// https://dev.mysql.com/doc/refman/8.4/en/performance-schema-data-lock-waits-table.html
	rowLocksMySQL = `SELECT DISTINCT b.trx_mysql_thread_id FROM performance_schema.data_lock_waits w
		JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_engine_transaction_id
		JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_engine_transaction_id
			WHERE r.trx_mysql_thread_id = ?`
	// https://dev.mysql.com/doc/refman/8.4/en/performance-schema-metadata-locks-table.html
	metadataLocksMySQL = `SELECT DISTINCT o.processlist_id FROM performance_schema.metadata_locks w
		JOIN performance_schema.threads r ON r.thread_id = w.owner_thread_id AND r.processlist_id = ?
		JOIN performance_schema.metadata_locks h ON h.object_type = w.object_type
			AND h.object_schema <=> w.object_schema
			AND h.object_name <=> w.object_name AND h.owner_thread_id <> w.owner_thread_id
			AND h.lock_status = 'GRANTED'
		JOIN performance_schema.threads o ON o.thread_id = h.owner_thread_id
		WHERE w.lock_status = 'PENDING' AND o.processlist_id IS NOT NULL`
	// The plugin shows held locks, but not who waits for which: these are the locks on the
	// statement's tables. https://mariadb.com/kb/en/metadata-lock-info-plugin/
	metadataLocksMariaDB = `SELECT DISTINCT thread_id FROM information_schema.metadata_lock_info
		WHERE thread_id <> ? AND table_schema = ? AND table_name <> ''
			AND LOCATE(LOWER(table_name), LOWER(?)) > 0`
	// Connections with an open transaction, or with a running statement in the database; the
	// likeliest first.
	suspects = `SELECT p.id FROM information_schema.processlist p LEFT JOIN information_schema.innodb_trx t
		ON t.trx_mysql_thread_id = p.id
		WHERE p.id NOT IN (CONNECTION_ID(), ?) AND (t.trx_id IS NOT NULL OR p.db = ?
			AND p.command NOT IN ('Sleep', 'Daemon'))
		ORDER BY coalesce(p.state, '') LIKE 'Waiting for %', p.db <=> ? DESC, t.trx_started IS NULL,
		t.trx_started, p.time DESC LIMIT ?`
)

// name describes connections.
func (l *lookout) name(ctx context.Context, ids []string, probably bool) (string, error) {
	var found []engine.Blocker
	for _, id := range ids[:min(len(ids), maxBlockers)] {
		b, err := l.describe(ctx, id)
		if errors.Is(err, sql.ErrNoRows) {
			continue // gone since
		}
		if err != nil {
			return "", err
		}
		found = append(found, b)
	}
	return engine.HeldBy(found, probably), nil
}

func (l *lookout) describe(ctx context.Context, id string) (engine.Blocker, error) {
	if id == "0" {
		return engine.Blocker{Session: "a prepared transaction (see XA RECOVER)"}, nil
	}
	b := engine.Blocker{Session: "connection " + id}
	var command, query string
	var host sql.NullString
	var inside bool
	var age int64
	err := l.conn.QueryRowContext(ctx, `SELECT p.user, p.host, p.command, coalesce(p.info, ''),
		t.trx_id IS NOT NULL,
			coalesce(timestampdiff(SECOND, t.trx_started, NOW()), p.time)
		FROM information_schema.processlist p LEFT JOIN information_schema.innodb_trx t
			ON t.trx_mysql_thread_id = p.id
		WHERE p.id = ?`, id).Scan(&b.User, &host, &command, &query, &inside, &age)
	if err != nil {
		return b, err
	}
	if b.Age = time.Duration(max(age, 0)) * time.Second; host.String != "" {
		b.Application = "from " + host.String
	}
	switch {
	case command != "Sleep":
		b.State = "active"
	case inside:
		b.State = "idle in transaction"
	default:
		b.State = "idle"
	}
	if query == "" {
		query = l.lastStatement(ctx, id)
	}
	b.Query = statement.Mask(query, `'"`, engine.QueryLength)
	return b, nil
}

// lastStatement returns the last statement of an idle connection, if the server keeps it and the
// user may read it.
func (l *lookout) lastStatement(ctx context.Context, id string) string {
	texts, err := column(ctx, l.conn.Conn, `SELECT e.sql_text
		FROM performance_schema.events_statements_current e
		JOIN performance_schema.threads t ON t.thread_id = e.thread_id WHERE t.processlist_id = ?
			AND e.sql_text IS NOT NULL`, id)
	if err != nil || len(texts) == 0 {
		return "" // the user may not read it, and the blocker is named anyway
	}
	return texts[0]
}
