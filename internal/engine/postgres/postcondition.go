package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	dialect "towpath/internal/dialect/postgres"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

var _ engine.Resolver = (*session)(nil)

// selectMadeIndex finds what has an index's name in the schema of its table: $1 is the table, $2
// the name.
const selectMadeIndex = `SELECT c.relkind::pg_catalog.text, coalesce(i.indrelid = t.oid, false),
	coalesce(i.indisvalid, false),
	coalesce(i.indrelid::pg_catalog.regclass::pg_catalog.text, ''), pg_catalog.format('%I.%I', n.nspname,
	c.relname), coalesce(i.indisunique, false),
	(SELECT coalesce(pg_catalog.array_agg(coalesce(a.attname::pg_catalog.text, '…') ORDER BY k), '{}')
	FROM pg_catalog.generate_series(1, i.indnkeyatts) k
		LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k - 1])
	FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
	JOIN pg_catalog.pg_class c ON c.relnamespace = t.relnamespace
		AND c.relname = $2::pg_catalog.text::pg_catalog.name
	LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE t.oid = pg_catalog.to_regclass($1)`

// selectMadeRelation finds what has a name in the schema in which the statement creates something:
// $1, or the first of the path.
const selectMadeRelation = `SELECT c.relkind::pg_catalog.text,
	(SELECT coalesce(pg_catalog.array_agg(a.attname::pg_catalog.text), '{}')
		FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
	FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = coalesce(nullif($1, '')::pg_catalog.text::pg_catalog.name, pg_catalog.current_schema())
	AND c.relname = $2::pg_catalog.text::pg_catalog.name`

// selectBroken finds broken indexes: of a name, of a table with its partitions and its TOAST table,
// of a schema. The leftovers of another rebuild do not belong to this statement.
const selectBroken = `SELECT coalesce(pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname,
	c.relname), ', ' ORDER BY c.relname), '')
	FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE NOT i.indisvalid AND c.relkind = 'i' AND `

// broken is the query after a REINDEX, by the kind that it names.
var broken = map[string]string{
	"index": selectBroken + `i.indexrelid = pg_catalog.to_regclass($1)`,
	"table": selectBroken + `c.relname !~ '_cc(new|old)[0-9]*$' AND (i.indrelid = pg_catalog.to_regclass($1)
		OR i.indrelid IN (SELECT relid FROM pg_catalog.pg_partition_tree(pg_catalog.to_regclass($1)))
		OR i.indrelid = (SELECT reltoastrelid FROM pg_catalog.pg_class
		WHERE oid = pg_catalog.to_regclass($1)))`,
	"schema": selectBroken +
		`c.relname !~ '_cc(new|old)[0-9]*$' AND n.nspname = $1::pg_catalog.text::pg_catalog.name`,
}

// relationKinds are the words for pg_class.relkind.
var relationKinds = map[string]string{
	"r": "table", "p": "table", "f": "foreign table", "v": "view", "m": "materialized view", "S": "sequence",
	"i": "index", "I": "index", "c": "composite type", "t": "table",
}

// postCondition checks that the object of a statement is as the statement describes it, in the
// session in which it has run. Statements for which the server's success is enough have none.
func postCondition(st statement.Statement) []call {
	made, ok := dialect.Reader().ReadMade(st)
	name := schema.Parts(made.Name)
	switch {
	case !ok || made.Kind == "trigger" || name[0] == "pg_temp":
		return nil
	case made.Rebuilt != "":
		argument := qualified(made.Name).Sanitize()
		if made.Rebuilt == "schema" {
			argument = name[len(name)-1]
		}
		return []call{{text: broken[made.Rebuilt], args: []any{argument}, scan: rebuiltWhole}}
	case made.Kind == "index":
		return []call{{
			text: selectMadeIndex, args: []any{qualified(made.On).Sanitize(), name[len(name)-1]},
			scan: func(row pgx.Row) error { return madeIndex(row, made) },
		}}
	case made.Engine != "": // no words of this server's
		return nil
	}
	in := ""
	if len(name) > 1 {
		in = name[len(name)-2]
	}
	return []call{{
		text: selectMadeRelation, args: []any{in, name[len(name)-1]},
		scan: func(row pgx.Row) error { return madeRelation(row, made) },
	}}
}

