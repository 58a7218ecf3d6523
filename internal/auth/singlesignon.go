package auth

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"towpath"
	"towpath/internal/secret"
)

// SingleSignOn signs members in by an OpenID Connect provider, with the authorization code flow and
// PKCE. See https://openid.net/specs/openid-connect-core-1_0.html. It is safe for concurrent use.
type SingleSignOn struct {
	Issuer       string // address of the provider
	ClientID     string
	ClientSecret string // "" for a public client
	Name         string // of the provider, as people know it
	RedirectURL  string
	// GroupsClaim names the claim with a person's groups, and Roles says which role a group gives. With
	// no Roles, groups mean nothing, and owners choose the role of each member.
	GroupsClaim string
	Roles       map[string]towpath.Role
	Client      *http.Client

	mu       sync.Mutex
	provider *oidc.Provider // nil until it was reached
}

// SingleSignOnCallback is the path of the redirect address that the provider must know.
const SingleSignOnCallback = "/sign-in/sso/callback"

// flowTTL is how long a person may take at the provider.
const flowTTL = 10 * time.Minute

// flowRow binds sealed flows to their purpose.
const flowRow = "single-sign-on"

// flow is what the browser keeps, sealed, while its person is at the provider. A callback without it,
// or with that of another flow, is refused: so nobody can be signed in as somebody else by a link.
type flow struct {
	State    string
	Nonce    string
	Verifier string
	Next     string
	Until    time.Time
}

// Callback is what the provider sends back with the browser.
type Callback struct {
	State            string
	Code             string
	Error            string
	ErrorDescription string
	Issuer           string // as in RFC 9207; "" when the provider does not send it
}

// reach returns the provider's configuration, which is read at the first use and kept.
func (o *SingleSignOn) reach(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.provider == nil {
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), o.Client), o.Issuer)
		if err != nil {
			return nil, nil, towpath.Errorf(towpath.CodeUnavailable, "%s cannot be reached: %s. Try again "+
				"in a minute.", o.Name, towpath.ClipRunes(err.Error(), 200))
		}
		o.provider = p
	}
	return o.provider, &oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.ClientSecret, RedirectURL: o.RedirectURL,
		Endpoint: o.provider.Endpoint(), Scopes: o.scopes(o.provider),
	}, nil
}

// scopes are the claims that sign-in needs. "groups" is asked for where the provider offers it.
func (o *SingleSignOn) scopes(p *oidc.Provider) []string {
	scopes := []string{oidc.ScopeOpenID, "email", "profile"}
	var offers struct {
		Scopes []string `json:"scopes_supported"`
	}
	if len(o.Roles) > 0 && p.Claims(&offers) == nil {
		for _, scope := range offers.Scopes {
			if scope == "groups" {
				return append(scopes, scope)
			}
		}
	}
	return scopes
}

// BeginSingleSignOn returns the address at the provider to which the browser goes, and the sealed flow
// that it brings back. next is the page that the person wants. CodeNotFound without a provider,
// CodeUnavailable when it cannot be reached.
func (s *Service) BeginSingleSignOn(
	ctx context.Context, source, next string,
) (address string, sealed []byte, err error) {
	o := s.SingleSignOn
	if o == nil {
		return "", nil, errNoSingleSignOn
	}
	if err := s.bySource.allow(sourceKey(source), s.Store.Now(), time.Second, 60); err != nil {
		return "", nil, err
	}
	_, config, err := o.reach(ctx)
	if err != nil {
		return "", nil, err
	}
	f := flow{
		State: secret.NewToken(secretBytes), Nonce: secret.NewToken(secretBytes),
		Verifier: oauth2.GenerateVerifier(), Next: next, Until: s.Store.Now().Add(flowTTL),
	}
	text, err := json.Marshal(f)
	if err != nil {
		return "", nil, fmt.Errorf("write a sign-in flow: %w", err)
	}
	address = config.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier))
	return address, s.Keyring.Encrypt(text, flowRow), nil
}

