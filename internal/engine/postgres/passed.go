package postgres

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

// besideName is the name of a similar object during a comparison. The object is temporary, and
// undone at once.
const besideName = "towpath_beside"

// comparison is a way to compare an existing object with a statement that has skipped it.
type comparison struct {
	make  []string // statements that create a similar object
	parts string   // a query for the properties of both, from r: the columns side and oid
	note  string   // what is not compared; "" when everything is
}

// passedOver compares an existing object with the statement that has skipped it. Its error is an
// *engine.Error with Kind Unmet when they differ; what cannot be compared becomes a notice.
func (s *session) passedOver(ctx context.Context, c schema.Conditional) error {
	if strings.HasPrefix(strings.ToUpper(c.Head), "TEMP") {
		return nil // it exists in this session only
	}
	ways := comparisons(c)
	if len(ways) == 0 {
		// which have nothing except their name
		if (c.Kind != "schema" && c.Kind != "extension") || c.Rest != "" {
			s.notices.Begin(towpath.NoticeUncompared,
				engine.Uncompared(c, "this kind of statement is not compared"))
		}
		return nil
	}
	there, err := s.find(ctx, c)
	if err != nil || there == 0 {
		return err
	}
	var why string
	for _, way := range ways {
		refused, err := s.beside(ctx, c, there, way)
		switch {
		case err != nil:
			return err
		case refused == "" && why == "" && way.note == "":
			return nil
		case refused == "":
			s.notices.Begin(towpath.NoticeUncompared, engine.Uncompared(c, way.note+" ("+why+")"))
			return nil
		}
		why = refused
	}
	s.notices.Begin(towpath.NoticeUncompared, engine.Uncompared(c, why))
	return nil
}

// comparisons are the ways to compare, the best first.
func comparisons(c schema.Conditional) (ways []comparison) {
	const note = "only the columns and their types are the same as it says"
	switch {
	case c.Kind == "table" && c.Query != "":
		return []comparison{{make: []string{viewOf(c)}, parts: partsOfColumns + gathered}}
	case c.Kind == "materialized view":
		return []comparison{{make: []string{viewOf(c)}, parts: partsOfView}}
	case c.Kind == "sequence":
		return []comparison{{make: []string{"CREATE TEMP SEQUENCE " + besideName + " " +
			withoutOwner(c.Rest)}, parts: partsOfSequence}}
	case c.Kind == "index":
		return []comparison{{
			make: []string{
				"CREATE TEMP TABLE " + besideName + "_t (LIKE " + qualified(c.On).Sanitize() + ")",
				"CREATE " + c.Head + " INDEX " + besideName + " ON pg_temp." + besideName + "_t " + c.Rest,
			},
			parts: partsOfIndex,
		}}
	case c.Kind == "table":
		ways = []comparison{{
			make:  []string{"CREATE TEMP TABLE " + besideName + " " + c.Rest},
			parts: partsOfTable(c.Head),
		}}
	case c.Kind == "column":
		var texts []string
		for _, column := range c.Columns {
			texts = append(texts, column.Text)
		}
		ways = []comparison{{make: []string{"CREATE TEMP TABLE " + besideName + " (" +
			strings.Join(texts, ", ") + ")"}, parts: partsOfColumns + gathered}}
	}
	var typed []string
	for _, column := range c.Columns {
		if column.Type != "" {
			typed = append(typed, pgx.Identifier{column.Name}.Sanitize()+" "+column.Type)
		}
	}
	if len(typed) > 0 {
		ways = append(ways,
			comparison{make: []string{"CREATE TEMP TABLE " + besideName + " (" + strings.Join(typed, ", ") +
				")"}, parts: partsOfColumns + gathered, note: note})
	}
	return ways
}

// viewOf creates a view of a query that fills a table or a materialized view: the query does not
// run.
func viewOf(c schema.Conditional) string {
	return "CREATE TEMP VIEW " + besideName + " " + c.Names + " AS " + c.Query
}

// ownedBy is a clause of a sequence.
var ownedBy = regexp.MustCompile(
	`(?i)\bOWNED\s+BY\s+(?:"(?:[^"]|"")+"|[^\s".]+)(?:\s*\.\s*(?:"(?:[^"]|"")+"|[^\s".]+))*`)

// withoutOwner removes OWNED BY from the options of a sequence: a temporary one cannot belong to a
// table.
func withoutOwner(options string) string {
	at := ownedBy.FindStringIndex(options)
	if at == nil {
		return options
	}
	return options[:at[0]] + options[at[1]:]
}

