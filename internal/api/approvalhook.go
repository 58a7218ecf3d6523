package api

import (
	"context"
	"time"

	"towpath"
)

// approvalHook is where an environment asks for approvals outside.
type approvalHook struct {
	URL  string           `json:"url" doc:"Empty when it asks nowhere."`
	Last *approvalRequest `json:"last,omitempty" doc:"The newest request that was sent, or test; absent when none was."`
}

// approvalRequest is a request for approval, or a test, that was sent.
type approvalRequest struct {
	ID       string               `json:"id"`
	Test     bool                 `json:"test"`
	State    towpath.RequestState `json:"state" enum:"pending,delivered,failed,obsolete" doc:"pending: it is sent again. obsolete: nothing waits as it did."`
	Attempts int                  `json:"attempts"`
	At       *time.Time           `json:"at,omitempty" doc:"Of the last attempt."`
	Reason   *Reason              `json:"reason,omitempty" doc:"Why the last attempt failed."`
}

func approvalRequestOf(q towpath.ApprovalRequest) *approvalRequest {
	if q.ID == "" {
		return nil
	}
	return &approvalRequest{
		ID: q.ID, Test: q.RolloutID == "", State: q.State, Attempts: q.Attempts, At: q.TriedAt,
		Reason: reasonOf(q.Reason),
	}
}

// getApprovalHook returns where an environment asks for approvals, without the secret.
func (s *Server) getApprovalHook(ctx context.Context, in *EnvironmentPath) (approvalHook, error) {
	h, last, err := s.Webhooks.Hook(ctx, in.Environment)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return approvalHook{URL: "", Last: nil}, nil
	}
	return approvalHook{URL: h.URL, Last: approvalRequestOf(last)}, err
}

type putApprovalHookInput struct {
	EnvironmentPath
	Body struct {
		URL    string `json:"url" maxLength:"2000" doc:"Begins with https://."`
		Secret string `json:"secret,omitempty" maxLength:"200" doc:"16 characters or more, by which requests are signed. It is encrypted and never sent back; without one, the one that is there stays."`
	}
}

// putApprovalHook sets where an environment asks for approvals. What waits already is asked there too.
func (s *Server) putApprovalHook(ctx context.Context, in *putApprovalHookInput) (approvalHook, error) {
	err := s.Webhooks.Set(ctx, actorOf(ctx), in.Environment, in.Body.URL, in.Body.Secret)
	if err != nil {
		return approvalHook{URL: "", Last: nil}, err
	}
	return s.getApprovalHook(ctx, &in.EnvironmentPath)
}

func (s *Server) deleteApprovalHook(ctx context.Context, in *EnvironmentPath) error {
	return s.Webhooks.Remove(ctx, actorOf(ctx), in.Environment)
}

// testApprovalHook sends a test to where an environment asks for approvals, and returns what came of
// it.
func (s *Server) testApprovalHook(ctx context.Context, in *EnvironmentPath) (*approvalRequest, error) {
	q, err := s.Webhooks.Test(ctx, actorOf(ctx), in.Environment)
	if err != nil {
		return nil, err
	}
	return approvalRequestOf(q), nil
}
