package plan_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"towpath/internal/plan"
	"towpath/internal/schema"
)

func TestTraces_compareWhatAFileLeaves(t *testing.T) {
	t.Parallel()
	made := func(object string) schema.Mark {
		return schema.Mark{Object: object, Before: schema.Absent, After: schema.There}
	}
	gone := func(object string) schema.Mark {
		return schema.Mark{Object: object, Before: schema.There, After: schema.Absent}
	}
	anything := schema.Mark{}
	for name, c := range map[string]struct {
		marks []schema.Mark
		has   string
		want  string
	}{
		"nothing to see":      {nil, "table größe", ""},
		"there":               {[]schema.Mark{made("table größe")}, "table größe", "table größe there"},
		"not there":           {[]schema.Mark{made("table größe")}, "table große", "table größe lacks"},
		"dropped":             {[]schema.Mark{gone("index order")}, "", "index order there"},
		"still there":         {[]schema.Mark{gone("index order")}, "index order", "index order has"},
		"made and dropped":    {[]schema.Mark{made("table x"), gone("table x")}, "", "table x there"},
		"dropped and made":    {[]schema.Mark{gone("table x"), made("table x")}, "table x", "table x there"},
		"then anything":       {[]schema.Mark{made("table x"), anything}, "", ""},
		"after anything":      {[]schema.Mark{anything, made("table x")}, "", "table x lacks"},
		"column of a drop":    {[]schema.Mark{made("column x.a"), gone("table x")}, "", "column x.a there; table x there"},
		"column, then a copy": {[]schema.Mark{gone("column x.a"), made("table x")}, "table x", "table x there"},
	} {
		objects := map[string]bool{}
		for _, object := range strings.Split(c.has, "; ") {
			objects[object] = true
		}
		var got []string
		for _, one := range plan.Traces(c.marks, objects) {
			word := "there"
			switch {
			case !one.Fits() && one.Wanted:
				word = "lacks"
			case !one.Fits():
				word = "has"
			}
			if one.Fits() != one.Reason().IsZero() {
				t.Errorf("%s: %+v has the reason %s", name, one, one.Reason())
			}
			got = append(got, one.Object+" "+word)
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %q, want %q", name, text, c.want)
		}
	}
}

// A database in which a file of tables and indexes has run never contradicts the file, and one that
// lacks an object that the file leaves always does.
func TestTraces_neverContradictWhatRan(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(14, 44)) //nolint:gosec // a model needs no secret numbers
	for range 20_000 {
		before, marks := map[string]bool{}, []schema.Mark{}
		for i := range 4 {
			before[fmt.Sprintf("table t%d", i)] = r.IntN(2) == 0
		}
		after := map[string]bool{}
		for object, there := range before {
			after[object] = there
		}
		for range r.IntN(6) {
			object := fmt.Sprintf("table t%d", r.IntN(4))
			m := schema.Mark{Object: object, Before: schema.Absent, After: schema.There}
			if after[object] {
				m = schema.Mark{Object: object, Before: schema.There, After: schema.Absent}
			}
			after[object] = !after[object]
			marks = append(marks, m)
		}
		traces := plan.Traces(marks, after)
		for _, one := range traces {
			if !one.Fits() {
				t.Fatalf("%v ran, and %+v contradicts it", marks, one)
			}
		}
		if len(traces) == 0 {
			continue
		}
		one := traces[r.IntN(len(traces))]
		after[one.Object] = !after[one.Object]
		for _, now := range plan.Traces(marks, after) {
			if now.Fits() == (now.Object == one.Object) {
				t.Fatalf("%v ran and %s was changed since: %+v", marks, one.Object, now)
			}
		}
	}
}
