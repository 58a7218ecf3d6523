package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSearch_findsWhatTheCallerMaySee(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.things(t)
	for who, want := range map[string]string{
		"owner":     "database link",
		"developer": "database link",
		"outsider":  "",
	} {
		var l list[found]
		b.call(t, who, "GET", "/search?text=SHOP", "", 200, &l)
		var kinds []string
		for _, f := range l.Items {
			if f.Kind == "project" { // whatever its name is
				continue
			}
			kinds = append(kinds, f.Kind)
			if f.ID != ids["{"+f.Kind+"}"] || f.ProjectID != b.project.ID {
				t.Errorf("%s finds %+v", who, f)
			}
			if said := fmt.Sprint(f.Name, ": ", f.Detail); said != "shop: things, main" && said != "acme/shop: main" {
				t.Errorf("%s reads %q", who, said)
			}
		}
		slices.Sort(kinds)
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%s finds %q, want %q", who, got, want)
		}
	}
	b.fails(t, "owner", "GET", "/search", "", 422)
	b.fails(t, "owner", "GET", "/search?text="+strings.Repeat("a", 101), "", 422)
}
