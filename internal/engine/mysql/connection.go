package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// connection is one connection of its own.
type connection struct {
	*sql.Conn
	pool     *sql.DB
	id       int64                // on the server; 0 until somebody asked
	started  int64                // of the server, in seconds
	limits   string               // that were set last
	prepared map[string]*sql.Stmt // by text; nil for one that came once
}

// Close ends the connection; the server undoes what it had not committed.
func (c *connection) Close() error { return errors.Join(c.Conn.Close(), c.pool.Close()) }

// closeQuietly ends a connection that has nothing to lose, or broke and would only say so once more.
func (c *connection) closeQuietly() { _ = c.Close() }

// alive tells, without a word to the server, whether the connection is still open: servers end those that idle.
func (c *connection) alive() bool {
	return c.Raw(func(conn any) error {
		resetter, ok := conn.(driver.SessionResetter)
		if !ok {
			return nil
		}
		return resetter.ResetSession(context.Background())
	}) == nil
}

// flavor tells MariaDB from MySQL.
func (c *connection) flavor(ctx context.Context) (mariadb bool, version string, err error) {
	if err := c.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return false, "", err
	}
	mariadb = strings.Contains(version, "MariaDB")
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "5.5.5-"), "-")
	return mariadb, version, nil
}

// identify asks for the connection's number, and when the server started, to a second or so.
func (c *connection) identify(ctx context.Context) error {
	var name string
	var id, uptime, now int64
	if err := c.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'Uptime'").Scan(&name, &uptime); err != nil {
		return err
	}
	if err := c.QueryRowContext(ctx, "SELECT CONNECTION_ID(), UNIX_TIMESTAMP()").Scan(&id, &now); err != nil {
		return err
	}
	c.id, c.started = id, now-uptime
	return nil
}

// identity names a session: "<connection> since <second in which the server started>".
func identity(id, started int64) string { return fmt.Sprintf("%d since %d", id, started) }

// prepare makes a new connection ready for sessions.
func (c *connection) prepare(ctx context.Context, limits string) error {
	if err := c.identify(ctx); err != nil {
		return err
	}
	var mode string
	if err := c.QueryRowContext(ctx, "SELECT @@SESSION.sql_mode").Scan(&mode); err != nil {
		return err
	}
	// The splitter reads quotes and backslashes as the default mode does.
	if _, err := c.ExecContext(ctx, "SET SESSION sql_mode = "+literal(plainMode(mode))+", autocommit = 1, "+limits); err != nil {
		return err
	}
	c.limits = limits
	return nil
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

// column reads a query's one column.
func column(ctx context.Context, c *sql.Conn, query string, args ...any) (values []string, err error) {
	rows, err := c.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, rows.Err()
}
