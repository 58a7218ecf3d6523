package rollout

import (
	"context"
	"strings"
	"unicode/utf8"

	"towpath"
	"towpath/internal/store"
)

// Answer is what a person says about a stage.
type Answer struct {
	Evidence towpath.Evidence // of the stage as the person saw it
	Refused  bool
	Why      string // needed to refuse
}

// Approve stores a person's answer about what waits at the gate of an environment: consent, or a
// refusal. The same answer twice is one. CodeForbidden when the gate does not ask the person,
// CodeConflict when something else waits than was seen.
func (s *Service) Approve(
	ctx context.Context, actor towpath.Actor, rolloutID, environmentID string, answer Answer,
) error {
	answer.Why = strings.TrimSpace(answer.Why)
	if n := utf8.RuneCountInString(answer.Why); n > maxWhy || (n == 0 && answer.Refused) {
		return towpath.Invalid("why", "Say in 1 to %d characters why you refuse.", maxWhy)
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, stage, answers, err := waiting(ctx, tx, rolloutID, environmentID)
		if err != nil {
			return err
		}
		if len(stage.Tasks) == 0 {
			return answeredBefore(ctx, tx, r, environmentID, answer)
		}
		if err := stillSeen(stage, answer.Evidence); err != nil {
			return err
		}
		if err := mayAnswer(stage, actor.Member.ID, answer); err != nil {
			return err
		}
		for _, a := range answers {
			if a.MemberID != actor.Member.ID || a.Evidence != answer.Evidence {
				continue
			}
			if a.Refused == answer.Refused {
				return nil
			}
			a.WithdrawnAt = &tx.Now
			if err := tx.UpdateApproval(ctx, a); err != nil {
				return err
			}
		}
		return keepAnswer(ctx, tx, actor, r, stage, answer)
	})
}

// keepAnswer stores an answer, with its audit event.
func keepAnswer(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, r towpath.Rollout, s towpath.Stage, answer Answer,
) error {
	a := towpath.Approval{
		LinkID:        r.LinkID,
		ProjectID:     r.ProjectID,
		RolloutID:     r.ID,
		EnvironmentID: s.Environment.ID,
		MemberID:      actor.Member.ID,
		Evidence:      answer.Evidence,
		Refused:       answer.Refused,
		Why:           answer.Why,
		Source:        towpath.FromAPI,
		Token:         actor.Token,
	}
	if actor.SessionID != "" {
		a.Source = towpath.FromConsole
	}
	if err := tx.CreateApproval(ctx, &a); err != nil {
		return err
	}
	act := towpath.ActStageApprove
	if answer.Refused {
		act = towpath.ActStageRefuse
	}
	tx.Emit(actor.Did(act, r.ID, r.ProjectID, "commit", towpath.ShortHash(r.Commit),
		"environment", s.Environment.Name, "text", answer.Why))
	return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
}

// mayAnswer returns why a person's answer would not count.
func mayAnswer(s towpath.Stage, memberID string, answer Answer) error {
	consent := s.Environment.Consent
	if consent.People == 0 {
		return towpath.Errorf(towpath.CodeConflict,
			"Changes of %s need nobody's consent. Start them without it.", s.Environment.Name)
	}
	who := s.Answerers[memberID]
	if !who.HasOne(consent.Of()) {
		var roles []string
		for _, role := range consent.Of() {
			roles = append(roles, string(role))
		}
		return towpath.Errorf(towpath.CodeForbidden,
			"Changes of %s need the consent of one of these roles: %s. Ask somebody who has one.",
			s.Environment.Name, strings.Join(roles, ", "))
	}
	if who.Author && !answer.Refused {
		return towpath.Errorf(towpath.CodeForbidden,
			"You wrote or committed a file of these changes, so your approval does not count. "+
				"Ask somebody else.")
	}
	if s.Unreviewed() && !answer.Refused {
		return towpath.Errorf(towpath.CodeConflict,
			"The SQL review of these changes is not done yet. Look at what it says, then approve.")
	}
	return nil
}

// answeredBefore is nil for an approval of what has been started meanwhile.
func answeredBefore(
	ctx context.Context, tx *store.Tx, r towpath.Rollout, environmentID string, answer Answer,
) error {
	starts, err := tx.StageStarts(ctx, r.Tasks)
	if err != nil {
		return err
	}
	for _, s := range starts {
		if s.EnvironmentID == environmentID && s.Evidence == answer.Evidence && !answer.Refused {
			return nil
		}
	}
	return towpath.Errorf(towpath.CodeConflict,
		"Nothing of this rollout waits for consent in this environment.")
}

// Withdraw takes back what a person has answered about an environment. It is no error when there is
// nothing to take back. CodeConflict when the changes have started.
func (s *Service) Withdraw(ctx context.Context, actor towpath.Actor, rolloutID, environmentID string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, stage, answers, err := waiting(ctx, tx, rolloutID, environmentID)
		if err != nil {
			return err
		}
		if len(stage.Tasks) == 0 {
			return towpath.Errorf(towpath.CodeConflict,
				"Nothing of this rollout waits in this environment, so there is nothing to withdraw. "+
					"To stop what runs, cancel its task.")
		}
		withdrawn := false
		for _, a := range answers {
			if a.MemberID != actor.Member.ID {
				continue
			}
			a.WithdrawnAt, withdrawn = &tx.Now, true
			if err := tx.UpdateApproval(ctx, a); err != nil {
				return err
			}
		}
		if !withdrawn {
			return nil
		}
		tx.Emit(actor.Did(towpath.ActStageWithdraw, r.ID, r.ProjectID, "commit", towpath.ShortHash(r.Commit),
			"environment", stage.Environment.Name))
		return tx.Enqueue(ctx, towpath.JobAdvance, r.ID)
	})
}
