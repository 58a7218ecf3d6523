package link_test

import (
	"errors"
	"strings"
	"testing"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	links "towpath/internal/link"
	"towpath/internal/link/linktest"
)

func TestLink_neverRunsExistingFilesSilently(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{
			"shop/1__ddl__a.sql": "A", "shop/2__ddl__b.sql": "B",
			"shop/10__ddl__c.sql": "C", "shop/notes.txt": "", "docs/x.sql": "",
		})
		_, grant := b.Connect(t)
		spec := b.Spec(grant)
		var e *towpath.Error
		if _, err := b.Link(t.Context(), b.Actor, b.Project, spec); !errors.As(err, &e) ||
			e.Field != "existingFiles" || !strings.Contains(e.Message, "up to 10") {
			t.Fatalf("linking without a choice: %v", err)
		}
		spec.ExistingFiles, spec.BaselineVersion = links.ExistingBaseline, "2"
		p, err := b.Preview(t.Context(), b.Actor, b.Project, spec)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(p.Versions, " "); got != "1 2 10" {
			t.Errorf("versions %s", got)
		}
		reasons := map[string]towpath.ReasonCode{}
		for _, f := range p.Files {
			reasons[f.Path] = f.Reason.Code
		}
		if reasons["shop/notes.txt"] == "" || reasons["shop/1__ddl__a.sql"] != "" {
			t.Errorf("reasons %v", reasons)
		}
		link, err := b.Link(t.Context(), b.Actor, b.Project, spec)
		if err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, link.ID)
		want := "test 2 record pending|test 10 apply pending|prod 2 record pending|prod 10 apply pending"
		if got := strings.Join(b.Tasks(t, link.ID), "|"); got != want {
			t.Errorf("planned %s\nwant    %s", got, want)
		}
	})
}

func TestLink_createsTheHookFirst(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		_, grant := b.Connect(t)
		b.Sim.SetFaults(bitbucketsim.Faults{RefuseHooks: true})
		if _, err := b.Link(t.Context(), b.Actor, b.Project,
			b.Spec(grant)); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("without the right to make hooks: %v", err)
		}
		b.Sim.SetFaults(bitbucketsim.Faults{})
		if _, err := b.Link(t.Context(), b.Actor, b.Project, b.Spec(grant)); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Link(t.Context(), b.Actor, b.Project,
			b.Spec(grant)); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("linking twice: %v", err)
		}
		if hooks := b.Sim.Hooks(linktest.Repo); len(hooks) != 1 || hooks[0].Secret == "" {
			t.Errorf("hooks after one link that worked and two that did not: %+v", hooks)
		}
	})
}

func TestLink_namesTheInvalidField(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		b.Sim.AddUser(bitbucketsim.User{Username: "bob", Password: "pw"})
		_, grant := b.Connect(t)
		for name, c := range map[string]struct {
			change      func(*links.Spec)
			field, says string
		}{
			"a branch that is not there": {
				func(s *links.Spec) { s.Branch = "feature/x" }, "branch",
				"It has main",
			},
			"a template without a version": {
				func(s *links.Spec) { s.FilePathTemplate = "{{DB_NAME}}.sql" }, "filePathTemplate",
				"VERSION",
			},
			"a way out of the repository": {
				func(s *links.Spec) { s.BaseDirectory = "../x" },
				"baseDirectory", "",
			},
			"a schema that would be run": {
				func(s *links.Spec) { s.SchemaPathTemplate = "{{DB_NAME}}/1__ddl__schema.sql" },
				"schemaPathTemplate", "would run",
			},
			"a policy that there is not": {
				func(s *links.Spec) { s.LatePolicy = "perhaps" },
				"latePolicy", "hold",
			},
			"somebody else's grant": {
				func(s *links.Spec) { s.GrantID = "x" }, "grantId",
				"your own",
			},
			"a baseline that is no version": {
				func(s *links.Spec) { s.ExistingFiles, s.BaselineVersion = "baseline", "!" },
				"baselineVersion", "",
			},
			"a word for existing files else": {
				func(s *links.Spec) { s.ExistingFiles = "skip" },
				"existingFiles", "run, baseline or history",
			},
		} {
			spec := b.Spec(grant)
			c.change(&spec)
			_, err := b.Link(t.Context(), b.Actor, b.Project, spec)
			var e *towpath.Error
			if !errors.As(err, &e) || e.Field != c.field || !strings.Contains(e.Message, c.says) {
				t.Errorf("%s: %v, want an error of %s", name, err, c.field)
			}
		}
	})
}
