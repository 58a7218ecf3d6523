package postgres

import (
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"towpath"
	"towpath/internal/engine"
)

var _ engine.Talker = (*session)(nil)

// noticesKey is where a connection keeps the notices of the running statement, if they are wanted.
const noticesKey = "towpath.notices"

// heard are the server's notices about a statement.
type heard struct {
	notices   *towpath.Notices
	passed    []string // what IF NOT EXISTS has passed over
	unmet     []string // what the statement has not done
	otherwise []string // other warnings, of the server or of a function
}

// listen keeps the server's notices from now on, until the returned function is called.
func (c *connection) listen(n *towpath.Notices) (h *heard, stop func()) {
	data := c.PgConn().CustomData()
	h = &heard{notices: n}
	data[noticesKey] = h
	return h, func() { delete(data, noticesKey) }
}

// isThere reports whether a notice means that something already exists: a relation, a column, a
// schema, or another object. https://www.postgresql.org/docs/current/errcodes-appendix.html
func isThere(code string) bool {
	switch code {
	case "42P07", "42701", "42P06", "42710":
		return true
	}
	return false
}

// isDenied reports whether a warning says that privileges were not granted, or not revoked.
func isDenied(code string) bool { return code == "01007" || code == "01006" }

// keepOne keeps a message, while there are few.
func keepOne(messages []string, message string) []string {
	if len(messages) == towpath.MaxNotices {
		return messages
	}
	return append(messages, towpath.Clip(message))
}

// keepNotice is called by the driver while it reads answers, so only by the goroutine that uses the
// connection.
func keepNotice(conn *pgconn.PgConn, n *pgconn.Notice) {
	h, listening := conn.CustomData()[noticesKey].(*heard)
	if !listening {
		return
	}
	switch {
	case isThere(n.Code):
		h.passed = keepOne(h.passed, n.Message)
	case isDenied(n.Code):
		h.unmet = keepOne(h.unmet, n.Message)
	case n.SeverityUnlocalized == "WARNING":
		h.otherwise = keepOne(h.otherwise, n.Message)
	}
	kept := h.notices
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
