package mysql

import (
	"fmt"
	"strings"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Vetter = (*Engine)(nil)

// Vet implements engine.Vetter.
func (e *Engine) Vet(t engine.Target, s statement.Statement) error {
	if s.Roles != nil && !t.AllowRoles {
		return s.Roles
	}
	for _, o := range s.Outside {
		if why := reaches(t, o, s.Verb); why != "" {
			return &statement.Error{Pos: o.Pos, Message: why}
		}
	}
	if text, ok := written(s); ok {
		if err := e.vetPrepared(t, text); err != nil {
			return statement.Errorf(s.Pos, "The text that is prepared must not run: %s", message(err))
		}
	}
	return nil
}

// reaches says why something that a statement names is out of its reach; "" when it is not. Names of
// databases are compared as servers on Linux do, which tell cases apart.
func reaches(t engine.Target, o statement.Outside, verb string) string {
	switch o.Kind {
	case statement.OutsideDefiner:
		if o.Name == t.Username {
			return ""
		}
		return fmt.Sprintf("DEFINER = %s makes this run with the rights of another user. Leave DEFINER out: it is %s then, who runs the migration.", o.Name, t.Username)
	case statement.OutsideRole:
		if sameUser(o.Name, t.Username) {
			return fmt.Sprintf("%s is the user that runs the migration, which no migration may change. Name another one.", t.Username)
		}
		return ""
	case statement.OutsidePattern:
		plain, one := plainPattern(o.Name)
		switch {
		case one && plain == t.Database:
			return ""
		case o.Name == t.Database:
			return fmt.Sprintf("In a grant, _ and %% stand for any character, so %s is the name of other databases too. Write %s.", o.Name, quoteName(escapePattern(o.Name)))
		}
	case statement.OutsideDatabase, statement.OutsideRead:
		if o.Name == t.Database || strings.EqualFold(o.Name, "information_schema") {
			return ""
		}
		if strings.EqualFold(o.Name, "performance_schema") && o.Kind == statement.OutsideRead && verb == "SELECT" {
			return ""
		}
	}
	return fmt.Sprintf("This reaches the database %s: a migration stays in its own. Leave the name out, or write a file for that database.", o.Name)
}

// escapePattern makes a pattern that matches one name only.
func escapePattern(name string) string {
	return strings.NewReplacer(`\`, `\\`, `_`, `\_`, `%`, `\%`).Replace(name)
}
