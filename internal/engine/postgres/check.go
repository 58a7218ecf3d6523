package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath"
	"towpath/internal/engine"
)

// oldest is the first supported version of the catalog's readers.
const oldest = 130000

// maxClockDrift is how far the server's clock may be off without a finding.
const maxClockDrift = 30 * time.Second

// Check implements engine.Engine.
func (e *Engine) Check(ctx context.Context, t engine.Target) (engine.Report, error) {
	var report engine.Report
	conn, err := e.connectInstance(ctx, t)
	if err != nil {
		report.Findings = append(report.Findings,
			engine.Finding{Severity: "error", Message: towpath.ErrorMessage(err)})
		return report, ctx.Err()
	}
	defer closeQuietly(conn)
	c := &check{engine: e, target: t, conn: conn, maker: t.Username}
	if err := c.run(ctx); err != nil {
		c.add("error", "The server sent an unexpected response: "+mapError(err).Message+".", "")
	}
	report.Version = c.version
	report.Findings = c.findings
	report.OK = true
	for _, f := range report.Findings {
		report.OK = report.OK && f.Severity != "error"
	}
	return report, ctx.Err()
}

// probeTimeout is short: a pooler in session mode lets a connection wait when all sessions are
// taken.
const probeTimeout = 3 * time.Second

type check struct {
	engine   *Engine
	target   engine.Target
	conn     *pgx.Conn
	maker    string // the role that creates what files create
	version  string
	findings []engine.Finding
}

func (c *check) add(severity, message, fix string) {
	c.findings = append(c.findings, engine.Finding{Severity: severity, Message: message, Fix: fix})
}

func (c *check) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	for _, step := range []func(context.Context) error{c.server, c.pooler, c.owner, c.rights, c.power} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) server(ctx context.Context) error {
	var number int
	var recovery, readOnly bool
	var clock time.Time
	err := c.conn.QueryRow(ctx, `SELECT current_setting('server_version'),
		current_setting('server_version_num')::int, pg_is_in_recovery(),
		current_setting('default_transaction_read_only')::bool,
		clock_timestamp()`).Scan(&c.version, &number, &recovery, &readOnly, &clock)
	if err != nil {
		return err
	}
	c.version = "PostgreSQL " + strings.Fields(c.version)[0]
	if number < oldest {
		c.add("error", c.version+" is too old: 13 is the oldest that Towpath supports.", "")
	}
	if recovery {
		c.add("error", "The server is a standby and read-only.", "Use the address of the primary.")
	} else if readOnly {
		c.add("warning", "Transactions are read-only by default here.", "ALTER ROLE "+
			pgx.Identifier{c.target.Username}.Sanitize()+" RESET default_transaction_read_only")
	}
	now := time.Now
	if c.engine.Now != nil {
		now = c.engine.Now
	}
	if drift := now().Sub(clock).Abs(); drift > maxClockDrift {
		c.add("warning", fmt.Sprintf("The server's clock differs by %s.", drift.Round(time.Second)),
			"Set both clocks by NTP.")
	}
	return nil
}

// pooler compares the server's process with the one that was named when we connected: a pooler
// names its own. Its mode cannot be queried.
func (c *check) pooler(ctx context.Context) error {
	var pid uint32
	if err := c.conn.QueryRow(ctx, "SELECT pg_catalog.pg_backend_pid()").Scan(&pid); err != nil {
		return err
	}
	if pid == c.conn.PgConn().PID() {
		return nil
	}
	if !sessionPooler(c.target) {
		c.add("warning", "A connection pooler is in front of the server: statements without a transaction "+
			"are refused through it.",
			"Use the server's own address, or set the option pooler to session "+
				"where the pooler is in that mode.")
		return nil
	}
	if c.shared(ctx, pid) {
		c.add("error", "The connection pooler is not in session mode: it gives a session of the server to "+
			"several connections.",
			"Set the option pooler to transaction, or use the server's own address.")
	}
	return nil
}

// shared reports whether another connection gets our session. A connection that cannot be opened
// gets none.
func (c *check) shared(ctx context.Context, pid uint32) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	other, err := c.engine.connectInstance(ctx, c.target)
	if err != nil {
		return false
	}
	defer closeQuietly(other)
	var theirs uint32
	return other.QueryRow(ctx, "SELECT pg_catalog.pg_backend_pid()").Scan(&theirs) == nil && theirs == pid
}

// rights checks the rights that the ledger and changes need in the target's database.
func (c *check) rights(ctx context.Context) error {
	at := newPlace(c.target.Options)
	if err := at.find(ctx, c.conn); err != nil {
		return err
	}
	if message, fix := at.obstacle(); message != "" {
		c.add("error", message, fix)
		return nil
	}
	if c.target.Database == "" {
		return nil
	}
	var create, public bool
	var usable *bool
	err := c.conn.QueryRow(ctx, `SELECT has_database_privilege(current_database(), 'CREATE'),
		coalesce((SELECT has_schema_privilege($2::name, oid, 'CREATE') FROM pg_namespace
		WHERE nspname = 'public'), true),
		(SELECT has_schema_privilege(oid, 'USAGE, CREATE') FROM pg_namespace
		WHERE nspname = $1)`, at.schema, c.maker).Scan(&create, &public, &usable)
	if err != nil {
		return err
	}
	role, name := pgx.Identifier{c.target.Username}.Sanitize(), pgx.Identifier{at.schema}.Sanitize()
	switch {
	case usable == nil && !create && at.behind:
		c.add("error",
			fmt.Sprintf("The ledger must move out of the schema %s, "+
				"and the user may not create the schema %s for it.", at.former, at.schema),
			fmt.Sprintf("CREATE SCHEMA %s AUTHORIZATION %s", name, role))
	case usable == nil && !create:
		c.add("error", fmt.Sprintf("The user may not create the schema %s for the ledger.", at.schema),
			fmt.Sprintf("CREATE SCHEMA %s AUTHORIZATION %s", name, role))
	case usable != nil && !*usable:
		c.add("error", fmt.Sprintf("The user may not use the ledger's schema %s.", at.schema),
			fmt.Sprintf("GRANT USAGE, CREATE ON SCHEMA %s TO %s", name, role))
	}
	if !public {
		who := "The user"
		if c.maker != c.target.Username {
			who = "The role " + c.maker
		}
		c.add("warning", who+" may not create tables in the schema public.",
			"GRANT CREATE ON SCHEMA public TO "+pgx.Identifier{c.maker}.Sanitize())
	}
	return nil
}
