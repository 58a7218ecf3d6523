package executor

import (
	"testing"

	"towpath/internal/statement"
)

func TestReplay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ again, refuse bool }{
		"SET search_path = shop":              {again: true},
		"CREATE TABLE a (x)":                  {},
		"CREATE TEMPORARY TABLE a (x)":        {refuse: true},
		"create local temp table a (x)":       {refuse: true},
		"SELECT 1 INTO @a":                    {refuse: true},
		"SELECT @a := 1":                      {refuse: true},
		"CREATE TABLE temporary_things (x)":   {},
		"INSERT INTO a VALUES ('me@x := no')": {refuse: true}, // better once too often
	} {
		st := statement.Statement{Text: text}
		if want.again {
			st.Verb = "SET"
		}
		if again, refuse := replay(st); again != want.again || (refuse != "") != want.refuse {
			t.Errorf("%s: %v %q", text, again, refuse)
		}
	}
}
