package plan

import (
	"strings"
	"testing"

	"towpath"
)

func TestTemplate_AnyCase(t *testing.T) {
	t.Parallel()
	link := towpath.RepositoryLink{
		FilePathTemplate: "V{{VERSION}}__{{DESCRIPTION}}_x.up.sql", AnyCaseEndings: true,
	}
	scope, err := ScopeOf(link)
	if err != nil {
		t.Fatal(err)
	}
	link.AnyCaseEndings = false
	exact, err := ScopeOf(link)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{
		"V1__a_x.up.sql":  true,
		"V1__a_x.UP.SQL":  true,
		"V1__ä_x.up.Sql":  true,
		"v1__a_x.up.sql":  false, // only the ending
		"V1__a_X.up.sql":  false,
		"V1__a_x.up.ſql":  false, // which folds to an s
		"V1__a_x.upxsql":  false,
		"V1__a_x.up.sql ": false,
		"V1__a_x.up.txt":  false,
	} {
		m, _, reason := scope.Match(path)
		if got := reason.IsZero(); got != want {
			t.Errorf("%q: %v, %v", path, got, reason)
		}
		_, _, reason = exact.Match(path)
		if got := reason.IsZero(); got != (path == "V1__a_x.up.sql") {
			t.Errorf("%q without the setting: %v, %v", path, got, reason)
		}
		if want && (m.Version != "1" || strings.TrimLeft(m.Description, "aä") != "") {
			t.Errorf("%q: %+v", path, m)
		}
	}
	link = towpath.RepositoryLink{FilePathTemplate: "{{VERSION}}.sql | R__{{DESCRIPTION}}.sql", AnyCaseEndings: true}
	if scope, err = ScopeOf(link); err != nil {
		t.Fatal(err)
	}
	if m, _, reason := scope.Match("R__a.Sql"); !reason.IsZero() || m.Type != towpath.TypeRepeatable {
		t.Errorf("repeatable: %+v, %v", m, reason)
	}
	if (Template{}).AnyCase().String() != "" {
		t.Error("the zero template is not")
	}
}
