package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"towpath"
	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

var _ engine.Talker = (*session)(nil)

// Notices implements engine.Talker. SQLite itself says nothing: they are all ours.
func (s *session) Notices() towpath.Notices {
	n := s.notices
	s.notices = towpath.Notices{}
	return n
}

// besideName is the name of a similar table during a comparison. The table is temporary, and undone
// at once.
const besideName = "towpath_beside"

// there reports whether something has the name in a statement with IF NOT EXISTS, before it runs.
func (c *connection) there(ctx context.Context, over schema.Conditional) (found bool, err error) {
	parts := schema.Parts(over.Name)
	if strings.HasPrefix(strings.ToUpper(over.Head), "TEMP") ||
		(len(parts) > 1 && strings.EqualFold(parts[0], "temp")) {
		return false, nil // it exists in this session only
	}
	err = c.asOwner(func() error {
		return c.QueryRowContext(ctx,
			"SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE)",
			parts[len(parts)-1]).Scan(&found)
	})
	return found, err
}

// passedOver compares an existing object with the statement that has skipped it. Its error is an
// *engine.Error with Kind Unmet when they differ. note is what could not be compared.
func (c *connection) passedOver(ctx context.Context, over schema.Conditional) (note string, err error) {
	parts := schema.Parts(over.Name)
	name := parts[len(parts)-1]
	var text string
	err = c.asOwner(func() error {
		return c.QueryRowContext(ctx,
			"SELECT coalesce(sql, '') FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE",
			name).Scan(&text)
	})
	if err != nil {
		return "", fmt.Errorf("look for the %s %s: %w", over.Kind, name, err)
	}
	if over.Kind != "table" {
		return sameText(over, text)
	}
	if len(over.Columns) == 0 {
		return "it is filled by a query or made by a module, which does not run twice", nil
	}
	first, second := expressionsOf("CREATE TABLE t "+over.Rest, true), expressionsOf(text, false)
	var wanted, have []engine.Part
	err = c.asOwner(func() (err error) {
		if _, err = c.ExecContext(ctx, "SAVEPOINT "+besideName); err != nil {
			return err
		}
		if _, err = c.ExecContext(ctx, "CREATE TEMP TABLE "+besideName+" "+over.Rest); err == nil {
			wanted, err = c.partsOfTable(ctx, "temp", besideName)
			wanted = append(wanted, first.parts()...)
		}
		for _, undo := range []string{"ROLLBACK TO " + besideName, "RELEASE " + besideName} {
			_, undone := c.ExecContext(context.WithoutCancel(ctx), undo)
			err = errors.Join(err, undone)
		}
		if err != nil {
			return err
		}
		have, err = c.partsOfTable(ctx, "main", name)
		have = append(have, second.parts()...)
		return err
	})
	if err != nil {
		return "", err
	}
	if why := engine.Missing(wanted, have); why != "" {
		return "", engine.Differs(over, why)
	}
	if !first.within(second) {
		return quotesDiffer, nil
	}
	return "", nil
}

// quotesDiffer is why two texts are not known to be the same.
const quotesDiffer = "the two texts differ in quotes or in upper and lower case"

var quotes = strings.NewReplacer(`"`, "", "`", "", "[", "", "]", "", " ", "")

// plain is a text without quotes of names and without blanks, in lower case.
func plain(text string) string { return strings.ToLower(quotes.Replace(text)) }

// expressions is what the text of a table alone says.
type expressions struct {
	said  []engine.Part // values that no expression has
	exact []engine.Part // expressions
}

