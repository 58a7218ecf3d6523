package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// sharedCatalogs are the catalogs of roles, databases and the server, and of links to other
// servers: pg_tablespace, pg_authid, pg_auth_members, pg_database, pg_user_mapping,
// pg_foreign_server, pg_foreign_data_wrapper, pg_shdescription, pg_db_role_setting,
// pg_foreign_table, pg_shseclabel, pg_replication_origin, pg_subscription, pg_parameter_acl. The
// numbers are the same on every server, and a number that an older one lacks counts nothing.
const sharedCatalogs = "1213, 1260, 1261, 1262, 1418, 1417, 2328, 2396, 2964, 3118, 3592, 6000, 6100, 6243"

// outsideMark reads how many rows of those catalogs this transaction has changed, and the session's
// current role.
const outsideMark = `(SELECT pg_catalog.format('%s %s', pg_catalog.sum(pg_catalog.pg_stat_get_xact_tuples_inserted(o)
	OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_updated(o) OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_deleted(o)), CURRENT_USER)
	FROM pg_catalog.unnest('{` + sharedCatalogs + `}'::pg_catalog.oid[]) AS o)`

// restored are settings that affect the reading of every further statement.
const restored = `pg_catalog.set_config('standard_conforming_strings', 'on', $3), pg_catalog.set_config('client_encoding', 'UTF8', $3)`

// lookOutside compares the outside with the last check in this transaction, and the role with the
// session's first. A block or a function can change both by SQL that it builds.
func (s *session) lookOutside(text string) error {
	before, count := s.outside, int64(0)
	s.outside = nil
	number, role, _ := strings.Cut(text, " ")
	if _, err := fmt.Sscan(number, &count); err != nil {
		return fmt.Errorf("read what was changed outside, %q: %w", text, err)
	}
	if s.role == "" {
		s.role = role
	}
	if !s.options.NoTx || s.inside {
		s.outside = &count
	}
	switch {
	case s.role != role:
		s.broken = refusedOutside("the statement has changed the role that the migration runs as")
	case before != nil && s.outside != nil && *before != count && !s.roles &&
		!strings.HasSuffix(s.verb, " EXTENSION"):
		s.broken = refusedOutside("the statement has changed roles, databases, the server's settings or " +
			"foreign servers, which a migration may not change")
	default:
		return nil
	}
	return s.broken
}

func refusedOutside(message string) error {
	return &engine.Error{Kind: engine.Refused, Message: message}
}

// ownSum is what every user may read of our own role.
const ownSum = `pg_catalog.concat_ws(' ',
	(SELECT pg_catalog.string_agg(r::pg_catalog.text, ' ') FROM pg_catalog.pg_roles r WHERE rolname OPERATOR(pg_catalog.=) SESSION_USER),
	(SELECT pg_catalog.string_agg(m::pg_catalog.text, ' ' ORDER BY m::pg_catalog.text) FROM pg_catalog.pg_auth_members m
		WHERE (SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) SESSION_USER) IN (roleid, member)),
	(SELECT pg_catalog.string_agg(s::pg_catalog.text, ' ' ORDER BY s::pg_catalog.text) FROM pg_catalog.pg_db_role_setting s
		WHERE setrole OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) SESSION_USER)))`

// wideSum is what every user may read of superusers, of the default settings of sessions here, of
// our foreign servers, and of the roles in our power. Since version 16 the creator of a role is a
// member of it; before, nothing shows who has created one, so it includes all roles for a user that
// can create some.
const wideSum = `pg_catalog.concat_ws(' ',
	(SELECT pg_catalog.string_agg(r::pg_catalog.text, ' ' ORDER BY oid) FROM pg_catalog.pg_roles r WHERE rolsuper),
	(SELECT pg_catalog.string_agg(pg_catalog.concat(oid, ' ', rolname), ' ' ORDER BY oid) FROM pg_catalog.pg_roles WHERE oid IN (
		SELECT roleid FROM pg_catalog.pg_auth_members WHERE admin_option AND pg_catalog.pg_has_role(SESSION_USER, member, 'MEMBER')) OR EXISTS (
		SELECT FROM pg_catalog.pg_roles AS able WHERE pg_catalog.pg_has_role(SESSION_USER, able.oid, 'MEMBER') AND (rolsuper OR (rolcreaterole AND
			pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.<) 160000)))),
	(SELECT pg_catalog.string_agg(s::pg_catalog.text, ' ' ORDER BY s::pg_catalog.text) FROM pg_catalog.pg_db_role_setting s WHERE setdatabase IN (0,
		(SELECT oid FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()))
		AND setrole OPERATOR(pg_catalog.=) 0),
	(SELECT pg_catalog.string_agg(f::pg_catalog.text, ' ' ORDER BY oid) FROM pg_catalog.pg_foreign_server f
		WHERE pg_catalog.pg_has_role(SESSION_USER, srvowner, 'MEMBER')))`

// sumOutside summarizes the outside, around a statement without a transaction. Few of these may
// build SQL. For an index build or a vacuum, which run functions too, only our own role is checked:
// they take long, and others may change the rest meanwhile.
func (s *session) sumOutside(ctx context.Context, st statement.Statement) (sum string, err error) {
	query := "SELECT pg_catalog.md5(" + ownSum + ")"
	switch {
	case !s.unbounded(st):
		return "", nil
	case composes(st.Verb):
		query = "SELECT pg_catalog.md5(pg_catalog.concat_ws(' ', " + ownSum + ", " + wideSum + "))"
	}
	err = s.conn.QueryRow(ctx, query).Scan(&sum)
	return sum, err
}

// unbounded reports whether a statement may run unchecked SQL outside of our transactions.
func (s *session) unbounded(st statement.Statement) bool {
	return s.options.NoTx && !s.inside && st.Roles == nil && (st.NoTx || composes(st.Verb))
}

// composes reports whether a statement may run SQL that was not checked: each that calls functions
// may.
func composes(verb string) bool {
	switch verb {
	case "DO", "CALL", "SELECT", "VALUES", "EXPLAIN", "INSERT", "UPDATE", "DELETE", "MERGE":
		return true
	}
	return false
}

func compareOutside(before, after string) error {
	if before == after {
		return nil
	}
	return refusedOutside("roles, settings of sessions or foreign servers have changed while the statement " +
		"ran, and a migration may not change them. " +
		"Somebody else may have done it at the same time. " +
		"Its change remains: check the instance's user before anything else runs")
}

// samePassword connects again after a statement that ran outside of our transactions. Every user
// may change their own password, and no catalog that every user may read shows it.
func (s *session) samePassword(ctx context.Context, st statement.Statement) error {
	if !s.unbounded(st) {
		return nil
	}
	config, err := s.db.engine.config(s.db.target)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := bounded(ctx, config)
	if err == nil {
		closeQuietly(conn)
		return nil
	}
	var said *pgconn.PgError
	if !errors.As(err, &said) || !strings.HasPrefix(said.Code, "28") {
		return nil // unrelated to the password
	}
	return refusedOutside("the password of the instance's user was changed while the statement ran, and a " +
		"migration may not change it. " +
		"Somebody else may have done it at the same time. Its change remains: set the password again, " +
		"or enter the new one on the instance's page")
}
