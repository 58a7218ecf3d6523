package api

import (
	"testing"
	"time"

	"towpath"
	rollouts "towpath/internal/rollout"
	"towpath/internal/store"
)

// A start past a gate waits in the inbox of those who may look, and the overview of everybody who sees
// the project says that it is late.
func TestSecondLook_waitsForThoseWhoMayAndIsSaidToBeLate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Rollouts = &rollouts.Service{Store: b.Store}
	ids := b.things(t)
	begun := time.Now().Add(-towpath.LookWithin)
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		for id, at := range map[string]time.Time{"late": begun, "later": begun.Add(time.Hour)} {
			if err := tx.CreateSecondLook(t.Context(), towpath.SecondLook{
				ID: id, ProjectID: b.project.ID, RolloutID: ids["{rollout}"], EnvironmentID: ids["{environment}"],
				MemberID: b.members["owner"].ID, Why: "größe", Authors: []string{b.members["dba"].ID}, At: at,
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]int{"owner": 0, "dba": 0, "lead": 2, "developer": 0, "outsider": 0} {
		var box inbox
		b.call(t, who, "GET", "/inbox", "", 200, &box)
		if len(box.Looks) != want {
			t.Errorf("%s has %+v", who, box.Looks)
		}
	}
	for who, want := range map[string]int{"developer": 1, "outsider": 0} {
		var o overview
		b.call(t, who, "GET", "/overview", "", 200, &o)
		if len(o.Overdue) != want ||
			(want > 0 && !o.Overdue[0].Since.Equal(begun.Add(towpath.LookWithin).Truncate(time.Microsecond))) {
			t.Errorf("%s reads %+v", who, o.Overdue)
		}
	}
	path := "/rollouts/" + ids["{rollout}"] + "/second-looks/late"
	var look secondLook
	b.call(t, "lead", "POST", path, `{"note":"<b>fine</b>"}`, 200, &look)
	if look.LookedBy == "" || look.Overdue || look.MayLook || look.Note != "<b>fine</b>" {
		t.Errorf("%+v", look)
	}
	first := look
	b.call(t, "lead", "POST", path, `{"note":"again"}`, 200, &look)
	if look.Note != first.Note || !look.LookedAt.Equal(*first.LookedAt) {
		t.Errorf("a second click made %+v of %+v", look, first)
	}
	var r rolloutDetail
	b.call(t, "developer", "GET", "/rollouts/"+ids["{rollout}"], "", 200, &r)
	if len(r.SecondLooks) != 2 || r.SecondLooks[0].LookedBy != first.LookedBy || r.SecondLooks[1].People != 1 {
		t.Errorf("%+v", r.SecondLooks)
	}
}
