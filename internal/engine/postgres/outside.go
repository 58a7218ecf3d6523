package postgres

import (
	"context"
	"fmt"
	"strings"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// sharedCatalogues are what roles, databases and the server consist of, and what leads to other servers:
// pg_tablespace, pg_authid, pg_auth_members, pg_database, pg_user_mapping, pg_foreign_server, pg_foreign_data_wrapper,
// pg_shdescription, pg_db_role_setting, pg_foreign_table, pg_shseclabel, pg_replication_origin, pg_subscription, pg_parameter_acl.
// The numbers are the same on every server, and those that an older one lacks count nothing.
const sharedCatalogues = "1213, 1260, 1261, 1262, 1418, 1417, 2328, 2396, 2964, 3118, 3592, 6000, 6100, 6243"

// outsideMark reads how many rows of those this transaction has changed, and as whom we are here.
const outsideMark = `(SELECT pg_catalog.format('%s %s', pg_catalog.sum(pg_catalog.pg_stat_get_xact_tuples_inserted(o)
	OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_updated(o) OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_deleted(o)), CURRENT_USER)
	FROM pg_catalog.unnest('{` + sharedCatalogues + `}'::pg_catalog.oid[]) AS o)`

// restored are settings on which the reading of every further statement depends.
const restored = `pg_catalog.set_config('standard_conforming_strings', 'on', $3), pg_catalog.set_config('client_encoding', 'UTF8', $3)`

// lookOutside compares what is outside with the last look in this transaction, and the role with the session's first. A
// block or a function can reach both by SQL that it puts together.
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
	case before != nil && s.outside != nil && *before != count && !s.roles && !strings.HasSuffix(s.verb, " EXTENSION"):
		s.broken = refusedOutside("the statement has changed roles, databases, the server's settings or foreign servers, which a migration may not change")
	default:
		return nil
	}
	return s.broken
}

func refusedOutside(message string) error {
	return &engine.Error{Kind: engine.Refused, Message: message}
}

// outsideSum is what anybody may read of our own role, of superusers, and of the settings that sessions here begin with.
// Which roles there are is in it where we can make some: nobody sees who has made one.
const outsideSum = `SELECT pg_catalog.md5(pg_catalog.concat_ws(' ',
	(SELECT pg_catalog.string_agg(r::pg_catalog.text, ' ' ORDER BY oid) FROM pg_catalog.pg_roles r WHERE rolsuper OR rolname OPERATOR(pg_catalog.=) SESSION_USER),
	(SELECT pg_catalog.string_agg(pg_catalog.concat(oid, ' ', rolname), ' ' ORDER BY oid) FROM pg_catalog.pg_roles WHERE EXISTS (
		SELECT FROM pg_catalog.pg_roles AS able WHERE (rolcreaterole OR rolsuper) AND pg_catalog.pg_has_role(SESSION_USER, able.oid, 'MEMBER'))),
	(SELECT pg_catalog.string_agg(m::pg_catalog.text, ' ' ORDER BY m::pg_catalog.text) FROM pg_catalog.pg_auth_members m
		WHERE (SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) SESSION_USER) IN (roleid, member)),
	(SELECT pg_catalog.string_agg(s::pg_catalog.text, ' ' ORDER BY s::pg_catalog.text) FROM pg_catalog.pg_db_role_setting s
		WHERE setrole OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) SESSION_USER) OR setdatabase IN (0,
			(SELECT oid FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()))),
	(SELECT pg_catalog.string_agg(f::pg_catalog.text, ' ' ORDER BY oid) FROM pg_catalog.pg_foreign_server f)))`

// sumOutside tells what is outside, around a statement without a transaction that may put SQL together.
func (s *session) sumOutside(ctx context.Context, st statement.Statement) (sum string, err error) {
	if !s.options.NoTx || s.inside || !composes(st.Verb) {
		return "", nil
	}
	err = s.conn.QueryRow(ctx, outsideSum).Scan(&sum)
	return sum, err
}

// composes tells whether a statement may run SQL that nobody has read: each that calls functions may.
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
	return refusedOutside("roles, settings of sessions or foreign servers have changed while the statement ran, and a migration may not change them. " +
		"Somebody else may have done it at the same time. What it did stays: look at the instance's user before anything else runs")
}
