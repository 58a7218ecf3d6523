package catalog

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// Repair is the SQL that takes a drift back, for a person who runs it.
type Repair struct {
	schema.Repair
	SQL   string // "" when nothing is written
	Drift towpath.Drift
}

// File is the text of a migration: the SQL, which runs only on the schema that it was written for.
func (r Repair) File() string {
	between := statement.Repair{Found: r.Drift.After, Wanted: r.Drift.Before}
	return between.Text() + "\n-- Drift " + r.Drift.ID + "\n" + r.SQL
}

// maxRepaired bounds each of the schemas that a repair compares, in bytes.
const maxRepaired = 4 << 20

// Repair writes the SQL that brings the schema as a drift found it back to what it should have been.
// safe reports whether a statement may leave the server; the others are named only. CodeNotFound when
// the schemas are no longer kept, CodeConflict when they cannot be compared.
func (s *Service) Repair(
	ctx context.Context, databaseID, driftID string, safe func(text string) bool,
) (r Repair, err error) {
	var kind towpath.EngineType
	var name string
	var before, after []byte
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		d, err := tx.Drift(ctx, databaseID, driftID)
		if err != nil {
			return err
		}
		target, err := tx.Database(ctx, databaseID)
		if err != nil {
			return err
		}
		i, err := tx.Instance(ctx, target.InstanceID)
		if err != nil {
			return err
		}
		kind, name, r.Drift = i.Engine, target.Name, d
		if before, err = keptSchema(ctx, tx, d.Before); err != nil {
			return err
		}
		after, err = keptSchema(ctx, tx, d.After)
		return err
	})
	if err != nil {
		return r, err
	}
	repairer, ok := s.Engines[kind].(engine.Repairer)
	if !ok {
		return r, errNoRepair
	}
	was, err := statements(s.Engines[kind], before)
	if err != nil {
		return r, err
	}
	is, err := statements(s.Engines[kind], after)
	if err != nil {
		return r, err
	}
	r.Repair = withheld(repairer.Repair(was, is), safe)
	r.SQL = repairText(name, kind, r.Repair)
	return r, nil
}

// keptSchema reads a schema of a drift.
func keptSchema(ctx context.Context, tx *store.Tx, checksum string) ([]byte, error) {
	_, size, err := tx.ContentHead(ctx, checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, towpath.Errorf(towpath.CodeNotFound, "The schemas are no longer kept.")
	}
	if err == nil && size > maxRepaired {
		return nil, towpath.Errorf(towpath.CodeConflict,
			"The schemas are too large to compare. Take the difference back by hand, or accept it.")
	}
	if err != nil {
		return nil, err
	}
	return tx.Content(ctx, checksum)
}

// statements reads those of a dump.
func statements(e engine.Engine, dump []byte) (list []statement.Statement, err error) {
	for s, err := range e.Split(statement.Dump{Reader: strings.NewReader(string(dump))}) {
		if err != nil {
			return nil, errNoRepair
		}
		list = append(list, s)
	}
	return list, nil
}

var errNoRepair = towpath.Errorf(towpath.CodeConflict,
	"Towpath cannot read these schemas. Take the difference back by hand, or accept it.")

// withheld moves the statements that may not leave the server to those that are not written.
func withheld(r schema.Repair, safe func(text string) bool) schema.Repair {
	written := r.Statements[:0]
	for _, text := range r.Statements {
		if safe(text) {
			written = append(written, text)
		} else {
			r.Unwritten = append(r.Unwritten, "a statement with a password")
		}
	}
	r.Statements = written
	return r
}

// repairText writes a repair as a file.
func repairText(database string, kind towpath.EngineType, r schema.Repair) string {
	if len(r.Statements) == 0 {
		return ""
	}
	var b strings.Builder
	note := func(text string) { b.WriteString("-- " + oneLine(text) + "\n") }
	note("Brings the schema of " + database + " back to what its changes left. Read it before you run it.")
	if r.Loses {
		note("It removes tables or columns, with their rows.")
	}
	if n := len(r.Unwritten); n > 0 {
		note(fmt.Sprintf("It is not the whole way back: %d more is named in Towpath.", n))
	}
	for _, text := range r.Statements {
		if kind == towpath.EngineMySQL && strings.Contains(text, ";") { // a body
			b.WriteString("DELIMITER ;;\n" + text + ";;\nDELIMITER ;\n")
		} else {
			b.WriteString(text + ";\n")
		}
	}
	return b.String()
}

// oneLine keeps a text from ending the comment that it is in.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}
