package plan

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towpath"
)

func TestMatch_ignoresWhatIsExcluded(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern  string
		path     string // below the base directory
		excluded bool
	}{
		{"*.down.sql", "1_a.down.sql", true},
		{"*.down.sql", "x/y/1_a.down.sql", true},
		{"*.down.sql", "1_a.up.sql", false},
		{"*.down.sql", "1_a.DOWN.sql", false},
		{"U*__*.sql", "old/U1__a.sql", true},
		{"**/*.down.sql", "1_a.down.sql", true},
		{"seed/*.sql", "seed/1_a.sql", true},
		{"seed/*.sql", "seed/x/1_a.sql", false},
		{"seed/*.sql", "x/seed/1_a.sql", false},
		{"seed/", "seed/x/1_a.sql", true},
		{"seed/", "x/seed/1_a.sql", true},
		{"/seed/", "x/seed/1_a.sql", false},
		{"/seed/", "seed/1_a.sql", true},
		{"x/seed/", "x/seed/1_a.sql", true},
		{"x/seed/", "y/x/seed/1_a.sql", false},
		{"seed/**", "seed/x/1_a.sql", true},
		{"/1_a.sql", "x/1_a.sql", false},
		{"größe.(sql)", "größe.(sql)", true},
		{"größe.(sql)", "größe.sql", false},
	} {
		scope, err := NewScope("db", "**/{{VERSION}}_{{DESCRIPTION}}.sql", []string{" ", c.pattern + " "})
		if err != nil {
			t.Fatal(err)
		}
		_, in, reason := scope.Match("db/" + c.path)
		want := towpath.Why(towpath.ReasonExcluded, "pattern", c.pattern)
		if got := reason.String() == want.String(); !in || got != c.excluded {
			t.Errorf("%s with %s: in %v, %q; want excluded %v", c.path, c.pattern, in, reason, c.excluded)
		}
	}
}

func TestParseExclude_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		patterns []string
		says     string
	}{
		"too many":           {strings.Split(strings.Repeat("a ", 21), " ")[:21], "more than 20"},
		"a long one":         {[]string{strings.Repeat("a", 201)}, "longer than 200"},
		"a placeholder":      {[]string{"{{VERSION}}.sql"}, "placeholder"},
		"a backslash":        {[]string{`seed\\*`}, "It has a backslash"},
		"the way out":        {[]string{"../x"}, "cannot leave it"},
		"** beside text":     {[]string{"a**/x"}, "whole folders"},
		"only a slash":       {[]string{"/"}, "two slashes"},
		"a line break in it": {[]string{"a\nb"}, "line break"},
	} {
		_, err := ParseExclude(c.patterns)
		var e *towpath.Error
		if !errors.As(err, &e) || e.Code != towpath.CodeInvalid || e.Field != "exclude" ||
			!strings.Contains(e.Message, c.says) {
			t.Errorf("%s: %v; want it to say %q", name, err, c.says)
		}
	}
}

// A pattern only takes files away: whatever it matches, all others stay what they are.
func TestMatch_excludesNothingElse(t *testing.T) {
	t.Parallel()
	name := rapid.StringMatching(`[0-9a-bÜ*._]{1,4}`)
	rapid.Check(t, func(t *rapid.T) {
		pattern := strings.Join(rapid.SliceOfN(name, 1, 3).Draw(t, "pattern"), "/")
		path := strings.ReplaceAll(strings.Join(rapid.SliceOfN(name, 1, 3).Draw(t, "path"), "/"), "*", "_")
		plain, err := NewScope("", "**/{{VERSION}}_{{DESCRIPTION}}", nil)
		if err != nil {
			t.Fatal(err)
		}
		scope := plain
		if scope.Exclude, err = ParseExclude([]string{pattern}); err != nil {
			if towpath.ErrorCode(err) != towpath.CodeInvalid {
				t.Fatalf("an error nobody can act on: %v", err)
			}
			return
		}
		want, _, why := plain.Match(path)
		got, in, reason := scope.Match(path)
		if reason.Code == towpath.ReasonExcluded {
			return
		}
		if !in || got != want || reason.String() != why.String() {
			t.Fatalf("%s with %s: %+v, %q; without %+v, %q", path, pattern, got, reason, want, why)
		}
	})
}
