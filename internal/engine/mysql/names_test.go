package mysql_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
)

func TestNames(t *testing.T) {
	t.Parallel()
	enginetest.RunNames(t, mysql.New(), []enginetest.NamesCase{
		{
			Script: "CREATE OR REPLACE DEFINER=CURRENT_USER VIEW `Über` AS SELECT * FROM `order` JOIN Customer # not_this",
			Makes:  "über", Needs: "order customer", Without: "not_this",
		},
		{
			Script: "CREATE OR REPLACE PROCEDURE p() BEGIN CALL q(); INSERT INTO log VALUES ('x'); END",
			Makes:  "p", Needs: "q log",
		},
		{
			Script: "CREATE TRIGGER t AFTER INSERT ON customer FOR EACH ROW INSERT INTO log VALUES (NEW.id)",
			Makes:  "t", Needs: "customer log",
		},
	})
}
