package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	dialect "towpath/internal/dialect/postgres"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Vetter = (*Engine)(nil)

// Vet implements engine.Vetter.
func (e *Engine) Vet(t engine.Target, s statement.Statement) error {
	return dialect.Validate(s, dialect.Target{
		Database: t.Database, User: t.Username, Role: t.Options[OptionRole], AllowRoles: t.AllowRoles,
	})
}

// powerful finds the names that are our own role, or may act as it or as one with power over the
// server. The server's own roles have lower numbers than all others; the owner of this database is
// in one of them, which reaches no further.
const powerful = `SELECT r.rolname FROM pg_catalog.pg_roles r
	WHERE r.rolname::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1)
	AND EXISTS (SELECT FROM pg_catalog.pg_roles power WHERE pg_catalog.pg_has_role(r.oid, power.oid, 'MEMBER')
		AND (power.rolsuper OR power.rolcreaterole OR power.rolcreatedb OR power.rolreplication
		OR power.rolbypassrls
			OR power.rolname OPERATOR(pg_catalog.=) SESSION_USER
			OR power.rolname::pg_catalog.text OPERATOR(pg_catalog.=) $2
			OR (power.oid OPERATOR(pg_catalog.<) 16384
			AND power.rolname OPERATOR(pg_catalog.<>) 'pg_database_owner')))
	ORDER BY 1 LIMIT 1`

// vet checks a statement about roles again, with what only the server knows.
func (s *session) vet(ctx context.Context, st statement.Statement) error {
	if st.Roles == nil {
		return nil
	}
	if err := s.db.engine.Vet(s.db.target, st); err != nil {
		return &engine.Error{Kind: engine.Refused, Message: err.Error(), Err: err}
	}
	var names []string
	for _, o := range st.Outside {
		if o.Kind == statement.OutsideRole {
			names = append(names, dialect.Clip(o.Name))
		}
	}
	rows, err := s.conn.Query(ctx, powerful, names, dialect.Clip(s.db.target.Options[OptionRole]))
	if err != nil {
		return fmt.Errorf("look at the roles: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look at the roles: %w", err)
	}
	if len(found) > 0 {
		return refusedOutside(fmt.Sprintf("the role %s has power over the server, or may act as the user "+
			"that runs the migration. "+
			"No migration may change it, give it or take it", found[0]))
	}
	return nil
}
