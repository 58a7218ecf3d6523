package auth

import (
	"context"
	"slices"
	"strings"
	"time"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// SessionTTL is how long a session lasts after its last use.
const SessionTTL = 30 * 24 * time.Hour

// touchEvery bounds how often the use of a credential is stored.
const touchEvery = time.Minute

// SignIn begins a session. source is the client's network address, for throttling. An unknown
// e-mail address, a wrong password and a deactivated member all return the same CodeUnauthorized
// after the same work. CodeTooMany after too many tries. CodeForbidden when passwords are off.
func (s *Service) SignIn(
	ctx context.Context, email, password, source string,
) (m towpath.Member, session string, err error) {
	if err := s.refusePasswords(); err != nil {
		return m, "", err
	}
	if err := s.throttle(email, source); err != nil {
		return m, "", err
	}
	wrong := towpath.Errorf(towpath.CodeUnauthorized, "The e-mail address or the password is wrong.")
	if email, err = normalizeEmail(email); err == nil {
		err = s.Store.Read(ctx, func(tx *store.Tx) (err error) {
			m, err = tx.MemberByEmail(ctx, email)
			return err
		})
	}
	if code := towpath.ErrorCode(err); code == towpath.CodeInternal {
		return m, "", err
	}
	ok, err := s.hashing.verify(ctx, m.PasswordHash, password)
	if err != nil {
		return m, "", err
	}
	if !ok || m.DeactivatedAt != nil {
		return towpath.Member{}, "", wrong
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		session, err = begin(ctx, tx, m)
		return err
	})
	return m, session, err
}

// begin issues a session to a member who has signed in, and returns its secret.
func begin(ctx context.Context, tx *store.Tx, m towpath.Member) (string, error) {
	c, session, err := issue(ctx, tx, towpath.Credential{
		Kind: towpath.CredentialSession, MemberID: m.ID,
	}, SessionTTL)
	tx.Emit(towpath.Actor{Member: m}.Did(towpath.ActSessionStart, c.ID, ""))
	return session, err
}

// throttle slows down guessing, per e-mail address and per source. CodeTooMany after too many
// tries.
func (s *Service) throttle(email, source string) error {
	now := s.Store.Now()
	if err := s.bySource.allow(sourceKey(source), now, time.Second, 60); err != nil {
		return err
	}
	// normalized as in the lookup, so that spellings share one limit
	email = strings.ToLower(strings.TrimSpace(email))
	if len(email) > 254 {
		email = email[:254]
	}
	return s.byEmail.allow(email, now, 10*time.Second, 10)
}

// SignOut ends the actor's session.
func (s *Service) SignOut(ctx context.Context, actor towpath.Actor) error {
	return s.EndSession(ctx, actor, actor.SessionID)
}

// Sessions lists the actor's sessions.
func (s *Service) Sessions(
	ctx context.Context, actor towpath.Actor, p store.Page,
) ([]towpath.Credential, error) {
	return s.credentials(ctx, actor, towpath.CredentialSession, p)
}

// EndSession ends one of the actor's sessions. A session that has ended already is no error.
func (s *Service) EndSession(ctx context.Context, actor towpath.Actor, id string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		sessions, err := store.All(tx.EveryCredential(ctx, actor.Member.ID, towpath.CredentialSession))
		if err != nil {
			return err
		}
		if slices.ContainsFunc(sessions, func(c towpath.Credential) bool { return c.ID == id }) {
			tx.Emit(actor.Did(towpath.ActSessionEnd, id, ""))
		}
		return tx.DeleteCredential(ctx, actor.Member.ID, id)
	})
}

// Authenticate returns the actor of an API token when bearer is not empty, else of a session
// cookie. CodeUnauthorized when both are empty, or when the one it uses is not valid.
func (s *Service) Authenticate(ctx context.Context, cookie, bearer string) (towpath.Actor, error) {
	kind, token := towpath.CredentialSession, cookie
	if bearer != "" {
		kind, token = towpath.CredentialAPIToken, bearer
	}
	if token == "" {
		return towpath.Actor{}, towpath.Errorf(towpath.CodeUnauthorized, "Sign in first.")
	}
	var (
		actor towpath.Actor
		c     towpath.Credential
	)
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.CredentialByHash(ctx, kind, secret.HashToken(token)); err != nil {
			return err
		}
		actor.Member, err = tx.Member(ctx, c.MemberID)
		return err
	})
	if err == nil && (c.LastUsedAt == nil || s.Store.Now().Sub(*c.LastUsedAt) >= touchEvery) {
		err = s.touch(ctx, c)
	}
	if towpath.ErrorCode(err) == towpath.CodeNotFound || (err == nil && actor.Member.DeactivatedAt != nil) {
		err = towpath.Errorf(towpath.CodeUnauthorized, "The session has ended. Sign in again.")
		if kind == towpath.CredentialAPIToken {
			err = towpath.Errorf(towpath.CodeUnauthorized,
				"The API token is wrong, has expired or was revoked.")
		}
	}
	if err != nil {
		return towpath.Actor{}, err
	}
	actor.Origin = towpath.Origin{Via: towpath.OriginToken, CredentialID: c.ID}
	actor.Token, actor.Scope = c.Name, c.Scope
	if kind == towpath.CredentialSession {
		actor.SessionID = c.ID
		actor.Origin.Via = towpath.OriginSession
	}
	return actor, nil
}

// touch stores the time of a credential's last use and extends a session. It rereads the row, which
// may have been deleted since; CodeNotFound then.
func (s *Service) touch(ctx context.Context, seen towpath.Credential) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.CredentialByHash(ctx, seen.Kind, seen.Hash)
		if err != nil {
			return err
		}
		now := tx.Now
		c.LastUsedAt = &now
		if c.Kind == towpath.CredentialSession {
			until := now.Add(SessionTTL)
			c.ExpiresAt = &until
		}
		return tx.UpdateCredential(ctx, &c)
	})
}
