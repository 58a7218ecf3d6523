package rollout_test

import (
	"context"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

func (b *bundle) pauses(t *testing.T) (list []towpath.Pause) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.Pauses(ctx)
		return err
	})
	return list
}

// The second of two people gets the first one's pause, and nobody's Resume fails.
func TestPause_isOneForTwoPeople(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.task(t, 0, "1", towpath.TaskPending)
	one, two := b.member(t, "al@example.com", towpath.RoleDBA), b.member(t, "bo@example.com", towpath.RoleOwner)
	pause := func(who towpath.Actor, why string) towpath.Pause {
		t.Helper()
		p, err := b.Pause(t.Context(), who, towpath.PauseRollout, b.rollout.ID, why)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := pause(one, "the replica is behind")
	if second := pause(two, "me too"); second.ID != first.ID || second.Why != "the replica is behind" {
		t.Errorf("the second pause is %+v", second)
	}
	if list := b.pauses(t); len(list) != 1 || list[0].MemberID != one.Member.ID {
		t.Errorf("pauses: %+v", list)
	}
	for range 2 {
		if err := b.Resume(t.Context(), two, towpath.PauseRollout, b.rollout.ID); err != nil {
			t.Fatal(err)
		}
	}
	if list := b.pauses(t); len(list) != 0 || !b.wanted(t, towpath.JobAdvance, b.rollout.ID) {
		t.Errorf("pauses after all: %+v", list)
	}
	_, err := b.Pause(t.Context(), one, towpath.PauseDatabase, "nothing", "")
	wantCode(t, err, towpath.CodeNotFound, "no such database")
}

// A rollout ends with its pause: the next one of the repository starts by itself.
func TestPause_endsWithItsRollout(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, 0, "1", towpath.TaskPending)
	owner := b.member(t, "bo@example.com", towpath.RoleOwner)
	if _, err := b.Pause(t.Context(), owner, towpath.PauseRollout, b.rollout.ID, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Skip(t.Context(), owner, task.ID, "not now"); err != nil {
		t.Fatal(err)
	}
	b.advance(t)
	if list := b.pauses(t); len(list) != 0 {
		t.Errorf("pauses: %+v", list)
	}
	_, err := b.Pause(t.Context(), owner, towpath.PauseRollout, b.rollout.ID, "")
	wantCode(t, err, towpath.CodeConflict, "has finished")
}

func TestSchedule_startsAtItsTimeWhatWasSeen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*bundle, *testing.T, towpath.Environment)
		want   towpath.TaskState
	}{
		"nothing has changed": {want: towpath.TaskPending},
		"another file waits": {want: towpath.TaskHeld, change: func(b *bundle, t *testing.T, prod towpath.Environment) {
			b.waits(t, prod, "2")
		}},
		"it was removed": {want: towpath.TaskHeld, change: func(b *bundle, t *testing.T, prod towpath.Environment) {
			for range 2 { // the second click is of somebody else
				wantCode(t, b.Unschedule(t.Context(), towpath.Actor{}, b.rollout.ID, prod.ID), "", "")
			}
		}},
		"its author was deactivated": {want: towpath.TaskHeld, change: func(b *bundle, t *testing.T, _ towpath.Environment) {
			b.write(t, func(ctx context.Context, tx *store.Tx) error {
				m, err := tx.MemberByEmail(ctx, "bo@example.com")
				if err != nil {
					return err
				}
				m.DeactivatedAt = &tx.Now
				return tx.UpdateMember(ctx, &m)
			})
		}},
		"its time has passed long ago": {want: towpath.TaskHeld, change: func(b *bundle, t *testing.T, prod towpath.Environment) {
			b.write(t, func(ctx context.Context, tx *store.Tx) error {
				order, err := tx.Schedule(ctx, b.rollout.LinkID, prod.ID)
				if err != nil {
					return err
				}
				order.At = order.At.Add(-towpath.ScheduleLasts)
				return tx.PutSchedule(ctx, &order)
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			prod := b.prod(t, towpath.Gate{Start: towpath.StartManual})
			task := b.waits(t, prod, "1")
			owner := b.member(t, "bo@example.com", towpath.RoleOwner)
			evidence := b.look(t, prod)
			at := b.Store.Now().Add(time.Hour)
			schedule := func(evidence towpath.Evidence, at time.Time, code towpath.Code, words string) {
				t.Helper()
				wantCode(t, b.Schedule(t.Context(), owner, b.rollout.ID, prod.ID, evidence, at), code, words)
			}
			schedule("x", at, towpath.CodeConflict, "The files have changed since")
			schedule(evidence, at.Add(towpath.MaxScheduleAhead+time.Hour), towpath.CodeInvalid, "within the next 30 days")
			schedule(evidence, at, "", "")
			if again, err := b.Advance(t.Context(), b.rollout.ID); err != nil || again == nil || again.Sub(at).Abs() > time.Second {
				t.Errorf("it is looked at again at %v (%v), want %s", again, err, at)
			}
			b.state(t, task, towpath.TaskHeld)
			if c.change != nil {
				c.change(b, t, prod)
			}
			b.Store.Now = func() time.Time { return at }
			b.state(t, task, c.want)
		})
	}
}

// state advances the rollout, and expects a state of the task.
func (b *bundle) state(t *testing.T, task towpath.Task, want towpath.TaskState) {
	t.Helper()
	b.advance(t)
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		now, err := tx.Task(ctx, task.ID)
		if err == nil && now.State != want {
			t.Errorf("the task is %s, want %s", now.State, want)
		}
		return err
	})
}
