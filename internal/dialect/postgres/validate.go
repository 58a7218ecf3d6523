package postgres

import (
	"strings"
	"unicode/utf8"

	"towpath/internal/statement"
)

// Target is the place where a statement is to run.
type Target struct {
	Database   string
	User       string // the user that connects
	Role       string // the role that owns what files create; "" for the user
	AllowRoles bool   // whether statements may create, change and remove other roles
}

// Validate refuses a statement of Split whose text shows that it must not run in a target. Its
// error is a *statement.Error.
func Validate(s statement.Statement, t Target) error {
	if s.Roles == nil {
		return nil
	}
	if !t.AllowRoles {
		return s.Roles
	}
	for _, o := range s.Outside {
		switch {
		case o.Kind == statement.OutsideRole && (sameRole(o.Name, t.User) || sameRole(o.Name, t.Role)):
			return statement.Errorf(o.Pos,
				"%s is the user that runs the migration, which no migration may change. Name another role.",
				o.Name)
		case o.Kind == statement.OutsideDatabase && Clip(o.Name) != Clip(t.Database):
			return statement.Errorf(o.Pos,
				"This reaches the database %s: a migration may only use its own. "+
					"Write a file for that database.",
				o.Name)
		}
	}
	return nil
}

// sameRole compares names as the server does. In a database with a single-byte encoding it also
// lowers letters that are not ASCII.
func sameRole(a, b string) bool {
	a, b = Clip(a), Clip(b)
	return a == b || (!ascii(a) && strings.EqualFold(a, b))
}

func ascii(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// maxName is how many bytes of a name the server keeps.
const maxName = 63

// Clip shortens a name as the server does.
func Clip(name string) string {
	if len(name) <= maxName {
		return name
	}
	end := maxName
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end]
}
