package workspace

import (
	"context"

	"towpath"
	"towpath/internal/store"
)

// RehearsalChange lists changes to the rehearsals of a project; nil fields stay unchanged.
type RehearsalChange struct {
	Rehearse   *bool
	InstanceID *string // "" is that of the first database that gets the files
}

// ChangeRehearsal changes whether and where the branches of a project are rehearsed. Open branches
// are reviewed again.
func (s *Service) ChangeRehearsal(
	ctx context.Context, actor towpath.Actor, id string, change RehearsalChange,
) (p towpath.Project, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if p, err = tx.Project(ctx, id); err != nil {
			return err
		}
		before := p
		towpath.Patch(&p.Rehearse, change.Rehearse)
		towpath.Patch(&p.RehearsalInstanceID, change.InstanceID)
		if p == before {
			return nil
		}
		place, err := rehearsalPlace(ctx, tx, p)
		if err != nil {
			return err
		}
		was, err := rehearsalPlace(ctx, tx, before)
		if err != nil {
			return err
		}
		changed := towpath.Changed("rehearsals", rehearsals(before, was), rehearsals(p, place))
		if err := tx.UpdateProject(ctx, &p); err != nil {
			return err
		}
		switch {
		case p.Rehearse:
			tx.Emit(actor.Did(towpath.ActProjectRehearse, p.ID, p.ID, "project", p.Name, "instance", place).
				With(changed))
		case before.Rehearse:
			tx.Emit(actor.Did(towpath.ActProjectRehearseOff, p.ID, p.ID, "project", p.Name).With(changed))
		}
		for l, err := range tx.EveryLink(ctx, store.LinkFilter{ProjectID: p.ID}) {
			if err != nil {
				return err
			}
			if err := tx.WantBranchReviews(ctx, l.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return p, err
}

// rehearsals is the setting for the audit log.
func rehearsals(p towpath.Project, place string) string {
	switch {
	case !p.Rehearse:
		return "off"
	case place == "":
		return "on"
	}
	return "on " + place
}

// rehearsalPlace is the name of the instance that a project rehearses on; "" for that of a database.
func rehearsalPlace(ctx context.Context, tx *store.Tx, p towpath.Project) (name string, err error) {
	if p.RehearsalInstanceID == "" {
		return "", nil
	}
	i, err := tx.Instance(ctx, p.RehearsalInstanceID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return "", towpath.Invalid("instanceId", "There is no such instance. Choose one of the list.")
	}
	return i.Name, err
}
