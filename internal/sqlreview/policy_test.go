package sqlreview_test

import (
	"strings"
	"testing"

	"towpath/internal/sqlreview"
)

var some = []sqlreview.Rule{
	{ID: "PL01", Level: sqlreview.Warning, Dialects: []sqlreview.Dialect{sqlreview.PostgreSQL}},
	{ID: "DS03", Level: sqlreview.Error, Dialects: []sqlreview.Dialect{sqlreview.PostgreSQL}},
	{ID: "NM02", Level: sqlreview.Info, Settings: []sqlreview.Setting{{Name: "format"}}},
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
		"review: {rules: {PL99: off}}":                    "there is no rule PL99",
		"review: {rules: {PL01: loud}}":                   `review.rules.PL01: "loud" is no level`,
		"review: {preset: loud}":                          "review.preset: there is no preset",
		"review: {dialect: oracle}":                       "review.dialect: there is no dialect",
		"review: {colour: red}":                           "colour",
		"review: {rules: {NM02: {form: x}}}":              "the rule has no setting form. It has format",
		"review: {environments: {a: {rules: {X: off}}}}":  "review.environments.a.rules: there is no rule X",
		"review: {rules: {PL01: {limit: 3, level: off}}}": "the rule has no setting limit",
	} {
		if _, err := sqlreview.ParsePolicy([]byte(text), some); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := sqlreview.ParsePolicy(nil, some); err != nil {
		t.Errorf("an empty file: %v", err)
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
