package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

// Fill implements engine.Scratch: in one transaction and few round trips. The dump may call functions
// of committers, as an index over an expression does, so changes outside of the database undo all of
// it. Event triggers would run at each statement, and need a superuser: they are left out.
func (s *scratch) Fill(ctx context.Context, dump string) error {
	all, err := engine.DumpStatements(s.engine, s.target, dump)
	if err != nil {
		return err
	}
	conn, err := s.engine.connect(ctx, s.target)
	if err != nil {
		return err
	}
	defer closeQuietly(conn)
	begin := "BEGIN; SET LOCAL standard_conforming_strings = on; SET LOCAL client_min_messages = error"
	if role := s.target.Options[OptionRole]; role != "" {
		begin += "; SET LOCAL ROLE " + pgx.Identifier{role}.Sanitize()
	}
	var extensions, others []string // extensions may register what the server shares
	for _, st := range all {
		switch {
		case strings.Contains(st.Verb, " EVENT"): // a trigger of events
		case strings.HasSuffix(st.Verb, " EXTENSION"):
			extensions = append(append(extensions, others...), runs(st))
			others = nil
		default:
			others = append(others, runs(st))
		}
	}
	if err := simply(ctx, conn, append([]string{begin}, extensions...)); err != nil {
		return err
	}
	before, err := outsideOf(ctx, conn)
	if err != nil {
		return err
	}
	if err := simply(ctx, conn, others); err != nil {
		return err
	}
	after, err := outsideOf(ctx, conn)
	if err != nil {
		return err
	}
	if before != after {
		return refusedOutside("a function of the schema has changed roles, databases or foreign servers")
	}
	return simply(ctx, conn, []string{"COMMIT"})
}

// simply sends statements as one text, by the simple protocol.
func simply(ctx context.Context, conn *pgx.Conn, statements []string) error {
	if len(statements) == 0 {
		return nil
	}
	_, err := conn.PgConn().Exec(ctx, strings.Join(statements, "\n;\n")).ReadAll()
	if err != nil {
		return mapError(err)
	}
	return nil
}

// outsideOf reads what the transaction has changed in the catalogs that all databases share, and the
// session's role.
func outsideOf(ctx context.Context, conn *pgx.Conn) (sum string, err error) {
	if err := conn.QueryRow(ctx, "SELECT "+outsideMark).Scan(&sum); err != nil {
		return "", mapError(err)
	}
	return sum, nil
}

// CheckScratch implements engine.Rehearser.
func (e *Engine) CheckScratch(ctx context.Context, t engine.Target) ([]engine.Finding, error) {
	conn, err := e.connectInstance(ctx, t)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(conn)
	var super, roles, databases bool
	var powers string
	err = conn.QueryRow(ctx, `SELECT r.rolsuper, r.rolcreaterole, r.rolcreatedb,
		coalesce((SELECT pg_catalog.string_agg(p.rolname, ', ' ORDER BY p.rolname) FROM pg_catalog.pg_roles p
			WHERE p.oid <> r.oid AND pg_catalog.pg_has_role(r.oid, p.oid, 'MEMBER')
				AND (p.rolsuper OR p.rolcreaterole OR p.rolname IN (`+serverRoles+`))), '')
		FROM pg_catalog.pg_roles r WHERE r.rolname = SESSION_USER`).Scan(&super, &roles, &databases, &powers)
	if err != nil {
		return nil, mapError(err)
	}
	has := ""
	switch {
	case super:
		has = "is a superuser"
	case roles:
		has = "may change roles (CREATEROLE)"
	case powers != "":
		has = "is a member of " + powers
	}
	if has != "" {
		return []engine.Finding{{
			Severity: "error",
			Message: fmt.Sprintf("The user %s %s, and whoever pushes a branch decides what it runs in a "+
				"rehearsal. Make a user of its own, add it as an instance, and choose that instance for "+
				"rehearsals.", t.Username, has),
			Fix: "CREATE ROLE towpath_rehearsal LOGIN CREATEDB PASSWORD 'replace this'",
		}}, nil
	}
	if !databases {
		return []engine.Finding{{
			Severity: "error",
			Message:  fmt.Sprintf("The user %s may not make the scratch database of a rehearsal.", t.Username),
			Fix:      "ALTER ROLE " + pgx.Identifier{t.Username}.Sanitize() + " CREATEDB",
		}}, nil
	}
	return nil, nil
}
