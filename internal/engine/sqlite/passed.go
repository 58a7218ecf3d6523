package sqlite

import (
	"context"
	"errors"
	"fmt"
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
	var wanted, have []engine.Part
	err = c.asOwner(func() (err error) {
		if _, err = c.ExecContext(ctx, "SAVEPOINT "+besideName); err != nil {
			return err
		}
		if _, err = c.ExecContext(ctx, "CREATE TEMP TABLE "+besideName+" "+over.Rest); err == nil {
			wanted, err = c.partsOfTable(ctx, "temp", besideName)
		}
		for _, undo := range []string{"ROLLBACK TO " + besideName, "RELEASE " + besideName} {
			_, undone := c.ExecContext(context.WithoutCancel(ctx), undo)
			err = errors.Join(err, undone)
		}
		if err != nil {
			return err
		}
		have, err = c.partsOfTable(ctx, "main", name)
		return err
	})
	if err != nil {
		return "", err
	}
	if why := engine.Missing(wanted, have); why != "" {
		return "", engine.Differs(over, why)
	}
	if upper := strings.ToUpper(over.Rest); strings.Contains(upper, "CHECK") ||
		strings.Contains(upper, "REFERENCES") {
		return "checks and foreign keys are not compared", nil
	}
	return "", nil
}

// sameText compares the text that SQLite stores for a view, a trigger or an index with the
// statement, without comments and blanks.
func sameText(over schema.Conditional, text string) (note string, err error) {
	rest, kept := dialect.Canonical(over.Rest), dialect.Canonical(text)
	if strings.HasSuffix(kept, " "+rest) {
		return "", nil
	}
	plain := strings.NewReplacer(`"`, "", "`", "", "[", "", "]", "", " ", "")
	if strings.HasSuffix(strings.ToLower(plain.Replace(kept)), strings.ToLower(plain.Replace(rest))) {
		return "the two texts differ in quotes or in upper and lower case", nil
	}
	return "", engine.Differs(over, engine.Missing([]engine.Part{{Subject: "its definition", Value: rest}},
		[]engine.Part{{Subject: "its definition", Value: kept}}))
}

// partsOfTable returns the columns of a table, its key, and the columns of its unique indexes.
func (c *connection) partsOfTable(
	ctx context.Context, schema, table string,
) (parts []engine.Part, err error) {
	rows, err := c.QueryContext(ctx, `SELECT 'the type of "' || lower(name) || '"', upper(replace(type, ' ', '')) FROM pragma_table_xinfo(?1, ?2)
		UNION ALL SELECT '"' || lower(name) || '" NOT NULL', '' FROM pragma_table_xinfo(?1, ?2) WHERE "notnull"
		UNION ALL SELECT 'the default of "' || lower(name) || '"', dflt_value FROM pragma_table_xinfo(?1, ?2) WHERE dflt_value IS NOT NULL
		UNION ALL SELECT '"' || lower(name) || '" PRIMARY KEY', 'at place ' || pk FROM pragma_table_xinfo(?1, ?2) WHERE pk > 0
		UNION ALL SELECT 'UNIQUE (' || (SELECT group_concat(lower(name), ', ') FROM (SELECT name FROM pragma_index_info(l.name, ?2) ORDER BY seqno)) || ')', ''
			FROM pragma_index_list(?1, ?2) l WHERE l.origin = 'u'`, table, schema)
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
