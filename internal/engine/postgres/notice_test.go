package postgres_test

import (
	"reflect"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

func notices(s engine.Session) towpath.Notices { return s.(engine.Talker).Notices() }

func TestNotices(t *testing.T) {
	t.Parallel()
	for _, noTx := range []bool{false, true} {
		o := options
		o.NoTx = noTx
		s := begin(t, open(t, server.Database(t)), o)
		must := func(text string) towpath.Notices {
			t.Helper()
			verb, _, _ := strings.Cut(text, " ")
			if _, err := s.Exec(t.Context(), statement.Statement{Text: text, Verb: verb}); err != nil {
				t.Fatal(err)
			}
			return notices(s)
		}
		got := must("DO $$ BEGIN RAISE NOTICE 'moved % rows', 12; RAISE WARNING 'Ünsafe' USING HINT = " +
			"'look'; RAISE INFO 'i'; END $$")
		want := []towpath.Notice{
			{Level: "notice", Text: "moved 12 rows"},
			{Level: "warning", Text: "Ünsafe Hint: look"},
			{Level: "info", Text: "i"},
		}
		if !reflect.DeepEqual(got, towpath.Notices{Kept: want}) {
			t.Errorf("notices are %+v", got)
		}
		if again := notices(s); len(again.Kept) > 0 {
			t.Errorf("the notices are there twice: %+v", again)
		}
		if got := must("SELECT 1"); len(got.Kept) > 0 || got.More > 0 {
			t.Errorf("notices of nobody: %+v", got)
		}
		if got := must("DROP TABLE IF EXISTS nowhere"); len(got.Kept) != 1 ||
			!strings.Contains(got.Kept[0].Text, "nowhere") {
			t.Errorf("notices are %+v", got)
		}
		got = must("DO $$ BEGIN FOR n IN 1..1000 LOOP RAISE NOTICE '%', repeat('ö', 5000); END LOOP; END $$")
		if len(got.Kept) != towpath.MaxNotices || got.More != 1000-towpath.MaxNotices {
			t.Errorf("%d notices are kept, %d counted", len(got.Kept), got.More)
		}
		for _, n := range got.Kept {
			if len(n.Text) > 1100 || !strings.Contains(n.Text, "bytes more") {
				t.Errorf("a notice has %d bytes", len(n.Text))
			}
		}
		if _, err := s.Exec(t.Context(),
			statement.Statement{
				Text: "DO $$ BEGIN RAISE NOTICE 'before'; RAISE EXCEPTION 'no'; END $$",
			}); err == nil {
			t.Error("no error")
		}
		if got := notices(s); len(got.Kept) != 1 || got.Kept[0].Text != "before" {
			t.Errorf("notices of a failed statement are %+v", got)
		}
	}
}
