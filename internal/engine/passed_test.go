package engine_test

import (
	"testing"

	"towpath/internal/engine"
)

func TestMissing(t *testing.T) {
	t.Parallel()
	have := []engine.Part{
		{Subject: "the type of a", Value: "varchar(10)"},
		{Subject: "a NOT NULL"},
		{Subject: "the type of more", Value: "int"},
	}
	for want, wanted := range map[string][]engine.Part{
		"": {
			{Subject: "a NOT NULL"},
			{Subject: "the type of a", Value: "varchar(10)"},
		},
		"it lacks PRIMARY KEY (id)": {{Subject: "a NOT NULL"}, {Subject: "PRIMARY KEY (id)"}},
		"the type of a is varchar(10), not varchar(20), and it lacks b NOT NULL": {{
			Subject: "the type of a",
			Value:   "varchar(20)",
		}, {Subject: "b NOT NULL"}},
	} {
		if got := engine.Missing(wanted, have); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
