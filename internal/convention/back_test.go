package convention

import (
	"slices"
	"testing"
)

func TestWaysBack(t *testing.T) {
	t.Parallel()
	paths := []string{
		"m/1_größe.up.sql", "m/1_größe.down.sql", "m/11_größe.down.sql", "n/1_größe.down.sql", "m/2_up_down.sql",
		"m/2_up.sql", "m/2_down.sql", "m/3_X.UP.SQL", "m/3_X.DOWN.SQL", "m/3_X.down.sql", "m/4/up.sql", "m/4/down.sql",
		"m/5/down.sql", "m/down.sql", "m/V1_2__a.sql", "u/U1.02__other.sql", "m/U1_2.sql", "m/U1_20__a.sql",
		"m/V3__a.sql", "m/U3__a.sql", "u/U3__b.sql", "m/6_a.sql", "m/6_a.undo.sql", "m/6_a_b.sql", "m/6_a_undone.sql",
		"m/7.sql", "m/7.revert.sql", "m/7-down.sql", "m/8_markdown.sql", "m/8.sql", "m/9_a.mysql.up.sql",
		"m/9_a.mysql.down.sql", "m/9_a.down.sql", "m/x",
	}
	for migration, want := range map[string][]string{
		"m/1_größe.up.sql":   {"m/1_größe.down.sql"},
		"m/2_up.sql":         {"m/2_down.sql"},
		"m/3_X.UP.SQL":       {"m/3_X.DOWN.SQL"},
		"m/4/up.sql":         {"m/4/down.sql"},
		"up.sql":             nil,
		"m/V1_2__a.sql":      {"u/U1.02__other.sql"},
		"m/V3__a.sql":        {"m/U3__a.sql", "u/U3__b.sql"},
		"m/6_a.sql":          {"m/6_a.undo.sql"},
		"m/7.sql":            {"m/7-down.sql", "m/7.revert.sql"},
		"m/8.sql":            nil,
		"m/9_a.mysql.up.sql": {"m/9_a.mysql.down.sql"},
		"m/x":                nil,
		"":                   nil,
	} {
		if got := WaysBack(migration, paths); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", migration, got, want)
		}
	}
}
