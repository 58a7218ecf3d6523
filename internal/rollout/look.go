package rollout

import (
	"context"
	"strings"
	"unicode/utf8"

	"towpath"
	"towpath/internal/store"
)

// Look notes that a second person has looked at a start past a gate. The note may be empty. When
// somebody has looked before, that look stays and is no error. CodeForbidden when the person started
// it, wrote a file of it, or would not be asked for consent there.
func (s *Service) Look(ctx context.Context, actor towpath.Actor, rolloutID, lookID, note string) error {
	note = strings.TrimSpace(note)
	if utf8.RuneCountInString(note) > maxWhy {
		return towpath.Invalid("note", "Write at most %d characters.", maxWhy)
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.RolloutAlone(ctx, rolloutID)
		if err != nil {
			return err
		}
		l, err := tx.SecondLook(ctx, lookID)
		if err != nil {
			return err
		}
		if l.ProjectID != r.ProjectID {
			return towpath.Errorf(towpath.CodeNotFound, "There is no such start in this project.")
		}
		if !l.Open() {
			return nil
		}
		if err := mayLook(ctx, tx, actor, l); err != nil {
			return err
		}
		l.LookedBy, l.LookedAt, l.Note = actor.Member.ID, &tx.Now, note
		if err := tx.UpdateSecondLook(ctx, l); err != nil {
			return err
		}
		name, err := environmentName(ctx, tx, l.EnvironmentID)
		if err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActSecondLook, r.ID, r.ProjectID, "commit", towpath.ShortHash(r.Commit),
			"environment", name, "text", note))
		return nil
	})
}

// mayLook returns why a person's look does not count.
func mayLook(ctx context.Context, tx *store.Tx, actor towpath.Actor, l towpath.SecondLook) error {
	own, err := tx.ProjectMember(ctx, l.ProjectID, actor.Member.ID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	e, err := tx.Environment(ctx, l.EnvironmentID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err // one that was removed asks the usual roles
	}
	if l.Allows(actor.Member, own.Role, e.Consent) {
		return nil
	}
	if actor.Member.ID == l.MemberID {
		return towpath.Errorf(towpath.CodeForbidden,
			"You started this past the gate, so somebody else must look at it.")
	}
	return towpath.Errorf(towpath.CodeForbidden,
		"Somebody must look at this who may approve changes there, and who wrote no file of it.")
}

// environmentName is "" for an environment that was removed.
func environmentName(ctx context.Context, tx *store.Tx, id string) (string, error) {
	e, err := tx.Environment(ctx, id)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return "", nil
	}
	return e.Name, err
}
