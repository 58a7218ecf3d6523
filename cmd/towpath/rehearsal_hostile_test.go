package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/rehearsal"
	"towpath/internal/wording"
)

// Each of these is pushed to a branch by somebody who wants to reach what is not theirs: OTHER is the
// scratch database of another project, of the same user, and SHOP a target.
var hostile = map[string][]string{
	"postgres": {
		"\\connect OTHER\nCREATE TABLE mine (id int)",
		"SELECT dblink_exec('dbname=OTHER', 'CREATE TABLE mine (id int)')",
		"CREATE TABLE OTHER.public.mine (id int)",
		"DO $$ BEGIN EXECUTE 'ALTER DATABASE OTHER SET work_mem = ''64kB'''; END $$",
		"DO $$ BEGIN EXECUTE 'GRANT ALL ON DATABASE OTHER TO PUBLIC'; END $$",
		"-- towpath: no-transaction\nDO $$ BEGIN EXECUTE 'COMMENT ON DATABASE SHOP IS ''mine'''; END $$",
		"-- towpath: no-transaction\nDO $$ BEGIN EXECUTE 'ALTER ROLE USER CREATEROLE'; END $$",
		"SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
		"DO $$ BEGIN EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', 'true'); END $$",
	},
	"mysql": {
		"USE OTHER", "CREATE TABLE OTHER.mine (id INT)", "DROP DATABASE OTHER", "CREATE DATABASE `towpath_scratch_more`",
		"INSERT INTO SHOP.orders VALUES (2)", "CREATE TABLE mine AS SELECT * FROM SHOP.orders",
		"CREATE VIEW mine AS SELECT * FROM OTHER.orders", "CREATE TABLE mine LIKE SHOP.orders",
		"EXECUTE IMMEDIATE 'DROP TABLE SHOP.orders'",
		"SET @s = CONCAT('DROP TABLE SH', 'OP.orders'); PREPARE s FROM @s; EXECUTE s",
		"SET @s = 'CALL p()'; PREPARE s FROM @s; EXECUTE s", "EXECUTE IMMEDIATE 'CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO CALL p()'",
		"DELIMITER //\nCREATE PROCEDURE p() BEGIN SET @s = CONCAT('DROP TABLE ', 'SHOP.orders'); PREPARE q FROM @s; EXECUTE q; END//\nCALL p()//",
		"DELIMITER //\nCREATE PROCEDURE p() BEGIN SET @s = 'DROP TABLE SHOP.orders'; PREPARE q FROM @s; EXECUTE q; END//\n" +
			"CREATE EVENT e ON SCHEDULE AT CURRENT_TIMESTAMP DO CALL p()//",
		"DELIMITER //\nBEGIN NOT ATOMIC SET @s = 'DROP TABLE SHOP.orders'; PREPARE q FROM @s; EXECUTE q; END//",
		"SELECT 'x' INTO OUTFILE '/tmp/x'", "LOAD DATA INFILE '/etc/passwd' INTO TABLE orders", "KILL 1",
		"ALTER TABLE orders RENAME TO OTHER.mine", "RENAME TABLE orders TO SHOP.mine",
		"ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES SHOP.orders (id)",
		"GRANT ALL ON OTHER.* TO PUBLIC", "SET GLOBAL max_connections = 1",
		"CREATE TABLE mine (id INT) ENGINE=FEDERATED CONNECTION='mysql://u@127.0.0.1/SHOP/orders'",
	},
	"sqlite": {
		"ATTACH 'OTHER' AS other", "VACUUM INTO '/tmp/x'", "SELECT load_extension('x')", "PRAGMA writable_schema = 1",
		"CREATE VIRTUAL TABLE x USING csv(filename='/etc/passwd')", "SELECT readfile('/etc/passwd')",
	},
}

var usersMade sync.Once

