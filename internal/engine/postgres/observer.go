package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Observer = (*session)(nil)

// observer reads from a second connection which locks a session has. The storage of a table is read
// in the session itself, since nobody else sees it before the commit.
type observer struct {
	conn  *pgx.Conn
	pid   uint32                      // of the session
	known map[uint32]relation         // the tables and views that were there when it began
	held  map[uint32]engine.TableLock // those of this transaction
	last  engine.Observation
}

// relation is a table or a view.
type relation struct {
	name string
	node uint32 // of its storage
}

// lockRanks orders the modes by what they keep out:
// https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
var lockRanks = map[string]int{
	"RowShareLock": 1, "RowExclusiveLock": 2, "ShareUpdateExclusiveLock": 3, "ShareLock": 4,
	"ShareRowExclusiveLock": 5, "ExclusiveLock": 6, "AccessExclusiveLock": 7,
}

// exclusive is the rank of the lock without which no table gets new storage.
const exclusive = 7

// Observe implements engine.Observer.
func (s *session) Observe(ctx context.Context) error {
	o := &observer{held: map[uint32]engine.TableLock{}}
	if _, err := fmt.Sscanf(s.conn.identity, "%d since", &o.pid); err != nil {
		return fmt.Errorf("read the session's identity %q: %w", s.conn.identity, err)
	}
	conn, err := s.db.engine.connect(ctx, s.db.target)
	if err != nil {
		return err
	}
	o.conn = conn
	if o.known, err = s.relations(ctx, conn, nil); err != nil {
		closeQuietly(conn)
		return mapError(err)
	}
	s.observer = o
	return nil
}

// Observed implements engine.Observer.
func (s *session) Observed() engine.Observation {
	if s.observer == nil {
		return engine.Observation{}
	}
	return s.observer.last
}

func (o *observer) close() {
	if o != nil {
		closeQuietly(o.conn)
	}
}

// relations reads the tables and views of the database, or those of some numbers.
func (s *session) relations(ctx context.Context, conn *pgx.Conn, only []uint32) (map[uint32]relation, error) {
	rows, err := conn.Query(ctx, `SELECT c.oid, CASE WHEN n.nspname OPERATOR(pg_catalog.=) 'public' THEN c.relname::pg_catalog.text
			ELSE pg_catalog.concat(n.nspname, '.', c.relname) END, c.relfilenode
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND c.oid OPERATOR(pg_catalog.>=) 16384
			AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
			AND NOT (n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1) AND c.relname OPERATOR(pg_catalog.=) $2)
			AND ($3::pg_catalog.int8[] IS NULL OR c.oid::pg_catalog.int8 OPERATOR(pg_catalog.=) ANY ($3))`,
		s.db.place.schemas(), ledgerTable, wide(only))
	if err != nil {
		return nil, err
	}
	all := map[uint32]relation{}
	var oid uint32
	var one relation
	_, err = pgx.ForEachRow(rows, []any{&oid, &one.name, &one.node}, func() error {
		all[oid] = one
		return nil
	})
	return all, err
}

// wide converts numbers for a parameter; nil stays nil.
func wide(numbers []uint32) (all []int64) {
	for _, n := range numbers {
		all = append(all, int64(n))
	}
	return all
}

// observed runs a statement and notes what it does.
func (s *session) observed(ctx context.Context, st statement.Statement) (pgconn.CommandTag, error) {
	o := s.observer
	if o == nil {
		return s.run(ctx, st)
	}
	o.last = engine.Observation{}
	if !s.inTransaction() {
		return s.observedAlone(ctx, st)
	}
	if s.inside { // a short transaction, which begins with the statement
		o.held = map[uint32]engine.TableLock{}
	}
	tag, err := s.run(ctx, st)
	if err != nil {
		return tag, err
	}
	locks, _, err := o.locks(ctx)
	if err != nil {
		return tag, s.fail(fmt.Errorf("read the locks: %w", err))
	}
	return tag, s.fits(ctx, st, s.conn.Conn, o.taken(locks, s.inside))
}

// fits notes the new storage of tables.
func (s *session) fits(ctx context.Context, st statement.Statement, conn *pgx.Conn, changed []uint32) error {
	if len(changed) == 0 {
		return nil
	}
	now, err := s.relations(ctx, conn, changed)
	if err != nil {
		return s.fail(fmt.Errorf("read the tables: %w", err))
	}
	o := s.observer
	for oid, after := range now {
		before := o.known[oid]
		if after.node != before.node && !strings.HasPrefix(st.Verb, "TRUNCATE") {
			o.last.Rewritten = append(o.last.Rewritten, before.name)
		}
		before.node = after.node
		o.known[oid] = before
	}
	slices.Sort(o.last.Rewritten)
	return nil
}

