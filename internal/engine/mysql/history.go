package mysql

import (
	"context"
	"strings"

	"towpath/internal/engine"
)

var _ engine.Historian = (*database)(nil)

// selectHistoryColumns lists the columns of the tables with the names that follow. Views may run
// code, and are left out.
const selectHistoryColumns = `SELECT c.table_name, c.column_name FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND LOWER(c.table_name) IN (`

// ReadHistories implements engine.Historian. Reading a table waits while its definition is changed.
func (d *database) ReadHistories(ctx context.Context, use func(engine.HistoryQueries) error) error {
	return d.read(ctx, func(ctx context.Context, c *connection) error {
		limits := &content{conn: c, mariadb: d.mariadb}
		if err := limits.limit(ctx, "3", "30"); err != nil {
			return err
		}
		err := use(engine.HistoryQueries{
			Columns: func(ctx context.Context, names []string) ([]engine.HistoryColumn, error) {
				return historyColumns(ctx, c, names)
			},
			Each: func(ctx context.Context, use func() error, places []any, query string) error {
				return engine.Each(ctx, c, use, places, query)
			},
			Quote: func(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" },
			Text:  engine.HistoryText("CAST(%s AS CHAR CHARACTER SET utf8mb4)"),
			Bytes: "LOWER(HEX(%s))",
		})
		if err != nil {
			return err
		}
		return limits.limit(ctx, "DEFAULT", "DEFAULT")
	})
}

func historyColumns(
	ctx context.Context, c *connection, names []string,
) (list []engine.HistoryColumn, err error) {
	holes := strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ")
	args := make([]any, len(names))
	for i, name := range names {
		args[i] = name
	}
	var one engine.HistoryColumn
	err = engine.Each(ctx, c, func() error {
		list = append(list, one)
		return nil
	}, []any{&one.Table, &one.Name},
		selectHistoryColumns+holes+") ORDER BY c.table_name, c.ordinal_position LIMIT 10000", args...)
	return list, err
}
