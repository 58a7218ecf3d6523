package sync_test

import (
	"slices"
	"strings"
	"testing"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
	"towpath/internal/link/linktest"
	"towpath/internal/plan"
)

func TestReconcile_carriesOpenTasksToTheNewerCommit(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/2__ddl__b.sql": "B"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		first, _ := b.LinkStatus(t.Context(), link.ID)

		b.Commit(t, map[string]string{"README.md": "nothing to do with SQL"})
		b.Reconciled(t, link.ID)
		if same, _ := b.LinkStatus(t.Context(), link.ID); same.Rollout.ID != first.Rollout.ID ||
			same.Link.SyncedCommit == first.Link.SyncedCommit {
			t.Error("a commit without SQL began another rollout, or was not seen")
		}

		b.Commit(t, map[string]string{
			"shop/1__ddl__a.sql": bitbucketsim.Deleted,
			"shop/2__ddl__b.sql": "B, better", "shop/3__dml__c.sql": "C",
		})
		b.Reconciled(t, link.ID)
		want := "test 2 apply pending|test 3 apply pending|prod 2 apply pending|prod 3 apply pending"
		if got := strings.Join(b.Tasks(t, link.ID), "|"); got != want {
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

func TestReconcile_findsADeletedRepository(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"README.md": ""})
		link := b.Linked(t)
		if err := b.Sim.DeleteRepository(linktest.Repo); err != nil {
			t.Fatal(err)
		}
		b.Refused(t, link.ID)
		if st, _ := b.LinkStatus(t.Context(), link.ID); st.WaitsFor.Code != towpath.ReasonRepositoryGone {
			t.Errorf("it waits for %q", st.WaitsFor)
		}
	})
}

func TestAccept_refusesWhatIsNotEdited(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		st, _ := b.LinkStatus(t.Context(), link.ID)
		if len(st.Plan.Items) == 0 || st.Plan.Items[0].State != plan.ItemPending {
			t.Fatalf("items %+v", st.Plan.Items)
		}
		item := st.Plan.Items[0]
		if _, err := b.Accept(t.Context(), b.Actor, link.ID, item.DatabaseID,
			item.MigrationID); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("accepting a pending file: %v", err)
		}
	})
}

// A file that cannot run keeps newer ones waiting; a person may leave it out without a push.
func TestSkip_skipsAnUnusableFile(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		const first, second = "shop/1__ddl__a.sql", "shop/2__ddl__b.sql"
		pointer := "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"
		b.Commit(t, map[string]string{first: pointer, second: "CREATE TABLE b (id INT);"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
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
		if _, err := b.Skip(t.Context(), b.Actor, link.ID, items[0].DatabaseID, items[0].MigrationID,
			"  "); towpath.ErrorCode(err) != towpath.CodeInvalid {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := b.Skip(t.Context(), b.Actor, link.ID, items[0].DatabaseID, stand(second)[0].MigrationID,
			"x"); towpath.ErrorCode(err) != towpath.CodeConflict {
			t.Errorf("what can run: %v", err)
		}
		for _, item := range items {
			if _, err := b.Skip(t.Context(), b.Actor, link.ID, item.DatabaseID, item.MigrationID,
				"nobody needs it"); err != nil {
				t.Fatal(err)
			}
		}
		b.Reconciled(t, link.ID)
		for i, item := range stand(first) {
			if item.State != plan.ItemSkipped || item.Reason.Params["text"] != "nobody needs it" ||
				stand(second)[i].State != plan.ItemPending {
				t.Errorf("after: %+v, %+v", item, stand(second)[i])
			}
		}
		b.Commit(t, map[string]string{first: pointer + "x-another 1\n"})
		b.Reconciled(t, link.ID)
		for _, item := range stand(first) {
			if item.State != plan.ItemUnusable {
				t.Errorf("another text: %+v", item)
			}
		}
	})
}