// beside creates a similar object, compares it, and undoes it. refused is the server's error when
// it creates none.
func (s *session) beside(
	ctx context.Context, c schema.Conditional, there uint32, way comparison,
) (refused string, err error) {
	begin, undo := "SAVEPOINT "+besideName, []call{
		{text: "ROLLBACK TO SAVEPOINT " + besideName},
		{text: "RELEASE SAVEPOINT " + besideName},
	}
	if !s.inTransaction() {
		begin, undo = "BEGIN READ WRITE", []call{{text: "ROLLBACK"}}
	}
	calls := append([]call{{text: begin}}, s.becomeOwner()...)
	for _, text := range way.make {
		calls = append(calls, call{text: text})
	}
	calls = append(calls, call{text: "SET LOCAL search_path = ''"}, call{
		text: "WITH r (side, oid) AS (VALUES ('wanted', pg_catalog.to_regclass($1)::pg_catalog.oid), " +
			"('there', $2::pg_catalog.oid)) " + way.parts,
		args: []any{"pg_temp." + besideName, there},
		scan: func(row pgx.Row) error {
			var sides, subjects, values []string
			if err := row.Scan(&sides, &subjects, &values); err != nil {
				return err
			}
			parts := map[string][]engine.Part{}
			for i, side := range sides {
				parts[side] = append(parts[side], engine.Part{Subject: subjects[i], Value: values[i]})
			}
			if why := engine.Missing(parts["wanted"], parts["there"]); why != "" {
				return engine.Differs(c, why)
			}
			return nil
		},
	})
	err = s.send(ctx, calls...)
	if s.conn.IsClosed() {
		return "", err
	}
	if undone := s.send(context.WithoutCancel(ctx), undo...); undone != nil {
		return "", errors.Join(err, undone)
	}
	if mapped := (*engine.Error)(nil); errors.As(err, &mapped) && mapped.Kind == engine.Failed {
		return mapped.Message, nil
	}
	return "", err
}

// find returns the oid of what a statement has skipped, 0 when it is not a relation of the kind.
func (s *session) find(ctx context.Context, c schema.Conditional) (oid uint32, err error) {
	parts := schema.Parts(c.Name)
	schema, name := "", parts[len(parts)-1]
	if len(parts) > 1 {
		schema = parts[len(parts)-2]
	}
	look := call{text: selectPassed, args: []any{schema, name}}
	switch c.Kind {
	case "column":
		look = call{
			text: "SELECT coalesce(pg_catalog.to_regclass($1)::pg_catalog.oid, 0)",
			args: []any{qualified(c.Name).Sanitize()},
		}
	case "index":
		look = call{text: selectPassedIndex, args: []any{qualified(c.On).Sanitize(), name}}
	}
	look.scan = func(row pgx.Row) error {
		if err := row.Scan(&oid); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		return nil
	}
	owner, user := s.becomeOwner(), s.stopBeingOwner()
	if err := s.send(ctx, append(append(owner, look), user...)...); err != nil {
		return 0, fmt.Errorf("look for the %s %s: %w", c.Kind, c.Name, err)
	}
	return oid, nil
}

// selectPassed finds what has a name in the schema in which a statement would have created it: $1,
// or the first of the path.
const selectPassed = `SELECT c.oid FROM pg_catalog.pg_class c
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = coalesce(nullif($1, '')::pg_catalog.text::pg_catalog.name, pg_catalog.current_schema())
	AND c.relname = $2::pg_catalog.text::pg_catalog.name`

// selectPassedIndex finds an index in the schema of its table, $1.
const selectPassedIndex = `SELECT c.oid FROM pg_catalog.pg_class t
	JOIN pg_catalog.pg_class c ON c.relnamespace = t.relnamespace
	WHERE t.oid = pg_catalog.to_regclass($1) AND c.relname = $2::pg_catalog.text::pg_catalog.name`

// gathered ends the queries of parts: three lists of the same length.
const gathered = `SELECT coalesce(array_agg(side::text), '{}'), coalesce(array_agg(subject::text), '{}'),
	coalesce(array_agg(coalesce(value, '')::text), '{}')
	FROM f WHERE subject IS NOT NULL`

