package engine

import "testing"

func TestSchema_Populated(t *testing.T) {
	t.Parallel()
	for dump, want := range map[string]bool{
		"": false,
		"CREATE EXTENSION citext;\nCREATE SCHEMA app;\nGRANT USAGE, CREATE ON SCHEMA public TO app;\n": false,
		"CREATE TABLE a (\n  id int\n);\n":                  true,
		"CREATE UNLOGGED TABLE a (id int);\n":               true,
		"GRANT USAGE ON SCHEMA a TO b;\nCREATE VIEW v AS x": true,
		"CREATE MATERIALIZED VIEW v AS SELECT 1;":           true,
		"CREATE SEQUENCE s;":                                true,
		"CREATE VIRTUAL TABLE f USING fts5(a);":             true,
	} {
		if got := (Schema{Dump: dump}).Populated(); got != want {
			t.Errorf("%q: populated is %t", dump, got)
		}
	}
}
