package sqlparse_test

import (
	"testing"

	"towpath"
	"towpath/internal/sqlparse"
)

func TestPostgres_findsDynamicSQL(t *testing.T) {
	t.Parallel()
	for body, dynamic := range map[string]bool{
		`EXECUTE 'DROP TABLE ' || name;`:                                              true,
		`EXECUTE 'DROP TABLE ' || quote_ident(name) || ' CASCADE';`:                   false,
		`EXECUTE 'SET x = ' || quote_literal(a) || ', ' || quote_nullable(lower(b));`: false,
		`EXECUTE format('DROP TABLE %s', name);`:                                      true,
		`EXECUTE format('DROP TABLE %I.%I', schema, name) USING 1;`:                   false,
		`EXECUTE format('SELECT %1$L, %2$-10s', a, b);`:                               true,
		`EXECUTE format('CREATE TABLE %s', quote_ident(a));`:                          false,
		`EXECUTE format('100%%s');`:                                                   false,
		`EXECUTE format(pattern, a);`:                                                 true,
		`EXECUTE format('A %I', a) || ' ' || b;`:                                      true,
		`EXECUTE ('A ' || (SELECT x FROM y));`:                                        true,
		`EXECUTE ('A ' || 1 || 'b');`:                                                 false,
		`EXECUTE 'DROP TABLE ' || name::regclass;`:                                    false,
		`EXECUTE 'DROP TABLE ' || name::text;`:                                        true,
		`EXECUTE 'SELECT ' || concat(a, b);`:                                          true,
		`EXECUTE 'SELECT 1' INTO a USING b || c;`:                                     false,
		`FOR r IN EXECUTE 'SELECT ' || a LOOP NULL; END LOOP;`:                        true,
		`RETURN QUERY EXECUTE 'SELECT $1' USING a || b;`:                              false,
		`q := 'DROP ' || a; EXECUTE q;`:                                               true,
		`q := 'DROP ' || quote_ident(a); EXECUTE q;`:                                  false,
		`q := 'DROP ' || a; RAISE NOTICE '%', q;`:                                     false,
		`GRANT EXECUTE ON FUNCTION f() TO bob; PERFORM 'a' || b;`:                     false,
		`CREATE TRIGGER r AFTER INSERT ON t EXECUTE FUNCTION f(); a := b || c;`:       false,
		`-- EXECUTE 'x' || y` + "\n" + `RAISE NOTICE 'EXECUTE ''a'' || b';`:           false,
		`EXECUTE`:    false,
		`EXECUTE 'a`: false,
	} {
		for _, sql := range []string{
			"DO $do$ BEGIN " + body + " END $do$",
			"CREATE FUNCTION f() RETURNS void LANGUAGE PLPGSQL AS $do$ BEGIN " + body + " END $do$",
		} {
			results, err := sqlparse.Parse(towpath.EnginePostgres, texts(sql))
			if err != nil {
				t.Fatal(err)
			}
			if len(results[0].Statements) != 1 {
				t.Fatalf("%s: %+v", sql, results[0])
			}
			s := results[0].Statements[0]
			got := (s.Block != nil && s.Block.DynamicSQL) || (s.CreateRoutine != nil && s.CreateRoutine.DynamicSQL)
			if got != dynamic {
				t.Errorf("%s: dynamic is %t", sql, got)
			}
		}
	}
	results, err := sqlparse.Parse(towpath.EnginePostgres, texts(`DO LANGUAGE plperl $$ EXECUTE 'a' || b; $$`))
	if err != nil || results[0].Statements[0].Block.DynamicSQL {
		t.Errorf("Perl is read as PL/pgSQL: %+v, %v", results, err)
	}
}
