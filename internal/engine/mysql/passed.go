package mysql

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"towpath"
	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

// besideName is the name of a similar object during a comparison. A temporary object is visible to
// the session only; a view or a routine gets a checksum of the name as a suffix, and is dropped at
// once.
const besideName = "towpath_beside"

// passedOver compares an existing object with the statement that has skipped it. Its error is an
// *engine.Error with Kind Unmet when they differ; what cannot be compared becomes a notice.
func (s *session) passedOver(ctx context.Context, c schema.Conditional) error {
	if strings.HasPrefix(strings.ToUpper(c.Head), "TEMPORARY") {
		return nil // it exists in this session only
	}
	wanted, have, note, err := s.bothParts(ctx, c)
	if err != nil {
		refused := mapError(err)
		if refused.Kind != engine.Failed {
			return err
		}
		wanted, note = nil, refused.Message
	}
	if why := engine.Missing(wanted, have); why != "" {
		return engine.Differs(c, why)
	}
	if note != "" {
		s.notices.Begin(towpath.NoticeUncompared, engine.Uncompared(c, note))
	}
	return nil
}

// bothParts returns the parts of the similar object and of the existing one. note names what they
// leave out.
func (s *session) bothParts(
	ctx context.Context, c schema.Conditional,
) (wanted, have []engine.Part, note string, err error) {
	parts := schema.Parts(c.Name)
	name := dialect.QuoteName(parts[len(parts)-1])
	switch c.Kind {
	case "table":
		return s.bothTables(ctx, c, name)
	case "column", "part":
		return s.bothAltered(ctx, c, name)
	case "sequence":
		drop := "DROP TEMPORARY SEQUENCE IF EXISTS " + besideName
		err := s.beside(ctx, drop, "CREATE TEMPORARY SEQUENCE "+besideName+" "+c.Rest, func() error {
			wanted, have, err = s.bothShown(ctx, "SEQUENCE", besideName, name)
			return err
		})
		return wanted, have, "", err
	case "index":
		return s.bothIndexes(ctx, c, name)
	case "view", "procedure", "function":
		sum := sha256.Sum256([]byte(c.Name))
		kind, beside := strings.ToUpper(c.Kind), besideName+"_"+hex.EncodeToString(sum[:8])
		err := s.beside(ctx, "DROP "+kind+" IF EXISTS "+beside, "CREATE "+c.Head+" "+kind+" "+beside+" "+
			c.Rest, func() error {
			wanted, have, err = s.bothShown(ctx, kind, beside, name)
			return err
		})
		return wanted, have, "", err
	case "trigger", "event":
		return s.bothBodies(ctx, c, parts[len(parts)-1])
	case "schema", "database":
		return nil, nil, "", nil // which have nothing except their name
	}
	return nil, nil, "this kind of statement is not compared", nil
}

// beside creates a similar object, reads it, and drops it. It also drops it first, to be sure of
// the right to do so.
func (s *session) beside(ctx context.Context, drop, text string, look func() error) (err error) {
	if _, err := s.conn.ExecContext(ctx, drop); err != nil {
		return err
	}
	defer func() {
		_, undone := s.conn.ExecContext(context.WithoutCancel(ctx), drop)
		err = errors.Join(err, undone)
	}()
	if _, err := s.conn.ExecContext(ctx, text); err != nil {
		return err
	}
	return look()
}

// bothShown compares the outputs of SHOW CREATE, with one name for both.
func (s *session) bothShown(
	ctx context.Context, kind, beside, name string,
) (wanted, have []engine.Part, err error) {
	shown := func(of string) ([]engine.Part, error) {
		text, err := showCreate(ctx, s.conn, "SHOW CREATE "+kind+" "+of)
		if err != nil {
			return nil, err
		}
		_, text, _ = strings.Cut(text, kind+" ")
		if _, rest, ok := strings.Cut(text, "`"+strings.Trim(of, "`")+"`"); ok {
			text = rest
		}
		return []engine.Part{{Subject: "its definition", Value: text}}, nil
	}
	if wanted, err = shown(beside); err != nil {
		return nil, nil, err
	}
	have, err = shown(name)
	return wanted, have, err
}

// bothIndexes creates the index on an empty table with the same columns.
func (s *session) bothIndexes(
	ctx context.Context, c schema.Conditional, name string,
) (wanted, have []engine.Part, note string, err error) {
	parts := schema.Parts(c.On)
	table := dialect.QuoteName(parts[len(parts)-1])
	shown := func(of string) ([]engine.Part, error) {
		text, err := showCreate(ctx, s.conn, "SHOW CREATE TABLE "+of)
		unquoted := strings.ReplaceAll(strings.Trim(name, "`"), "``", "`")
		return []engine.Part{{
				Subject: "its definition",
				Value:   strings.TrimSpace(keyLine(text, unquoted)),
			}},
			err
	}
	if have, err = shown(table); err != nil {
		return nil, nil, "", err
	}
	err = s.beside(ctx, "DROP TEMPORARY TABLE IF EXISTS "+besideName, "CREATE TEMPORARY TABLE "+besideName+
		" LIKE "+table, func() error {
		for _, text := range []string{"DROP INDEX " + name + " ON " + besideName, "CREATE " + c.Head +
			" INDEX " + name + " ON " + besideName + " " + c.Rest} {
			if _, err := s.conn.ExecContext(ctx, text); err != nil {
				return err
			}
		}
		wanted, err = shown(besideName)
		return err
	})
	return wanted, have, "", err
}

// bothBodies compares the body of a trigger or an event with the end of the statement: a similar
// object would run.
func (s *session) bothBodies(
	ctx context.Context, c schema.Conditional, name string,
) (wanted, have []engine.Part, note string, err error) {
	query := "SELECT CONCAT(action_timing, ' ', event_manipulation), action_statement FROM " +
		"information_schema.triggers WHERE trigger_schema = DATABASE() AND trigger_name = "
	if c.Kind == "event" {
		query = "SELECT '', event_definition FROM information_schema.events WHERE event_schema = " +
			"DATABASE() AND event_name = "
	}
	var when, body string
	if err := s.conn.QueryRowContext(ctx, query+literal(name)).Scan(&when, &body); err != nil {
		return nil, nil, "", fmt.Errorf("look for the %s %s: %w", c.Kind, name, err)
	}
	text := dialect.Canonical(c.Rest)
	if first := dialect.Canonical(when); len(text) < len(first) ||
		!strings.EqualFold(text[:len(first)], first) {
		return []engine.Part{{Subject: "its time", Value: "another"}}, []engine.Part{{
			Subject: "its time",
			Value:   when,
		}}, "", nil
	}
	if !strings.HasSuffix(text, " "+dialect.Canonical(body)) {
		return []engine.Part{{Subject: "its body", Value: "that of the statement"}}, []engine.Part{
			{Subject: "its body", Value: body},
		}, "", nil
	}
	if c.Kind == "event" {
		return nil, nil, "its body is the same, and its schedule is not compared", nil
	}
	return nil, nil, "", nil
}
