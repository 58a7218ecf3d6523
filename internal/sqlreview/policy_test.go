package sqlreview_test

import (
	"strings"
	"testing"

	"towpath/internal/sqlreview"
)

var some = []sqlreview.Rule{
	{ID: "PL01", Level: sqlreview.Warning, Dialects: []sqlreview.Dialect{sqlreview.PostgreSQL}},
	{ID: "DS03", Level: sqlreview.Error, Dialects: []sqlreview.Dialect{sqlreview.PostgreSQL}},
	{ID: "NM02", Level: sqlreview.Info, Settings: []sqlreview.Setting{{Name: "format"}, {Name: "limit", Default: "3"}}},
	{ID: "ST03", Level: sqlreview.Warning},
}

func TestPolicy_levels(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		policy sqlreview.Policy
		want   string
	}{
		{sqlreview.Policy{}, "warning error info warning"},
		{sqlreview.Policy{Preset: sqlreview.Strict}, "warning error warning warning"},
		{sqlreview.Policy{Preset: sqlreview.Quiet}, "warning error off off"},
		{
			sqlreview.Policy{Preset: sqlreview.Quiet, Levels: map[string]sqlreview.Level{"ST03": sqlreview.Error}},
			"warning error off error",
		},
	} {
		var got []string
		for _, r := range some {
			got = append(got, string(tt.policy.Level(r)))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%+v: %v, want %s", tt.policy, got, tt.want)
		}
	}
}

