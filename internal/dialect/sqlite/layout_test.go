package sqlite

import "testing"

func TestLayout(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"one line": {
			"CREATE TABLE  a(id INTEGER   PRIMARY KEY,\"b, (\" TEXT DEFAULT '),  (')",
			"CREATE TABLE a (\n    id INTEGER PRIMARY KEY\n  , \"b, (\" TEXT DEFAULT '),  ('\n)",
		},
		"parentheses within": {
			"CREATE TABLE a (n NUMERIC(10, 2) CHECK (n IN (1, 2)), PRIMARY KEY (n, m)) STRICT",
			"CREATE TABLE a (\n    n NUMERIC(10, 2) CHECK (n IN (1, 2))\n  , PRIMARY KEY (n, m)\n) STRICT",
		},
		"comments": {
			"CREATE TABLE a ( -- the table\n  id INT, -- the id\n  -- of the person\n" +
				"  b /* odd */ TEXT -- last, )\n  -- end\n)",
			"CREATE TABLE a (\n    -- the table\n    id INT -- the id\n    -- of the person\n" +
				"  , b /* odd */ TEXT -- last, )\n    -- end\n)",
		},
		"comments before a comma": {
			"CREATE TABLE a (id INT -- one\n /* two\n three */, /* four */ b INT)",
			"CREATE TABLE a (\n    id INT -- one\n    /* two\n    three */\n    /* four */\n  , b INT\n)",
		},
		"a comment on the next line": {
			"CREATE TABLE a (\n id INT\n -- one\n , -- two\n b INT)",
			"CREATE TABLE a (\n    id INT\n    -- one\n    -- two\n  , b INT\n)",
		},
		"a type of a row": {"CREATE TYPE a AS (b int, c int)", "CREATE TYPE a AS (\n    b int\n  , c int\n)"},
		"a type of words": {"CREATE TYPE a AS ENUM ('b',  'c')", "CREATE TYPE a AS ENUM ('b',  'c')"},
		"a comment within a column": {
			"CREATE TABLE a (id -- one\n INT)",
			"CREATE TABLE a (\n    id -- one\n      INT\n)",
		},
		"an empty list":     {"CREATE TYPE a AS  ()", "CREATE TYPE a AS  ()"},
		"no list":           {"CREATE TABLE  a", "CREATE TABLE  a"},
		"a list that stays": {"CREATE INDEX i ON a (b,  c)", "CREATE INDEX i ON a (b,  c)"},
		"a virtual table":   {"CREATE VIRTUAL TABLE f USING v(a,  b)", "CREATE VIRTUAL TABLE f USING v(a,  b)"},
		"without an end":    {"CREATE TABLE a (b, c", "CREATE TABLE a (b, c"},
		"unreadable":        {"CREATE TABLE a (b, 'c)", "CREATE TABLE a (b, 'c)"},
		"nothing":           {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Layout(c[0])
			if got != c[1] {
				t.Errorf("got\n%s\nwant\n%s", got, c[1])
			}
			if again := Layout(got); again != got {
				t.Errorf("laid out twice:\n%s", again)
			}
			if name != "an empty list" && Canonical(got) != Canonical(c[0]) {
				t.Errorf("it reads %q", Canonical(got))
			}
		})
	}
}
