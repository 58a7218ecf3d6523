package executor

import (
	"testing"

	"towpath/internal/engine"
	"towpath/internal/schema"
)

func TestVerifyEffect(t *testing.T) {
	t.Parallel()
	defs := func(texts ...string) (all []engine.Definition) {
		for _, text := range texts {
			all = append(all, engine.Definition{Text: text})
		}
		return all
	}
	broken := []engine.Definition{{Text: "i INVALID", Broken: "DROP INDEX i"}}
	change := func(e schema.Effect, n int) schema.Change {
		return schema.Change{Effect: e, Objects: make([]schema.Object, n)}
	}
	add := change(schema.Alter, 1)
	add.Gains, add.Losses = []string{"b"}, []string{"name"}
	for name, c := range map[string]struct {
		change      schema.Change
		before, now []engine.Definition
		want        verdict
	}{
		"a table that is not there yet": {
			change(schema.Create, 1), defs(""), defs(""),
			notStarted,
		},
		"a table that has come": {
			change(schema.Create, 1), defs(""), defs("a"),
			finished,
		},
		"a table that was there, and changed": {
			change(schema.Create, 1), defs("a"), defs("b"),
			undecided,
		},
		"a table that is still there": {
			change(schema.Drop, 1), defs("a"), defs("a"),
			notStarted,
		},
		"tables that are gone": {
			change(schema.Drop, 2), defs("a", "b"), defs("", ""),
			finished,
		},
		"one of two tables that is gone": {
			change(schema.Drop, 2), defs("a", "b"), defs("", "b"),
			undecided,
		},
		"a table that has its old name": {
			change(schema.Rename, 2), defs("a", ""),
			defs("a", ""), notStarted,
		},
		"a table that has its new name": {
			change(schema.Rename, 2), defs("a", ""),
			defs("", "b"), finished,
		},
		"a table that is untouched": {
			add, defs("(a, name)"), defs("(a, name)"),
			notStarted,
		},
		"a column come and another gone": {add, defs("(a, name)"), defs("(a, b)"), finished},
		"a column come that others have in theirs": {
			add, defs("(ab, name)"), defs("(ab, b, name2)"),
			finished,
		},
		"a stranger's column": {
			add, defs("(a, name)"), defs("(a, c, name)"),
			undecided,
		},
		"a table that somebody has dropped": {add, defs("(a, name)"), defs(""), undecided},
		"an index that was left half built": {change(schema.Create, 1), defs(""), broken, leftover},
		"an index that was broken before":   {change(schema.Create, 1), broken, broken, notStarted},
		"what may be done twice": {
			schema.Change{Effect: schema.Repeat},
			nil, nil,
			notStarted,
		},
		"what no catalog shows": {
			change(schema.Opaque, 1), defs("a"), defs("a"),
			undecided,
		},
		"what the reader did not understand": {
			schema.Change{Effect: schema.Alter},
			nil, nil,
			undecided,
		},
		"a statement that now touches something else": {
			change(schema.Create, 2), defs(""), defs("", ""),
			undecided,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, why := verifyEffect(observation{c.change, c.before, c.now}); got != c.want ||
				(why == "") != (got != undecided) {
				t.Errorf("got %d (%s), want %d", got, why, c.want)
			}
		})
	}
}

func TestCount_wholeWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, name string
		want       int
	}{
		{"a INT, A INT", "a", 2},
		{"ab INT, ba INT, a_ INT, a$ INT, aé INT, a1 INT", "a", 0},
		{"`a`,(a)", "a", 2},
		{"a a", "a", 2},
		{"", "a", 0},
		{"a", "", 0},
		{"É x", "é", 1},
		{"aa a", "a", 1},
		{"x", "\x00", 0},
	} {
		if got := count(c.text, c.name); got != c.want {
			t.Errorf("%q in %q: %d, want %d", c.name, c.text, got, c.want)
		}
	}
}
