package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

// OptionRole is the role that runs the statements of files and so owns what they create; the user
// itself when missing. The user still owns the ledger.
const OptionRole = "role"

// inTransaction reports whether one of our transactions surrounds the statement.
func (s *session) inTransaction() bool { return !s.options.NoTx || s.inside }

// becomeOwner and stopBeingOwner are empty where the user itself owns what files create.
func (s *session) becomeOwner() []call {
	role := s.db.target.Options[OptionRole]
	switch {
	case role == "":
		return nil
	case s.inTransaction():
		return []call{{text: "SET LOCAL ROLE " + pgx.Identifier{role}.Sanitize()}}
	}
	return []call{{text: "SET ROLE " + pgx.Identifier{role}.Sanitize()}}
}

// stopBeingOwner first checks whether a block or a function has changed the role.
func (s *session) stopBeingOwner() []call {
	role := s.db.target.Options[OptionRole]
	if role == "" {
		return nil
	}
	return []call{{text: "SELECT CURRENT_USER::pg_catalog.text", scan: func(row pgx.Row) error {
		var now string
		if err := row.Scan(&now); err != nil || now == role {
			return err
		}
		s.broken = refusedOutside("the statement has changed the role that the migration runs as")
		return s.broken
	}}, {text: "RESET ROLE"}}
}

// asOwner runs calls as the role that owns what files create.
func (s *session) asOwner(calls ...call) []call {
	return slices.Concat(s.becomeOwner(), calls, s.stopBeingOwner())
}

// giveUpOwner switches the session back to the user after a failed statement without a transaction:
// its records are written next.
func (s *session) giveUpOwner(ctx context.Context) {
	if s.inTransaction() || s.db.target.Options[OptionRole] == "" || s.conn.IsClosed() {
		return
	}
	if err := s.send(context.WithoutCancel(ctx), call{text: "RESET ROLE"}); err != nil {
		s.broken = &engine.Error{
			Kind: engine.Lost, Message: "the session could not be made the user's again",
			Err: err,
		}
	}
}

// owner checks that the user may act as the role in the options, and that the role cannot change
// the ledger.
func (c *check) owner(ctx context.Context) error {
	role := c.target.Options[OptionRole]
	if role == "" {
		return nil
	}
	var may bool
	err := c.conn.QueryRow(ctx, `SELECT pg_catalog.pg_has_role(SESSION_USER, oid, CASE
		WHEN pg_catalog.current_setting('server_version_num')::int >= 160000
		THEN 'SET' ELSE 'MEMBER' END) FROM pg_catalog.pg_roles WHERE rolname = $1`, role).Scan(&may)
	name, user := pgx.Identifier{role}.Sanitize(), pgx.Identifier{c.target.Username}.Sanitize()
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		c.add("error", fmt.Sprintf("There is no role %s, which the option role names.", role), "CREATE ROLE "+
			name+"; GRANT "+name+" TO "+user)
		return nil
	case err != nil:
		return err
	case !may:
		c.add("error", fmt.Sprintf("The user may not SET ROLE %s, which the option role names.", role),
			"GRANT "+name+" TO "+user)
		return nil
	}
	c.maker = role
	at := newPlace(c.target.Options)
	ledger := pgx.Identifier{at.schema, ledgerTable}.Sanitize()
	var writes bool
	err = c.conn.QueryRow(ctx, `SELECT coalesce((SELECT pg_catalog.has_table_privilege($1::pg_catalog.name,
		c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
		FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
			WHERE n.nspname = $2 AND c.relname = $3), false)`,
		role, at.schema, ledgerTable).Scan(&writes)
	if err == nil && writes {
		c.add("warning", fmt.Sprintf("The role %s may write to the ledger, which is the user's alone.", role),
			"REVOKE ALL ON "+ledger+" FROM "+name)
	}
	return err
}
