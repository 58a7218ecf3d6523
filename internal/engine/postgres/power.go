package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

// attribute is a right of a role with effect beyond its databases:
// https://www.postgresql.org/docs/current/role-attributes.html
type attribute struct{ name, means string }

// attributes are in the order of the columns that power reads.
var attributes = []attribute{
	{"CREATEROLE", "make roles and change their passwords"},
	{"CREATEDB", "make databases"},
	{"REPLICATION", "copy the whole server"},
	{"BYPASSRLS", "bypass row security"},
}

// serverRoles reach the server's files, programs and sessions:
// https://www.postgresql.org/docs/current/predefined-roles.html
const serverRoles = `'pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program',
	'pg_signal_backend', 'pg_checkpoint',
	'pg_create_subscription', 'pg_use_reserved_connections'`

// maxNamed bounds how many databases or roles a finding names.
const maxNamed = 10

// power reports the user's rights that no migration needs: the guards of a session do not bound
// them.
func (c *check) power(ctx context.Context) error {
	var super bool
	has := make([]bool, len(attributes))
	err := c.conn.QueryRow(ctx, "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls "+
		"FROM pg_catalog.pg_roles WHERE rolname = SESSION_USER").
		Scan(&super, &has[0], &has[1], &has[2], &has[3])
	if err != nil {
		return err
	}
	others, err := c.otherDatabases(ctx)
	if err != nil {
		return err
	}
	if super {
		c.add("warning",
			fmt.Sprintf("The user %s is a superuser. A migration can read the server's files, run programs "+
				"on it and change every database. "+
				"Use a user of its own for each database.", c.target.Username), c.rightUser(others))
		return nil
	}
	c.attributes(has)
	found := len(c.findings)
	if err := c.memberships(ctx); err != nil {
		return err
	}
	if len(c.findings) == found { // otherwise the databases may be theirs
		c.others(others)
	}
	return nil
}

func (c *check) attributes(has []bool) {
	var means, fix []string
	for i, a := range attributes {
		if has[i] {
			means, fix = append(means, fmt.Sprintf("%s (%s)", a.means, a.name)), append(fix, "NO"+a.name)
		}
	}
	if len(means) > 0 {
		c.add("warning", fmt.Sprintf("The user %s may %s. A migration needs none of it.", c.target.Username,
			strings.Join(means, ", ")),
			"ALTER ROLE "+pgx.Identifier{c.target.Username}.Sanitize()+" "+strings.Join(fix, " "))
	}
}

// memberships finds the user's roles that lead to more power.
func (c *check) memberships(ctx context.Context) error {
	rows, err := c.conn.Query(ctx, `SELECT given.rolname, pg_catalog.string_agg(power.rolname, ', '
		ORDER BY power.rolname)
		FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles given ON given.oid = m.roleid
			JOIN pg_catalog.pg_roles me ON me.oid = m.member,
			pg_catalog.pg_roles power
		WHERE me.rolname = SESSION_USER AND pg_catalog.pg_has_role(given.oid, power.oid, 'MEMBER')
			AND (power.rolname IN (`+serverRoles+`)
			OR power.rolsuper OR power.rolcreaterole OR power.rolcreatedb OR power.rolreplication
			OR power.rolbypassrls)
		GROUP BY given.rolname ORDER BY given.rolname LIMIT $1`, maxNamed)
	if err != nil {
		return err
	}
	var given, powers string
	_, err = pgx.ForEachRow(rows, []any{&given, &powers}, func() error {
		c.add("warning",
			fmt.Sprintf("The user %s is a member of %s, and so has what %s may do to the server. A "+
				"migration needs none of it.",
				c.target.Username, given, powers),
			"REVOKE "+pgx.Identifier{given}.Sanitize()+" FROM "+pgx.Identifier{c.target.Username}.Sanitize())
		return nil
	})
	return err
}

// otherDatabase is a database that the user may change and that is not the target.
type otherDatabase struct {
	name string
	owns bool
}

func (c *check) otherDatabases(ctx context.Context) ([]otherDatabase, error) {
	rows, err := c.conn.Query(ctx, `SELECT datname, owns
		FROM (SELECT datname, oid, pg_catalog.pg_has_role(datdba, 'USAGE') AS owns FROM pg_catalog.pg_database
		WHERE datallowconn AND NOT datistemplate AND datname NOT IN ('postgres', $1)) AS d
		WHERE owns OR pg_catalog.has_database_privilege(oid, 'CREATE') ORDER BY datname
			LIMIT $2`, c.target.Database, maxNamed)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d otherDatabase, err error) {
		err = row.Scan(&d.name, &d.owns)
		return d, err
	})
	return slices.DeleteFunc(all, func(d otherDatabase) bool { return engine.IsScratch(d.name) }), err
}

// others lists the databases that the user may change in addition to the target; an instance may
// have one.
func (c *check) others(all []otherDatabase) {
	if len(all) == 0 || (c.target.Database == "" && len(all) == 1) {
		return
	}
	var names, fix []string
	for _, d := range all {
		database := pgx.Identifier{d.name}.Sanitize()
		names = append(names, d.name)
		if d.owns {
			fix = append(fix, "ALTER DATABASE "+database+" OWNER TO CURRENT_USER;")
		} else {
			fix = append(fix, "REVOKE CREATE ON DATABASE "+database+" FROM "+
				pgx.Identifier{c.target.Username}.Sanitize()+";")
		}
	}
	if c.target.Database == "" {
		c.add("warning",
			fmt.Sprintf("The user %s may change several databases: %s. Use a user of its own, and an "+
				"instance, for each.",
				c.target.Username, strings.Join(names, ", ")), c.rightUser(all))
		return
	}
	c.add("warning",
		fmt.Sprintf("The user %s may change other databases too: %s. Use a user of its own for each.",
			c.target.Username, strings.Join(names, ", ")),
		strings.Join(fix, "\n"))
}

// rightUser returns the statements that create a user for the target, or for each database.
func (c *check) rightUser(others []otherDatabase) string {
	names := []string{c.target.Database}
	if c.target.Database == "" {
		names = nil
		for _, d := range others {
			names = append(names, d.name)
		}
	}
	var out strings.Builder
	for _, name := range names {
		role, database := pgx.Identifier{"migrate_" + name}.Sanitize(), pgx.Identifier{name}.Sanitize()
		fmt.Fprintf(&out, "CREATE ROLE %s LOGIN PASSWORD 'replace this';\nGRANT CONNECT, CREATE, TEMPORARY "+
			"ON DATABASE %s TO %[1]s;\n", role, database)
		fmt.Fprintf(&out, "GRANT USAGE, CREATE ON SCHEMA public TO %s; -- in the database %s\n", role,
			database)
	}
	return strings.TrimSuffix(out.String(), "\n")
}
