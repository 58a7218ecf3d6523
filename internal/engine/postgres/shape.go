package postgres

import (
	"context"

	"towpath"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

// selectFacts lists the shape of a table, and everything that can change what is read or written
// there. $1 are the schemas, $2 the table.
const selectFacts = `
WITH t AS (SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY ($1) AND c.relname = $2)
SELECT 'kind: ' || CASE WHEN relkind = 'r' AND relpersistence = 'p' THEN 'table' ELSE 'another' END FROM t
UNION ALL SELECT 'column ' || attname || ': ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull
  THEN ' not null' ELSE '' END ||
  coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') || CASE WHEN attidentity <> ''
  OR attgenerated <> '' THEN ' generated' ELSE '' END ||
  CASE WHEN attcollation NOT IN (0, 100) THEN ' collate ' || attcollation::text ELSE '' END
  FROM t JOIN pg_attribute a ON a.attrelid = t.oid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid
    AND d.adnum = a.attnum
  WHERE attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'owner: ' || pg_get_userbyid(relowner) FROM t WHERE NOT pg_has_role(relowner, 'USAGE')
UNION ALL SELECT 'trigger ' || tgname FROM t JOIN pg_trigger g ON g.tgrelid = t.oid
UNION ALL SELECT 'rule ' || rulename FROM t JOIN pg_rewrite r ON r.ev_class = t.oid
UNION ALL SELECT 'policy ' || polname FROM t JOIN pg_policy p ON p.polrelid = t.oid
UNION ALL SELECT 'row security' FROM t WHERE relrowsecurity OR relforcerowsecurity
UNION ALL SELECT 'parent ' || inhparent::regclass::text FROM t JOIN pg_inherits i ON i.inhrelid = t.oid
UNION ALL SELECT 'child ' || inhrelid::regclass::text FROM t JOIN pg_inherits i ON i.inhparent = t.oid
UNION ALL SELECT 'constraint: ' || pg_get_constraintdef(k.oid) FROM t
  JOIN pg_constraint k ON k.conrelid = t.oid WHERE contype <> 'n'
UNION ALL SELECT 'foreign key of ' || conrelid::regclass::text FROM t
  JOIN pg_constraint k ON k.confrelid = t.oid
UNION ALL SELECT 'index ' || i.indexrelid::regclass::text FROM t JOIN pg_index i ON i.indrelid = t.oid
  WHERE NOT i.indisprimary`

// wanted are the facts of the table that we create. Older ledgers lack the last two.
var wanted = []string{
	"kind: table", "constraint: PRIMARY KEY (version, type)",
	"column version: text not null", "column type: text not null", "column state: text not null",
	"column description: text not null", "column path: text not null", "column checksum: text not null",
	"column commit_hash: text not null", "column epoch: bigint not null", "column server_id: text not null",
	"column database_id: text not null", "column statements_total: integer not null",
	"column statements_done: integer not null", "column started_at: timestamp with time zone not null",
	"column finished_at: timestamp with time zone", "column intent: text not null default ''::text",
	"column number: bigint not null default 0", "column seal: text not null default ''::text",
}

// facts reads the facts of the ledger's table.
func facts(ctx context.Context, tx pgx.Tx, at place) ([]string, error) {
	rows, err := tx.Query(ctx, selectFacts, at.schemas(), ledgerTable)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// wantedOf returns the facts of a table with seals, or without them.
func wantedOf(sealed bool) []string {
	if !sealed {
		return wanted[:len(wanted)-2]
	}
	return wanted
}

// shape describes how a table differs from the one that we create.
func shape(have []string, sealed bool) []towpath.Reason {
	return engine.Differences(wantedOf(sealed), have)
}
