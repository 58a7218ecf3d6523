package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/pressly/goose/v3"
)

// stated are the columns that held sentences before they held reasons.
var stated = []struct{ table, column string }{
	{"task", "reason"},
	{"task", "error"},
	{"attempt", "message"},
	{"manifest_file", "reason"},
	{"reading_file", "reason"},
}

// restate is the migration that turns sentences into reasons: the code is "stated", and the
// sentence its param. Engines validate texts again. It is in Go since the two databases build JSON
// differently.
func restate(shared bool) *goose.Migration {
	toReason := "json_object('code', 'stated', 'params', json_object('text', %[1]s))"
	toText := "COALESCE(json_extract(%[1]s, '$.params.text'), json_extract(%[1]s, '$.code'))"
	if shared {
		toReason = "json_build_object('code', 'stated', 'params', json_build_object('text', %[1]s))::text"
		toText = "COALESCE(%[1]s::json->'params'->>'text', %[1]s::json->>'code')"
	}
	rewrite := func(expression string) *goose.GoFunc {
		return &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			for _, s := range stated {
				text := fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s <> ''", s.table, s.column, fmt.Sprintf(expression, s.column), s.column)
				if _, err := tx.ExecContext(ctx, text); err != nil {
					return fmt.Errorf("rewrite %s.%s: %w", s.table, s.column, err)
				}
			}
			if _, err := tx.ExecContext(ctx, "DELETE FROM text_verdict"); err != nil {
				return fmt.Errorf("forget the verdicts on texts: %w", err)
			}
			return nil
		}}
	}
	return goose.NewGoMigration(19, rewrite(toReason), rewrite(toText))
}
