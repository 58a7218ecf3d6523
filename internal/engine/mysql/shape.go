package mysql

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"

	"towpath"

	"towpath/internal/engine"
)

// selectFacts lists the shape of the ledger's table, and everything that can change what is read or
// written there. Texts of the catalog have their own collations. CONCAT_WS leaves out NULL, such as
// the column of an index on an expression.
var selectFacts = func() string {
	var parts []string
	for _, part := range []struct{ text, from string }{
		{"'kind: ', table_type, ' ', COALESCE(engine, ''), IF(create_options LIKE '%partitioned%', ' " +
			"partitioned', '')", "tables WHERE table_schema = DATABASE() AND table_name"},
		{"'column ', column_name, ': ', column_type, IF(is_nullable = 'NO', ' not null', ''), " +
			"IF(column_default IS NULL, '', CONCAT(' default ', column_default)), ' ', extra, ' ', " +
			"COALESCE(generation_expression, '')", "columns WHERE table_schema = DATABASE() AND table_name"},
		{
			"'trigger ', trigger_name",
			"triggers WHERE event_object_schema = DATABASE() AND event_object_table",
		},
		{
			"'constraint ', constraint_type, ' ', constraint_name",
			"table_constraints WHERE constraint_type <> 'PRIMARY KEY' " +
				"AND table_schema = DATABASE() AND table_name",
		},
		{
			"'index ', index_name, ' on ', column_name",
			"statistics WHERE table_schema = DATABASE() AND table_name",
		},
		{
			"'foreign key of ', table_name",
			"referential_constraints WHERE unique_constraint_schema = DATABASE() AND referenced_table_name",
		},
	} {
		parts = append(parts, "SELECT CONVERT(CONCAT_WS('', "+part.text+
			") USING utf8mb4) COLLATE utf8mb4_bin FROM information_schema."+part.from+" = '"+ledgerTable+"'")
	}
	return strings.Join(parts, " UNION ALL ")
}()

// wanted are the facts of the table that we create. Older ledgers lack the last two.
var wanted = []string{
	"kind: BASE TABLE InnoDB", "index PRIMARY on version", "index PRIMARY on type",
	"column version: varchar(190) not null", "column type: varchar(20) not null",
	"column state: varchar(20) not null", "column description: text not null", "column path: text not null",
	"column checksum: varchar(64) not null", "column commit_hash: varchar(64) not null",
	"column epoch: bigint not null", "column server_id: varchar(64) not null",
	"column database_id: varchar(64) not null", "column statements_total: int not null",
	"column statements_done: int not null", "column started_at: datetime(6) not null",
	"column finished_at: datetime(6)", "column intent: mediumtext not null default",
	"column number: bigint not null default 0", "column seal: varchar(120) not null default",
}

var (
	width   = regexp.MustCompile(`\b(int|bigint)\(\d+\)`) // MariaDB writes one, which means nothing
	wording = strings.NewReplacer(`_utf8mb4`, "", `\'\'`, "", "''", "", "DEFAULT_GENERATED", "",
		" default NULL", "")
)

// facts reads the facts of the ledger's table, in the words of both servers; none without a table.
func facts(ctx context.Context, c *sql.Conn) ([]string, error) {
	have, err := column(ctx, c, selectFacts)
	for i, fact := range have {
		have[i] = strings.TrimRight(wording.Replace(width.ReplaceAllString(fact, "$1")), " ")
	}
	return have, err
}

// hasSeals reports whether the columns of seals exist.
func hasSeals(have []string) bool {
	return slices.ContainsFunc(have, func(fact string) bool {
		return strings.HasPrefix(fact, "column number:") || strings.HasPrefix(fact, "column seal:")
	})
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