// expressionsOf reads the text of a table. Of the one that a statement makes, only what it says counts.
func expressionsOf(text string, wanted bool) (t expressions) {
	columns, checks := dialect.Reader().Columns(text)
	for _, of := range columns {
		name := `"` + strings.ToLower(of.Name) + `"`
		if of.Collation != "" || !wanted {
			collation := cmp.Or(strings.ToUpper(of.Collation), "BINARY")
			t.said = append(t.said, engine.Part{Subject: "the collation of " + name, Value: collation})
		}
		if of.Counts {
			t.said = append(t.said, engine.Part{Subject: name + " AUTOINCREMENT"})
		}
		source := "what is inserted"
		if of.Source != "" {
			source = "the expression " + dialect.Canonical(of.Source)
		}
		t.exact = append(t.exact, engine.Part{Subject: "the source of " + name, Value: source})
		checks = append(checks, of.Checks...)
	}
	for _, check := range checks {
		t.exact = append(t.exact, engine.Part{Subject: "CHECK (" + dialect.Canonical(check) + ")"})
	}
	return t
}

// parts are those of a text, and its expressions without what may not matter.
func (t expressions) parts() []engine.Part {
	parts := t.said
	for _, p := range t.exact {
		if p.Value == "" {
			p.Subject = "CHECK " + plain(strings.TrimPrefix(p.Subject, "CHECK"))
		}
		p.Value = strings.ToLower(quotes.Replace(p.Value))
		parts = append(parts, p)
	}
	return parts
}

// within reports whether the other text has the same expressions, letter by letter.
func (t expressions) within(other expressions) bool {
	return !slices.ContainsFunc(t.exact, func(p engine.Part) bool { return !slices.Contains(other.exact, p) })
}

// sameText compares the text that SQLite stores for a view, a trigger or an index with the
// statement, without comments and blanks.
func sameText(over schema.Conditional, text string) (note string, err error) {
	rest, kept := dialect.Canonical(over.Rest), dialect.Canonical(text)
	if strings.HasSuffix(kept, " "+rest) {
		return "", nil
	}
	if strings.HasSuffix(plain(kept), plain(rest)) {
		return quotesDiffer, nil
	}
	return "", engine.Differs(over, engine.Missing([]engine.Part{{Subject: "its definition", Value: rest}},
		[]engine.Part{{Subject: "its definition", Value: kept}}))
}

// partsOfTable returns the columns of a table, its keys, and the columns of its unique indexes.
func (c *connection) partsOfTable(
	ctx context.Context, schema, table string,
) (parts []engine.Part, err error) {
	rows, err := c.QueryContext(ctx, `SELECT 'the type of "' || lower(name) || '"', upper(replace(type, ' ', '')) FROM pragma_table_xinfo(?1, ?2)
		UNION ALL SELECT '"' || lower(name) || '" NOT NULL', '' FROM pragma_table_xinfo(?1, ?2) WHERE "notnull"
		UNION ALL SELECT 'the default of "' || lower(name) || '"', dflt_value FROM pragma_table_xinfo(?1, ?2) WHERE dflt_value IS NOT NULL
		UNION ALL SELECT '"' || lower(name) || '" PRIMARY KEY', 'at place ' || pk FROM pragma_table_xinfo(?1, ?2) WHERE pk > 0
		UNION ALL SELECT 'UNIQUE (' || (SELECT group_concat(lower(name), ', ') FROM (SELECT name FROM pragma_index_info(l.name, ?2) ORDER BY seqno)) || ')', ''
			FROM pragma_index_list(?1, ?2) l WHERE l.origin = 'u'
		UNION ALL SELECT 'FOREIGN KEY (' || lower(group_concat("from", ', ')) || ') REFERENCES ' || lower("table") || coalesce(' (' || lower(group_concat("to", ', ')) || ')', ''),
			'ON UPDATE ' || on_update || ' ON DELETE ' || on_delete FROM (SELECT * FROM pragma_foreign_key_list(?1, ?2) ORDER BY id, seq) GROUP BY id
		UNION ALL SELECT 'WITHOUT ROWID', '' FROM pragma_table_list(?1) WHERE schema = ?2 AND wr
		UNION ALL SELECT 'STRICT', '' FROM pragma_table_list(?1) WHERE schema = ?2 AND strict`, table, schema)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p engine.Part
		if err := rows.Scan(&p.Subject, &p.Value); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, rows.Err()
}
