package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// database is one target. Every session is a connection of its own, so nothing of a migration outlives it.
type database struct {
	engine *Engine
	target engine.Target
	schema string // of the ledger
	ledger string // its qualified and quoted name

	mu    sync.Mutex
	spare *pgx.Conn // the one that Open made, for the first who needs one; nil afterwards
}

// connection takes the spare connection, or makes one.
func (d *database) connection(ctx context.Context) (*pgx.Conn, error) {
	d.mu.Lock()
	conn := d.spare
	d.spare = nil
	d.mu.Unlock()
	if conn != nil {
		return conn, nil
	}
	return d.engine.alive(ctx, d.target)
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
		d.engine.pool.put(d.target, d.spare)
		d.spare = nil
	}
	return nil
}

// read runs our own questions in one read-only snapshot with nothing of the user's in the search path.
func (d *database) read(ctx context.Context, use func(pgx.Tx) error) error {
	conn, err := d.connection(ctx)
	if err != nil {
		return err
	}
	defer d.engine.pool.put(d.target, conn)
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // there is nothing to keep
	if _, err := tx.Exec(ctx, "SET LOCAL search_path = ''"); err != nil {
		return mapError(err)
	}
	if err := use(tx); err != nil {
		return mapError(err)
	}
	return nil
}

// Begin implements engine.DB. PostgreSQL has no lock of a whole database, so only statements wait.
func (d *database) Begin(ctx context.Context, o engine.SessionOptions) (engine.Session, error) {
	conn, err := d.connection(ctx)
	if err != nil {
		return nil, &engine.Error{Kind: engine.Lost, Message: towpath.ErrorMessage(err), Err: err}
	}
	s := &session{db: d, conn: conn, options: o}
	if err := s.begin(ctx); err != nil {
		closeQuietly(conn)
		return nil, mapError(err)
	}
	return s, nil
}

// identity names a row of pg_stat_activity.
const identity = `pid::text || ' since ' || (extract(epoch FROM backend_start) * 1000000)::bigint::text`

type session struct {
	db        *database
	conn      *pgx.Conn
	options   engine.SessionOptions
	identity  string
	hasLedger bool
	ledgerAt  *mark    // at the last look in this transaction
	unseen    bool     // a statement has run since
	pooled    bool     // a pooler stands in between: a session is ours for the length of a transaction only
	inside    bool     // a short transaction of ours, in a session without one
	indexes   []string // texts of statements that build indexes without a transaction
	broken    error    // why nothing more can be done
	closed    bool
}

var _ engine.Session = (*session)(nil)

func (s *session) begin(ctx context.Context) error {
	if !s.options.NoTx {
		if _, err := s.conn.Exec(ctx, "BEGIN READ WRITE"); err != nil {
			return err
		}
	}
	var pid uint32
	row := s.conn.QueryRow(ctx, `SELECT `+identity+`, pid
		FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()`)
	if err := row.Scan(&s.identity, &pid); err != nil {
		return err
	}
	if s.pooled = pid != s.conn.PgConn().PID(); s.pooled && s.options.NoTx {
		return nil
	}
	// A client that dies leaves its session idle in a transaction with locks: the server ends it.
	if _, err := s.conn.Exec(ctx, "SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', '10min', $1)", !s.options.NoTx); err != nil {
		return err
	}
	return s.limit(ctx)
}

// limit looks at the ledger and sets the bounds anew before each statement: a function can change them where the splitter does not see it. In a
// transaction they end with it, for behind a pooler somebody else has the session next.
func (s *session) limit(ctx context.Context) error {
	var lock, statement string
	var ledger *string
	err := s.conn.QueryRow(ctx, `SELECT pg_catalog.set_config('lock_timeout', $1, $3), pg_catalog.set_config('statement_timeout', $2, $3), `+
		ledgerMark+`pg_catalog.to_regclass($4))`, milliseconds(s.options.LockTimeout), milliseconds(s.options.StatementTimeout),
		!s.options.NoTx || s.inside, s.db.ledger).Scan(&lock, &statement, &ledger)
	if err != nil {
		return err
	}
	return s.look(ledger, 0)
}

// milliseconds rounds up, for the server takes 0 as no limit.
func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%dms", (d+time.Millisecond-1)/time.Millisecond)
}

// Identity implements engine.Session: "<pid> since <microseconds of backend_start>".
func (s *session) Identity() string { return s.identity }

// Exec implements engine.Session.
func (s *session) Exec(ctx context.Context, st statement.Statement) (int64, error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if s.pooled && s.options.NoTx && !s.inside {
		return 0, &engine.Error{Kind: engine.Refused, Message: "behind a connection pooler nothing can run without a transaction, for each statement" +
			" may land in another session: use the server's own address"}
	}
	if err := s.limit(ctx); err != nil {
		return 0, s.fail(err)
	}
	before, err := s.sum(ctx, st)
	if err != nil {
		return 0, s.fail(err)
	}
	tag, err := s.run(ctx, st)
	if err != nil {
		return 0, err
	}
	if after, err := s.sum(ctx, st); err != nil || after != before {
		return 0, s.fail(errors.Join(err, compare(before, after)))
	}
	if tag.Select() {
		return 0, nil
	}
	return tag.RowsAffected(), nil
}

