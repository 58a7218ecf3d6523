package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
)

// maxClockDrift is how far the server's clock may be off without a finding.
const maxClockDrift = 30 * time.Second

// Check implements engine.Engine.
func (e *Engine) Check(ctx context.Context, t engine.Target) (engine.Report, error) {
	var report engine.Report
	conn, err := e.connect(ctx, t)
	if err != nil {
		report.Findings = append(report.Findings,
			engine.Finding{Severity: "error", Message: towpath.ErrorMessage(err)})
		return report, ctx.Err()
	}
	defer conn.closeQuietly()
	c := &check{engine: e, target: t, conn: conn}
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

type check struct {
	engine   *Engine
	target   engine.Target
	conn     *connection
	mariadb  bool
	version  string
	findings []engine.Finding
}

func (c *check) add(severity, message, fix string) {
	c.findings = append(c.findings, engine.Finding{Severity: severity, Message: message, Fix: fix})
}

func (c *check) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	for _, step := range []func(context.Context) error{c.server, c.clock, c.cluster, c.rights} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *check) server(ctx context.Context) (err error) {
	if c.mariadb, c.version, err = c.conn.flavor(ctx); err != nil {
		return err
	}
	major, _ := strconv.Atoi(strings.SplitN(c.version, ".", 2)[0])
	oldest := 8
	if c.version = "MySQL " + c.version; c.mariadb {
		c.version, oldest = "MariaDB "+strings.TrimPrefix(c.version, "MySQL "), 10
	}
	if major < oldest {
		c.add("error", fmt.Sprintf("%s is too old: %d is the oldest that Towpath supports.", c.version,
			oldest), "")
	}
	var readOnly string
	if err := c.conn.QueryRowContext(ctx, "SELECT @@GLOBAL.read_only").Scan(&readOnly); err != nil {
		return err
	}
	if readOnly != "0" {
		c.add("error", "The server is read-only.",
			"Use the address of the primary, or SET GLOBAL read_only = 0.")
	}
	return nil
}

func (c *check) clock(ctx context.Context) error {
	var seconds float64
	if err := c.conn.QueryRowContext(ctx, "SELECT UNIX_TIMESTAMP(NOW(6))").Scan(&seconds); err != nil {
		return err
	}
	now := time.Now
	if c.engine.Now != nil {
		now = c.engine.Now
	}
	if drift := now().Sub(time.UnixMicro(int64(seconds * 1e6))).Abs(); drift > maxClockDrift {
		c.add("warning", fmt.Sprintf("The server's clock differs by %s.", drift.Round(time.Second)),
			"Set both clocks by NTP.")
	}
	return nil
}

