package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"

	dialect "towpath/internal/dialect/mysql"
)

// connection is one dedicated connection.
type connection struct {
	*sql.Conn
	pool    *sql.DB
	id      int64 // on the server; 0 until it was queried
	started int64 // of the server, in seconds
	// the server's node in a Galera cluster, by its address for clients; "" without a cluster
	node     string
	nodes    []string             // the cluster's current nodes
	limits   string               // the limits that were set last
	prepared map[string]*sql.Stmt // by text; nil for a text that was used once
}

// Close closes the connection; the server undoes what was not committed.
func (c *connection) Close() error { return errors.Join(c.Conn.Close(), c.pool.Close()) }

// closeQuietly closes a connection that has nothing to lose, or whose error is already known.
func (c *connection) closeQuietly() { _ = c.Close() }

// alive reports whether the connection is still open, without a round trip: servers close idle
// ones.
func (c *connection) alive() bool {
	return c.Raw(func(conn any) error {
		resetter, ok := conn.(driver.SessionResetter)
		if !ok {
			return nil
		}
		return resetter.ResetSession(context.Background())
	}) == nil
}

// flavor distinguishes MariaDB from MySQL.
func (c *connection) flavor(ctx context.Context) (mariadb bool, version string, err error) {
	if err := c.QueryRowContext(ctx, "SELECT VERSION()").Scan(&version); err != nil {
		return false, "", err
	}
	mariadb = strings.Contains(version, "MariaDB")
	version, _, _ = strings.Cut(strings.TrimPrefix(version, "5.5.5-"), "-")
	return mariadb, version, nil
}

// identify queries the connection's number, the server's start to about a second, and its node in a
// cluster.
func (c *connection) identify(ctx context.Context) error {
	rows, err := c.QueryContext(ctx,
		"SHOW GLOBAL STATUS WHERE variable_name IN "+
			"('uptime', 'wsrep_incoming_addresses', 'wsrep_local_index')")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells what matters
	status := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		status[strings.ToLower(name)] = value
	}
	if err := rows.Err(); err != nil {
		return err
	}
	uptime, err := strconv.ParseInt(status["uptime"], 10, 64)
	if err != nil {
		return fmt.Errorf("read since when the server runs: %w", err)
	}
	var id, now int64
	if err := c.QueryRowContext(ctx, "SELECT CONNECTION_ID(), UNIX_TIMESTAMP()").Scan(&id, &now); err != nil {
		return err
	}
	c.id, c.started = id, now-uptime
	c.node, c.nodes = clusterNode(status["wsrep_incoming_addresses"], status["wsrep_local_index"])
	return nil
}

// clusterNode returns a server's node, and all nodes of its cluster. Without a cluster there is no
// address, and the index is none. https://mariadb.com/kb/en/galera-cluster-status-variables/
func clusterNode(addresses, index string) (node string, nodes []string) {
	nodes = strings.Split(addresses, ",")
	if i, err := strconv.Atoi(index); err == nil && i >= 0 && i < len(nodes) {
		node = nodes[i]
	}
	return node, nodes
}

// identity identifies a session: "<connection> since <second in which the server started>", and "
// on <node>" in a cluster.
func (c *connection) identity(id int64) string {
	text := fmt.Sprintf("%d since %d", id, c.started)
	if c.node != "" {
		text += " on " + c.node
	}
	return text
}

// readIdentity reads what identity writes.
func readIdentity(text string) (id, started int64, node string, err error) {
	numbers, node, _ := strings.Cut(text, " on ")
	if _, err := fmt.Sscanf(numbers, "%d since %d", &id, &started); err != nil {
		return 0, 0, "", fmt.Errorf("read the session's identity %q: %w", text, err)
	}
	return id, started, node, nil
}

// prepare sets up a new connection for sessions.
func (c *connection) prepare(ctx context.Context, limits string) error {
	if err := c.identify(ctx); err != nil {
		return err
	}
	var mode string
	if err := c.QueryRowContext(ctx, "SELECT @@SESSION.sql_mode").Scan(&mode); err != nil {
		return err
	}
	// The splitter reads quotes and backslashes as the default mode does.
	if _, err := c.ExecContext(ctx, "SET SESSION sql_mode = "+literal(dialect.PlainMode(mode))+
		", autocommit = 1, "+limits); err != nil {
		return err
	}
	c.limits = limits
	return nil
}

// column reads a query's only column.
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
