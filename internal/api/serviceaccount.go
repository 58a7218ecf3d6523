package api

import (
	"context"

	"towpath"
)

type addServiceAccountInput struct {
	Body struct {
		Name string       `json:"name" maxLength:"63" doc:"Lower-case letters, digits and dashes."`
		Role towpath.Role `json:"role" enum:"dba,member"`
	}
}

// addServiceAccount adds a member that is a program.
func (s *Server) addServiceAccount(ctx context.Context, in *addServiceAccountInput) (member, error) {
	m, err := s.Auth.AddServiceAccount(ctx, actorOf(ctx), in.Body.Name, in.Body.Role)
	return memberOf(m), err
}

type listServiceTokensInput struct {
	MemberPath
	Paging
}

// listServiceTokens lists the API tokens of a service account, newest first.
func (s *Server) listServiceTokens(ctx context.Context, in *listServiceTokensInput) (list[credential], error) {
	rows, err := s.Auth.ServiceTokens(ctx, in.Member, in.newest())
	return page(in.Paging, rows, credentialID, credentialOf(actorOf(ctx))), err
}

type createServiceTokenInput struct {
	MemberPath
	NewToken
}

// createServiceToken makes an API token with which a program acts as the service account.
func (s *Server) createServiceToken(ctx context.Context, in *createServiceTokenInput) (credential, error) {
	c, token, err := s.Auth.CreateServiceToken(ctx, actorOf(ctx), in.Member, in.Body.Name, in.Body.Scope,
		in.Body.ExpiresAt)
	made := credentialOf(actorOf(ctx))(c)
	made.Token = token
	return made, err
}

type serviceTokenPath struct {
	MemberPath
	TokenPath
}

func (s *Server) revokeServiceToken(ctx context.Context, in *serviceTokenPath) error {
	return s.Auth.RevokeServiceToken(ctx, actorOf(ctx), in.Member, in.Token)
}
