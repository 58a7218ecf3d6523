package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/account"
)

// providerType describes what a type of Git provider needs, with the labels of its own pages.
type providerType struct {
	Type          towpath.ProviderType `json:"type"`
	Name          string               `json:"name"`
	InstanceURL   string               `json:"instanceUrl" doc:"Empty when a person enters it."`
	AddressLabel  string               `json:"addressLabel" doc:"The label of the address when a person enters it; else empty."`
	AppLabel      string               `json:"appLabel" doc:"What the provider calls an OAuth application."`
	IDLabel       string               `json:"idLabel"`
	SecretLabel   string               `json:"secretLabel"`
	AdminNotice   string               `json:"adminNotice" doc:"Who can set it up there."`
	Steps         []string             `json:"steps" nullable:"false"`
	Permissions   []providerPermission `json:"permissions" nullable:"false"`
	CallbackLabel string               `json:"callbackLabel"`
	CallbackURL   string               `json:"callbackUrl" doc:"What to enter there."`
	Rungs         []providerRung       `json:"rungs" nullable:"false" doc:"What more permissions give, each beyond the one before. None is needed."`
	NoRungs       string               `json:"noRungs" doc:"Why there is none, in a sentence; empty where there are."`
	Reports       bool                 `json:"reports" doc:"Whether commits can have reports with findings at their lines; all have build statuses."`
}

// providerPermission is a checkbox in the provider's form.
type providerPermission struct {
	Group string `json:"group"`
	Label string `json:"label"`
	Scope string `json:"scope"`
	Why   string `json:"why"`
}

// providerRung is what more permissions give than those that are needed.
type providerRung struct {
	Number      int                  `json:"number" doc:"From 1."`
	Name        string               `json:"name"`
	Gives       string               `json:"gives"`
	Permissions []providerPermission `json:"permissions" nullable:"false"`
}

func (s *Server) listGitProviderTypes(context.Context, *struct{}) (list[providerType], error) {
	l := list[providerType]{Items: []providerType{}}
	for _, kind := range s.Accounts.Kinds() {
		t := providerType{
			Type:          kind.Type,
			Name:          kind.Name,
			InstanceURL:   kind.InstanceURL,
			AddressLabel:  kind.AddressLabel,
			AppLabel:      kind.AppLabel,
			IDLabel:       kind.IDLabel,
			SecretLabel:   kind.SecretLabel,
			AdminNotice:   kind.AdminNotice,
			Steps:         orEmpty(kind.Steps),
			Permissions:   []providerPermission{},
			CallbackLabel: kind.CallbackLabel,
			CallbackURL:   s.ExternalURL + callbackPath,
			Rungs:         []providerRung{},
			NoRungs:       kind.NoRungs,
			Reports:       kind.Reports,
		}
		for _, p := range kind.Permissions {
			t.Permissions = append(t.Permissions, providerPermission(p))
		}
		for _, r := range kind.Rungs {
			rung := providerRung{Number: r.Number, Name: r.Name, Gives: r.Gives}
			for _, p := range r.Permissions {
				rung.Permissions = append(rung.Permissions, providerPermission(p))
			}
			t.Rungs = append(t.Rungs, rung)
		}
		l.Items = append(l.Items, t)
	}
	return l, nil
}

// verification is one OAuth round trip.
type verification struct {
	ID            string                      `json:"id"`
	Purpose       towpath.VerificationPurpose `json:"purpose" enum:"add-provider,replace-secret,grant"`
	State         towpath.VerificationState   `json:"state" enum:"pending,verified,failed,used"`
	Reason        *Reason                     `json:"reason,omitempty" doc:"Of a failure: what happened and what to do."`
	AuthorizeURL  string                      `json:"authorizeUrl,omitempty" doc:"Only in the response that starts it: the provider's page to open."`
	ProviderID    string                      `json:"providerId,omitempty"`
	Type          towpath.ProviderType        `json:"type"`
	InstanceURL   string                      `json:"instanceUrl"`
	DisplayName   string                      `json:"displayName"`
	ApplicationID string                      `json:"applicationId"`
	AccountName   string                      `json:"accountName,omitempty" doc:"Who signed in."`
	Scopes        []string                    `json:"scopes" nullable:"false" doc:"What was granted."`
	Missing       []string                    `json:"missing" nullable:"false" doc:"Required permissions that were not granted."`
	GrantID       string                      `json:"grantId,omitempty" doc:"The created grant, when its purpose is grant."`
	CreatedAt     time.Time                   `json:"createdAt"`
	ExpiresAt     time.Time                   `json:"expiresAt"`
}

func verificationOf(v towpath.Verification) verification {
	return verification{
		ID:            v.ID,
		Purpose:       v.Purpose,
		State:         v.State,
		Reason:        reasonOf(v.Reason),
		AuthorizeURL:  "",
		ProviderID:    v.ProviderID,
		Type:          v.Type,
		InstanceURL:   v.InstanceURL,
		DisplayName:   v.DisplayName,
		ApplicationID: v.ApplicationID,
		AccountName:   v.AccountName,
		Scopes:        orEmpty(v.Scopes),
		Missing:       orEmpty(v.Missing),
		GrantID:       v.GrantID,
		CreatedAt:     v.CreatedAt,
		ExpiresAt:     v.ExpiresAt,
	}
}

func started(v towpath.Verification, authorizeURL string) verification {
	begun := verificationOf(v)
	begun.AuthorizeURL = authorizeURL
	return begun
}

type startVerificationInput struct {
	Body struct {
		Type          towpath.ProviderType `json:"type" maxLength:"50"`
		InstanceURL   string               `json:"instanceUrl,omitempty" maxLength:"500"`
		DisplayName   string               `json:"displayName" maxLength:"500"`
		ApplicationID string               `json:"applicationId" maxLength:"2000"`
		Secret        string               `json:"secret" maxLength:"2000" doc:"It is encrypted at once and never shown again."`
	}
}

func (s *Server) startVerification(ctx context.Context, in *startVerificationInput) (verification, error) {
	v, url, err := s.Accounts.StartVerification(ctx, actorOf(ctx), account.StartVerification(in.Body))
	return started(v, url), err
}

type verificationPath struct {
	Verification string `path:"verification" doc:"The id of the verification."`
}

func (s *Server) getVerification(ctx context.Context, in *verificationPath) (verification, error) {
	v, err := s.Accounts.Verification(ctx, actorOf(ctx), in.Verification)
	return verificationOf(v), err
}

type startSecretReplacementInput struct {
	ProviderPath
	Body struct {
		ApplicationID string `json:"applicationId" maxLength:"2000"`
		Secret        string `json:"secret" maxLength:"2000"`
	}
}

func (s *Server) startSecretReplacement(
	ctx context.Context, in *startSecretReplacementInput,
) (verification, error) {
	v, url, err := s.Accounts.StartSecretReplacement(ctx, actorOf(ctx), in.Provider, in.Body.ApplicationID,
		in.Body.Secret)
	return started(v, url), err
}

func (s *Server) startGrant(ctx context.Context, in *ProviderPath) (verification, error) {
	v, url, err := s.Accounts.StartGrant(ctx, actorOf(ctx), in.Provider)
	return started(v, url), err
}