// makeUsers makes users with no more rights than a rehearsal needs, and some without, with unlucky
// names. Tests call it before they run beside others, since a new role fails the blocks of users who
// may make roles. Nobody drops them.
func makeUsers(t testing.TB) {
	t.Helper()
	usersMade.Do(func() {
		for _, name := range []string{"towpath_scratch", "killed"} {
			servers.postgres.Exec(t, "postgres", "CREATE ROLE "+name+" LOGIN CREATEDB PASSWORD 'p'")
			servers.mariadb.Exec(t, "CREATE USER "+name+" IDENTIFIED BY 'p'",
				"GRANT ALL ON `towpath\\_scratch\\_%`.* TO "+name)
		}
		servers.postgres.Exec(t, "postgres", `CREATE ROLE "no ""rights""" LOGIN PASSWORD 'p'`)
		servers.mariadb.Exec(t, "CREATE USER 'it''s'@'127.0.0.1' IDENTIFIED BY 'p'")
	})
}

func TestRehearsal_reachesNothingThatIsNotItsOwn(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	for name, s := range stages(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := "none"
			switch name {
			case "postgres":
				shop = servers.postgres.Database(t).Database
			case "mysql":
				shop = servers.mariadb.Database(t).Database
				servers.mariadb.Exec(t, "CREATE TABLE "+shop+".orders (id INT)", "GRANT ALL ON "+shop+".* TO towpath_scratch")
			}
			s := s
			s.instance.Username, s.instance.Password = "towpath_scratch", "p"
			other := s.other(t)
			before := content(t, s.engine, other.Target())
			words := strings.NewReplacer("OTHER", other.Target().Database, "SHOP", shop, "USER", s.instance.Username)
			for _, text := range hostile[name] {
				result := s.rehearse(t, "CREATE TABLE orders (id int)", words.Replace(text))
				if f := result.Files[0]; f.State == towpath.RehearsedDone {
					t.Errorf("it ran: %s", text)
				} else {
					t.Logf("%s: %s %s", text, f.State, wording.Text(f.Failure.Reason))
				}
			}
			s.fillsNothing(t, merged[name], words)
			if name == "postgres" {
				var changed int
				servers.postgres.Query(t, "postgres", &changed, "SELECT (SELECT count(*) FROM pg_db_role_setting s "+
					"JOIN pg_database d ON d.oid = setdatabase WHERE datname = '"+other.Target().Database+"') + "+
					"(SELECT count(*) FROM pg_database WHERE datname = 'mine')")
				if changed > 0 {
					t.Errorf("%d things were changed outside", changed)
				}
			}
			if after := content(t, s.engine, other.Target()); after != before {
				t.Errorf("the other scratch database holds\n%s", after)
			}
			if name == "mysql" {
				target := s.instance
				target.Database = shop
				if got := content(t, s.engine, target); !strings.Contains(got, "CREATE TABLE `orders`") || strings.Contains(got, "mine") {
					t.Errorf("the target holds\n%s", got)
				}
			}
		})
	}
}

// other makes the scratch database of somebody else.
func (s stage) other(t *testing.T) engine.Scratch {
	t.Helper()
	scratch, err := s.engine.(engine.Rehearser).MakeScratch(t.Context(), s.instance)
	if err != nil {
		t.Fatal(err)
	}
	db, err := scratch.Open(t.Context()) // without a session it is a leftover after a minute
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = db.Close()
		if err := scratch.Drop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return scratch
}

// content is a database's schema.
func content(t *testing.T, e engine.Engine, target engine.Target) string {
	t.Helper()
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read, err := db.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return read.Dump
}

// Without the right to make databases nothing is rehearsed, and the error says how to get it.
func TestRehearsal_saysWhichRightIsMissing(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	for name, c := range map[string]struct{ user, want string }{
		"postgres": {`no "rights"`, `ALTER ROLE "no ""rights""" CREATEDB`},
		"mysql":    {"it's", "GRANT ALL ON `towpath\\_scratch\\_%`.* TO "},
	} {
		s := stages(t)[name]
		s.instance.Username, s.instance.Password = c.user, "p"
		_, err := rehearsal.Run(t.Context(), rehearsal.Input{
			Engine: s.engine, Instance: s.instance, Logger: slog.New(slog.DiscardHandler),
			Files: []rehearsal.File{{Path: "1.sql", Content: "SELECT 1"}},
		})
		if towpath.ErrorCode(err) != towpath.CodeForbidden || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
