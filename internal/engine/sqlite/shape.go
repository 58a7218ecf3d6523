package sqlite

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"towpath"

	"towpath/internal/engine"
)

// selectFacts lists the shape of the ledger's table, and everything that can change what is read or
// written there.
const selectFacts = `
SELECT 'kind: ' || type || coalesce(' ' || sql, '') FROM main.sqlite_schema WHERE name = 'towpath_ledger' COLLATE NOCASE
UNION ALL SELECT type || ' ' || name FROM main.sqlite_schema WHERE tbl_name = 'towpath_ledger' COLLATE NOCASE
  AND name <> 'towpath_ledger' COLLATE NOCASE AND NOT (type = 'index' AND sql IS NULL)
UNION ALL SELECT 'column ' || name || ': ' || type || iif("notnull", ' not null', '') || coalesce(' default ' || dflt_value, '') || iif(hidden, ' generated', '')
  FROM pragma_table_xinfo('towpath_ledger')`

// wanted are the facts about columns of the table that we create. Older ledgers lack the last two.
var wanted = []string{
	"column version: TEXT not null", "column type: TEXT not null", "column state: TEXT not null",
	"column description: TEXT not null", "column path: TEXT not null", "column checksum: TEXT not null",
	"column commit_hash: TEXT not null", "column epoch: INTEGER not null", "column server_id: TEXT not null",
	"column database_id: TEXT not null", "column statements_total: INTEGER not null",
	"column statements_done: INTEGER not null", "column started_at: INTEGER not null",
	"column finished_at: INTEGER", "column intent: TEXT not null default ''",
	"column number: INTEGER not null default 0", "column seal: TEXT not null default ''",
}

// tableText is the table's own text, which also has what no column shows: checks, a rule for
// conflicts. SQLite adds the text of new columns to it.
var tableText = plainText(strings.Replace(createLedger, "IF NOT EXISTS main.", "", 1))

var blanks = regexp.MustCompile(`\s*([,()]|\s)\s*`)

// plainText removes blanks, and the quotes that a RENAME adds, which have no meaning.
func plainText(sql string) string {
	return blanks.ReplaceAllString(strings.Replace(sql, `TABLE "towpath_ledger"`, "TABLE towpath_ledger",
		1), "$1")
}

// facts reads the facts of the ledger's table; none without a table.
func (c *connection) facts(ctx context.Context) (have []string, err error) {
	rows, err := c.QueryContext(ctx, selectFacts)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var fact string
		if err := rows.Scan(&fact); err != nil {
			return nil, err
		}
		have = append(have, fact)
	}
	return have, rows.Err()
}

// hasSeals reports whether the columns of seals exist.
func hasSeals(have []string) bool {
	return slices.ContainsFunc(have, func(fact string) bool {
		return strings.HasPrefix(fact, "column number:") || strings.HasPrefix(fact, "column seal:")
	})
}

// wantedOf returns the facts about the columns that a table must have.
func wantedOf(have []string) []string {
	if !hasSeals(have) {
		return wanted[:len(wanted)-2]
	}
	return wanted
}

// grown reports whether a table that shape has checked is ours with additional columns, which the
// table's text shows too.
func grown(have []string) bool {
	columns := slices.DeleteFunc(slices.Clone(have),
		func(fact string) bool { return strings.HasPrefix(fact, "kind: table ") })
	return engine.Grown(wantedOf(have), columns)
}

// shape describes how a table differs from the one that we create.
func shape(have []string) []towpath.Reason {
	want, text := wantedOf(have), tableText
	if !hasSeals(have) {
		text = strings.Replace(text, "number INTEGER NOT NULL DEFAULT 0,seal TEXT NOT NULL DEFAULT '',",
			"", 1)
	}
	for i, fact := range have {
		switch kind, ok := strings.CutPrefix(fact, "kind: "); {
		case ok && plainText(kind) == "table "+text:
			have[i] = "kind: table"
		case ok:
			kind, _, _ = strings.Cut(kind, " ")
			have[i] = "kind: " + kind + " of another definition"
		}
	}
	return engine.Differences(append([]string{"kind: table"}, want...), have)
}