func unmet(format string, args ...any) error {
	return &engine.Error{Kind: engine.Unmet, Message: fmt.Sprintf(format, args...)}
}

func madeIndex(row pgx.Row, made schema.Made) error {
	var kind, table, name string
	var ours, valid, unique bool
	var columns []string
	err := row.Scan(&kind, &ours, &valid, &table, &name, &unique, &columns)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return unmet("The statement ended without an error, but there is no index %s.", made.Name)
	case err != nil:
		return err
	case relationKinds[kind] != "index":
		return unmet("The index %s was not made: there is a %s of that name. Give the index another name.",
			made.Name, relationKinds[kind])
	case !ours:
		return unmet("The index %s was not made: there is an index of that name on the table %s. Give it "+
			"another name.", made.Name, table)
	case !valid && kind == "I" && !made.Only:
		return unmet("The index %s exists and is not valid: a partition has no index that is attached to "+
			"it. Attach the missing ones, then try again.", name)
	case !valid && kind == "i":
		return unmet("The index %s exists and is not valid: an earlier build failed, or one is running. "+
			"Run DROP INDEX CONCURRENTLY %s by hand, then try again.", name, name)
	}
	if why := made.Differs(columns, unique, sameName); why != "" {
		return unmet("The index %s was not made: there is one of that name, and %s. Give the index another "+
			"name, or drop the other.", made.Name, why)
	}
	return nil
}

// sameName compares names of which the server has cut long ones.
func sameName(a, b string) bool { return dialect.Clip(a) == dialect.Clip(b) }

func madeRelation(row pgx.Row, made schema.Made) error {
	var kind string
	var columns []string
	err := row.Scan(&kind, &columns)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return unmet("The statement ended without an error, but there is no %s %s.", made.Kind, made.Name)
	case err != nil:
		return err
	case relationKinds[kind] != made.Kind:
		return unmet("The %s %s was not made: there is a %s of that name. Give it another name, or remove "+
			"what is there.", made.Kind, made.Name, relationKinds[kind])
	}
	if why := made.Differs(columns, false, sameName); why != "" {
		return unmet("The table %s was not made: there is one of that name, and %s. Change it with ALTER "+
			"TABLE, or give the new one another name.", made.Name, why)
	}
	return nil
}

func rebuiltWhole(row pgx.Row) error {
	var names string
	if err := row.Scan(&names); err != nil || names == "" {
		return err
	}
	return unmet("The statement ended without an error, but it skipped what is not valid: %s. Run "+
		"REINDEX INDEX for each by hand, or drop it, then try again.", names)
}

// selectResolved returns the full name of a relation, or the place where one of that name would be
// created.
const selectResolved = `SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class c
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = pg_catalog.to_regclass($1)), pg_catalog.current_schema(), '')::pg_catalog.text`

// Resolve implements engine.Resolver: the search path may be the script's. An index lies in the
// schema of its table.
func (s *session) Resolve(ctx context.Context, objects []schema.Object) ([]schema.Object, error) {
	resolved := slices.Clone(objects)
	for i, o := range resolved {
		name := &resolved[i].Name
		if o.On != "" {
			name = &resolved[i].On
		}
		switch o.Kind {
		case "table", "index", "view", "sequence":
		default:
			continue
		}
		parts := schema.Parts(*name)
		if len(parts) != 1 {
			continue
		}
		err := s.send(ctx,
			s.asOwner(call{
				text: selectResolved, args: []any{qualified(*name).Sanitize()},
				scan: func(row pgx.Row) error {
					var in string
					err := row.Scan(&in)
					if in != "" {
						*name = schema.Qualify(in, parts[0])
					}
					return err
				},
			})...)
		if err != nil {
			return nil, s.fail(err)
		}
	}
	return resolved, nil
}
