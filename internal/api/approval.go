package api

import (
	"context"

	"towpath"
	"towpath/internal/rollout"
	"towpath/internal/store"
)

type answerOutsideInput struct {
	Body struct {
		Rollout     string `json:"rollout" maxLength:"200" doc:"Its id."`
		Environment string `json:"environment" maxLength:"200" doc:"Its id."`
		Evidence    string `json:"evidence" maxLength:"400" doc:"As the request for approval has it. Another one is refused."`
		Answer      string `json:"answer" enum:"approve,refuse"`
		Why         string `json:"why,omitempty" maxLength:"4000" doc:"Needed to refuse."`
	}
}

// answered is what an answer from outside has come to.
type answered struct {
	Rollout     string          `json:"rollout"`
	Environment string          `json:"environment"`
	Verdict     towpath.Verdict `json:"verdict" enum:"start,wait,closed" doc:"What the gate says now."`
	Missing     int             `json:"missing" doc:"How many people must still consent."`
	WaitsFor    []Reason        `json:"waitsFor" nullable:"false" doc:"All that is missing, what comes first first."`
}

// answerOutside approves or refuses what waits at the gate of an environment, as the member whose API
// token is used. The path names no project, so the right in it is checked here.
func (s *Server) answerOutside(ctx context.Context, in *answerOutsideInput) (answered, error) {
	out := answered{Rollout: in.Body.Rollout, Environment: in.Body.Environment, Verdict: "", Missing: 0, WaitsFor: nil}
	if err := s.allowApproval(ctx, in.Body.Rollout); err != nil {
		return out, err
	}
	err := s.Rollouts.Approve(ctx, actorOf(ctx), in.Body.Rollout, in.Body.Environment, rollout.Answer{
		Evidence: towpath.Evidence(in.Body.Evidence), Refused: in.Body.Answer == "refuse", Why: in.Body.Why,
	})
	if err != nil {
		return out, err
	}
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		r, err := tx.Rollout(ctx, in.Body.Rollout)
		if err != nil {
			return err
		}
		stage, err := tx.Gates().Stage(ctx, r, in.Body.Environment)
		if err != nil {
			return err
		}
		answers, err := tx.Approvals(ctx, r.LinkID, in.Body.Environment)
		if err != nil {
			return err
		}
		d := towpath.Decision{Verdict: towpath.VerdictStart} // it has started meanwhile
		if len(stage.Tasks) > 0 {
			d = stage.Environment.Decide(stage, stage.Evidence(), answers, tx.Now)
		}
		out.Verdict, out.Missing, out.WaitsFor = d.Verdict, d.Missing, listed(d.Because)
		return nil
	})
	return out, err
}

// allowApproval checks the right to approve in the project of a rollout. A rollout that the caller may
// not see looks like one that does not exist.
func (s *Server) allowApproval(ctx context.Context, rolloutID string) error {
	var r towpath.Rollout
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		r, err = tx.RolloutAlone(ctx, rolloutID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return errNoThing
	}
	if err != nil {
		return err
	}
	return s.Auth.Allow(ctx, actorOf(ctx), towpath.Approve, r.ProjectID)
}
