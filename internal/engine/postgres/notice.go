package postgres

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"towpath"
	"towpath/internal/engine"
)

var _ engine.Talker = (*session)(nil)

// noticesKey is where a connection keeps the notices of the statement that runs, if they are asked for.
const noticesKey = "towpath.notices"

// listen keeps what the server says from now on, up to the call that it returns.
func (c *connection) listen(n *towpath.Notices) (stop func()) {
	data := c.PgConn().CustomData()
	data[noticesKey] = n
	return func() { delete(data, noticesKey) }
}

// keepNotice is called by the driver while it reads answers, so by the one goroutine that uses the connection.
func keepNotice(conn *pgconn.PgConn, n *pgconn.Notice) {
	kept, listening := conn.CustomData()[noticesKey].(*towpath.Notices)
	if !listening {
		return
	}
	if !kept.Room() {
		kept.More++
		return
	}
	text := n.Message
	if n.Detail != "" {
		text += " (" + n.Detail + ")"
	}
	if n.Hint != "" {
		text += " Hint: " + n.Hint
	}
	kept.Add(strings.ToLower(n.SeverityUnlocalized), text)
}

// Notices implements engine.Talker.
func (s *session) Notices() towpath.Notices {
	n := s.notices
	s.notices = towpath.Notices{}
	return n
}
