package gitops_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/bitbucketsim"
	"towpath/internal/gitops"
	"towpath/internal/plan"
)

func TestLink_neverRunsExistingFilesSilently(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/2__ddl__b.sql": "B", "shop/10__ddl__c.sql": "C", "shop/notes.txt": "", "docs/x.sql": ""})
		_, grant := b.connect(t)
		spec := b.spec(grant)
		var e *towpath.Error
		if _, err := b.Link(t.Context(), b.actor, b.project, spec); !errors.As(err, &e) || e.Field != "existingFiles" || !strings.Contains(e.Message, "up to 10") {
			t.Fatalf("linking without a choice: %v", err)
		}
		spec.ExistingFiles, spec.BaselineVersion = gitops.ExistingBaseline, "2"
		p, err := b.Preview(t.Context(), b.actor, b.project, spec)
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
		link, err := b.Link(t.Context(), b.actor, b.project, spec)
		if err != nil {
			t.Fatal(err)
		}
		b.reconcile(t, link.ID)
		want := "test 2 record pending|test 10 apply pending|prod 2 record pending|prod 10 apply pending"
		if got := strings.Join(b.tasks(t, link.ID), "|"); got != want {
			t.Errorf("planned %s\nwant    %s", got, want)
		}
	})
}

func TestLink_makesTheHookFirstOrNeither(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		_, grant := b.connect(t)
		b.sim.SetFaults(bitbucketsim.Faults{HookForbidden: true})
		if _, err := b.Link(t.Context(), b.actor, b.project, b.spec(grant)); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("without the right to make hooks: %v", err)
		}
		b.sim.SetFaults(bitbucketsim.Faults{})
		if _, err := b.Link(t.Context(), b.actor, b.project, b.spec(grant)); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Link(t.Context(), b.actor, b.project, b.spec(grant)); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("linking twice: %v", err)
		}
		if hooks := b.sim.Hooks(repo); len(hooks) != 1 || hooks[0].Secret == "" {
			t.Errorf("hooks after one link that worked and two that did not: %+v", hooks)
		}
	})
}

func TestLink_namesWhatIsWrong(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		b.sim.AddUser(bitbucketsim.User{Username: "bob", Password: "pw"})
		_, grant := b.connect(t)
		for name, c := range map[string]struct {
			change      func(*gitops.LinkSpec)
			field, says string
		}{
			"a branch that is not there":     {func(s *gitops.LinkSpec) { s.Branch = "feature/x" }, "branch", "It has main"},
			"a template without a version":   {func(s *gitops.LinkSpec) { s.FilePathTemplate = "{{DB_NAME}}.sql" }, "filePathTemplate", "VERSION"},
			"a way out of the repository":    {func(s *gitops.LinkSpec) { s.BaseDirectory = "../x" }, "baseDirectory", ""},
			"a schema that would be run":     {func(s *gitops.LinkSpec) { s.SchemaPathTemplate = "{{DB_NAME}}/1__ddl__schema.sql" }, "schemaPathTemplate", "would run"},
			"a policy that there is not":     {func(s *gitops.LinkSpec) { s.LatePolicy = "perhaps" }, "latePolicy", "hold"},
			"somebody else's grant":          {func(s *gitops.LinkSpec) { s.GrantID = "x" }, "grantId", "your own"},
			"a baseline that is no version":  {func(s *gitops.LinkSpec) { s.ExistingFiles, s.BaselineVersion = "baseline", "!" }, "baselineVersion", ""},
			"a word for existing files else": {func(s *gitops.LinkSpec) { s.ExistingFiles = "skip" }, "existingFiles", "run or baseline"},
		} {
			spec := b.spec(grant)
			c.change(&spec)
			_, err := b.Link(t.Context(), b.actor, b.project, spec)
			var e *towpath.Error
			if !errors.As(err, &e) || e.Field != c.field || !strings.Contains(e.Message, c.says) {
				t.Errorf("%s: %v, want an error of %s", name, err, c.field)
			}
		}
	})
}

