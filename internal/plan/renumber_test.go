package plan

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towpath"
)

func TestRenumber_writesEachPartOfAVersion(t *testing.T) {
	t.Parallel()
	scope := Scope{
		BaseDirectory: "db",
		Template:      mustTemplate(t, "{{VERSION}}/**/{{VERSION}}-{{VERSION}}_{{DESCRIPTION}}.sql"),
	}
	for label, want := range map[string]string{
		"3.08.1":   "db/3/x/08-1_add.sql",
		"10.7.1.2": "db/10/x/7-1.2_add.sql",
		"3.08":     "", // too few parts
		"a.1.2":    "",
	} {
		got, ok := scope.withVersion("db/2/x/7-9_add.sql", label)
		if ok != (want != "") || (ok && got != want) {
			t.Errorf("withVersion(%s) = %q, %v; want %q", label, got, ok, want)
		}
	}
}

func TestRenumber(t *testing.T) {
	t.Parallel()
	now := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	scope := Scope{Template: mustTemplate(t, "{{DB_NAME}}/{{VERSION}}__{{DESCRIPTION}}.sql")}
	trunk := queueInput(t, 2, "shop/1__a.sql", "shop/2__b.sql", "shop/07__c.sql")
	dated := queueInput(t, 1, "shop/20300101120000__a.sql", "shop/20300102120000__b.sql")
	ahead := queueInput(t, 1, "shop/20310203040506__now.sql")
	named := queueInput(t, 1, "shop/v1.9-rc9__a.sql")
	for name, c := range map[string]struct {
		in       Input
		branches []Branch
		want     string // of the first branch
	}{
		"comes last already": {trunk, []Branch{branchOf(t, "x", "shop/8__d.sql")}, ""},
		"late":               {trunk, []Branch{branchOf(t, "x", "shop/3__d.sql")}, "3__d.sql>08__d.sql"},
		"its order stays": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/3__d.sql", "shop/8__e.sql", "shop/12__f.sql")},
			"3__d.sql>08__d.sql 8__e.sql>09__e.sql",
		},
		"one version for two databases": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/3__d.sql", "audit/3__d.sql")},
			"audit/3__d.sql>audit/08__d.sql 3__d.sql>08__d.sql",
		},
		"a version that is taken": {
			trunk, []Branch{branchOf(t, "x", "shop/2__other.sql")}, "2__other.sql>08__other.sql",
		},
		"the version of another branch": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/8__d.sql"), branchOf(t, "y", "shop/8__e.sql")},
			"8__d.sql>9__d.sql",
		},
		"older than another branch": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/008__d.sql"), branchOf(t, "y", "shop/9__e.sql")},
			"008__d.sql>010__d.sql",
		},
		"two of one version": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/8__d.sql", "shop/8__e.sql", "shop/9__f.sql")},
			"8__e.sql>9__e.sql 9__f.sql>10__f.sql",
		},
		"an edited file keeps its version": {
			trunk, []Branch{branchOf(t, "x", "shop/07__c.sql=edited", "-shop/2__b.sql")}, "",
		},
		"behind a file that it edits": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/07__c.sql=edited", "shop/6__d.sql")},
			"6__d.sql>08__d.sql",
		},
		"a moved file keeps its version": {
			trunk, []Branch{branchOf(t, "x", "shop/1__moved.sql", "-shop/1__a.sql")}, "",
		},
		"times become now": {
			dated,
			[]Branch{branchOf(t, "x", "shop/20290101000000__c.sql", "shop/20290101000001__d.sql")},
			"20290101000000__c.sql>20310203040506__c.sql 20290101000001__d.sql>20310203040507__d.sql",
		},
		"now is taken": {
			ahead,
			[]Branch{branchOf(t, "x", "shop/20290101000000__c.sql")},
			"20290101000000__c.sql>20310203040507__c.sql",
		},
		"letters and a width": {
			named, []Branch{branchOf(t, "x", "shop/V1.9-rc9__b.sql")}, "V1.9-rc9__b.sql>V1.9-rc10__b.sql",
		},
		"an unknown branch": {trunk, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			renamed, err := Renumber(c.in, c.branches, "x", scope, now)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range renamed {
				got = append(got, strings.TrimPrefix(r.From, "shop/")+">"+strings.TrimPrefix(r.To, "shop/"))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

func TestRenumber_aVersionThatWouldBeTooLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("9", maxLabel)
	in := queueInput(t, 0, "shop/"+long+"__a.sql")
	scope := Scope{Template: mustTemplate(t, "{{DB_NAME}}/{{VERSION}}__{{DESCRIPTION}}.sql")}
	_, err := Renumber(in, []Branch{branchOf(t, "x", "shop/3__b.sql")}, "x", scope, time.Now())
	if towpath.ErrorCode(err) != towpath.CodeInvalid {
		t.Errorf("got %v, want an invalid version", err)
	}
}

// After Renumber no file that it names is in the way of another one, and nothing is left to do.
func TestRenumber_clearsTheOrder(t *testing.T) {
	t.Parallel()
	order := []towpath.ReasonCode{
		towpath.ReasonMergeConflict, towpath.ReasonMergeSameVersion, towpath.ReasonMergeLate,
		towpath.ReasonMergeLateOnce,
	}
	scope := Scope{Template: mustTemplate(t, "**/{{VERSION}}-{{TYPE}}")}
	rapid.Check(t, func(t *rapid.T) {
		in := worlds().Draw(t, "world")
		branches := drawBranches(t, in)
		label := func(files []towpath.ManifestFile) {
			for i := range files {
				files[i].Label = files[i].Version
			}
		}
		label(in.Files)
		label(in.Others)
		for _, b := range branches {
			for i := range b.Files {
				b.Files[i].Label = b.Files[i].Version
			}
		}
		renamed, err := Renumber(in, branches, branches[0].Name, scope, linked)
		if err != nil {
			t.Fatal(err)
		}
		to := map[string]string{}
		for _, r := range renamed {
			to[r.From] = r.To
		}
		b := Branch{Name: branches[0].Name}
		for _, f := range branches[0].Files {
			if path, moved := to[f.Path]; moved && !f.Removed {
				m, _, why := scope.Match(path)
				if !why.IsZero() {
					t.Fatalf("%s is no migration: %s", path, why)
				}
				f.Migration.Path, f.Migration.Label, f.Migration.Version = path, m.Label, m.Version
			}
			b.Files = append(b.Files, f)
		}
		branches[0] = b
		for _, why := range Queue(in, branches)[b.Name].Order {
			own := slices.ContainsFunc(renamed, func(r Renamed) bool { return r.To == why.Params["path"] })
			if own && slices.Contains(order, why.Code) {
				t.Fatalf("renumbered %v, and still: %s", renamed, why)
			}
		}
		if again, err := Renumber(in, branches, b.Name, scope, linked); err != nil || len(again) > 0 {
			t.Fatalf("renumbered %v, and then %v %v", renamed, again, err)
		}
	})
}
