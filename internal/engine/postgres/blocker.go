package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// blockerTimeout bounds the question who holds a lock.
const blockerTimeout = 2 * time.Second

// watch asks, shortly before a statement's lock limit, who holds what it waits for: afterwards nobody knows any more.
// The first function waits for the answer, "" for nothing; the second ends the watch.
func (s *session) watch(ctx context.Context) (answer func() string, stop func()) {
	ctx, cancel := context.WithTimeout(ctx, s.options.LockTimeout+blockerTimeout)
	found := make(chan string, 1)
	timer := time.AfterFunc(s.options.LockTimeout*7/10, func() { found <- s.db.blockers(ctx, s.conn.PgConn().PID()) })
	answer = func() string {
		select {
		case text := <-found:
			return text
		case <-ctx.Done():
			return ""
		}
	}
	return answer, func() {
		timer.Stop()
		cancel()
	}
}

// blockers names the sessions that block another. What they run is not said: it may hold data.
func (d *database) blockers(ctx context.Context, pid uint32) string {
	conn, err := d.engine.connect(ctx, d.target)
	if err != nil {
		return ""
	}
	defer closeQuietly(conn)
	rows, err := conn.Query(ctx, `SELECT format('pid %s, user %s, application %s, %s for %s s', pid, usename, application_name, state,
			extract(epoch FROM clock_timestamp() - coalesce(xact_start, state_change))::int)
		FROM pg_catalog.pg_stat_activity WHERE pid = ANY (pg_catalog.pg_blocking_pids($1)) ORDER BY pid`, int32(pid))
	if err != nil {
		return ""
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("; the lock is held by %s", strings.Join(names, "; "))
}
