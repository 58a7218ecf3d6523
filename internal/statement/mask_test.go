package statement_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"towpath/internal/statement"
)

func TestMask(t *testing.T) {
	t.Parallel()
	const postgres, mysql = "'", `'"`
	for _, c := range []struct{ name, texts, text, want string }{
		{
			"names and key words stay", postgres, `UPDATE shop.item2 SET "Price" = $1`,
			`UPDATE shop.item2 SET "Price" = $1`,
		},
		{
			"texts and numbers go", postgres,
			"UPDATE a SET b = 'secret', c = -42.5e3, d = 0xff WHERE e IN (1,2)",
			"UPDATE a SET b = ?, c = -?, d = ? WHERE e IN (?,?)",
		},
		{"a doubled quote ends no text", postgres, "SELECT 'it''s secret', a", "SELECT ?, a"},
		{"double quotes hold names in one dialect", postgres, `SELECT "it's", 'secret'`, `SELECT "it's", ?`},
		{"and texts in another", mysql, `SELECT "secret", '1' FROM ` + "`it's`", "SELECT ?, ? FROM `it's`"},
		{"a text that was cut off", postgres, "SELECT 'secr", "SELECT ?"},
		{
			"dollar quotes", postgres, "DO $x$ BEGIN 'secret' $$ END $x$; SELECT $$secret$$, a",
			"DO ?; SELECT ?, a",
		},
		{
			"comments go, also those with an apostrophe", postgres, "/* app 7 */ SELECT a -- all\nFROM b",
			"SELECT a FROM b",
		},
		{
			"what is a comment to one and text to another ends it", mysql, "SELECT a # it's\n, 'secret'",
			"SELECT a …",
		},
		{
			"nothing is known behind a comment with a quote", postgres, "SELECT a /* it's */, 'secret'",
			"SELECT a …",
		},
		{"nor behind a backslash before a quote", mysql, `SELECT 'it\'s secret', a`, "SELECT ? …"},
		{"one line", mysql, "SELECT  a,\n\tb", "SELECT a, b"},
		{
			"strings of other kinds", mysql, "SELECT _utf8mb4'secret', X'ff', N'secret'",
			"SELECT _utf8mb4?, X?, N?",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := statement.Mask(c.text, c.texts, 200); got != c.want {
				t.Errorf("it reads %s", got)
			}
		})
	}
	if got := statement.Mask("SELECT "+strings.Repeat("é", 200), postgres,
		20); utf8.RuneCountInString(got) != 20 || !strings.HasSuffix(got, "…") {
		t.Errorf("it reads %s", got)
	}
}

// A text that a dialect's own rules enclose never appears in the result, whatever surrounds it.
func TestMask_hidesEveryText(t *testing.T) {
	t.Parallel()
	quote := func(mark, body string, backslash bool) string {
		if backslash {
			body = strings.ReplaceAll(body, `\`, `\\`)
		}
		return mark + strings.ReplaceAll(body, mark, mark+mark) + mark
	}
	odd := rapid.StringOfN(rapid.SampledFrom([]rune("'\"`\\-#/*$x \n")), 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		mysql := rapid.Bool().Draw(t, "mysql")
		name, texts, comment := `"`, "'", "--"
		if mysql {
			name, texts, comment = "`", `'"`, "# "
		}
		var script strings.Builder
		for range rapid.IntRange(1, 5).Draw(t, "pieces") {
			text := odd.Draw(t, "text")
			script.WriteString(rapid.SampledFrom([]string{
				quote("'", text, mysql), quote(name, text, false), "a", "1", ",",
				comment + strings.ReplaceAll(text, "\n", "") + "\n",
				"/*" + strings.NewReplacer("*/", "", "/*", "", "*", "", "/", "").Replace(text) + " */",
			}).Draw(t, "piece") + " ")
		}
		script.WriteString(quote("'", odd.Draw(t, "before")+"SECRET"+odd.Draw(t, "after"), mysql))
		if got := statement.Mask(script.String(), texts, 1000); strings.Contains(got, "SECRET") {
			t.Fatalf("%s\nreads %s", script.String(), got)
		}
	})
}
