package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Rehearser = (*Engine)(nil)

// scratch is a scratch database.
type scratch struct {
	engine   *Engine
	instance engine.Target // without a database
	target   engine.Target
}

// MakeScratch implements engine.Rehearser. Nobody but its owner may connect to the database.
func (e *Engine) MakeScratch(ctx context.Context, t engine.Target) (engine.Scratch, error) {
	conn, err := e.connectInstance(ctx, t)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(conn)
	var now time.Time
	var names []string
	var like []byte
	err = conn.QueryRow(ctx, `SELECT pg_catalog.clock_timestamp(),
		(SELECT pg_catalog.array_agg(datname::pg_catalog.text) FROM pg_catalog.pg_database),
		(SELECT pg_catalog.to_json(d) FROM pg_catalog.pg_database d WHERE datname = pg_catalog.current_database())`).
		Scan(&now, &names, &like)
	if err != nil {
		return nil, fmt.Errorf("list the databases: %w", mapError(err))
	}
	if err := engine.RoomForScratch(names); err != nil {
		return nil, err
	}
	kind, err := encoded(like)
	if err != nil {
		return nil, err
	}
	made := &scratch{engine: e, instance: t, target: t}
	made.instance.Database, made.target.Database = "", engine.NewScratchName(t.Username, now)
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+made.name()+kind); err != nil {
		return nil, refusedScratch(t, err)
	}
	if err := made.close(ctx, conn); err != nil {
		return nil, errors.Join(err, made.Drop(context.WithoutCancel(ctx)))
	}
	return made, nil
}

// encoded is how CREATE DATABASE makes an empty database in the encoding and with the collation of
// another, which is a row of pg_database: newer versions have more columns.
func encoded(row []byte) (string, error) {
	var like struct {
		Encoding     int    `json:"encoding"`
		Collate      string `json:"datcollate"`
		Type         string `json:"datctype"`
		Provider     string `json:"datlocprovider"`
		ICULocale    string `json:"daticulocale"`
		Locale       string `json:"datlocale"`
		ICUCollation string `json:"daticurules"`
	}
	if err := json.Unmarshal(row, &like); err != nil {
		return "", fmt.Errorf("read the database's encoding: %w", err)
	}
	text := fmt.Sprintf(" TEMPLATE template0 ENCODING %d LC_COLLATE %s LC_CTYPE %s", like.Encoding,
		literal(like.Collate), literal(like.Type))
	switch like.Provider {
	case "i":
		text += " LOCALE_PROVIDER icu ICU_LOCALE " + literal(like.Locale+like.ICULocale)
		if like.ICUCollation != "" {
			text += " ICU_RULES " + literal(like.ICUCollation)
		}
	case "b":
		text += " LOCALE_PROVIDER builtin BUILTIN_LOCALE " + literal(like.Locale)
	}
	return text, nil
}

// literal quotes a text from the server's catalog.
func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// refusedScratch explains why no database could be made.
func refusedScratch(t engine.Target, err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && said.Code == "42501" {
		return towpath.Errorf(towpath.CodeForbidden,
			"The user %s may not make the scratch database of a rehearsal. An administrator allows it by: "+
				"ALTER ROLE %s CREATEDB", t.Username, pgx.Identifier{t.Username}.Sanitize())
	}
	return towpath.Errorf(towpath.CodeUnavailable, "The scratch database of a rehearsal was not made: %s.",
		mapError(err).Message)
}

func (s *scratch) name() string { return pgx.Identifier{s.target.Database}.Sanitize() }

// close keeps others out of the database. The role that runs the statements of files gets the rights
// that it needs in a target.
func (s *scratch) close(ctx context.Context, conn *pgx.Conn) error {
	text := "REVOKE ALL ON DATABASE " + s.name() + " FROM PUBLIC"
	if _, err := conn.Exec(ctx, text); err != nil {
		return fmt.Errorf("close the scratch database: %w", mapError(err))
	}
	role := s.target.Options[OptionRole]
	if role == "" {
		return nil
	}
	own, err := s.engine.connect(ctx, s.target)
	if err != nil {
		return err
	}
	defer closeQuietly(own)
	role = pgx.Identifier{role}.Sanitize()
	for _, text := range []string{
		"GRANT CREATE, TEMPORARY ON DATABASE " + s.name() + " TO " + role,
		"GRANT USAGE, CREATE ON SCHEMA public TO " + role,
	} {
		if _, err := own.Exec(ctx, text); err != nil {
			return fmt.Errorf("let the role use the scratch database: %w", mapError(err))
		}
	}
	return nil
}

// Target implements engine.Scratch.
func (s *scratch) Target() engine.Target { return s.target }

// Open implements engine.Scratch.
func (s *scratch) Open(ctx context.Context) (engine.DB, error) { return s.engine.Open(ctx, s.target) }

// Size implements engine.Scratch.
func (s *scratch) Size(ctx context.Context) (size int64, err error) {
	conn, err := s.engine.connectInstance(ctx, s.instance)
	if err != nil {
		return 0, err
	}
	defer closeQuietly(conn)
	err = conn.QueryRow(ctx, "SELECT pg_catalog.pg_database_size($1::pg_catalog.name)",
		s.target.Database).Scan(&size)
	return size, err
}

// Drop implements engine.Scratch.
func (s *scratch) Drop(ctx context.Context) error {
	conn, err := s.engine.connectInstance(ctx, s.instance)
	if err != nil {
		return err
	}
	defer closeQuietly(conn)
	return dropScratch(ctx, conn, s.target.Database)
}

func dropScratch(ctx context.Context, conn *pgx.Conn, name string) error {
	if !engine.IsScratch(name) {
		return fmt.Errorf("drop the database %s: it is no scratch database", name)
	}
	_, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)")
	if err != nil {
		return fmt.Errorf("drop the scratch database %s: %w", name, mapError(err))
	}
	return nil
}

// Unsafe implements engine.Rehearser: a session reaches no other database.
func (e *Engine) Unsafe(statement.Statement) string { return "" }

// SweepScratches implements engine.Rehearser.
func (e *Engine) SweepScratches(
	ctx context.Context, t engine.Target, age engine.ScratchAge,
) (dropped []string, err error) {
	conn, err := e.connectInstance(ctx, t)
	if err != nil {
		return nil, err
	}
	defer closeQuietly(conn)
	rows, err := conn.Query(ctx, `SELECT datname, pg_catalog.clock_timestamp(),
		(SELECT pg_catalog.count(*)::int FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)
		FROM pg_catalog.pg_database d WHERE datdba = (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = SESSION_USER)
		ORDER BY datname`)
	if err != nil {
		return nil, fmt.Errorf("list the databases: %w", mapError(err))
	}
	var leftovers []string
	var name string
	var now time.Time
	var sessions int
	if _, err := pgx.ForEachRow(rows, []any{&name, &now, &sessions}, func() error {
		if age.Leftover(name, t.Username, sessions, now) {
			leftovers = append(leftovers, name)
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("list the databases: %w", mapError(err))
	}
	for _, name := range leftovers {
		if err := dropScratch(ctx, conn, name); err != nil {
			return dropped, err
		}
		dropped = append(dropped, name)
	}
	return dropped, nil
}
