package sqlite

import (
	"context"
	"slices"
	"strings"

	"towpath/internal/engine"
)

var _ engine.Historian = (*database)(nil)

// ReadHistories implements engine.Historian.
func (d *database) ReadHistories(ctx context.Context, use func(engine.HistoryQueries) error) error {
	return d.read(ctx, func(c *connection) error {
		each := func(ctx context.Context, use func() error, places []any, query string) error {
			return engine.Each(ctx, c, use, places, query)
		}
		return use(engine.HistoryQueries{
			Columns: func(ctx context.Context, names []string) (list []engine.HistoryColumn, err error) {
				var one engine.HistoryColumn
				err = each(ctx, func() error {
					if slices.Contains(names, strings.ToLower(one.Table)) {
						list = append(list, one)
					}
					return nil
				}, []any{&one.Table, &one.Name}, tablesAnd("x.name", "JOIN pragma_table_xinfo(m.name) x", "x.cid"))
				return list, err
			},
			Each:  each,
			Quote: quoteName,
			Text:  engine.HistoryText("CAST(%s AS TEXT)"),
			Bytes: "lower(hex(%s))",
		})
	})
}
