package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// watch looks for the holder of what a statement waits for, from a separate connection. The first
// function returns the answer, "" for nothing; the second ends the watch.
func (s *session) watch(ctx context.Context) (answer func() string, stop func()) {
	var pid int32
	if _, err := fmt.Sscanf(s.conn.identity, "%d ", &pid); err != nil {
		return func() string { return "" }, func() {}
	}
	var conn *pgx.Conn
	look := func(ctx context.Context) string {
		var err error
		if conn == nil {
			if conn, err = s.db.engine.connect(ctx, s.db.target); err != nil {
				return ""
			}
		}
		text, err := blockers(ctx, conn, pid)
		if err != nil {
			closeQuietly(conn)
			conn = nil
		}
		return text
	}
	w := engine.WatchLocks(ctx, s.options.LockTimeout, look, func() {
		if conn != nil {
			closeQuietly(conn)
		}
	})
	return w.Answer, w.Stop
}

// blockers returns the sessions that block another. Pid 0 is a prepared transaction.
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION
func blockers(ctx context.Context, conn *pgx.Conn, pid int32) (string, error) {
	rows, err := conn.Query(ctx, `SELECT 'pid ' || b.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''), coalesce(a.state, ''),
			coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - coalesce(a.xact_start, a.state_change)), 0)::float8, a.state IS NOT NULL, coalesce(a.query, '')
		FROM (SELECT DISTINCT pg_catalog.unnest(pg_catalog.pg_blocking_pids($1)) AS pid) b
		LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid WHERE a.pid IS NOT NULL OR b.pid = 0 ORDER BY b.pid`, pid)
	if err != nil {
		return "", err
	}
	hidden := false
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b engine.Blocker, err error) {
		var age float64
		var seen bool
		var application, query string
		if err := row.Scan(&b.Session, &b.User, &application, &b.State, &age, &seen, &query); err != nil {
			return b, err
		}
		if b.Session == "pid 0" {
			return engine.Blocker{Session: "a prepared transaction (see pg_prepared_xacts)"}, nil
		}
		if application != "" {
			b.Application = "application " + application
		}
		if b.Age = time.Duration(age * float64(time.Second)); seen {
			b.Query = statement.Mask(query, "'", engine.QueryLength)
		}
		hidden = hidden || !seen
		return b, nil
	})
	text := engine.HeldBy(found, false)
	if err == nil && hidden {
		text += fmt.Sprintf(" (what it does would be seen after GRANT pg_read_all_stats TO %s)",
			pgx.Identifier{conn.Config().User}.Sanitize())
	}
	return text, err
}
