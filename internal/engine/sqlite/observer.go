package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Observer = (*session)(nil)

// observer compares the roots of tables: a table that was made again has another.
type observer struct {
	roots map[string]int64 // by the names of the tables that were there when the session began
	wrote bool             // the transaction has written something, and so holds the file's lock
	last  engine.Observation
}

// Observe implements engine.Observer. The session itself is asked, since SQLite shows nobody else
// what it has not committed.
func (s *session) Observe(ctx context.Context) error {
	roots, err := s.roots(ctx)
	if err != nil {
		return mapError(err)
	}
	s.observer = &observer{roots: roots}
	return nil
}

// Observed implements engine.Observer.
func (s *session) Observed() engine.Observation {
	if s.observer == nil {
		return engine.Observation{}
	}
	return s.observer.last
}

func (s *session) roots(ctx context.Context) (map[string]int64, error) {
	roots := map[string]int64{}
	err := s.conn.asOwner(func() error {
		rows, err := s.conn.QueryContext(ctx, "SELECT lower(name), rootpage FROM main.sqlite_schema WHERE type = 'table' "+
			"AND lower(name) <> '"+ledgerTable+"' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name string
			var root int64
			if err := rows.Scan(&name, &root); err != nil {
				return err
			}
			roots[name] = root
		}
		return rows.Err()
	})
	return roots, err
}

// observed runs a statement and notes what it does. SQLite locks the whole file, from the first
// statement that writes to the end of the transaction.
func (s *session) observed(ctx context.Context, st statement.Statement) (sql.Result, error) {
	o := s.observer
	if o == nil {
		return s.conn.ExecContext(ctx, st.Text)
	}
	o.last = engine.Observation{}
	result, err := s.conn.ExecContext(ctx, st.Text)
	if err != nil {
		return result, err
	}
	if writes := !slices.Contains([]string{"SELECT", "VALUES", "PRAGMA", "EXPLAIN"}, st.Verb); writes &&
		(!o.wrote || s.options.NoTx) {
		o.wrote = true
		o.last.Locks = []engine.TableLock{{Mode: "EXCLUSIVE", Rank: 1, Brief: s.options.NoTx}}
	}
	if !strings.HasPrefix(st.Verb, "ALTER") && !strings.HasPrefix(st.Verb, "CREATE") && st.Verb != "VACUUM" {
		return result, nil
	}
	now, err := s.roots(ctx)
	if err != nil {
		return result, fmt.Errorf("read the tables: %w", err)
	}
	for name, root := range o.roots {
		if after, ok := now[name]; ok && after != root {
			o.last.Rewritten = append(o.last.Rewritten, name)
			o.roots[name] = after
		}
	}
	slices.Sort(o.last.Rewritten)
	return result, nil
}
