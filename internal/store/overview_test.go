package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

func TestOverview(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) // a Wednesday
		s.Now = func() time.Time { return now }
		second := towpath.Database{
			InstanceID: w.instance.ID, EnvironmentID: w.environment.ID, ProjectID: w.project.ID, Name: "größe",
		}
		failed := w.newTask("9", towpath.TaskFailed)
		held := w.newTask("8", towpath.TaskHeld)
		pending := w.newTask("7", towpath.TaskPending)
		var newest towpath.ChangeHistory
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.CreateDatabase(ctx, &second); err != nil {
				return err
			}
			for _, k := range []*towpath.Task{&failed, &held, &pending} {
				if err := tx.CreateTask(ctx, k); err != nil {
					return err
				}
			}
			for i, at := range []time.Time{now.AddDate(0, 0, -9), now.AddDate(0, 0, -2), now} {
				newest = towpath.ChangeHistory{
					DatabaseID: w.database.ID, ProjectID: w.project.ID, State: towpath.LedgerDone,
					StartedAt: at.Add(-time.Duration(i+1) * time.Second), FinishedAt: at,
				}
				newest.Version, newest.Label = fmt.Sprint(i), fmt.Sprint("v", i)
				if err := tx.AddHistory(ctx, &newest); err != nil {
					return err
				}
			}
			return tx.Exec(ctx, `UPDATE "database" SET missing_at = 1 WHERE id = $1`, second.ID)
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for member, want := range map[string]int{"": 1, w.member.ID: 0, "nobody": 0} {
				standings, err := tx.Standings(ctx, member)
				if err != nil {
					return err
				}
				open, err := tx.OpenWork(ctx, member)
				if err != nil {
					return err
				}
				cells := towpath.Overview(standings, open)
				if len(cells) != want {
					t.Fatalf("%q sees %+v", member, cells)
				}
				if want == 0 {
					continue
				}
				c := cells[0]
				if c.Databases != 2 || c.Others != 1 || c.Newest.Label != "v2" || c.Newest.ChangeID != newest.ID ||
					!c.Newest.ChangedAt.Equal(now) || c.Drifted != 1 || c.DriftedID != second.ID ||
					c.Waiting.Count != 2 || c.Failed.Count != 1 || c.Failed.RolloutID != failed.RolloutID {
					t.Errorf("%+v", c)
				}
			}
			of, err := tx.StandingsOf(ctx, []string{second.ID, "none", w.database.ID, second.ID})
			if err != nil {
				return err
			}
			if len(of) != 2 || !of[second.ID].Drifted || of[second.ID].Label != "" ||
				of[w.database.ID].Drifted || of[w.database.ID].Label != "v2" {
				t.Errorf("%+v", of)
			}
			stages, err := tx.StageStates(ctx, []string{"none", failed.RolloutID})
			if err != nil {
				return err
			}
			if diff := cmp.Diff(map[string][]towpath.StageState{failed.RolloutID: {{
				RolloutID: failed.RolloutID, EnvironmentID: failed.EnvironmentID, State: towpath.RolloutFailed,
			}}}, stages); diff != "" {
				t.Error(diff)
			}
			got, err := tx.Weeks(ctx, "", 3)
			monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
			want := []towpath.Week{
				{Start: monday.AddDate(0, 0, -14)},
				{Start: monday.AddDate(0, 0, -7), Changes: 1, Took: time.Second, Longest: time.Second},
				{Start: monday, Changes: 2, Took: 5 * time.Second, Longest: 3 * time.Second},
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

// BenchmarkOverview_200Projects reads the start page of 200 projects in four environments with five
// databases each, of which each has 25 changes.
func BenchmarkOverview_200Projects(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, s *store.Store) func(int) error {
		w := newWorld(b, s)
		for i := range 200 {
			write(b, s, func(ctx context.Context, tx *store.Tx) error {
				p := towpath.Project{Name: fmt.Sprint("project", i)}
				if err := tx.CreateProject(ctx, &p); err != nil {
					return err
				}
				for e := range 20 {
					d := towpath.Database{
						InstanceID: w.instance.ID, EnvironmentID: fmt.Sprint("e", e%4), ProjectID: p.ID,
						Name: fmt.Sprint("d", i, "-", e),
					}
					d.EnvironmentID = w.environment.ID
					if err := tx.CreateDatabase(ctx, &d); err != nil {
						return err
					}
					for v := range 25 {
						at := tx.Now.Add(-time.Duration(v) * 60 * time.Hour)
						h := towpath.ChangeHistory{
							DatabaseID: d.ID, ProjectID: p.ID, State: towpath.LedgerDone, StartedAt: at,
							FinishedAt: at.Add(time.Second),
						}
						h.Version, h.Label = fmt.Sprint(v), fmt.Sprint(v)
						if err := tx.AddHistory(ctx, &h); err != nil {
							return err
						}
					}
				}
				return nil
			})
		}
		return func(int) error {
			return s.Read(b.Context(), func(tx *store.Tx) error {
				standings, err := tx.Standings(b.Context(), "")
				if err != nil {
					return err
				}
				open, err := tx.OpenWork(b.Context(), "")
				if err != nil {
					return err
				}
				towpath.Overview(standings, open)
				_, err = tx.Weeks(b.Context(), "", 12)
				return err
			})
		}
	})
}
