package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"towpath"
)

// violates reports whether err is a constraint violation with one of the codes of PostgreSQL or
// SQLite. https://www.postgresql.org/docs/current/errcodes-appendix.html,
// https://sqlite.org/rescode.html
func violates(err error, postgres string, lite ...int) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == postgres
	}
	var sq *sqlite.Error
	if errors.As(err, &sq) {
		for _, code := range lite {
			if sq.Code() == code {
				return true
			}
		}
	}
	return false
}

// taken turns a violated unique index into a CodeConflict about a field. It returns other errors
// unchanged.
func taken(err error, field, format string, args ...any) error {
	if violates(err, "23505", 2067, 1555) { // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
		e := towpath.Invalid(field, format, args...)
		e.Code = towpath.CodeConflict
		return e
	}
	return err
}

// inUse turns a violated foreign key into a CodeConflict with a message that names what still uses
// the row. It returns other errors unchanged.
func inUse(err error, format string, args ...any) error {
	if violates(err, "23503", 787) { // SQLITE_CONSTRAINT_FOREIGNKEY
		return towpath.Errorf(towpath.CodeConflict, format, args...)
	}
	return err
}
