package bitbucket

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"towpath"

	"golang.org/x/oauth2"

	"towpath/internal/vcs"
)

const assumedTokenLife = time.Hour // documented; used when expires_in is missing

// AuthorizeURL implements vcs.Provider.
func (p *Provider) AuthorizeURL(app vcs.App, state, redirectURL string) string {
	return p.oauth(app, redirectURL).AuthCodeURL(state)
}

// Exchange implements vcs.Provider.
func (p *Provider) Exchange(ctx context.Context, app vcs.App, code, redirectURL string) (vcs.Token, error) {
	const op = "exchange the authorization code"
	ctx, cancel := p.oauthContext(ctx)
	defer cancel()
	token, err := p.oauth(app, redirectURL).Exchange(ctx, code)
	if err != nil {
		e := p.tokenError(op, err)
		if oauthCode(err) == "invalid_grant" {
			e.Reason = vcs.ReasonCode
		}
		return vcs.Token{}, e
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
		return vcs.Token{}, p.tokenError(op, err)
	}
	return p.token(token), nil
}

// Probe implements vcs.Provider. Bitbucket looks at the consumer before it looks at the code, so a
// nonsense code tells the two apart.
func (p *Provider) Probe(ctx context.Context, app vcs.App) error {
	err := p.probe(ctx, app)
	var e *vcs.Error
	if err == nil || !errors.As(err, &e) || e.Reason != vcs.ReasonCredentials {
		return err
	}
	if p.probe(ctx, vcs.App{ApplicationID: app.Secret, Secret: app.ApplicationID}) == nil {
		e.Reason = vcs.ReasonSwapped
	}
	return e
}

func (p *Provider) probe(ctx context.Context, app vcs.App) error {
	const op = "check key and secret"
	ctx, cancel := p.oauthContext(ctx)
	defer cancel()
	_, err := p.oauth(app, "").Exchange(ctx, "towpath-probe-"+rand.Text())
	switch {
	case err == nil:
		return &vcs.Error{
			Kind: vcs.Unavailable, Op: op,
			Message: "a nonsense code was accepted, so this is not Bitbucket",
		}
	case oauthCode(err) == "invalid_grant":
		return nil
	}
	return p.tokenError(op, err)
}

// oauth is the configuration of the consumer for one flow. The style is fixed: trying both, as the
// library does by default, would use a code twice.
func (p *Provider) oauth(app vcs.App, redirectURL string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: app.ApplicationID, ClientSecret: app.Secret, RedirectURL: redirectURL, Scopes: neededScopes,
		Endpoint: oauth2.Endpoint{
			AuthURL:   p.cfg.InstanceURL + "/site/oauth2/authorize",
			TokenURL:  p.cfg.InstanceURL + "/site/oauth2/access_token",
			AuthStyle: oauth2.AuthStyleInHeader,
		},
	}
}

func (p *Provider) oauthContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, p.http), p.cfg.Timeout)
}

// token reads an answer; the key was "scopes" before May 2026 and is "scope" since.
func (p *Provider) token(t *oauth2.Token) vcs.Token {
	life := time.Duration(t.ExpiresIn) * time.Second
	if life <= 0 {
		life = assumedTokenLife
	}
	return vcs.Token{
		AccessToken: t.AccessToken, RefreshToken: t.RefreshToken, ExpiresAt: p.cfg.Now().Add(life),
		Scopes: known(append(scopeList(t.Extra("scope")), scopeList(t.Extra("scopes"))...)),
	}
}

// known removes scopes that are too long, and those beyond the limit.
func known(scopes []string) []string {
	scopes = slices.DeleteFunc(scopes, func(s string) bool { return len(s) > maxScope })
	return scopes[:min(len(scopes), maxScopes)]
}

const (
	maxScope  = 100 // bytes of one
	maxScopes = 100
)

// scopeList reads a space-separated string or a list.
func scopeList(value any) []string {
	switch v := value.(type) {
	case string:
		return strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
	case []any:
		var out []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// oauthCode is the error word of the token endpoint, "" when it gave none.
func oauthCode(err error) string {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		return refused.ErrorCode
	}
	return ""
}

// tokenError converts a refusal of the token endpoint. It drops the library's error, whose text
// contains the answer's whole body.
func (p *Provider) tokenError(op string, err error) *vcs.Error {
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) {
		return &vcs.Error{
			Kind:    vcs.Unavailable,
			Op:      op,
			Message: vcs.CleanText(vcs.NoAnswer(err), maxErrorMessage),
			Err:     err,
		}
	}
	e := &vcs.Error{
		Kind:    vcs.KindOfStatus(refused.Response.StatusCode),
		Op:      op,
		Status:  refused.Response.StatusCode,
		Message: readErrorBody(refused.Body).message,
		TraceID: towpath.ClipRunes(refused.Response.Header.Get(headerTraceID), 100),
	}
	if e.Kind == vcs.RateLimited || e.Kind == vcs.Unavailable {
		if at, told := vcs.RetryAfter(refused.Response.Header, p.cfg.Now()); told {
			e.RetryAt = at
		} else if e.Kind == vcs.RateLimited {
			e.RetryAt = p.cfg.Now().Add(firstBackoff)
		}
		return e
	}
	e.Kind, e.Reason = refusal(e.Kind, refused)
	return e
}

// refusal classifies an answer of the token endpoint: the words are those of RFC 6749, but
// Bitbucket does not always use them as specified, so the descriptions decide too.
func refusal(kind vcs.Kind, refused *oauth2.RetrieveError) (vcs.Kind, vcs.Reason) {
	description := strings.ToLower(refused.ErrorDescription)
	switch code := refused.ErrorCode; {
	case code == "unauthorized_client", code == "invalid_client":
		return vcs.Unauthorized, vcs.ReasonCredentials
	case code == "invalid_grant" && strings.Contains(description, "marked as") &&
		strings.Contains(description, "public"):
		return vcs.Rejected, vcs.ReasonNotPrivate
	case code == "invalid_grant":
		return vcs.Unauthorized, ""
	case code == "invalid_request" && strings.Contains(description, "callback"):
		return vcs.Rejected, vcs.ReasonNoCallback
	case code == "invalid_request" && strings.Contains(description, "refresh_token"):
		return vcs.Unauthorized, "" // the error for dead refresh tokens in 2017
	case refused.Response.StatusCode == http.StatusUnauthorized:
		return vcs.Unauthorized, vcs.ReasonCredentials
	case code == "":
		return vcs.Unavailable, "" // a 4xx that is not OAuth comes from a proxy in between
	}
	return kind, ""
}
