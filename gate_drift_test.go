package towpath_test

import (
	"testing"
	"time"

	"towpath"
)

func TestDecide_asksAboutDrift(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	fine := follow([]step{{Left: "a"}})
	drifted := follow([]step{{Left: "a"}, {See: "x"}})
	for name, c := range map[string]struct {
		gate    towpath.Gate
		worse   bool
		schemas map[string]towpath.SchemaWatch
		code    towpath.ReasonCode
		n       string
	}{
		"it does not ask":       {schemas: map[string]towpath.SchemaWatch{"1": drifted}},
		"nothing drifted":       {gate: towpath.Gate{AskDrift: true}, schemas: map[string]towpath.SchemaWatch{"1": fine, "2": fine}},
		"one drifted":           {towpath.Gate{AskDrift: true}, false, map[string]towpath.SchemaWatch{"1": drifted, "2": fine}, towpath.ReasonDriftStart, "1"},
		"one was never checked": {towpath.Gate{AskDrift: true}, false, map[string]towpath.SchemaWatch{"1": fine}, towpath.ReasonDriftStart, "1"},
		"none was ever checked": {towpath.Gate{AskDrift: true}, false, nil, towpath.ReasonDriftStart, "2"},
		"manual anyway": {
			gate:    towpath.Gate{AskDrift: true, Start: towpath.StartManual},
			schemas: map[string]towpath.SchemaWatch{"1": fine, "2": fine}, code: towpath.ReasonManualStart,
		},
		"warnings, and there are none": {
			gate:    towpath.Gate{AskDrift: true, Start: towpath.StartManual, AskIf: towpath.AskWarnings},
			schemas: map[string]towpath.SchemaWatch{"1": fine, "2": fine},
		},
		"warnings, and a drift": {
			towpath.Gate{AskDrift: true, Start: towpath.StartManual, AskIf: towpath.AskWarnings}, false,
			map[string]towpath.SchemaWatch{"1": drifted, "2": drifted}, towpath.ReasonDriftStart, "2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := towpath.Stage{
				Ready: true, Environment: towpath.Environment{Name: "prod", Gate: c.gate}, Schemas: c.schemas,
				Reviews: map[string]towpath.TextReview{"": {Worse: c.worse}},
			}
			for _, id := range []string{"1", "2", "1"} {
				s.Tasks = append(s.Tasks, towpath.Task{
					DatabaseID: id, Action: towpath.ActionApply, Migration: towpath.Migration{Database: "order " + id},
				})
			}
			d := c.gate.Decide(s, s.Evidence(), nil, now)
			switch {
			case c.code == "" && d.Verdict != towpath.VerdictStart:
				t.Errorf("%+v, want a start", d)
			case c.code == "":
			case !d.ForPerson() || d.Because[0].Code != c.code || d.Because[0].Params["n"] != c.n:
				t.Errorf("%+v, want %s about %s databases", d, c.code, c.n)
			}
		})
	}
}

// What a person approves has the drift in it; a change that runs with it does not end its own start.
func TestEvidence_movesWithDrift(t *testing.T) {
	t.Parallel()
	stage := func(w towpath.SchemaWatch) towpath.Stage {
		return towpath.Stage{
			Environment: towpath.Environment{Name: "prod", Gate: towpath.Gate{AskDrift: true}},
			Tasks:       []towpath.Task{{DatabaseID: "1", Action: towpath.ActionApply}},
			Schemas:     map[string]towpath.SchemaWatch{"1": w},
		}
	}
	before := stage(follow([]step{{Left: "a"}, {See: "x"}}))
	for name, c := range map[string]struct {
		steps []step
		moved bool
	}{
		"the same":           {[]step{{Left: "a"}, {See: "x"}, {See: "x"}}, false},
		"more by hand":       {[]step{{Left: "a"}, {See: "x"}, {See: "y"}}, true},
		"taken back":         {[]step{{Left: "a"}, {See: "x"}, {See: "a"}}, true},
		"accepted":           {[]step{{Left: "a"}, {See: "x"}, {Accept: true}}, true},
		"a file ran with it": {[]step{{Left: "a"}, {See: "x"}, {Before: "x", Left: "b"}, {See: "b"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := stage(follow(c.steps))
			moved := before.Evidence().Moved(now.Evidence())
			if (len(moved) > 0) != c.moved || c.moved && moved[0].Code != towpath.ReasonMovedSchemas {
				t.Errorf("moved %+v, want %t", moved, c.moved)
			}
			if (before.Pass(before.Tasks[0]) != now.Pass(now.Tasks[0])) != c.moved {
				t.Errorf("the pass moved: %t, want %t", !c.moved, c.moved)
			}
		})
	}
}

// A gate that asks people, and not for drift, ends their answers when a drift is seen. The first check
// of a schema is no drift.
func TestEvidence_movesWithDriftWhereItIsNotAskedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before, after []step
		moved         bool
	}{
		"the first check":  {nil, []step{{See: "x"}}, false},
		"a check":          {[]step{{Left: "a"}}, []step{{Left: "a"}, {See: "a"}}, false},
		"changed by hand":  {[]step{{Left: "a"}, {See: "a"}}, []step{{Left: "a"}, {See: "x"}}, true},
		"taken back":       {[]step{{Left: "a"}, {See: "x"}}, []step{{Left: "a"}, {See: "x"}, {See: "a"}}, true},
		"another by hand":  {[]step{{Left: "a"}, {See: "x"}}, []step{{Left: "a"}, {See: "y"}}, true},
		"a change of ours": {[]step{{Left: "a"}}, []step{{Left: "a"}, {Before: "a", Left: "b"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stage := func(steps []step) towpath.Stage {
				gate := towpath.Gate{Consent: towpath.Consent{People: 1}}
				return towpath.Stage{
					Environment: towpath.Environment{Name: "prod", Gate: gate},
					Tasks:       []towpath.Task{{DatabaseID: "1", Action: towpath.ActionApply}},
					Schemas:     map[string]towpath.SchemaWatch{"1": follow(steps)},
				}
			}
			before, now := stage(c.before), stage(c.after)
			moved := before.Evidence().Moved(now.Evidence())
			if (len(moved) > 0) != c.moved || c.moved && moved[0].Code != towpath.ReasonMovedSchemas {
				t.Errorf("moved %+v, want %t", moved, c.moved)
			}
			if (before.Pass(before.Tasks[0]) != now.Pass(now.Tasks[0])) != c.moved {
				t.Errorf("the pass moved: %t, want %t", !c.moved, c.moved)
			}
		})
	}
}
