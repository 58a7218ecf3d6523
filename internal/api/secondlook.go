package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// secondLook is a start past a gate, at which another person looks.
type secondLook struct {
	ID            string     `json:"id"`
	EnvironmentID string     `json:"environmentId"`
	Name          string     `json:"name" doc:"Who started it."`
	Why           string     `json:"why"`
	At            time.Time  `json:"at" doc:"When it was started."`
	DueAt         time.Time  `json:"dueAt"`
	Overdue       bool       `json:"overdue" doc:"Whether nobody has looked in time."`
	LookedBy      string     `json:"lookedBy,omitempty" doc:"Who looked at it; absent while nobody has."`
	LookedAt      *time.Time `json:"lookedAt,omitempty"`
	Note          string     `json:"note,omitempty" doc:"Of who looked."`
	People        int        `json:"people" doc:"How many members may look."`
	MayLook       bool       `json:"mayLook" doc:"Whether you may, and nobody has."`
}

// looks converts starts past a gate, as the member sees them.
func (g gateReader) looks(ctx context.Context, list []towpath.SecondLook) ([]secondLook, error) {
	looks, projects := make([]secondLook, len(list)), make([]string, len(list))
	for i, l := range list {
		projects[i] = l.ProjectID
	}
	roles, err := g.tx.ProjectRoles(ctx, projects)
	if err != nil {
		return nil, err
	}
	for i, l := range list {
		by, err := g.name(ctx, l.MemberID)
		if err != nil {
			return nil, err
		}
		looked, err := g.name(ctx, l.LookedBy)
		if err != nil {
			return nil, err
		}
		looks[i] = secondLook{
			ID:            l.ID,
			EnvironmentID: l.EnvironmentID,
			Name:          by,
			Why:           l.Why,
			At:            l.At,
			DueAt:         l.DueAt(),
			Overdue:       l.Overdue(g.tx.Now),
			LookedBy:      looked,
			LookedAt:      l.LookedAt,
			Note:          l.Note,
			People:        0,
			MayLook:       false,
		}
		if err := g.lookers(ctx, l, roles[l.ProjectID], &looks[i]); err != nil {
			return nil, err
		}
	}
	return looks, nil
}

// lookers sets how many members may look, and whether the reader is one.
func (g gateReader) lookers(
	ctx context.Context, l towpath.SecondLook, roles map[string]towpath.ProjectRole, look *secondLook,
) error {
	environments, err := g.gates.Environments(ctx)
	if err != nil {
		return err
	}
	members, err := g.gates.Members(ctx)
	if err != nil {
		return err
	}
	for _, m := range members {
		if !l.Allows(m, roles[m.ID], environments[l.EnvironmentID].Consent) {
			continue
		}
		look.People++
		look.MayLook = look.MayLook || (m.ID == g.member.ID && l.Open())
	}
	return nil
}

// maxOverdue bounds the late starts that the overview names.
const maxOverdue = 20

// overdueLooks lists the starts past a gate of a member's projects at which nobody has looked in time.
func overdueLooks(
	ctx context.Context, tx *store.Tx, memberID string, environments []towpath.Environment,
) ([]overdueLook, error) {
	list := []overdueLook{}
	open, err := tx.OpenLooks(ctx, memberID, maxOverdue)
	if err != nil {
		return nil, err
	}
	for _, l := range open { // oldest first, so that the late ones come first
		if !l.Overdue(tx.Now) {
			break
		}
		p, err := tx.Project(ctx, l.ProjectID)
		if err != nil {
			return nil, err
		}
		late := overdueLook{RolloutID: l.RolloutID, Project: p.Name, Environment: "", Since: l.DueAt()}
		for _, e := range environments {
			if e.ID == l.EnvironmentID {
				late.Environment = e.Name
			}
		}
		list = append(list, late)
	}
	return list, nil
}

type lookAtStartInput struct {
	RolloutPath
	Look string `path:"look" doc:"The id of the start."`
	Body struct {
		Note string `json:"note,omitempty" maxLength:"4000" doc:"What you found."`
	}
}

// lookAtStart notes that the caller has looked at a start past a gate. When somebody has looked
// before, the answer names that person.
func (s *Server) lookAtStart(ctx context.Context, in *lookAtStartInput) (secondLook, error) {
	if err := s.Rollouts.Look(ctx, actorOf(ctx), in.Rollout, in.Look, in.Body.Note); err != nil {
		return secondLook{}, err
	}
	var look secondLook
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		l, err := tx.SecondLook(ctx, in.Look)
		if err != nil {
			return err
		}
		looks, err := gateReader{tx, tx.Gates(), actorOf(ctx).Member}.looks(ctx, []towpath.SecondLook{l})
		if err == nil {
			look = looks[0]
		}
		return err
	})
	return look, err
}
