package mysql

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"towpath"
	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// said is what the server's notes and warnings mean about a statement that it has ended well.
type said struct {
	there     []string // what IF NOT EXISTS has passed over
	missing   []string // what IF EXISTS has passed over, so that nothing was changed
	otherwise []string // what is done otherwise than the statement says
	unmet     []string // what is not done
}

// add sorts one of them. https://mariadb.com/kb/en/mariadb-error-codes/
func (s *said) add(verb string, code int, text string) {
	defines := defines(verb)
	drops := strings.HasPrefix(verb, "DROP ")
	switch {
	case isThere(code):
		if defines || composes(verb) {
			s.there = append(s.there, text)
		}
	case isUsual(code), drops && isGone(code):
	case isGone(code) && (defines || verb == "EXECUTE"):
		s.missing = append(s.missing, text)
	case defines && isSubstitute(code):
		s.unmet = append(s.unmet, text)
	case defines, isConverted(code):
		s.otherwise = append(s.otherwise, text)
	}
}

// defines reports whether a statement is about objects, and not about rows.
func defines(verb string) bool {
	first, _, _ := strings.Cut(verb, " ")
	return slices.Contains([]string{"CREATE", "ALTER", "DROP", "RENAME"}, first)
}

// composes reports whether a statement runs SQL that nobody has read.
func composes(verb string) bool { return dialect.Composes(statement.Statement{Verb: verb}) }

// isThere reports whether a note says that something is there already: a table, a column, a key, a
// routine, a trigger, an event, a partition, a constraint, a user.
func isThere(code int) bool {
	switch code {
	case 1050, 1060, 1061, 1304, 1359, 1517, 1537, 1826, 1973, 3163:
		return true
	}
	return false
}

// isGone reports whether a note says that something is not there: a table, a column, a key, a
// routine, a trigger, an event, a sequence, a view, a user. Those of another kind of object belong
// to a DROP, behind which the catalog is read.
func isGone(code int) bool {
	switch code {
	case 1008, 1051, 1054, 1146, 1176, 1305, 1347, 1360, 1539, 1965, 1974, 3162, 4090, 4091, 4092:
		return true
	}
	return false
}

// isUsual reports whether a note changes nothing of what the statement says: a clause DROP … IF
// EXISTS, words that are deprecated, a key that is there twice, the name of a primary key, a table
// that is built once more, a statement that replicas may repeat otherwise.
func isUsual(code int) bool {
	switch code {
	case 124, 1091, 1280, 1287, 1507, 1592, 1681, 1831, 3090, 3135, 3719, 3720, 3778, 4166:
		return true
	}
	return false
}

// isSubstitute reports whether a warning says that a table has another storage engine than the one
// that is named.
func isSubstitute(code int) bool { return code == 1266 || code == 1286 }

// isConverted reports whether a warning says that a value was changed on its way into a row.
func isConverted(code int) bool {
	switch code {
	case 1048, 1264, 1265, 1292, 1364, 1365, 1366, 1406, 1411:
		return true
	}
	return false
}

// hears reports whether notes are of interest behind a statement, also of a script that has
// silenced them.
func hears(verb string) bool { return defines(verb) || composes(verb) }

// hear makes the server say what a statement passes over. restore makes it as it was.
func (s *session) hear(ctx context.Context) (restore func() error, err error) {
	var said bool
	if err := s.conn.QueryRowContext(ctx, "SELECT @@SESSION.sql_notes").Scan(&said); err != nil || said {
		return func() error { return nil }, err
	}
	if _, err := s.conn.ExecContext(ctx, "SET SESSION sql_notes = 1"); err != nil {
		return nil, err
	}
	return func() error {
		_, err := s.conn.ExecContext(context.WithoutCancel(ctx), "SET SESSION sql_notes = 0")
		return err
	}, nil
}

// weigh decides what follows from what the server has said about a statement. Its error is an
// *engine.Error with Kind Unmet.
func (s *session) weigh(ctx context.Context, st statement.Statement) error {
	heard := s.said
	if len(heard.unmet) > 0 {
		return unmet("The statement ended without an error, and the server says: %s",
			strings.Join(heard.unmet, "; "))
	}
	if len(heard.otherwise) > 0 {
		s.notices.Begin(towpath.NoticeOtherwise, engine.Otherwise(heard.otherwise))
	}
	if len(heard.missing) > 0 {
		s.notices.Begin(towpath.NoticeSkipped, engine.Skipped(heard.missing))
	}
	if len(heard.there) > 0 {
		over, ok := dialect.Reader().ReadConditional(st)
		if !ok {
			s.notices.Begin(towpath.NoticeUncompared, engine.Passed(heard.there))
		} else if err := s.passedOver(ctx, over); err != nil {
			return err
		}
	}
	return s.dropped(ctx, st)
}

// dropped looks for other objects that have the names of what DROP … IF EXISTS has dropped, or
// passed over.
func (s *session) dropped(ctx context.Context, st statement.Statement) error {
	c := dialect.Reader().ReadChange(st)
	if !strings.HasPrefix(st.Verb, "DROP ") || c.Effect != schema.Repeat || len(c.Objects) == 0 ||
		!slices.Contains([]string{"table", "view", "sequence"}, c.Objects[0].Kind) {
		return nil
	}
	var names []string
	for _, o := range c.Objects {
		parts := schema.Parts(o.Name)
		names = append(names, literal(parts[len(parts)-1]))
	}
	left, err := s.names(ctx, "SELECT CONCAT(table_name, ' is a ', LOWER(table_type)) FROM "+
		"information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ("+
		strings.Join(names, ", ")+")")
	if err != nil {
		return fmt.Errorf("look for what was to be dropped: %w", err)
	}
	if len(left) > 0 {
		s.notices.Begin(towpath.NoticeSkipped, engine.Skipped(left))
	}
	return nil
}