func TestParsePolicy(t *testing.T) {
	t.Parallel()
	file, err := sqlreview.ParsePolicy([]byte(`
review:
  dialect: mysql
  server-version: 10.11.19
  preset: strict
  rules:
    PL01: error
    NM02: {level: warning, format: "^ü"}
  insist: [DS03]
  environments:
    "Prüfung":
      preset: quiet
      rules: {PL01: info}
`), some)
	if err != nil {
		t.Fatal(err)
	}
	test, prod := file.For("Prüfung"), file.For("prod")
	if file.Dialect != sqlreview.MySQL || prod.Levels["PL01"] != sqlreview.Error || test.Levels["PL01"] != sqlreview.Info ||
		test.Preset != sqlreview.Quiet || prod.Preset != sqlreview.Strict || test.Settings["NM02"]["format"] != "^ü" ||
		!test.Insists("DS03") || test.Insists("PL01") {
		t.Errorf("the file is %+v", file)
	}
	for text, want := range map[string]string{
		"review: {rules: {PL99: off}}":                    "review.rules.PL99: There is no rule PL99",
		"review: {rules: {PL01: loud}}":                   `review.rules.PL01: "loud" is no level`,
		"review: {preset: loud}":                          "review.preset: There is no preset",
		"review: {dialect: oracle}":                       "review.dialect: There is no dialect",
		"review: {color: red}":                            "line 1: There is no field color here. Use dialect,",
		"reviews: {}":                                     "line 1: There is no field reviews here. Use review.",
		"review: {environments: {a: {hue: red}}}":         "There is no field hue here. Use preset, rules or insist.",
		"review: {insist: PL01}":                          "line 1: The value PL01 does not fit here. Write a list",
		"review: {rules: [PL01]}":                         "line 1: The value does not fit here. Write fields",
		"review: {preset: [quiet]}":                       "line 1: The value does not fit here. Write one word",
		"review: {rules: {PL01: , DS03: off}}":            "review.rules.PL01: There is no level",
		"review: {rules: {PL01: {}}}":                     "review.rules.PL01: There is no level",
		"review: {server-version: new}":                   `review.server-version: "new" is no version`,
		"review: {preset: quiet}\n---\nreview: {}":        "line 2: A second document begins here",
		"review: {insist: [PL99]}":                        "review.insist.PL99: There is no rule PL99",
		"review: {rules: {NM02: {form: x}}}":              "review.rules.NM02: NM02 has no setting form. It has format, limit",
		"review: {rules: {NM02: {limit: few}}}":           `review.rules.NM02.limit: "few" is no number`,
		"review: {rules: {NM02: {limit: -1}}}":            `review.rules.NM02.limit: "-1" is no number`,
		"review: {rules: {NM02: {format: '(('}}}":         `review.rules.NM02.format: "((" is no regular expression`,
		"review: {rules: {XX01: {format: x}}}":            "review.rules.XX01: There is no rule XX01",
		"review: {environments: {a: {rules: {X: off}}}}":  "review.environments.a.rules.X: There is no rule X",
		"review: {rules: {PL01: {limit: 3, level: off}}}": "PL01 has no setting limit. It has none",
	} {
		if _, err := sqlreview.ParsePolicy([]byte(text), some); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := sqlreview.ParsePolicy(nil, some); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}

func TestPolicyLine(t *testing.T) {
	t.Parallel()
	const head = "# of a team\nreview:\n  preset: quiet\n"
	for text, want := range map[string]int{
		"  rules:\n    PL01: off\n    PL99: off\n":                         6,
		"  rules:\n    NM02:\n      level: info\n      limit: few\n":       7,
		"  insist:\n  - PL01\n  - PL99\n":                                  6,
		"  environments:\n    prod: {}\n    \"Prüfung\":\n      x: 1\n":    7,
		"  environments:\n    test: {}\n    prdo:\n      preset: strict\n": 6,
		"  rules:\n   - a: : b":                                            5,
		"  server-version: x\n":                                            4,
		"---\nreview: {}\n":                                                4,
	} {
		file, err := sqlreview.ParsePolicy([]byte(head+text), some)
		if err == nil {
			err = file.CheckEnvironments([]string{"test", "prod"})
		}
		if err == nil {
			t.Errorf("%s is fine", text)
			continue
		}
		if got := sqlreview.PolicyLine([]byte(head+text), err); got != want {
			t.Errorf("%s: line %d, want %d: %v", text, got, want, err)
		}
	}
}

func TestPolicyFile_namesTheEnvironmentsThatExist(t *testing.T) {
	t.Parallel()
	file, err := sqlreview.ParsePolicy([]byte("review: {environments: {prdo: {}, test: {}}}"), some)
	if err != nil {
		t.Fatal(err)
	}
	err = file.CheckEnvironments([]string{"test", "prod"})
	const want = "review.environments.prdo: There is no environment prdo. Use test, prod."
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := file.CheckEnvironments([]string{"test", "prdo"}); err != nil {
		t.Errorf("environments that exist: %v", err)
	}
}

func TestPolicy_over(t *testing.T) {
	t.Parallel()
	type levels = map[string]sqlreview.Level
	format := func(text string) map[string]map[string]string {
		return map[string]map[string]string{"NM02": {"format": text}}
	}
	for name, tt := range map[string]struct {
		environment, file sqlreview.Policy
		want              string // the levels of some
		format            string
		insists           []string
	}{
		"neither says anything": {want: "warning error info warning"},
		"the file raises and lowers": {
			environment: sqlreview.Policy{Levels: levels{"ST03": sqlreview.Error}},
			file:        sqlreview.Policy{Levels: levels{"PL01": sqlreview.Error, "DS03": sqlreview.Off}},
			want:        "error off info error",
		},
		"the file's preset wins over that of the environment, not over a level": {
			environment: sqlreview.Policy{Preset: sqlreview.Strict, Levels: levels{"ST03": sqlreview.Error}},
			file:        sqlreview.Policy{Preset: sqlreview.Quiet},
			want:        "warning error off error",
		},
		"what the environment insists on is not lowered": {
			environment: sqlreview.Policy{
				Levels: levels{"PL01": sqlreview.Error}, Insist: []string{"PL01", "DS03"},
			},
			file:    sqlreview.Policy{Levels: levels{"PL01": sqlreview.Info, "DS03": sqlreview.Off}},
			want:    "error error info warning",
			insists: []string{"PL01", "DS03"},
		},
		"it may be raised": {
			environment: sqlreview.Policy{Insist: []string{"PL01"}},
			file:        sqlreview.Policy{Levels: levels{"PL01": sqlreview.Error}},
			want:        "error error info warning",
			insists:     []string{"PL01"},
		},
		"a preset does not lower it either": {
			environment: sqlreview.Policy{Preset: sqlreview.Strict, Insist: []string{"*"}},
			file:        sqlreview.Policy{Preset: sqlreview.Quiet},
			want:        "warning error warning warning",
			insists:     []string{"PL01", "DS03", "NM02", "ST03"},
		},
		"nor does a setting": {
			environment: sqlreview.Policy{Settings: format("^a$"), Insist: []string{"NM02"}},
			file:        sqlreview.Policy{Settings: format(".*")},
			want:        "warning error info warning",
			format:      "^a$",
			insists:     []string{"NM02"},
		},
		"a default is a setting too": {
			environment: sqlreview.Policy{Insist: []string{"NM02"}},
			file:        sqlreview.Policy{Settings: format(".*")},
			want:        "warning error info warning",
			insists:     []string{"NM02"},
		},
		"another rule's setting is the file's": {
			environment: sqlreview.Policy{Settings: format("^a$"), Insist: []string{"DS03"}},
			file:        sqlreview.Policy{Settings: format(".*"), Insist: []string{"ST03"}},
			want:        "warning error info warning",
			format:      ".*",
			insists:     []string{"DS03", "ST03"},
		},
	} {
		made := tt.file.Over(tt.environment, some)
		var got, insists []string
		for _, r := range some {
			got = append(got, string(made.Level(r)))
			if made.Insists(r.ID) {
				insists = append(insists, r.ID)
			}
		}
		if strings.Join(got, " ") != tt.want || made.Settings["NM02"]["format"] != tt.format ||
			strings.Join(insists, " ") != strings.Join(tt.insists, " ") {
			t.Errorf("%s: %v, insists on %v, settings %v", name, got, insists, made.Settings)
		}
	}
}

func TestPolicy_overChangesNeither(t *testing.T) {
	t.Parallel()
	environment := sqlreview.Policy{
		Levels:   map[string]sqlreview.Level{"PL01": sqlreview.Error},
		Settings: map[string]map[string]string{"NM02": {"format": "a"}},
	}
	file := sqlreview.Policy{
		Levels:   map[string]sqlreview.Level{"ST03": sqlreview.Off},
		Settings: map[string]map[string]string{"NM02": {"limit": "7"}},
	}
	made := file.Over(environment, some)
	if len(environment.Levels) != 1 || len(environment.Settings["NM02"]) != 1 || len(file.Levels) != 1 ||
		len(file.Settings["NM02"]) != 1 || len(made.Settings["NM02"]) != 2 {
		t.Errorf("%+v over %+v is %+v", file, environment, made)
	}
}

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{ // whether it is MariaDB
		"8.0.36": false, "9.7.4": false, "10.11.19-MariaDB-deb12": true, "11.8.9": true,
	} {
		s, err := sqlreview.ParseVersion(sqlreview.MySQL, text)
		if err != nil || s.MariaDB != want {
			t.Errorf("%s: %+v, %v", text, s, err)
		}
	}
	s, err := sqlreview.ParseVersion(sqlreview.PostgreSQL, "13.4 (Debian 13.4-1)")
	if err != nil || !s.Version.Before(14, 0, 0) || s.Version.Before(13, 4, 0) || s.MariaDB {
		t.Errorf("%+v, %v", s, err)
	}
	if (sqlreview.Version{}).Before(99, 0, 0) {
		t.Error("an unknown version is an old one")
	}
	if _, err := sqlreview.ParseVersion(sqlreview.PostgreSQL, "new"); err == nil {
		t.Error("a word is a version")
	}
}
