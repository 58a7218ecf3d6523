package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

func TestEmit_makesOneRowOfABatch(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		var made []towpath.Task
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for n := range 500 {
				task := w.newTask(fmt.Sprint(n), towpath.TaskPending)
				if err := tx.CreateTask(ctx, &task); err != nil {
					return err
				}
				made = append(made, task)
			}
			return nil
		})
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for n := range made {
				if made[n].State = towpath.TaskRunning; n == 0 {
					made[n].State = towpath.TaskHeld
				}
				if err := tx.UpdateTask(ctx, &made[n]); err != nil {
					return err
				}
			}
			return nil
		})
		events := all(t, s)
		var got []string
		for _, e := range events[len(events)-3:] {
			got = append(got, fmt.Sprintf("%s %s>%s %d %v", e.Kind, e.From, e.To, e.Count, e.TaskID != ""))
		}
		want := []string{
			"task.created >pending 500 false", "task.changed pending>held 1 true",
			"task.changed pending>running 499 false",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEmit_isUndoneWithItsTransaction(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w, ctx := newWorld(t, s), context.Background()
		feed := s.Follow()
		defer feed.Close()
		before := len(all(t, s))
		if err := s.Write(ctx, func(tx *store.Tx) error {
			task := w.newTask("1", towpath.TaskPending)
			if err := tx.CreateTask(ctx, &task); err != nil {
				return err
			}
			return context.Canceled
		}); err == nil {
			t.Fatal("the transaction was committed")
		}
		if n := len(all(t, s)); n != before {
			t.Errorf("%d events stay of what never was", n-before)
		}
		if events, missed := feed.Take(); len(events) > 0 && !missed {
			t.Errorf("the feed has %+v", events)
		}
	})
}

// heard waits for a feed to yield an event of a kind, or to say that it missed some.
func heard(t *testing.T, feed *store.Feed, kind towpath.EventKind) (missed bool) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case <-feed.Ready:
		case <-deadline:
			t.Fatalf("nothing was heard of %s", kind)
		}
		events, missed := feed.Take()
		if missed || slices.ContainsFunc(events, func(e towpath.Event) bool { return e.Kind == kind }) {
			return missed
		}
	}
}

func TestFeed_receivesEventsOfOtherReplicas(t *testing.T) {
	t.Parallel()
	address := newPostgres(t)
	a, b := open(t, address), open(t, address)
	wakes(t, a, "listening began")
	wakes(t, b, "listening began")
	feeds := []*store.Feed{a.Follow(), b.Follow()}
	w := newWorld(t, a)
	for _, feed := range feeds {
		if heard(t, feed, towpath.EventLinkCreated) {
			t.Error("events were missed")
		}
	}
	write(t, a, func(ctx context.Context, tx *store.Tx) error { // more than one notification can name
		for n := range 400 {
			tx.Emit(towpath.Event{
				Kind: towpath.EventInstanceChanged, SubjectID: fmt.Sprint(n),
				Params: map[string]string{},
			})
		}
		return nil
	})
	if heard(t, feeds[0], towpath.EventInstanceChanged) || !heard(t, feeds[1], towpath.EventInstanceChanged) {
		t.Error("too many events are to be read again elsewhere alone")
	}
	write(t, a, func(ctx context.Context, tx *store.Tx) error {
		return tx.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "+
			"current_database() AND query LIKE 'LISTEN%'")
	})
	if !heard(t, feeds[1], "") {
		t.Error("a lost connection misses nothing")
	}
	write(t, a, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateProject(ctx, &w.project) })
	heard(t, feeds[1], towpath.EventProjectChanged)
	for _, feed := range feeds {
		feed.Close()
	}
}

func TestPrune_keepsActsForGood(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		c := stopClock(s)
		w := newWorld(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			tx.Emit(towpath.Event{Kind: "project.rename", ActorID: w.member.ID, ProjectID: w.project.ID})
			return tx.UpdateProject(ctx, &w.project)
		})
		c.advance(8 * 24 * time.Hour)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for n := range 500 {
				tx.Emit(towpath.Event{
					Kind: towpath.EventInstanceChanged, SubjectID: fmt.Sprint(n),
					Params: map[string]string{},
				})
			}
			return nil
		})
		if err := s.Prune(t.Context(), store.Retention{}); err != nil {
			t.Fatal(err)
		}
		kept := map[towpath.EventKind]int{}
		for _, e := range all(t, s) {
			kept[e.Kind]++
		}
		if diff := cmp.Diff(map[towpath.EventKind]int{"project.rename": 1, towpath.EventInstanceChanged: 500},
			kept); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMigrations_turnTheAuditLogIntoEvents(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const before, sentence = 24, "Set \"größe\" \\ to\n'now'\t."
		migrations := s.Migrations(t)
		if _, err := migrations.DownTo(t.Context(), before); err != nil {
			t.Fatal(err)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Exec(ctx,
				"INSERT INTO audit_event VALUES ('1', 5000000, 'm', 'project.rename', 'p', 'p', $1)",
				sentence)
		})
		if _, err := migrations.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []towpath.Event{{
			ID: "1", At: time.UnixMicro(5000000).UTC(), Kind: towpath.ActNoted, ActorID: "m", ProjectID: "p",
			SubjectID: "p", Count: 1, Params: map[string]string{"act": "project.rename", "text": sentence},
		}}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Acts(ctx, store.ActFilter{ProjectID: "p"}, store.Page{})
			for i := range got {
				want[i].Number, want[i].Previous, want[i].Hash = 1, got[i].Previous, got[i].Hash
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}
