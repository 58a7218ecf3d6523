package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
)

// maintains reports whether a statement answers with rows that say how it went, while the statement
// itself ends well. https://mariadb.com/kb/en/optimize-table/
func maintains(text string) bool {
	first, _, _ := strings.Cut(text, " ")
	return slices.Contains([]string{"ANALYZE", "OPTIMIZE", "REPAIR", "CHECK"}, strings.ToUpper(first))
}

// maintain runs such a statement. Its error is an *engine.Error with Kind Unmet when a row says that
// it failed.
func (s *session) maintain(ctx context.Context, text string) (sql.Result, error) {
	rows, err := s.conn.QueryContext(ctx, text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var failed []string
	for rows.Next() {
		if len(columns) != 4 || !strings.EqualFold(columns[2], "Msg_type") {
			continue // ANALYZE of a query
		}
		var table, operation, kind, message string
		if err := rows.Scan(&table, &operation, &kind, &message); err != nil {
			return nil, err
		}
		what := fmt.Sprintf("%s of %s: %s", operation, table, message)
		lower := strings.ToLower(message)
		switch {
		case strings.EqualFold(kind, "error"), lower == "operation failed", lower == "corrupt":
			failed = append(failed, what)
		case strings.EqualFold(kind, "warning"), strings.Contains(lower, "doesn't support"):
			s.said.otherwise = append(s.said.otherwise, what)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(failed) > 0 {
		return nil, unmet("The statement ended without an error, and the server says: %s",
			strings.Join(failed, "; "))
	}
	return driver.RowsAffected(0), nil
}
