package rollout_test

import (
	"context"
	"sync"
	"testing"

	"towpath"
	"towpath/internal/store"
)

// broken starts what waits in prod past its gate, and returns the id of the start.
func (b *bundle) broken(t *testing.T, owner towpath.Actor, prod towpath.Environment, task towpath.Task) string {
	t.Helper()
	err := b.BreakGlass(t.Context(), owner, b.rollout.ID, prod.ID, b.look(t, prod), "the shop is down")
	wantCode(t, err, "", "")
	b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		task, err = tx.Task(ctx, task.ID)
		return err
	})
	return task.StartID
}

func (b *bundle) secondLook(t *testing.T, id string) (l towpath.SecondLook) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		l, err = tx.SecondLook(ctx, id)
		return err
	})
	return l
}

// A start past a gate that asks nobody for consent still knows the authors of its files.
func TestLook_isOfAnotherPersonThanWhoStartedAndWroteIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{Start: towpath.StartManual})
	task := b.waits(t, prod, "1")
	owner := b.member(t, "al@example.com", towpath.RoleOwner)
	author := b.member(t, "bö@example.com", towpath.RoleDBA)
	other := b.member(t, "cy@example.com", towpath.RoleDBA)
	b.wrote(t, "1", towpath.Person{Email: "BÖ@example.com"})
	id := b.broken(t, owner, prod, task)
	look := func(who towpath.Actor, code towpath.Code, words string) {
		t.Helper()
		wantCode(t, b.Look(t.Context(), who, b.rollout.ID, id, " seen "), code, words)
	}
	look(owner, towpath.CodeForbidden, "You started this past the gate")
	look(author, towpath.CodeForbidden, "who wrote no file of it")
	look(b.member(t, "di@example.com", towpath.RoleMember), towpath.CodeForbidden, "may approve changes")
	if l := b.secondLook(t, id); !l.Open() || l.Why != "the shop is down" {
		t.Errorf("%+v", l)
	}
	// the look outlives the link of the start
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteLink(ctx, "link") })
	look(other, "", "")
	if l := b.secondLook(t, id); l.LookedBy != other.Member.ID || l.Note != "seen" {
		t.Errorf("%+v", l)
	}
	wantCode(t, b.Look(t.Context(), other, b.rollout.ID, "another", ""), towpath.CodeNotFound, "")
}

func TestLook_keepsTheFirstOfTwoAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	prod := b.prod(t, towpath.Gate{Start: towpath.StartManual})
	task := b.waits(t, prod, "1")
	id := b.broken(t, b.member(t, "al@example.com", towpath.RoleOwner), prod, task)
	people := []towpath.Actor{
		b.member(t, "bo@example.com", towpath.RoleDBA), b.member(t, "cy@example.com", towpath.RoleOwner),
	}
	var both sync.WaitGroup
	for _, who := range people {
		both.Go(func() { wantCode(t, b.Look(t.Context(), who, b.rollout.ID, id, who.Member.ID), "", "") })
	}
	both.Wait()
	first := b.secondLook(t, id)
	wantCode(t, b.Look(t.Context(), people[0], b.rollout.ID, id, "later"), "", "")
	if l := b.secondLook(t, id); l.LookedBy != first.Note || l.Note != first.Note {
		t.Errorf("%+v, first %+v", l, first)
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		events, err := tx.Acts(ctx, store.ActFilter{Kind: towpath.ActSecondLook}, store.Page{})
		if len(events) != 1 {
			t.Errorf("%d events of a second look", len(events))
		}
		return err
	})
}
