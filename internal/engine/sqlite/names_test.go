package sqlite_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/sqlite"
)

func TestNames(t *testing.T) {
	t.Parallel()
	enginetest.RunNames(t, sqlite.New(sqlite.Config{}), []enginetest.NamesCase{
		{
			Script: `DROP VIEW IF EXISTS "Über"; CREATE VIEW "Über" AS SELECT * FROM [order] JOIN Customer -- not_this`,
			Makes:  "über", Needs: "order customer", Without: "not_this",
		},
		{
			Script: "CREATE TRIGGER t AFTER INSERT ON customer BEGIN INSERT INTO log VALUES (NEW.id); END;",
			Makes:  "t", Needs: "customer log",
		},
	})
}