// run sends one statement, within the limit and with an eye on what it waits for.
func (s *session) run(ctx context.Context, st statement.Statement) (pgconn.CommandTag, error) {
	if s.options.StatementTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.options.StatementTimeout+time.Second)
		defer cancel()
	}
	blockers, stop := s.watch(ctx)
	defer stop()
	s.unseen = true
	result := s.conn.PgConn().ExecParams(ctx, st.Text, nil, nil, nil, nil)
	for result.NextRow() {
	}
	tag, err := result.Close()
	if err != nil {
		mapped := mapError(err)
		if mapped.Kind == engine.Locked && isLockTimeout(err) {
			mapped.Message += blockers()
		}
		return tag, s.fail(mapped)
	}
	if err := s.stillInTransaction(); err != nil {
		return tag, err
	}
	if st.NoTx && strings.HasSuffix(st.Verb, "INDEX") {
		s.indexes = append(s.indexes, strings.ToLower(st.Text))
	}
	return tag, nil
}

// stillInTransaction notices a statement that ended the transaction behind our back.
func (s *session) stillInTransaction() error {
	if (s.options.NoTx && !s.inside) == (s.conn.PgConn().TxStatus() == 'I') {
		return nil
	}
	s.broken = &engine.Error{Kind: engine.Refused, Message: "the statement began or ended a transaction"}
	return s.broken
}

// fail keeps in mind that an error ends a transaction.
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
	err = s.within(ctx, func() error {
		if rows, err = s.Exec(ctx, st); err != nil {
			return err
		}
		return s.record(ctx, entries)
	})
	if err != nil {
		return 0, s.fail(err)
	}
	return rows, nil
}

// Commit implements engine.Session. Deferred constraints are the server's check; an index that was built without a
// transaction and is invalid is ours.
func (s *session) Commit(ctx context.Context) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.options.NoTx {
		return s.checkIndexes(ctx)
	}
	if s.unseen {
		if err := s.limit(ctx); err != nil {
			return s.fail(err)
		}
	}
	if err := s.giveBack(ctx); err != nil {
		return s.fail(err)
	}
	tag, err := s.conn.Exec(ctx, "COMMIT")
	if err != nil {
		mapped := asLost(mapError(err))
		s.broken = mapped
		return mapped
	}
	s.broken = &engine.Error{Kind: engine.Failed, Message: "the session is over"}
	if tag.String() != "COMMIT" {
		return &engine.Error{Kind: engine.Failed, Message: "the server rolled the transaction back"}
	}
	return nil
}

// giveBack undoes what a script has SET, before a pooler hands the session to somebody else. Deferred constraints are
// checked first, under the script's own settings.
func (s *session) giveBack(ctx context.Context) error {
	if !s.pooled {
		return nil
	}
	for _, text := range []string{"SET CONSTRAINTS ALL IMMEDIATE", "RESET ALL"} {
		if _, err := s.conn.Exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// checkIndexes finds an index of this session that a failed build left invalid, and IF NOT EXISTS passed over.
func (s *session) checkIndexes(ctx context.Context) error {
	if len(s.indexes) == 0 {
		return nil
	}
	rows, err := s.conn.Query(ctx, `SELECT c.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
		WHERE NOT i.indisvalid AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = c.oid)`)
	if err != nil {
		return s.fail(err)
	}
	invalid, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return s.fail(err)
	}
	for _, name := range invalid {
		for _, text := range s.indexes {
			if strings.Contains(text, strings.ToLower(name)) {
				return &engine.Error{Kind: engine.Failed, Message: fmt.Sprintf(
					"the index %[1]s is invalid: an earlier build of it failed. Run DROP INDEX CONCURRENTLY %[1]s, then try again", name)}
			}
		}
	}
	return nil
}

// Close implements engine.Session; the end of the connection undoes what was not committed. One that is through is kept
// for the next session, with nothing of this one left in it.
func (s *session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.db.engine.pool.put(s.db.target, s.conn)
	return nil
}

// EndSession implements engine.Ender.
func (d *database) EndSession(ctx context.Context, identity string) error {
	var pid, started int64
	if _, err := fmt.Sscanf(identity, "%d since %d", &pid, &started); err != nil {
		return fmt.Errorf("read the session's identity %q: %w", identity, err)
	}
	conn, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return err
	}
	defer closeQuietly(conn)
	for {
		var ended bool
		err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
			WHERE pid = $1::int AND (extract(epoch FROM backend_start) * 1000000)::bigint = $2`, int32(pid), started).Scan(&ended)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("end the session %s: %w", identity, mapError(err))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the end of session %s: %w", identity, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Runners implements engine.Ender: reading the ledger takes a weaker lock.
func (d *database) Runners(ctx context.Context) ([]string, error) {
	conn, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(conn)
	rows, err := conn.Query(ctx, `SELECT DISTINCT `+identity+` FROM pg_catalog.pg_stat_activity
		JOIN pg_catalog.pg_locks l USING (pid) WHERE l.relation = pg_catalog.to_regclass($1) AND l.mode = 'RowExclusiveLock' AND l.granted
		AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`, d.ledger)
	if err != nil {
		return nil, mapError(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, mapError(err)
	}
	return names, nil
}
