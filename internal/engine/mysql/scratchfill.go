package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// Fill implements engine.Scratch: many statements at once. The server commits each by itself.
func (s *scratch) Fill(ctx context.Context, dump string) (err error) {
	all, err := engine.DumpStatements(s.engine, s.target, dump)
	if err != nil {
		return err
	}
	config, err := s.engine.config(s.target)
	if err != nil {
		return err
	}
	config.MultiStatements = true
	connector, err := driver.NewConnector(config)
	if err != nil {
		return fmt.Errorf("make the configuration: %w", err)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, pool.Close()) }()
	conn, err := pool.Conn(ctx)
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = conn.Close() }() // the pool closes it
	var mode string
	if err := conn.QueryRowContext(ctx, "SELECT @@SESSION.sql_mode").Scan(&mode); err != nil {
		return mapError(err)
	}
	// The splitter reads quotes and backslashes as the default mode does.
	begin := "SET SESSION sql_mode = " + literal(dialect.PlainMode(mode)) + ", autocommit = 1"
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		return mapError(err)
	}
	for _, batch := range batches(all) {
		if _, err := conn.ExecContext(ctx, batch); err != nil && number(err) != emptyQuery {
			return mapError(err)
		}
	}
	return nil
}

// batches joins statements to texts that a server takes at once.
func batches(all []statement.Statement) (texts []string) {
	var text strings.Builder
	for _, st := range all {
		if text.Len() > 0 && text.Len()+len(st.Text) > maxBatch {
			texts = append(texts, text.String())
			text.Reset()
		}
		if text.Len() > 0 {
			text.WriteString("\n;\n")
		}
		text.WriteString(st.Text)
	}
	if text.Len() > 0 {
		texts = append(texts, text.String())
	}
	return texts
}

// scratchRights are those that a schema and files need in a scratch database.
var scratchRights = slices.Concat(needed, []string{
	"CREATE VIEW", "SHOW VIEW", "TRIGGER", "CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE", "REFERENCES",
})

// CheckScratch implements engine.Rehearser.
func (e *Engine) CheckScratch(ctx context.Context, t engine.Target) (found []engine.Finding, err error) {
	c, err := e.connect(ctx, t)
	if err != nil {
		return nil, err
	}
	defer c.closeQuietly()
	// The server quotes names by the mode of the session that reads them.
	if _, err := c.ExecContext(ctx, "SET SESSION sql_mode = ''"); err != nil {
		return nil, mapError(err)
	}
	var account string
	if err := c.QueryRowContext(ctx, "SELECT CURRENT_USER()").Scan(&account); err != nil {
		return nil, mapError(err)
	}
	lines, err := column(ctx, c.Conn, "SHOW GRANTS")
	if err != nil {
		return nil, mapError(err)
	}
	g := readGrants(lines, engine.NewScratchName(t.Username, time.Now()))
	for _, right := range scratchRights {
		if !g.have[right] && !g.have["ALL PRIVILEGES"] {
			return []engine.Finding{{
				Severity: "error",
				Message: fmt.Sprintf("The user %s may not make the scratch database of a rehearsal, or not all "+
					"that a migration may make in it.", t.Username),
				Fix: "GRANT ALL ON `towpath\\_scratch\\_%`.* TO " + quoteAccount(account),
			}}, nil
		}
	}
	process := slices.ContainsFunc(lines, func(line string) bool {
		return strings.Contains(line, " ON *.* TO ") &&
			(strings.Contains(line, "PROCESS") || strings.HasPrefix(line, "GRANT ALL PRIVILEGES"))
	})
	if !process {
		found = append(found, engine.Finding{
			Severity: "warning",
			Message:  "A rehearsal does not see which tables the server writes again: that needs the right PROCESS.",
			Fix:      "GRANT PROCESS ON *.* TO " + quoteAccount(account),
		})
	}
	return found, nil
}
