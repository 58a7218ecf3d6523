package mysql

import (
	"context"
	"errors"
	"fmt"
	"strings"

	driver "github.com/go-sql-driver/mysql"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// mapError maps an error of the driver to its kind. Numbers:
// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and
// https://mariadb.com/kb/en/mariadb-error-codes/
func mapError(err error) *engine.Error {
	var known *engine.Error
	if errors.As(err, &known) {
		return known
	}
	var e *driver.MySQLError
	switch {
	case errors.As(err, &e):
		return &engine.Error{Kind: kindOf(e), Message: fmt.Sprintf("%s (error %d)", towpath.Clip(e.Message),
			e.Number), Err: err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &engine.Error{Kind: engine.Timeout, Message: "stopped before it finished", Err: err}
	}
	return &engine.Error{Kind: engine.Lost, Message: towpath.Clip(err.Error()), Err: err}
}

func kindOf(e *driver.MySQLError) engine.Kind {
	switch e.Number {
	// Lock wait timeout, deadlock; on Galera also a commit that lost against another node's, and is
	// undone.
	case 1205, 1213:
		return engine.Locked
	case 1317, 1969, 3024: // killed, max_statement_time, max_execution_time
		return engine.Timeout
	case 1053, 1927, 1152, 1184: // shutdown, connection killed, aborted
		return engine.Lost
	case 1047: // a node that has lost its cluster refuses everything with this number
		if strings.HasPrefix(e.Message, "WSREP") {
			return engine.Lost
		}
	}
	return engine.Failed
}

// withoutText removes the statement's text from the server's message if it may contain a password.
func withoutText(err error, st statement.Statement) error {
	if !st.MayHoldSecret() {
		return err
	}
	mapped := mapError(err)
	if before, _, found := strings.Cut(mapped.Message, " near '"); found {
		return &engine.Error{Kind: mapped.Kind, Message: before + " (its text is left out)", Err: err}
	}
	return err
}
