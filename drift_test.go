package towpath_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"towpath"
)

// step is what happens to a schema: it is read, changed by hand, or changed by a file.
type step struct {
	See          string // a reading of this schema
	Before, Left string // a file that ran, and what it found and left
	Halfway      bool
	Recorded     bool // a file that was recorded
	Accept       bool
}

func TestSchemaWatch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps []step
		state towpath.DriftState
		why   towpath.ReasonCode
		open  int
		base  string
	}{
		"nothing is known":          {state: "unknown", why: towpath.ReasonSchemaNoBase},
		"a reading is no base":      {steps: []step{{See: "a"}}, state: "unknown", why: towpath.ReasonSchemaNoBase},
		"a person gives a base":     {steps: []step{{See: "a"}, {Accept: true}}, state: "same", base: "a"},
		"a change gives a base":     {steps: []step{{Before: "", Left: "a"}}, state: "same", base: "a"},
		"recorded files leave none": {steps: []step{{Recorded: true}, {See: "a"}}, state: "unknown", why: towpath.ReasonSchemaNoBase},
		"a reading differs":         {steps: []step{{Left: "a"}, {See: "x"}}, state: "drifted", open: 1, base: "a"},
		"it differs more":           {steps: []step{{Left: "a"}, {See: "x"}, {See: "y"}}, state: "drifted", open: 1, base: "a"},
		"it goes":                   {steps: []step{{Left: "a"}, {See: "x"}, {See: "a"}}, state: "same", base: "a"},
		"accepted":                  {steps: []step{{Left: "a"}, {See: "x"}, {Accept: true}}, state: "same", base: "x"},
		"recorded files explain nothing": {
			steps: []step{{Left: "a"}, {Recorded: true}, {See: "x"}}, state: "drifted", open: 1, base: "a",
		},
		"a file finds it first": {
			steps: []step{{Left: "a"}, {Before: "x", Left: "b"}}, state: "drifted", open: 1, base: "b",
		},
		"a file runs with it": {
			steps: []step{{Left: "a"}, {See: "x"}, {Before: "x", Left: "b"}, {See: "b"}}, state: "drifted", open: 1, base: "b",
		},
		"a file runs after it went": {
			steps: []step{{Left: "a"}, {See: "x"}, {Before: "a", Left: "b"}}, state: "same", base: "b",
		},
		"twice, with a file between": {
			steps: []step{{Left: "a"}, {See: "x"}, {Before: "x", Left: "b"}, {See: "y"}}, state: "drifted", open: 2, base: "b",
		},
		"a file takes it back": {
			steps: []step{{Left: "a"}, {See: "x"}, {Before: "x", Left: "a"}}, state: "same", base: "a",
		},
		"a file finds it and takes it back": {
			steps: []step{{Left: "a"}, {Before: "x", Left: "a"}, {See: "a"}}, state: "same", base: "a",
		},
		"a file takes back a later one only": {
			steps: []step{{Left: "a"}, {See: "x"}, {Before: "x", Left: "b"}, {See: "y"}, {Before: "y", Left: "b"}},
			state: "drifted", open: 1, base: "b",
		},
		"a part of the same file is no drift": {
			steps: []step{{Left: "a"}, {Before: "x", Left: "b", Halfway: true}}, state: "same", base: "b",
		},
		"what a file left is not known": {
			steps: []step{{Left: "a"}, {Before: "a", Left: ""}, {See: "x"}}, state: "unknown", why: towpath.ReasonSchemaNoBase,
		},
		"and a drift from before stays": {
			steps: []step{{Left: "a"}, {See: "x"}, {Before: "", Left: ""}, {See: "x"}}, state: "drifted", open: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := follow(c.steps)
			state, why := w.State()
			if open := open(w); state != c.state || why.Code != c.why || len(open) != c.open || w.Base != c.base {
				t.Errorf("%s %s, base %q, open %+v; want %s %s, base %q, open %d", state, why.Code, w.Base, open,
					c.state, c.why, c.base, c.open)
			}
		})
	}
}

func follow(steps []step) (w towpath.SchemaWatch) {
	at := time.Unix(0, 0)
	for _, s := range steps {
		at = at.Add(time.Minute)
		switch {
		case s.See != "":
			w.See(s.See, at)
		case s.Accept:
			w.Accept("Ada <ada@example.com>", "größe", at)
		case s.Recorded:
			w.Follow(towpath.ChangeHistory{ID: at.String(), State: towpath.LedgerBaselined}, false)
		default:
			w.Follow(towpath.ChangeHistory{
				ID: at.String(), State: towpath.LedgerDone, SchemaBefore: s.Before, SchemaAfter: s.Left,
				StartedAt: at, FinishedAt: at,
			}, s.Halfway)
		}
	}
	return w
}

func open(w towpath.SchemaWatch) (list []towpath.Drift) {
	for _, d := range w.Drifts {
		if d.SettledAt == nil {
			list = append(list, d)
		}
	}
	return list
}

// TestSchemaWatch_isSameOnlyWhenSeen walks through random changes by files and by hand. The state is
// "same" only while the last reading was what files and people left.
func TestSchemaWatch_isSameOnlyWhenSeen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		is, wanted, hand := "a", "a", false // the schema, what it should be, whether a hand was in it since
		steps := []step{{Left: "a"}}
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			to := rapid.StringMatching("[a-d]").Draw(t, "to")
			switch rapid.SampledFrom([]string{"hand", "file", "look", "accept"}).Draw(t, "what") {
			case "hand":
				is = to
			case "file":
				hand = hand || (is != wanted && to != wanted) // a file may take back what a hand did
				steps = append(steps, step{Before: is, Left: to})
				is, wanted = to, to
			case "look":
				steps = append(steps, step{See: is})
			case "accept":
				steps = append(steps, step{See: is}, step{Accept: true})
				wanted, hand = is, false
			}
		}
		steps = append(steps, step{See: is})
		w := follow(steps)
		if state, _ := w.State(); (state == towpath.DriftNone) != (is == wanted && !hand) {
			t.Fatalf("%s after %+v", state, steps)
		}
	})
}
