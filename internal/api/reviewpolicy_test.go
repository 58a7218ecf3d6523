package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"towpath"
)

func TestReviewRules_areAllRulesAndCached(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.send(t, "outsider", "GET", "/api/v1/review-rules", "")
	tag := first.Header.Get("ETag")
	if first.StatusCode != 200 || tag == "" || first.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%d with %v", first.StatusCode, first.Header)
	}
	var l list[reviewRule]
	b.call(t, "outsider", "GET", "/review-rules", "", 200, &l)
	at := slices.IndexFunc(l.Items, func(r reviewRule) bool { return r.ID == "NM02" })
	if len(l.Items) != len(b.Workspace.Rules) || at < 0 {
		t.Fatalf("there are %d rules", len(l.Items))
	}
	names := l.Items[at]
	if names.Group != "Names" || names.Levels != (presetLevels{"info", "warning", "off"}) ||
		len(names.Settings) != 1 || names.Settings[0].Kind != "expression" || names.Bad == "" {
		t.Errorf("NM02 is %+v", names)
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", b.url+"/api/v1/review-rules", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+b.tokens["outsider"])
	req.Header.Set("If-None-Match", tag)
	again, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Body.Close() }()
	if again.StatusCode != 304 {
		t.Errorf("the same list again is %d", again.StatusCode)
	}
}

func TestReviewPolicy_isChangedRuleByRule(t *testing.T) {
	t.Parallel()
	b := setup(t)
	test, prod := b.environmentNamed(t, "test"), b.environmentNamed(t, "prod")
	path := "/review-policies/" + prod.ID
	var p reviewPolicy
	b.call(t, "dba", "PATCH", path, `{"preset":"strict","levels":{"PL01":"error"},"insist":{"DS03":true}}`, 200, &p)
	b.call(t, "owner", "PATCH", path, `{"levels":{"ST03":"off"},"settings":{"NM02":{"format":"^ü$"}}}`, 200, &p)
	b.call(t, "owner", "PATCH", path, `{"levels":{"PL01":"default"}}`, 200, &p)
	b.call(t, "owner", "PATCH", path, `{"levels":{"PL01":"default"}}`, 200, &p) // changes nothing
	b.call(t, "dba", "PATCH", "/environments/"+prod.ID, `{"lockTimeout":1000}`, 200, nil)

	var l list[reviewPolicy]
	b.call(t, "outsider", "GET", "/review-policies", "", 200, &l)
	if len(l.Items) != 2 || l.Items[0].EnvironmentID != test.ID || l.Items[0].Preset != "recommended" ||
		len(l.Items[0].Levels) != 0 {
		t.Errorf("test is %+v", l.Items)
	}
	got := l.Items[1]
	if got.Environment != "prod" || got.Preset != "strict" || len(got.Levels) != 1 ||
		got.Levels["ST03"] != towpath.ReviewOff || got.Settings["NM02"]["format"] != "^ü$" ||
		!slices.Equal(got.Insist, []string{"DS03"}) {
		t.Errorf("prod is %+v", got)
	}
	p = reviewPolicy{}
	b.call(t, "owner", "PATCH", path, `{"settings":{"NM02":{"format":null}},"insist":{"DS03":false}}`, 200, &p)
	if len(p.Settings) != 0 || len(p.Insist) != 0 {
		t.Errorf("taken back: %+v", p)
	}
	for act, want := range map[towpath.EventKind]string{
		towpath.ActReviewPreset:  "Changed the preset of the SQL review in prod from recommended to strict.",
		towpath.ActReviewLevel:   "Changed the level of PL01 in prod from the preset's to error.",
		towpath.ActReviewSetting: "Changed the setting format of NM02 in prod from the default to “^ü$”.",
		towpath.ActReviewInsist:  "Made DS03 mandatory in prod.",
		towpath.ActReviewRelax:   "Made DS03 optional in prod.",
	} {
		if said := b.audit(t, act); !slices.Contains(said, want) {
			t.Errorf("the audit has %q", said)
		}
	}
}

func TestReviewPolicy_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	path := "/review-policies/" + b.environmentNamed(t, "prod").ID
	for body, want := range map[string]fieldProblem{
		`{"levels":{"PL99":"error"}}`:               {"body.levels.PL99", "There is no rule PL99"},
		`{"levels":{"PL01":"loud"}}`:                {"body.levels.PL01", "Use error, warning, info or off"},
		`{"settings":{"PL01":{"limit":"1"}}}`:       {"body.settings.PL01", "It has none"},
		`{"settings":{"NM02":{"format":"(("}}}`:     {"body.settings.NM02.format", "is no regular expression"},
		`{"settings":{"XX01":{"format":"a"}}}`:      {"body.settings.XX01", "There is no rule XX01"},
		`{"insist":{"every":true}}`:                 {"body.insist", "There is no rule every"},
		`{"preset":"loud"}`:                         {"body.preset", "Use one of: "},
		`{"levels":{"ST03":"off","PL01":"silent"}}`: {"body.levels.PL01", `"silent" is no level`},
	} {
		problem := b.fails(t, "owner", "PATCH", path, body, 422)
		if len(problem.Errors) != 1 || problem.Errors[0].Location != want.Location ||
			!strings.Contains(problem.Errors[0].Message, want.Message) {
			t.Errorf("%s: %+v", body, problem)
		}
	}
	// a rule that a later version no longer has can be taken out
	var p reviewPolicy
	b.call(t, "owner", "PATCH", path, `{"levels":{"PL99":"default"},"insist":{"PL98":false}}`, 200, &p)
	if len(p.Levels) != 0 {
		t.Errorf("an invalid change has changed %+v", p)
	}
	b.fails(t, "owner", "PATCH", "/review-policies/none", `{"preset":"quiet"}`, 404)
}