// partsOfTable selects the columns and constraints, how it is divided, what it inherits, its options, and
// whether a crash empties it, of which a temporary table says nothing.
func partsOfTable(head string) string {
	want := "logged"
	if strings.Contains(strings.ToUpper(head), "UNLOGGED") {
		want = "UNLOGGED"
	}
	return partsOfColumns + `, g (side, subject, value) AS (
		SELECT * FROM f
		UNION ALL SELECT side, 'the way it is kept', CASE WHEN side = 'wanted' THEN '` + want + `'
			WHEN relpersistence = 'u' THEN 'UNLOGGED' ELSE 'logged' END
			FROM r JOIN pg_class c ON c.oid = r.oid
		UNION ALL SELECT side, 'the way it is divided', coalesce('PARTITION BY ' || pg_get_partkeydef(oid),
			'into no partitions') FROM r
		UNION ALL SELECT side, 'INHERITS (' || p.inhparent::regclass::text || ')', '' FROM r
			JOIN pg_inherits p ON p.inhrelid = r.oid
		UNION ALL SELECT side, 'the type OF which it is', c.reloftype::regtype::text FROM r
			JOIN pg_class c ON c.oid = r.oid WHERE c.reloftype <> 0
		UNION ALL SELECT side, 'the option ' || split_part(option, '=', 1),
			substr(option, strpos(option, '=') + 1)
			FROM r JOIN pg_class c ON c.oid = r.oid, unnest(c.reloptions) option
	) ` + strings.Replace(gathered, "FROM f", "FROM g", 1)
}

// partsOfColumns selects the columns with their types and defaults, and the constraints, whose names
// do not matter. Defaults from any two sequences are equal.
const partsOfColumns = `, a AS (SELECT r.side, a.*, quote_ident(a.attname) AS name,
	pg_get_expr(d.adbin, d.adrelid) AS expression
		FROM r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
		LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum),
	f (side, subject, value) AS (
		SELECT side, 'the type of ' || name, format_type(atttypid, atttypmod) FROM a
		UNION ALL SELECT side, name || ' NOT NULL', '' FROM a WHERE attnotnull
		UNION ALL SELECT side, 'the default of ' || name, CASE WHEN expression LIKE 'nextval(%'
			THEN 'the next of a sequence' ELSE expression END
			FROM a WHERE expression IS NOT NULL AND attgenerated = ''
		UNION ALL SELECT side, 'the source of ' || name, CASE WHEN attgenerated <> '' THEN 'the expression '
			|| expression
			WHEN attidentity = 'a' THEN 'an identity, ALWAYS' ELSE 'what is inserted' END FROM a
		UNION ALL SELECT side, name || ' GENERATED BY DEFAULT AS IDENTITY', '' FROM a WHERE attidentity = 'd'
		UNION ALL SELECT side, 'the collation of ' || name, c.collname FROM a
			JOIN pg_type t ON t.oid = a.atttypid
			JOIN pg_collation c ON c.oid = a.attcollation WHERE a.attcollation <> t.typcollation
		UNION ALL SELECT side, pg_get_constraintdef(k.oid), '' FROM r
			JOIN pg_constraint k ON k.conrelid = r.oid WHERE k.contype IN ('p', 'u', 'c', 'x')
	)`

// partsOfView selects the query, with the names of its columns.
const partsOfView = `, f (side, subject, value) AS (SELECT side, 'its query', pg_get_viewdef(oid) FROM r) ` +
	gathered

const partsOfSequence = `, f (side, subject, value) AS (
	SELECT side, subject, value FROM r JOIN pg_sequence q ON q.seqrelid = r.oid, LATERAL (VALUES
		('its type', format_type(seqtypid, NULL)), ('its start', seqstart::text),
		('its increment', seqincrement::text), ('its least value', seqmin::text),
		('its greatest value', seqmax::text), ('its cache', seqcache::text),
		('CYCLE', CASE WHEN seqcycle THEN 'on' ELSE 'off' END)) v (subject, value)
	) ` + gathered

// partsOfIndex selects all of its definition after the name of its table.
const partsOfIndex = `, f (side, subject, value) AS (
	SELECT side, 'its definition', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END
		|| substr(definition, position(behind IN definition) + length(behind))
	FROM r JOIN pg_index i ON i.indexrelid = r.oid JOIN pg_class t ON t.oid = i.indrelid,
		LATERAL (VALUES (pg_get_indexdef(r.oid), '.' || quote_ident(t.relname)
		|| ' USING ')) d (definition, behind)
	) ` + gathered
