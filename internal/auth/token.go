package auth

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// secretBytes is the length of a credential's secret before encoding. 256 random bits cannot be
// guessed.
const secretBytes = 32

// tokenPrefix lets people and secret scanners recognize an API token.
const tokenPrefix = "tp_"

// issue creates a credential in a transaction and returns its secret. With ttl 0, c.ExpiresAt
// stays as it is.
func issue(
	ctx context.Context, tx *store.Tx, c towpath.Credential, ttl time.Duration,
) (towpath.Credential, string, error) {
	token := secret.NewToken(secretBytes)
	if c.Kind == towpath.CredentialAPIToken {
		token = tokenPrefix + token
	}
	c.Hash = secret.HashToken(token)
	if ttl > 0 {
		until := tx.Now.Add(ttl)
		c.ExpiresAt = &until
	}
	if err := tx.CreateCredential(ctx, &c); err != nil {
		return c, "", err
	}
	return c, token, nil
}

// CreateAPIToken creates a token with which a program acts as the actor; an empty scope is full. The
// token is returned only this once. Only a person with a browser session can create one, so that a stolen token cannot
// create others.
func (s *Service) CreateAPIToken(
	ctx context.Context, actor towpath.Actor, name string, scope towpath.TokenScope, expires *time.Time,
) (c towpath.Credential, token string, err error) {
	if c, err = s.newToken(actor, name, scope, expires); err != nil {
		return c, "", err
	}
	c.MemberID = actor.Member.ID
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if c, token, err = issue(ctx, tx, c, 0); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActTokenCreate, c.ID, "", "name", c.Name).
			With(towpath.Changed("scope", "", string(c.Scope))))
		return nil
	})
	return c, token, err
}

// newToken checks what a person says about a new API token. CodeForbidden for a program.
func (s *Service) newToken(
	actor towpath.Actor, name string, scope towpath.TokenScope, expires *time.Time,
) (c towpath.Credential, err error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > maxNameLength {
		return c, towpath.Invalid("name",
			"Enter a name of 1 to %d characters that describes what uses the token.", maxNameLength)
	}
	if scope = cmp.Or(scope, towpath.ScopeFull); scope != towpath.ScopeFull && scope != towpath.ScopeApprovals {
		return c, towpath.Invalid("scope", "Choose %s or %s.", towpath.ScopeFull, towpath.ScopeApprovals)
	}
	if expires != nil && !expires.After(s.Store.Now()) {
		return c, towpath.Invalid("expiresAt", "Choose a time in the future, or none.")
	}
	if actor.SessionID == "" {
		return c, towpath.Errorf(towpath.CodeForbidden,
			"Create API tokens in the console: an API token cannot create others.")
	}
	return towpath.Credential{
		Kind: towpath.CredentialAPIToken, Name: name, ExpiresAt: expires, Scope: scope,
	}, nil
}

// APITokens lists the actor's API tokens, without their secrets.
func (s *Service) APITokens(
	ctx context.Context, actor towpath.Actor, p store.Page,
) ([]towpath.Credential, error) {
	return s.credentials(ctx, actor, towpath.CredentialAPIToken, p)
}

// RevokeAPIToken ends one of the actor's tokens.
func (s *Service) RevokeAPIToken(ctx context.Context, actor towpath.Actor, id string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		tokens, err := store.All(tx.EveryCredential(ctx, actor.Member.ID, towpath.CredentialAPIToken))
		if err != nil {
			return err
		}
		if err := tx.DeleteCredential(ctx, actor.Member.ID, id); err != nil {
			return err
		}
		for _, c := range tokens {
			if c.ID == id {
				tx.Emit(actor.Did(towpath.ActTokenRevoke, id, "", "name", c.Name))
			}
		}
		return nil
	})
}

func (s *Service) credentials(
	ctx context.Context, actor towpath.Actor, kind towpath.CredentialKind, p store.Page,
) ([]towpath.Credential, error) {
	var list []towpath.Credential
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Credentials(ctx, actor.Member.ID, kind, p)
		return err
	})
	return list, err
}