// FinishSingleSignOn begins a session for whom the provider says that the person is, and returns the
// page that they wanted. CodeForbidden for a person who has no access here, CodeUnauthorized for a
// callback that does not belong to this browser or that the provider does not confirm.
func (s *Service) FinishSingleSignOn(
	ctx context.Context, sealed []byte, c Callback,
) (session, next string, err error) {
	o := s.SingleSignOn
	if o == nil {
		return "", "", errNoSingleSignOn
	}
	f, err := s.opened(sealed)
	if err != nil {
		return "", "", err
	}
	if subtle.ConstantTimeCompare([]byte(f.State), []byte(c.State)) != 1 ||
		(c.Issuer != "" && c.Issuer != o.Issuer) {
		return "", "", errOtherFlow
	}
	if c.Error != "" {
		return "", "", towpath.Errorf(towpath.CodeUnauthorized, "%s did not sign you in: %s. Try again.",
			o.Name, towpath.ClipRunes(strings.TrimSpace(c.Error+" "+c.ErrorDescription), 200))
	}
	p, err := o.confirm(ctx, f, c.Code)
	if err != nil {
		return "", "", err
	}
	session, err = s.admit(ctx, p)
	return session, f.Next, err
}

// opened reads the flow that a browser has brought back.
func (s *Service) opened(sealed []byte) (f flow, err error) {
	text, err := s.Keyring.Decrypt(sealed, flowRow)
	if err != nil || json.Unmarshal(text, &f) != nil || f.Until.Before(s.Store.Now()) {
		return f, errOtherFlow
	}
	return f, nil
}

// person is whom the provider knows.
type person struct {
	subject string
	email   string
	name    string
	groups  []string
}

// confirm exchanges the code and verifies the ID token: signature, issuer, audience, expiry and nonce.
func (o *SingleSignOn) confirm(ctx context.Context, f flow, code string) (p person, err error) {
	provider, config, err := o.reach(ctx)
	if err != nil {
		return p, err
	}
	ctx = oidc.ClientContext(ctx, o.Client)
	tokens, err := config.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) { // its text has the answer, which is the provider's own
			err = fmt.Errorf("%s %s", refused.ErrorCode, refused.ErrorDescription)
		}
		return p, o.unconfirmed(err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := provider.Verifier(&oidc.Config{ClientID: o.ClientID}).Verify(ctx, raw)
	if err != nil {
		return p, o.unconfirmed(err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(f.Nonce)) != 1 {
		return p, errOtherFlow
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return p, o.unconfirmed(err)
	}
	if claims["email"] == nil || (len(o.Roles) > 0 && claims[o.GroupsClaim] == nil) {
		// many providers put these there alone
		if err := o.userInfo(ctx, provider, tokens, token.Subject, claims); err != nil {
			return p, o.unconfirmed(err)
		}
	}
	return personOf(token.Subject, claims, o.GroupsClaim), nil
}

// userInfo adds the claims of the provider's userinfo endpoint to those of the ID token.
func (o *SingleSignOn) userInfo(
	ctx context.Context, provider *oidc.Provider, tokens *oauth2.Token, subject string, claims map[string]any,
) error {
	if provider.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return err
	}
	if info.Subject != subject {
		return errors.New("the user info is about somebody else")
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return err
	}
	for name, value := range more {
		if claims[name] == nil {
			claims[name] = value
		}
	}
	return nil
}

// personOf reads claims. An e-mail address that the provider has not verified is left out.
func personOf(subject string, claims map[string]any, groupsClaim string) person {
	p := person{subject: subject}
	if verified, _ := claims["email_verified"].(bool); verified {
		p.email, _ = claims["email"].(string)
	}
	p.name, _ = claims["name"].(string)
	switch groups := claims[groupsClaim].(type) {
	case string:
		p.groups = []string{groups}
	case []any:
		for _, one := range groups {
			if name, ok := one.(string); ok {
				p.groups = append(p.groups, name)
			}
		}
	}
	return p
}

func (o *SingleSignOn) unconfirmed(err error) error {
	return towpath.Errorf(towpath.CodeUnauthorized, "%s did not confirm who you are: %s. Try again.",
		o.Name, towpath.ClipRunes(strings.TrimSpace(err.Error()), 200))
}

var (
	errNoSingleSignOn = towpath.Errorf(towpath.CodeNotFound, "This server has no single sign-on.")
	errOtherFlow      = towpath.Errorf(towpath.CodeUnauthorized,
		"This sign-in was not begun in this browser, or it took longer than ten minutes. Sign in again.")
)