// cluster detects Galera, where a lock on one node does not exist on another, and a session can
// only be ended on its own node.
func (c *check) cluster(ctx context.Context) error {
	var name, value string
	err := c.conn.QueryRowContext(ctx, "SHOW GLOBAL VARIABLES LIKE 'wsrep_on'").Scan(&name, &value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil && value == "ON" {
		c.add("warning", "The server is a node of a Galera cluster: changes of tables block the whole "+
			"cluster, and what a lost session does is known on its own node only.",
			"Give the instance the address of one node, not of a load balancer, "+
				"and run changes when the load is low.")
	}
	return err
}

// needed are the rights that changes and the ledger need.
var needed = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX"}

// grantLine is one row of SHOW GRANTS for a database or for all.
var grantLine = regexp.MustCompile("^GRANT (.+) ON (\\*|`(?:[^`]|``)+`)\\.\\* TO ")

func (c *check) rights(ctx context.Context) error {
	// The server quotes names by the mode of the session that reads them.
	if _, err := c.conn.ExecContext(ctx, "SET SESSION sql_mode = ''"); err != nil {
		return err
	}
	var account string
	if err := c.conn.QueryRowContext(ctx, "SELECT CURRENT_USER()").Scan(&account); err != nil {
		return err
	}
	lines, err := column(ctx, c.conn.Conn, "SHOW GRANTS")
	if err != nil {
		return err
	}
	g := readGrants(lines, c.target.Database)
	c.reportExcess(g, account)
	missing := slices.DeleteFunc(slices.Clone(needed), func(right string) bool {
		return g.have[right] || g.have["ALL PRIVILEGES"] || c.target.Database == ""
	})
	if len(missing) > 0 {
		list := strings.Join(missing, ", ")
		c.add("error", "The user lacks rights in the database: "+list+".",
			fmt.Sprintf("GRANT %s ON %s.* TO %s", list,
				dialect.QuoteName(dialect.EscapePattern(c.target.Database)), quoteAccount(account)))
	}
	return nil
}

// grants is the content of SHOW GRANTS, sorted by scope.
type grants struct {
	have   map[string]bool // in the database
	all    bool            // rights on the objects of every database
	server []string        // rights to the server itself
	others []string        // other databases with rights
}

func readGrants(lines []string, database string) grants {
	g := grants{have: map[string]bool{}}
	for _, line := range lines {
		match := grantLine.FindStringSubmatch(line)
		if match == nil || match[1] == "USAGE" {
			continue
		}
		everywhere := match[2] == "*"
		own := everywhere || likeName(match[2], database)
		if !own {
			name := strings.ReplaceAll(strings.Trim(match[2], "`"), "``", "`")
			if database != "" || name == "mysql" || name == "sys" {
				g.others = append(g.others, name)
			}
			continue
		}
		for right := range strings.SplitSeq(match[1], ",") { // dynamic ones have no blanks between
			right = strings.TrimSpace(right)
			g.have[right] = g.have[right] || right == "ALL PRIVILEGES" || ofObjects(right) || !everywhere
			switch {
			case everywhere && (right == "ALL PRIVILEGES" || ofObjects(right)):
				g.all = true
			case everywhere && !observes(right):
				g.server = append(g.server, right)
			}
		}
	}
	return g
}

// ofObjects reports whether a right concerns the objects of databases.
func ofObjects(right string) bool {
	switch right {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "REFERENCES", "INDEX", "ALTER",
		"CREATE VIEW", "SHOW VIEW", "TRIGGER",
		"CREATE ROUTINE", "ALTER ROUTINE", "EXECUTE", "EVENT", "LOCK TABLES", "CREATE TEMPORARY TABLES",
		"DELETE HISTORY":
		return true
	}
	return false
}

// observes lists the rights to the server by which a migration changes nothing outside of its
// session.
func observes(right string) bool {
	switch right {
	case "USAGE", "PROCESS", "SHOW DATABASES", "SHOW_ROUTINE", "SHOW CREATE ROUTINE",
		"SESSION_VARIABLES_ADMIN", "REPLICATION CLIENT",
		"BINLOG MONITOR", "SLAVE MONITOR", "REPLICA MONITOR", "XA_RECOVER_ADMIN", "RESOURCE_GROUP_USER":
		return true
	}
	return false
}

// maxNamed bounds a list in a finding.
const maxNamed = 8

// reportExcess warns of each right beyond the database. A migration may do as much as its user.
func (c *check) reportExcess(g grants, account string) {
	who, fix := quoteAccount(account), ""
	if c.target.Database != "" {
		fix = fmt.Sprintf("GRANT ALL ON %s.* TO %s",
			dialect.QuoteName(dialect.EscapePattern(c.target.Database)), who)
	}
	then := func(revoke string) string {
		switch {
		case fix == "":
			return ""
		case g.all: // it may be an administrator on purpose
			own := dialect.QuoteName("towpath_"+c.target.Database) + "@`%`"
			return fmt.Sprintf("CREATE USER %s IDENTIFIED BY '…'; GRANT ALL ON %s.* TO %[1]s", own,
				dialect.QuoteName(dialect.EscapePattern(c.target.Database)))
		}
		return fix + "; " + revoke
	}
	switch list := strings.Join(g.server[:min(len(g.server), maxNamed)], ", "); {
	case g.all:
		c.add("warning", "The user has rights on all databases of the server, and so has every migration. "+
			"Use a user for each database.",
			then(""))
	case len(g.server) > maxNamed:
		c.add("warning",
			fmt.Sprintf("The user has rights to the server itself, and so has every migration: %s and "+
				"%d more.", list, len(g.server)-maxNamed),
			then("REVOKE "+strings.Join(g.server, ", ")+" ON *.* FROM "+who))
	case len(g.server) > 0:
		c.add("warning",
			fmt.Sprintf("The user has rights to the server itself, and so has every migration: %s.", list),
			then("REVOKE "+list+" ON *.* FROM "+who))
	}
	if len(g.others) > 0 {
		var revokes []string
		for _, name := range g.others {
			revokes = append(revokes, "REVOKE ALL ON "+dialect.QuoteName(name)+".* FROM "+who)
		}
		c.add("warning",
			fmt.Sprintf("The user has rights in other databases too, and so has every migration: %s. Use a "+
				"user for each database.",
				strings.Join(g.others[:min(len(g.others), maxNamed)], ", ")),
			then(strings.Join(revokes, "; ")))
	}
}

// quoteAccount quotes the user and the host of an account such as a@%; the host is the part after
// the last @.
func quoteAccount(account string) string {
	at := max(strings.LastIndexByte(account, '@'), 0)
	return dialect.QuoteName(account[:at]) + "@" + dialect.QuoteName(strings.TrimPrefix(account[at:], "@"))
}

// likeName reports whether a grant's pattern, with % and _ for any characters, matches the
// database.
func likeName(pattern, name string) bool {
	pattern = strings.ReplaceAll(strings.Trim(pattern, "`"), "``", "`")
	var expression strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			i++
			expression.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		case pattern[i] == '%':
			expression.WriteString(".*")
		case pattern[i] == '_':
			expression.WriteString(".")
		default:
			expression.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	matched, err := regexp.MatchString("(?s)^"+expression.String()+"$", name)
	return err == nil && matched
}
