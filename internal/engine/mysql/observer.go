package mysql

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Observer = (*session)(nil)

// observer asks the server to change tables in the way that keeps out least, and compares the numbers
// of tables: one that was written again has another.
type observer struct {
	known []string         // the tables that were there when the session began
	ids   map[string]parts // by table in lower case; nil when the user may not read them
	last  engine.Observation
}

// parts are InnoDB's numbers of a table, or of its partitions, by the names of their files.
type parts map[string]string

// rewritten reports whether a file has been replaced, or all have.
func (p parts) rewritten(now parts) bool {
	kept := 0
	for name, id := range p {
		if other, ok := now[name]; ok && other != id {
			return true
		} else if ok {
			kept++
		}
	}
	return kept == 0
}

// Observe implements engine.Observer.
func (s *session) Observe(ctx context.Context) error {
	o := &observer{}
	err := s.db.read(ctx, func(ctx context.Context, c *connection) (err error) {
		o.known, err = column(ctx, c.Conn, `SELECT table_name FROM information_schema.tables
			WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')
				AND table_name <> '`+ledgerTable+`'`)
		return err
	})
	if err != nil {
		return fmt.Errorf("list the tables: %w", err)
	}
	o.ids = s.tableIDs(ctx)
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

// fileName is the name of a table's file, as the bytes that the character set filename decodes. A
// partition's file has more behind a #. https://dev.mysql.com/doc/refman/8.4/en/identifier-mapping.html
const fileName = "CAST(SUBSTRING_INDEX(SUBSTRING(name, LENGTH(DATABASE()) + 2), '#', 1) AS BINARY)"

// tableIDs reads InnoDB's numbers of the tables; nil where the user lacks the right PROCESS.
func (s *session) tableIDs(ctx context.Context) map[string]parts {
	from := "information_schema.innodb_tables"
	if s.db.mariadb {
		from = "information_schema.innodb_sys_tables"
	}
	ids := map[string]parts{}
	err := s.db.read(ctx, func(ctx context.Context, c *connection) error {
		clear(ids)
		rows, err := c.QueryContext(ctx, "SELECT CONVERT(CAST("+fileName+" AS CHAR CHARACTER SET filename) USING utf8mb4), "+
			"name, table_id FROM "+from+" WHERE name LIKE CONCAT(REPLACE(DATABASE(), '_', '\\_'), '/%') ORDER BY name")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var table, part, id string
			if err := rows.Scan(&table, &part, &id); err != nil {
				return err
			}
			table = strings.ToLower(table)
			if ids[table] == nil {
				ids[table] = parts{}
			}
			ids[table][part] = id
		}
		return rows.Err()
	})
	if err != nil {
		return nil
	}
	return ids
}

// way is one in which a server changes a table.
type way struct {
	algorithm, lock string
	rewrites        bool
}

// waysMariaDB and waysMySQL are in the order of what they keep out.
// https://mariadb.com/kb/en/innodb-online-ddl-overview/
var (
	waysMariaDB = []way{
		{algorithm: "INSTANT", lock: "NONE"},
		{algorithm: "NOCOPY", lock: "NONE"},
		{algorithm: "NOCOPY", lock: "SHARED"},
		{algorithm: "INPLACE", lock: "NONE", rewrites: true},
		{algorithm: "INPLACE", lock: "SHARED", rewrites: true},
		{algorithm: "COPY", lock: "SHARED", rewrites: true},
	}
	waysMySQL = []way{
		{algorithm: "INSTANT"},
		{algorithm: "INPLACE", lock: "NONE"},
		{algorithm: "INPLACE", lock: "SHARED"},
		{algorithm: "COPY", lock: "SHARED", rewrites: true},
	}
)

// lockRanks orders what a change of a table keeps out.
var lockRanks = map[string]int{"NONE": 1, "SHARED": 2, "EXCLUSIVE": 3}

// words ask for a way, behind a statement that separates its options by sep.
func (w way) words(sep string) string {
	text := "\n" + sep + "ALGORITHM=" + w.algorithm
	if w.lock != "" {
		text += sep + "LOCK=" + w.lock
	}
	return text
}

// The server's numbers for a change that it cannot make in a way.
const (
	wayUnsupported       = 1845
	wayUnsupportedReason = 1846
)

// observed runs a statement and notes what it does.
func (s *session) observed(ctx context.Context, st statement.Statement) (sql.Result, error) {
	o := s.observer
	if o == nil {
		return s.watched(ctx, st.Text)
	}
	o.last = engine.Observation{}
	table, sep := dialect.Altered(st)
	if table == "" || !slices.ContainsFunc(o.known, func(k string) bool { return strings.EqualFold(k, table) }) {
		return s.watched(ctx, st.Text)
	}
	result, chosen, err := s.tryWays(ctx, st, sep)
	if err == nil {
		s.notes(ctx, table, sep != "", chosen)
	}
	return result, err
}

// tryWays runs a statement in the first way that the server accepts. The zero way is one that nobody
// could ask for.
func (s *session) tryWays(ctx context.Context, st statement.Statement, sep string) (sql.Result, way, error) {
	ways := waysMySQL
	if s.db.mariadb {
		ways = waysMariaDB
	}
	if sep == "" {
		ways = nil
	}
	for _, w := range ways {
		result, err := s.watched(ctx, st.Text+w.words(sep))
		if n := number(err); n == wayUnsupported || n == wayUnsupportedReason {
			continue
		}
		if err != nil && mapError(err).Kind == engine.Failed {
			break // the server's words about the statement itself are those without ours
		}
		return result, w, err
	}
	result, err := s.watched(ctx, st.Text)
	return result, way{}, err
}

// notes notes how a table was changed. asked is false for a statement that may have renamed it.
func (s *session) notes(ctx context.Context, table string, asked bool, w way) {
	o := s.observer
	o.last.Algorithm = w.algorithm
	before, key := o.ids, strings.ToLower(table)
	if before != nil {
		o.ids = s.tableIDs(ctx)
	}
	rewritten, known := w.rewrites, w.algorithm == "INSTANT" || w.algorithm == "NOCOPY" || w.rewrites
	was, now := before[key], o.ids[key]
	switch {
	case len(was) > 0 && (asked || len(now) > 0):
		rewritten, known = was.rewritten(now), true
	case before != nil && len(now) > 0: // it has come from another storage engine
		rewritten, known = true, true
	}
	if rewritten && w.algorithm == "NOCOPY" {
		o.last.Algorithm = "COPY" // to another storage engine, which the server does not count as one
	}
	if rewritten {
		o.last.Rewritten = []string{table}
	}
	if !known {
		o.last.Unseen = "whether the table was written again shows only to a user with the right PROCESS"
	}
	mode := w.lock
	switch {
	case w.algorithm == "INSTANT":
		mode = "NONE"
	case mode == "" && rewritten:
		mode = "SHARED" // where the grammar has no place for the question, only a copy does it
	case mode == "":
		o.last.Unseen = "the server was not asked which lock it needs: the statement has no place for that"
		return
	}
	o.last.Locks = []engine.TableLock{{Table: table, Mode: "LOCK=" + mode, Rank: lockRanks[mode], Brief: true}}
}
