package mysql

import (
	"errors"
	"fmt"
	"strings"

	"towpath/internal/statement"
)

// Target is the place where a statement is to run.
type Target struct {
	Database   string
	User       string // the user that connects
	AllowRoles bool   // whether statements may create, change and remove other users and roles
	// Scratch says that it is a scratch database, where prepared text must not be Unsafe
	Scratch bool
}

// Validate refuses a statement of Split whose text shows that it must not run in a target. Its
// error is a *statement.Error.
func Validate(s statement.Statement, t Target) error {
	if s.Roles != nil && !t.AllowRoles {
		return s.Roles
	}
	for _, o := range s.Outside {
		if why := reaches(t, o, s.Verb); why != "" {
			return &statement.Error{Pos: o.Pos, Message: why}
		}
	}
	text, ok := written(s)
	if !ok {
		return nil
	}
	err := ValidatePrepared(text, t)
	if refused := (*statement.Error)(nil); errors.As(err, &refused) {
		return statement.Errorf(s.Pos, "The prepared text is not allowed: %s", refused.Message)
	}
	return err
}

// Unsafe is why a statement must not run in a scratch database although it may run in a target; "" for
// any other. A procedure can build SQL, which reaches whatever the user may reach, and an event runs
// when nobody looks. Triggers and functions cannot build SQL.
func Unsafe(s statement.Statement) string {
	switch {
	case s.Verb == "CALL":
		return "A CALL can run SQL that nobody has read, so it is not rehearsed: in a target it runs."
	case strings.HasSuffix(s.Verb, " EVENT"):
		return "An event runs by itself, so it is not rehearsed: in a target it is made."
	}
	return ""
}

// reaches explains why something that a statement names is out of its reach; "" when it is not.
// Names of databases are compared as on Linux, where case matters.
func reaches(t Target, o statement.Outside, verb string) string {
	switch o.Kind {
	case statement.OutsideDefiner:
		if o.Name == t.User {
			return ""
		}
		return fmt.Sprintf("DEFINER = %s makes this run with the rights of another user. "+
			"Remove DEFINER: it is then %s, the user that runs the migration.", o.Name, t.User)
	case statement.OutsideRole:
		if sameUser(o.Name, t.User) {
			return fmt.Sprintf("%s is the user that runs the migration, which no migration may change. "+
				"Name another one.", t.User)
		}
		return ""
	case statement.OutsidePattern:
		plain, one := plainPattern(o.Name)
		switch {
		case one && plain == t.Database:
			return ""
		case o.Name == t.Database:
			return fmt.Sprintf("In a grant, _ and %% are wildcards, so %s also names other databases. "+
				"Write %s.", o.Name, QuoteName(EscapePattern(o.Name)))
		}
	case statement.OutsideDatabase, statement.OutsideRead:
		if o.Name == t.Database || strings.EqualFold(o.Name, "information_schema") {
			return ""
		}
		if strings.EqualFold(o.Name, "performance_schema") && o.Kind == statement.OutsideRead &&
			verb == "SELECT" {
			return ""
		}
	}
	return fmt.Sprintf("This reaches the database %s: a migration may only use its own. "+
		"Remove the name, or write a file for that database.", o.Name)
}

// EscapePattern returns a pattern that matches one name only.
func EscapePattern(name string) string {
	return strings.NewReplacer(`\`, `\\`, `_`, `\_`, `%`, `\%`).Replace(name)
}
