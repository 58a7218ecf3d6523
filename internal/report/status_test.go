package report_test

import (
	"testing"

	"towpath/internal/link/linktest"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

func TestPostStatus_healsAfterAnOutage(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		commit := b.Commit(t, map[string]string{"shop/1__ddl__a.sql": "A", "shop/x__ddl.sql": ""})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		st, _ := b.LinkStatus(t.Context(), link.ID)
		b.Change(t, link.ID, "test", "1", func(task *towpath.Task) { task.State = towpath.TaskDone })
		b.Change(t, link.ID, "prod", "1", func(task *towpath.Task) {
			task.State, task.Reason = towpath.TaskFailed, towpath.Why(towpath.ReasonDatabaseError, "message",
				"secret data of the database")
		})
		b.Sim.SetFaults(bitbucketsim.Faults{APIStatus: 503})
		if _, err := b.PostStatus(t.Context(), st.Rollout.ID); err == nil {
			t.Error("an outage was swallowed")
		}
		b.Sim.SetFaults(bitbucketsim.Faults{})
		for range 2 {
			if _, err := b.PostStatus(t.Context(), st.Rollout.ID); err != nil {
				t.Fatal(err)
			}
		}
		got := map[string]string{}
		for _, s := range b.Sim.Statuses(linktest.Repo, commit) {
			got[s.Name] = s.State + ": " + s.Description
		}
		if len(got) != 2 || got["Towpath: Shop / test"] != "SUCCESSFUL: 1 done" ||
			got["Towpath: Shop / prod"] != "FAILED: shop/1__ddl__a.sql failed in shop; 0 of 1 done" {
			t.Errorf("%v", got)
		}
	})
}

// Removing a conflicting file unblocks a file of an older commit. Both commits get its status.
func TestPostStatus_isPostedOnTheCommitThatUnblockedAFile(t *testing.T) {
	linktest.OnBoth(t, func(t *testing.T, b *linktest.World) {
		b.Commit(t, map[string]string{"shop/31__ddl__a.sql": "B", "shop/31__ddl__b.sql": "C"})
		link := b.Linked(t)
		b.Reconciled(t, link.ID)
		brought := b.Commit(t, map[string]string{"shop/31__ddl__a.sql": "D"})
		b.Reconciled(t, link.ID)
		freed := b.Commit(t, map[string]string{"shop/31__ddl__b.sql": bitbucketsim.Deleted})
		b.Reconciled(t, link.ID)
		r := b.OpenRollout(t, link.ID)
		if r.Commit != freed {
			t.Errorf("the rollout is named after %s, want the commit that let it run", r.Message)
		}
		b.Finish(t, r)
		for _, commit := range []string{brought, freed} {
			if len(b.Sim.Statuses(linktest.Repo, commit)) != 2 {
				t.Errorf("%s bears %v", commit, b.Sim.Statuses(linktest.Repo, commit))
			}
		}
	})
}
