package api

import (
	"slices"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// A list of databases says of each what changed it last: of one with changes the newest, of one without
// nothing.
func TestListDatabases_saysWhatChangedEachLast(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.things(t)
	at := time.Date(2026, 11, 3, 4, 5, 6, 0, time.UTC)
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		d, err := tx.Database(t.Context(), ids["{database}"])
		if err != nil {
			return err
		}
		for i, label := range []string{"größe", "4.10"} {
			h := towpath.ChangeHistory{
				DatabaseID: d.ID, ProjectID: d.ProjectID, State: towpath.LedgerDone,
				FinishedAt: at.Add(time.Duration(i) * time.Hour),
			}
			h.Version, h.Label = label, label
			if err := tx.AddHistory(t.Context(), &h); err != nil {
				return err
			}
		}
		d.ID, d.Name = "", "without changes"
		return tx.CreateDatabase(t.Context(), &d)
	})
	if err != nil {
		t.Fatal(err)
	}
	var l list[database]
	b.call(t, "dba", "GET", "/databases", "", 200, &l)
	if len(l.Items) != 2 {
		t.Fatalf("%d databases", len(l.Items))
	}
	changed, fresh := l.Items[0], l.Items[1]
	if changed.LastVersion != "4.10" || changed.LastChangeAt == nil ||
		!changed.LastChangeAt.Equal(at.Add(time.Hour)) || fresh.LastVersion != "" || fresh.LastChangeAt != nil {
		t.Errorf("%+v and %+v", changed, fresh)
	}
}

// A list of projects has the caller's own rights in each of them.
func TestListProjects_hasTheRightsInEach(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.things(t)
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		other := towpath.Project{Name: "select"}
		if err := tx.CreateProject(t.Context(), &other); err != nil {
			return err
		}
		return tx.SetProjectMember(t.Context(), towpath.ProjectMember{
			ProjectID: other.ID, MemberID: b.members["developer"].ID, Role: towpath.ProjectOwner,
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	var l list[project]
	b.call(t, "developer", "GET", "/projects", "", 200, &l)
	var owns []string
	for _, p := range l.Items {
		if slices.Contains(p.Permissions, towpath.ManageProject) {
			owns = append(owns, p.Name)
		}
		if (p.LastRollout != nil) != (p.Name == "Shop") {
			t.Errorf("%s has the rollout %+v", p.Name, p.LastRollout)
		}
	}
	if len(l.Items) != 2 || !slices.Equal(owns, []string{"select"}) {
		t.Errorf("owns %q of %d projects", owns, len(l.Items))
	}
}
