package postgres_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/postgres"
)

func TestNames(t *testing.T) {
	t.Parallel()
	enginetest.RunNames(t, postgres.New(), []enginetest.NamesCase{
		{
			Script: `CREATE OR REPLACE VIEW "Über" AS SELECT * FROM app."order" o JOIN Customer USING (id) -- not_this`,
			Makes:  "über", Needs: "order customer app", Without: "not_this",
		},
		{
			Script: "CREATE FUNCTION f(n int) RETURNS int LANGUAGE sql AS $x$ SELECT g(n), 'not_this' $x$;" +
				"CREATE FUNCTION f(n text) RETURNS int LANGUAGE sql AS 'SELECT h(''n'')'",
			Makes: "f", Needs: "f g h",
		},
		{
			Script: `CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 'not_this' FROM v; SELECT 1 '`,
			Makes:  "m", Needs: "v", Without: "not_this",
		},
		{Script: `CREATE POLICY own ON account USING (mine(id))`, Makes: "own", Needs: "account mine"},
		{Script: `INSERT INTO size VALUES ('x') ON CONFLICT DO NOTHING`, Needs: "size"},
	})
}
