package reviewtest

import (
	"os"
	"strings"
	"testing"

	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

func TestDocument_isWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	const path = "../../../docs/rules.md"
	if *update {
		if err := os.WriteFile(path, []byte(rules.Document()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != rules.Document() {
		t.Errorf("%s is not what the rules say. Run this test with -update", path)
	}
}

func TestRules_areWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range rules.All {
		switch {
		case seen[r.ID]:
			t.Errorf("%s is there twice", r.ID)
		case r.Title == "", r.Why == "", r.Bad == "", len(r.Dialects) == 0, !r.Level.Valid(), rules.Group(r) == "":
			t.Errorf("%s lacks a title, a reason, an example, a dialect, a level or a group", r.ID)
		case r.Check == nil && r.After == nil && r.End == nil:
			t.Errorf("%s looks at nothing", r.ID)
		case strings.HasSuffix(r.Title, "."):
			t.Errorf("%s has a title with a period", r.ID)
		}
		seen[r.ID] = true
		if level := (sqlreview.Policy{Preset: sqlreview.Strict}).Level(r); !level.AtLeast(r.Level) {
			t.Errorf("%s is less strict when strict", r.ID)
		}
	}
}