// taken notes the locks that are stronger than those before, and returns the tables that may have new
// storage.
func (o *observer) taken(locks map[uint32]engine.TableLock, brief bool) (exclusively []uint32) {
	for oid, lock := range locks {
		known, ok := o.known[oid]
		if !ok {
			continue
		}
		lock.Table, lock.Brief = known.name, brief
		if lock.Rank > o.held[oid].Rank {
			o.held[oid] = lock
			o.last.Locks = append(o.last.Locks, lock)
		}
		if lock.Rank == exclusive {
			exclusively = append(exclusively, oid)
		}
	}
	slices.SortFunc(o.last.Locks, func(a, b engine.TableLock) int { return strings.Compare(a.Table, b.Table) })
	return exclusively
}

// locks reads the strongest lock of the session on each table, and whether the session waits for this
// connection.
func (o *observer) locks(ctx context.Context) (all map[uint32]engine.TableLock, waits bool, err error) {
	rows, err := o.conn.Query(ctx, `SELECT l.relation::pg_catalog.oid, l.mode,
			pg_catalog.pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids($1::int))
		FROM (SELECT 0) AS one LEFT JOIN pg_catalog.pg_locks l ON l.pid = $1::int AND l.locktype = 'relation'
			AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())`,
		int32(o.pid))
	if err != nil {
		return nil, false, err
	}
	all = map[uint32]engine.TableLock{}
	var oid *uint32
	var mode *string
	_, err = pgx.ForEachRow(rows, []any{&oid, &mode, &waits}, func() error {
		if oid == nil || mode == nil {
			return nil
		}
		if rank := lockRanks[*mode]; rank > all[*oid].Rank {
			all[*oid] = engine.TableLock{Mode: *mode, Rank: rank}
		}
		return nil
	})
	return all, waits, err
}

// observedAlone runs a statement that nothing surrounds. Its locks end with it, so they are read while
// it runs: the second connection holds weak locks for which statements such as CREATE INDEX
// CONCURRENTLY wait, until it sees them wait.
func (s *session) observedAlone(ctx context.Context, st statement.Statement) (pgconn.CommandTag, error) {
	o := s.observer
	if err := o.hold(ctx); err != nil {
		return pgconn.CommandTag{}, s.fail(fmt.Errorf("prepare to read the locks: %w", err))
	}
	watching, stop := context.WithCancel(ctx)
	defer stop()
	type answer struct {
		locks map[uint32]engine.TableLock
		err   error
	}
	seen := make(chan answer, 1)
	go func() {
		locks, err := o.poll(watching)
		seen <- answer{locks: locks, err: err}
	}()
	tag, err := s.run(ctx, st)
	stop()
	all := <-seen
	if err != nil {
		return tag, err
	}
	if all.err != nil {
		return tag, s.fail(fmt.Errorf("read the locks: %w", all.err))
	}
	o.held = map[uint32]engine.TableLock{}
	changed := o.taken(all.locks, true)
	if len(o.last.Locks) == 0 {
		o.last.Unseen = "the statement and its locks ended before they could be read"
		changed = slices.Collect(maps.Keys(o.known))
	}
	return tag, s.fits(ctx, st, o.conn, changed)
}

// mostHeld is on how many tables the second connection holds a lock; a server has room for 64 a
// session.
const mostHeld = 1000

// hold begins a transaction with a snapshot, and with the weakest lock on each table where the user
// may lock them.
func (o *observer) hold(ctx context.Context) error {
	var names *string
	err := o.conn.QueryRow(ctx, `SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ')
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.oid::pg_catalog.int8 = ANY ($1) AND c.relkind = 'r' AND pg_catalog.has_table_privilege(c.oid, 'SELECT')`,
		wide(slices.Collect(maps.Keys(o.known)))).Scan(&names)
	if err != nil {
		return err
	}
	texts := []string{
		"BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT pg_catalog.txid_current_snapshot()",
	}
	if names != nil && len(o.known) <= mostHeld {
		texts = append(texts, "LOCK TABLE "+*names+" IN ACCESS SHARE MODE")
	}
	for _, text := range texts {
		if _, err := o.conn.Exec(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// poll collects the locks of the session until ctx ends. It stops holding the session up when it has
// seen it wait twice: one look reads the locks before it reads who waits, so the first may miss the
// lock with which the session waits.
func (o *observer) poll(ctx context.Context) (map[uint32]engine.TableLock, error) {
	all := map[uint32]engine.TableLock{}
	steady := context.WithoutCancel(ctx)
	holds, waited := true, false
	for {
		locks, waits, err := o.locks(steady)
		if err != nil {
			return all, err
		}
		for oid, lock := range locks {
			if lock.Rank > all[oid].Rank {
				all[oid] = lock
			}
		}
		select {
		case <-ctx.Done():
			return all, o.release(steady, holds)
		case <-time.After(time.Millisecond):
		}
		if waits && waited && holds {
			holds = false
			if err := o.release(steady, true); err != nil {
				return all, err
			}
		}
		waited = waits
	}
}

// release ends the transaction of hold.
func (o *observer) release(ctx context.Context, holds bool) error {
	if !holds {
		return nil
	}
	_, err := o.conn.Exec(ctx, "COMMIT")
	return err
}