func TestReconcile_carriesOpenTasksToTheNewerCommit(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/2__ddl__b.sql": "B"})
		link := b.link(t)
		b.reconcile(t, link.ID)
		first, _ := b.LinkStatus(t.Context(), link.ID)

		b.commit(t, map[string]string{"README.md": "nothing to do with SQL"})
		b.reconcile(t, link.ID)
		if same, _ := b.LinkStatus(t.Context(), link.ID); same.Rollout.ID != first.Rollout.ID || same.Link.SyncedCommit == first.Link.SyncedCommit {
			t.Error("a commit without SQL began another rollout, or was not seen")
		}

		b.commit(t, map[string]string{"shop/1__ddl__a.sql": bitbucketsim.Deleted, "shop/2__ddl__b.sql": "B, better", "shop/3__dml__c.sql": "C"})
		b.reconcile(t, link.ID)
		want := "test 2 apply pending|test 3 apply pending|prod 2 apply pending|prod 3 apply pending"
		if got := strings.Join(b.tasks(t, link.ID), "|"); got != want {
			t.Errorf("open after the third commit: %s", got)
		}
		second, _ := b.LinkStatus(t.Context(), link.ID)
		for _, task := range second.Rollout.Tasks {
			if task.Commit != second.Link.SyncedCommit {
				t.Errorf("version %s still has the text of %s", task.Version, task.Commit)
			}
		}
	})
}

func TestReconcile_saysThatTheRepositoryIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"README.md": ""})
		link := b.link(t)
		if err := b.sim.DeleteRepository(repo); err != nil {
			t.Fatal(err)
		}
		b.refused(t, link.ID)
		if st, _ := b.LinkStatus(t.Context(), link.ID); !strings.Contains(st.WaitsFor, "acme/shop-db is gone") {
			t.Errorf("it waits for %q", st.WaitsFor)
		}
	})
}

func TestAccept_refusesWhatIsNotEdited(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		b.commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		link := b.link(t)
		b.reconcile(t, link.ID)
		st, _ := b.LinkStatus(t.Context(), link.ID)
		if len(st.Plan.Items) == 0 || st.Plan.Items[0].State != plan.ItemPending {
			t.Fatalf("items %+v", st.Plan.Items)
		}
		item := st.Plan.Items[0]
		if _, err := b.Accept(t.Context(), b.actor, link.ID, item.DatabaseID, item.MigrationID); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("accepting a pending file: %v", err)
		}
	})
}

// A file that cannot run keeps newer ones waiting; a person may leave it out without a push.
func TestSkip_leavesOutWhatCannotRun(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bundle) {
		const first, second = "shop/1__ddl__a.sql", "shop/2__ddl__b.sql"
		pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"
		b.commit(t, map[string]string{first: pointer, second: "CREATE TABLE b (id INT);"})
		link := b.link(t)
		b.reconcile(t, link.ID)
		stand := func(path string) (items []plan.Item) {
			t.Helper()
			st, err := b.LinkStatus(t.Context(), link.ID)
			if err != nil {
				t.Fatal(err)
			}
			items = slices.DeleteFunc(st.Plan.Items, func(i plan.Item) bool { return i.Path != path })
			if len(items) != 2 {
				t.Fatalf("%s stands as %+v", path, items)
			}
			return items
		}
		items := stand(first)
		if items[0].State != plan.ItemUnusable || stand(second)[0].State != plan.ItemBlocked {
			t.Fatalf("before: %+v", items)
		}
		if _, err := b.Skip(t.Context(), b.actor, link.ID, items[0].DatabaseID, items[0].MigrationID, "  "); towpath.ErrorCode(err) != towpath.CodeInvalid {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := b.Skip(t.Context(), b.actor, link.ID, items[0].DatabaseID, stand(second)[0].MigrationID, "x"); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("what can run: %v", err)
		}
		for _, item := range items {
			if _, err := b.Skip(t.Context(), b.actor, link.ID, item.DatabaseID, item.MigrationID, "nobody needs it"); err != nil {
				t.Fatal(err)
			}
		}
		b.reconcile(t, link.ID)
		for i, item := range stand(first) {
			if item.State != plan.ItemSkipped || item.Reason.Params["text"] != "nobody needs it" || stand(second)[i].State != plan.ItemPending {
				t.Errorf("after: %+v, %+v", item, stand(second)[i])
			}
		}
		b.commit(t, map[string]string{first: pointer + "x-another 1\n"})
		b.reconcile(t, link.ID)
		for _, item := range stand(first) {
			if item.State != plan.ItemUnusable {
				t.Errorf("another text: %+v", item)
			}
		}
	})
}
