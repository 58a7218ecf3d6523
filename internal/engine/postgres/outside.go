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

// sharedCatalogs are what roles, databases and the server consist of, and what leads to other
// servers: pg_tablespace, pg_authid, pg_auth_members, pg_database, pg_user_mapping,
// pg_foreign_server, pg_foreign_data_wrapper, pg_shdescription, pg_db_role_setting,
// pg_foreign_table, pg_shseclabel, pg_replication_origin, pg_subscription, pg_parameter_acl. The
// numbers are the same on every server, and those that an older one lacks count nothing.
const sharedCatalogs = "1213, 1260, 1261, 1262, 1418, 1417, 2328, 2396, 2964, 3118, 3592, 6000, 6100, 6243"

// outsideMark reads how many rows of those this transaction has changed, and as whom we are here.
const outsideMark = `(SELECT pg_catalog.format('%s %s', pg_catalog.sum(pg_catalog.pg_stat_get_xact_tuples_inserted(o)
	OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_updated(o) OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_deleted(o)), CURRENT_USER)
	FROM pg_catalog.unnest('{` + sharedCatalogs + `}'::pg_catalog.oid[]) AS o)`

// restored are settings on which the reading of every further statement depends.
const restored = `pg_catalog.set_config('standard_conforming_strings', 'on', $3), pg_catalog.set_config('client_encoding', 'UTF8', $3)`

// lookOutside compares what is outside with the last look in this transaction, and the role with
// the session's first. A block or a function can reach both by SQL that it puts together.
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

// ownSum is what anybody may read of our own role.
const ownSum = `pg_catalog.concat_ws(' ',
	(SELECT pg_catalog.string_agg(r::pg_catalog.text, ' ') FROM pg_catalog.pg_roles r WHERE rolname OPERATOR(pg_catalog.=) SESSION_USER),
	(SELECT pg_catalog.string_agg(m::pg_catalog.text, ' ' ORDER BY m::pg_catalog.text) FROM pg_catalog.pg_auth_members m
		WHERE (SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) SESSION_USER) IN (roleid, member)),
	(SELECT pg_catalog.string_agg(s::pg_catalog.text, ' ' ORDER BY s::pg_catalog.text) FROM pg_catalog.pg_db_role_setting s
		WHERE setrole OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) SESSION_USER)))`

// wideSum is what anybody may read of superusers, of the settings that sessions here begin with, of
// foreign servers that are ours, and of the roles in our power. Since version 16 who makes a role
// is a member of it; before, nobody sees who has made one, so all roles are in it for a user that
// can make some.
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

// sumOutside tells what is outside, around a statement without a transaction. Few of them may put
// SQL together; of an index that is built or a table that is cleaned up, which run functions too,
// our own role is looked at alone: they take long, and others may change the rest meanwhile.
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

// unbounded reports whether a statement may run SQL that nobody has read, and outside of a
// transaction of ours.
func (s *session) unbounded(st statement.Statement) bool {
	return s.options.NoTx && !s.inside && st.Roles == nil && (st.NoTx || composes(st.Verb))
}

// composes reports whether a statement may run SQL that nobody has read: each that calls functions
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
		"Somebody else may have done it at the same time. What it did stays: look at the instance's user before anything else runs")
}

// samePassword connects once more behind a statement that ran outside of a transaction of ours.
// Everybody may change their own password, and no catalog that everybody may read shows it.
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
		return nil // says nothing of the password
	}
	return refusedOutside("the password of the instance's user was changed while the statement ran, and a " +
		"migration may not change it. " +
		"Somebody else may have done it at the same time. What it did stays: set the password again, or enter the new one on the instance's page")
}
