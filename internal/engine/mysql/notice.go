package mysql

import (
	"context"
	"fmt"
	"strings"

	"towpath"
	"towpath/internal/engine"
)

var _ engine.Talker = (*session)(nil)

// readNotices queries the notices about the statement that has just run, before another statement
// clears them: the driver does not report the number of warnings. If the query fails, its error is
// the notice. https://dev.mysql.com/doc/refman/8.4/en/show-warnings.html
func (s *session) readNotices(ctx context.Context, verb string) {
	if err := s.showWarnings(ctx, verb); err != nil {
		s.notices.Add("warning", "What the server said about this statement could not be read: "+
			mapError(err).Message)
	}
}

func (s *session) showWarnings(ctx context.Context, verb string) error {
	rows, err := s.conn.QueryContext(ctx, fmt.Sprintf("SHOW WARNINGS LIMIT %d", towpath.MaxNotices))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var level, text string
		var code int
		if err := rows.Scan(&level, &code, &text); err != nil {
			return err
		}
		text = fmt.Sprintf("%s (%d)", text, code)
		s.said.add(verb, code, text)
		s.notices.Add(strings.ToLower(level), text)
	}
	if err := rows.Err(); err != nil || s.notices.Room() {
		return err
	}
	var all int
	if err := s.conn.QueryRowContext(ctx, "SHOW COUNT(*) WARNINGS").Scan(&all); err != nil {
		return err
	}
	s.notices.More = max(all-len(s.notices.Kept), 0)
	return nil
}

// Notices implements engine.Talker.
func (s *session) Notices() towpath.Notices {
	n := s.notices
	s.notices = towpath.Notices{}
	return n
}
