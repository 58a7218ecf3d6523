package gitea

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"towpath/internal/vcs"
)

const (
	// the default of ACCESS_TOKEN_EXPIRATION_TIME; used when expires_in is missing
	assumedTokenLife = time.Hour
	retryTokenAfter  = 30 * time.Second
)

// AuthorizeURL implements vcs.Provider.
func (p *Provider) AuthorizeURL(app vcs.App, state, redirectURL string) string {
	return p.oauth(app, redirectURL).AuthCodeURL(state)
}

// Exchange implements vcs.Provider.
func (p *Provider) Exchange(ctx context.Context, app vcs.App, code, redirectURL string) (vcs.Token, error) {
	ctx, cancel := p.oauthContext(ctx)
	defer cancel()
	token, err := p.oauth(app, redirectURL).Exchange(ctx, code)
	if err != nil {
		return vcs.Token{}, p.tokenError("exchange the authorization code", err)
	}
	return p.token(token), nil
}

// Refresh implements vcs.Provider.
func (p *Provider) Refresh(ctx context.Context, app vcs.App, refreshToken string) (vcs.Token, error) {
	const op = "refresh the access token"
	if refreshToken == "" {
		return vcs.Token{}, &vcs.Error{Kind: vcs.Unauthorized, Op: op, Message: "there is no refresh token"}
	}
	ctx, cancel := p.oauthContext(ctx)
	defer cancel()
	token, err := p.oauth(app, "").TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	if err != nil {
		e := p.tokenError(op, err)
		if e.Reason == vcs.ReasonCode {
			e.Reason = "" // a refused refresh token has the same error, and there is no code
		}
		return vcs.Token{}, e
	}
	return p.token(token), nil
}

// Probe implements vcs.Provider. Gitea looks at the application before it looks at the code, so a
// nonsense code tells both apart.
func (p *Provider) Probe(ctx context.Context, app vcs.App) error {
	err := p.probe(ctx, app)
	var e *vcs.Error
	if !errors.As(err, &e) || e.Reason != vcs.ReasonCredentials {
		return err
	}
	if p.probe(ctx, vcs.App{ApplicationID: app.Secret, Secret: app.ApplicationID}) == nil {
		e.Reason = vcs.ReasonSwapped
	}
	return e
}

func (p *Provider) probe(ctx context.Context, app vcs.App) error {
	const op = "check client ID and secret"
	ctx, cancel := p.oauthContext(ctx)
	defer cancel()
	_, err := p.oauth(app, "").Exchange(ctx, "towpath-probe-"+rand.Text())
	if err == nil {
		return &vcs.Error{
			Kind: vcs.Unavailable, Op: op,
			Message: "a nonsense code was accepted, so this is not Gitea",
		}
	}
	e := p.tokenError(op, err)
	if e.Reason == vcs.ReasonCode {
		return nil
	}
	return e
}

// oauth is the configuration of the application for one flow. The credentials go in the body: Gitea
// does not undo the escaping that RFC 6749 requires in the header. The style is fixed, since trying
// both would use a code twice.
func (p *Provider) oauth(app vcs.App, redirectURL string) *oauth2.Config {
	return &oauth2.Config{
		ClientID:     app.ApplicationID,
		ClientSecret: app.Secret,
		RedirectURL:  redirectURL,
		Scopes:       neededScopes(),
		Endpoint: oauth2.Endpoint{
			AuthURL:   p.cfg.InstanceURL + "/login/oauth/authorize",
			TokenURL:  p.cfg.InstanceURL + "/login/oauth/access_token",
			AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

func (p *Provider) oauthContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, p.http), p.cfg.Timeout)
}

// token converts an answer. If it lists no scopes, they are the requested ones (RFC 6749, section
// 5.1).
func (p *Provider) token(t *oauth2.Token) vcs.Token {
	life := time.Duration(t.ExpiresIn) * time.Second
	if life <= 0 {
		life = assumedTokenLife
	}
	scopes := neededScopes()
	if named, ok := t.Extra("scope").(string); ok && named != "" && len(named) < 1000 {
		scopes = strings.FieldsFunc(named, func(r rune) bool { return r == ' ' || r == ',' })
	}
	return vcs.Token{
		AccessToken:  t.AccessToken,
		RefreshToken: t.RefreshToken,
		ExpiresAt:    p.cfg.Now().Add(life),
		Scopes:       scopes,
	}
}

// tokenError converts a refusal of the token endpoint. It drops the library's error, whose text
// contains the answer's whole body.
func (p *Provider) tokenError(op string, err error) *vcs.Error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return &vcs.Error{
			Kind:    vcs.Unavailable,
			Op:      op,
			Message: vcs.CleanText(vcs.NoAnswer(err), maxErrorText),
			Err:     err,
		}
	}
	status := refused.Response.StatusCode
	e := &vcs.Error{
		Kind:    vcs.KindOfStatus(status),
		Op:      op,
		Status:  status,
		Message: errorMessage(refused.Body),
	}
	if e.Kind == vcs.RateLimited || e.Kind == vcs.Unavailable {
		at, told := vcs.RetryAfter(refused.Response.Header, p.cfg.Now())
		switch {
		case told:
			e.RetryAt = at
		case e.Kind == vcs.RateLimited:
			e.RetryAt = p.cfg.Now().Add(retryTokenAfter)
		}
		return e
	}
	e.Kind, e.Reason = refusal(e.Kind, refused)
	if e.Reason == vcs.ReasonCredentials {
		// Gitea's message repeats the ID, which may be the secret
		e.Message = "the client ID is unknown, or the secret is wrong"
	}
	return e
}

// refusal classifies an answer of the token endpoint. A wrong secret and an unknown code have the
// same error there.
func refusal(kind vcs.Kind, refused *oauth2.RetrieveError) (vcs.Kind, vcs.Reason) {
	description := strings.ToLower(refused.ErrorDescription)
	switch code := refused.ErrorCode; {
	case code == "invalid_client", code == "unauthorized_client" &&
		strings.Contains(description, "client secret"):
		return vcs.Unauthorized, vcs.ReasonCredentials
	case code == "unauthorized_client", code == "invalid_grant":
		return vcs.Unauthorized, vcs.ReasonCode
	case refused.Response.StatusCode == http.StatusUnauthorized:
		return vcs.Unauthorized, vcs.ReasonCredentials
	case code == "":
		return vcs.Unavailable, "" // an answer that is not OAuth comes from a proxy in between
	}
	return kind, ""
}
