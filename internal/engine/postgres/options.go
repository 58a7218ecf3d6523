package postgres

import (
	"fmt"
	"slices"
	"strings"
)

// The names below are the options that a person can set, in PostgreSQL 13 to 18. A server may keep
// internal values beside them, as 15.20 does with pg_attver in each column; an option that is not
// listed here is counted and otherwise left out.
// https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-STORAGE-PARAMETERS
const (
	columnOptionNames = `ARRAY['n_distinct', 'n_distinct_inherited']`
	tableOptionNames  = `ARRAY['fillfactor', 'toast_tuple_target', 'parallel_workers', 'user_catalog_table',
		'vacuum_index_cleanup', 'vacuum_truncate',
  'vacuum_max_eager_freeze_failure_rate', 'autovacuum_enabled', 'autovacuum_vacuum_threshold',
  'autovacuum_vacuum_max_threshold',
  'autovacuum_vacuum_scale_factor', 'autovacuum_vacuum_insert_threshold',
  'autovacuum_vacuum_insert_scale_factor',
  'autovacuum_analyze_threshold', 'autovacuum_analyze_scale_factor', 'autovacuum_vacuum_cost_delay',
  'autovacuum_vacuum_cost_limit',
  'autovacuum_freeze_min_age', 'autovacuum_freeze_max_age', 'autovacuum_freeze_table_age',
  'autovacuum_multixact_freeze_min_age',
  'autovacuum_multixact_freeze_max_age', 'autovacuum_multixact_freeze_table_age',
  'log_autovacuum_min_duration']`
	viewOptionNames  = `ARRAY['security_barrier', 'security_invoker', 'check_option']`
	indexOptionNames = `ARRAY['fillfactor', 'deduplicate_items', 'vacuum_cleanup_index_scale_factor',
		'buffering', 'fastupdate',
  'gin_pending_list_limit', 'pages_per_range', 'autosummarize']`
)

// known reads the options that a person can set from a list, one by one as "name=value", in their
// order.
const (
	knownStart = `(SELECT array_agg(o ORDER BY nr) FROM unnest(`
	knownMid   = `) WITH ORDINALITY AS u (o, nr) WHERE split_part(o, '=', 1) = ANY (`
	knownEnd   = `))`

	columnOptions = knownStart + `a.attoptions` + knownMid + columnOptionNames + knownEnd
	tableOptions  = knownStart + `c.reloptions` + knownMid + tableOptionNames + knownEnd
	viewOptions   = knownStart + `c.reloptions` + knownMid + `CASE c.relkind WHEN 'm' THEN ` +
		tableOptionNames + ` ELSE ` + viewOptionNames + ` END` + knownEnd
)

// ownMethod is the condition on pg_class x for an index whose access method is the server's own: an
// extension's has its own options.
const ownMethod = `x.relam < 16384`

// isIndexOption is the condition on option o of index x.
const isIndexOption = `(NOT ` + ownMethod + ` OR pg_catalog.split_part(o, '=', 1) = ANY (` +
	indexOptionNames + `))`

// indexOptions are those of index x.
const indexOptions = `(SELECT array_agg(o ORDER BY nr)
	FROM pg_catalog.unnest(x.reloptions) WITH ORDINALITY AS u (o, nr) WHERE ` + isIndexOption + `)`

// onlyKnownStart and onlyKnownEnd surround the server's own text of index x. The server writes all
// options there; if one of them is unknown, the clause is written again without it, in the server's
// format.
const (
	onlyKnownStart = `CASE WHEN NOT EXISTS (SELECT 1 FROM pg_catalog.unnest(x.reloptions) AS o WHERE NOT ` +
		isIndexOption + `) THEN `
	onlyKnownMid = ` ELSE pg_catalog.replace(`
	onlyKnownEnd = `, (SELECT ' WITH (' || pg_catalog.string_agg(` + writtenOption + `, ', '
		ORDER BY nr) || ')'
      FROM pg_catalog.unnest(x.reloptions) WITH ORDINALITY AS u (o, nr)),
    coalesce((SELECT ' WITH (' || pg_catalog.string_agg(` + writtenOption + `, ', ' ORDER BY nr) || ')'
      FROM pg_catalog.unnest(x.reloptions) WITH ORDINALITY AS u (o, nr)
        WHERE ` + isIndexOption + `), '')) END`
	writtenOption = `pg_catalog.quote_ident(pg_catalog.split_part(o, '=', 1)) || '=' || CASE
      WHEN pg_catalog.quote_ident(` + optionValue + `) = ` + optionValue + ` THEN ` + optionValue + `
      ELSE pg_catalog.quote_literal(` + optionValue + `) END`
	optionValue = `pg_catalog.substr(o, pg_catalog.strpos(o, '=') + 1)`
)

// indexDefinition is the text of index x; constraintDefinition is that of constraint k, which
// includes the index of an exclusion.
const (
	indexDefinition      = onlyKnownStart + indexText + onlyKnownMid + indexText + onlyKnownEnd
	constraintDefinition = onlyKnownStart + constraintText + onlyKnownMid + constraintText + onlyKnownEnd
	indexText            = `pg_catalog.pg_get_indexdef(x.oid)`
	constraintText       = `pg_catalog.pg_get_constraintdef(k.oid)`
)

// selectUnknownOptions lists the options that the queries of this package leave out, with the table
// that they belong to.
const selectUnknownOptions = `
SELECT c.oid, split_part(o, '=', 1) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid, unnest(attoptions) AS o
  WHERE relkind IN ('r', 'p', 'm') AND attnum > 0 AND NOT attisdropped AND relpersistence <> 't'
  AND split_part(o, '=', 1) <> ALL (` + columnOptionNames + `) AND ` + userSchema + `
UNION ALL SELECT c.oid, split_part(o, '=', 1) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
  unnest(reloptions) AS o
  WHERE relkind IN ('r', 'p', 'm', 'v') AND relpersistence <> 't'
  AND split_part(o, '=', 1) <> ALL (CASE relkind WHEN 'v' THEN ` + viewOptionNames + `
  ELSE ` + tableOptionNames + ` END) AND ` + userSchema + `
UNION ALL SELECT c.oid, split_part(o, '=', 1) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class ts ON ts.oid = c.reltoastrelid, unnest(ts.reloptions) AS o
  WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
    AND split_part(o, '=', 1) <> ALL (` + tableOptionNames + `) AND ` + userSchema + `
UNION ALL SELECT indrelid, split_part(o, '=', 1) FROM pg_index i JOIN pg_class x ON x.oid = indexrelid
  JOIN pg_namespace n ON n.oid = x.relnamespace,
  unnest(x.reloptions) AS o WHERE x.relpersistence <> 't' AND NOT ` + isIndexOption + ` AND ` + userSchema

// unknownOptions counts the options that are left out.
func (c *catalog) unknownOptions() reading {
	var relation uint32
	var name string
	return reading{
		name: "unknown options", text: selectUnknownOptions, into: []any{&relation, &name},
		each: func() {
			if !c.skipped[key{classRelation, relation}] {
				c.unknown[name]++
			}
		},
	}
}

// leftOut names the options that are left out, with the number of each.
func (c *catalog) leftOut() string {
	var all []string
	for name, count := range c.unknown {
		all = append(all, fmt.Sprintf("%s (%d)", name, count))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
