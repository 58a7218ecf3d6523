package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

func accessRow(id string) string  { return "grant/" + id + "/access" }
func refreshRow(id string) string { return "grant/" + id + "/refresh" }

// grantCache keeps one client per grant, since the client holds the grant's budget.
type grantCache struct {
	mu      sync.Mutex
	clients map[string]vcs.Client
	refresh keyedMutex
}

func (c *grantCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.clients)
}

// Client returns the client that acts for a grant.
func (s *Service) Client(ctx context.Context, grantID string) (vcs.Client, error) {
	s.grants.mu.Lock()
	client := s.grants.clients[grantID]
	s.grants.mu.Unlock()
	if client != nil {
		return client, nil
	}
	var p towpath.GitProvider
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		g, err := tx.Grant(ctx, grantID)
		if err != nil {
			return err
		}
		p, err = tx.GitProvider(ctx, g.ProviderID)
		return err
	})
	if err != nil {
		return nil, err
	}
	provider, err := s.Open(p)
	if err != nil {
		return nil, err
	}
	s.grants.mu.Lock()
	defer s.grants.mu.Unlock()
	if known := s.grants.clients[grantID]; known != nil {
		return known, nil
	}
	if s.grants.clients == nil {
		s.grants.clients = map[string]vcs.Client{}
	}
	client = provider.Client(&grantTokens{s, grantID})
	s.grants.clients[grantID] = client
	return client, nil
}

// OwnClient returns a client for one of the actor's grants. CodeInvalid about grantId for others.
func (s *Service) OwnClient(
	ctx context.Context, actor towpath.Actor, grantID string,
) (vcs.Client, towpath.Grant, error) {
	var g towpath.Grant
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		g, err = tx.Grant(ctx, grantID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound || (err == nil && g.MemberID != actor.Member.ID) {
		return nil, g, towpath.Invalid("grantId",
			"Connect your own account at the provider first, then use that connection.")
	}
	if err != nil {
		return nil, g, err
	}
	client, err := s.Client(ctx, grantID)
	return client, g, err
}

// grantTokens returns a grant's access token and refreshes it. It runs one refresh at a time, and
// stores the new pair before it returns the token.
type grantTokens struct {
	s  *Service
	id string
}

// refreshMargin is how long before its expiry a token is refreshed. Tokens that live less than 25
// minutes are refreshed in the last fifth of their life.
const refreshMargin = 5 * time.Minute

// Token implements vcs.TokenSource.
func (t *grantTokens) Token(ctx context.Context, stale string) (string, error) {
	unlock := t.s.grants.refresh.lock(t.id)
	defer unlock()
	g, err := t.read(ctx)
	if err != nil {
		return "", err
	}
	if !g.BrokenReason.IsZero() {
		return "", &vcs.Error{Kind: vcs.Unauthorized, Op: "use grant", Because: g.BrokenReason}
	}
	access, err := t.s.Keyring.Decrypt(g.EncryptedAccessToken, accessRow(g.ID))
	if err != nil {
		return "", fmt.Errorf("open access token: %w", err)
	}
	now := t.s.Store.Now()
	margin := min(refreshMargin, g.ExpiresAt.Sub(g.RefreshedAt)/5)
	if string(access) != stale && now.Before(g.ExpiresAt.Add(-margin)) {
		return string(access), nil
	}
	return t.s.renew(ctx, g)
}

func (t *grantTokens) read(ctx context.Context) (g towpath.Grant, err error) {
	err = t.s.Store.Read(ctx, func(tx *store.Tx) error {
		g, err = tx.Grant(ctx, t.id)
		return err
	})
	return g, err
}

// renew refreshes the tokens of a grant, stores them and returns the access token. The caller holds
// the grant's lock.
func (s *Service) renew(ctx context.Context, g towpath.Grant) (string, error) {
	var p towpath.GitProvider
	if err := s.Store.Read(ctx,
		func(tx *store.Tx) (err error) {
			p, err = tx.GitProvider(ctx,
				g.ProviderID)
			return err
		}); err != nil {
		return "", err
	}
	provider, err := s.Open(p)
	if err != nil {
		return "", err
	}
	appSecret, err := s.Keyring.Decrypt(p.EncryptedSecret, providerRow(p.ID))
	if err != nil {
		return "", fmt.Errorf("open secret of Git provider: %w", err)
	}
	refresh, err := s.Keyring.Decrypt(g.EncryptedRefreshToken, refreshRow(g.ID))
	if err != nil {
		return "", fmt.Errorf("open refresh token: %w", err)
	}
	// The old refresh token may be invalid after the response, so nothing may prevent storing the
	// new one.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 45*time.Second)
	defer cancel()
	token, err := provider.Refresh(ctx, vcs.App{ApplicationID: p.ApplicationID, Secret: string(appSecret)},
		string(refresh))
	if err != nil {
		return s.afterFailedRenewal(ctx, g, p.DisplayName, err)
	}
	s.refusals.Accepted(g.ID)
	access := token.AccessToken
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Grant(ctx, g.ID)
		if err != nil {
			return err
		}
		s.encryptTokens(&now, token)
		now.RefreshedAt, now.BrokenReason = tx.Now, towpath.Reason{}
		return tx.UpdateGrant(ctx, &now)
	})
	return access, err
}

// afterFailedRenewal handles a refused refresh. Another process may have refreshed the pair first;
// then it returns that token. Otherwise the person must authorize the account again, and the grant
// and its links get the reason.
func (s *Service) afterFailedRenewal(
	ctx context.Context, tried towpath.Grant, providerName string, cause error,
) (access string, err error) {
	if vcs.KindOf(cause) != vcs.Unauthorized {
		return "", fmt.Errorf("renew access of %s: %w", tried.AccountName, cause)
	}
	if requeueAt, ok := s.refusals.Confirmed(tried.ID, s.Store.Now()); !ok {
		return "", &vcs.Error{
			Kind:    vcs.Unavailable,
			Op:      "renew access of " + tried.AccountName,
			RetryAt: requeueAt,
			Err:     cause,
			Message: providerName + " has refused to renew the access once; it is tried again",
		}
	}
	var e *vcs.Error
	reason := towpath.Why(towpath.ReasonAccessRevoked, "provider", providerName, "account", tried.AccountName)
	if errors.As(cause, &e) && e.Reason == vcs.ReasonCredentials {
		reason = towpath.Why(towpath.ReasonApplicationRefused, "provider", providerName)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		access = ""
		now, err := tx.Grant(ctx, tried.ID)
		if err != nil {
			return err
		}
		if now.RefreshedAt.After(tried.RefreshedAt) {
			plain, err := s.Keyring.Decrypt(now.EncryptedAccessToken, accessRow(now.ID))
			access = string(plain)
			return err
		}
		now.BrokenReason = reason
		if err := tx.UpdateGrant(ctx, &now); err != nil {
			return err
		}
		return setLinksAttention(ctx, tx, now.ID, reason)
	})
	if err == nil && access == "" {
		err = &vcs.Error{Kind: vcs.Unauthorized, Op: "renew access", Because: reason, Err: cause}
	}
	return access, err
}

// setLinksAttention sets why the links of a grant need a person, or with none that they no longer
// do, and looks at them again.
func setLinksAttention(ctx context.Context, tx *store.Tx, grantID string, reason towpath.Reason) error {
	for l, err := range tx.EveryLink(ctx, store.LinkFilter{GrantID: grantID}) {
		if err != nil {
			return err
		}
		l.AttentionReason = reason
		if err := tx.UpdateLink(ctx, &l); err != nil {
			return err
		}
		if reason.IsZero() {
			if err := tx.WakeLink(ctx, l.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) encryptTokens(g *towpath.Grant, token vcs.Token) {
	g.EncryptedAccessToken = s.Keyring.Encrypt([]byte(token.AccessToken), accessRow(g.ID))
	if token.RefreshToken != "" {
		g.EncryptedRefreshToken = s.Keyring.Encrypt([]byte(token.RefreshToken), refreshRow(g.ID))
	}
	if len(token.Scopes) > 0 {
		g.Scopes = token.Scopes
	}
	g.ExpiresAt = token.ExpiresAt
}

// saveGrant creates a grant from a finished round trip. If the account already has a grant, it gets
// the new tokens, and everything that waited for it is scheduled.
func (s *Service) saveGrant(
	ctx context.Context, tx *store.Tx, v towpath.Verification, token vcs.Token,
) (id string, err error) {
	if token.RefreshToken == "" {
		return "", errors.New("the provider sent no refresh token")
	}
	g := towpath.Grant{
		ID:          store.NewID(),
		ProviderID:  v.ProviderID,
		MemberID:    v.MemberID,
		AccountID:   v.AccountID,
		AccountName: v.AccountName,
		RefreshedAt: tx.Now,
	}
	known, err := tx.GrantOf(ctx, v.ProviderID, v.MemberID, v.AccountID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		s.encryptTokens(&g, token)
		return g.ID, tx.CreateGrant(ctx, &g)
	}
	if err != nil {
		return "", err
	}
	g.ID = known.ID
	g.CreatedAt = known.CreatedAt
	s.encryptTokens(&g, token)
	if err := tx.UpdateGrant(ctx, &g); err != nil {
		return "", err
	}
	if err := tx.WakeHookRemovals(ctx, g.ID); err != nil {
		return "", err
	}
	return g.ID, setLinksAttention(ctx, tx, g.ID, towpath.Reason{})
}

// encryptToken encrypts the token of a verified provider, so that the same person can link a
// repository without a second sign-in. It returns nil for a token that cannot be refreshed.
func (s *Service) encryptToken(v towpath.Verification, token vcs.Token) ([]byte, error) {
	if token.RefreshToken == "" {
		return nil, nil
	}
	plain, err := json.Marshal(token)
	if err != nil {
		return nil, fmt.Errorf("encode token of verification: %w", err)
	}
	return s.Keyring.Encrypt(plain, tokenRow(v.ID)), nil
}

// grantFromVerification creates a grant from the token that a verification has, if any; ""
// otherwise.
func (s *Service) grantFromVerification(
	ctx context.Context, tx *store.Tx, v towpath.Verification,
) (id string, err error) {
	if v.EncryptedToken == nil {
		return "", nil
	}
	plain, err := s.Keyring.Decrypt(v.EncryptedToken, tokenRow(v.ID))
	if err != nil {
		return "", fmt.Errorf("open token of verification: %w", err)
	}
	var token vcs.Token
	if err := json.Unmarshal(plain, &token); err != nil {
		return "", fmt.Errorf("decode token of verification: %w", err)
	}
	return s.saveGrant(ctx, tx, v, token)
}

// GrantSummary is a grant with the usage of its budget, and the rung that its permissions reach.
type GrantSummary struct {
	towpath.Grant
	Usage vcs.Usage
	Rung  int
}

// Grants lists the actor's own grants at a provider.
func (s *Service) Grants(
	ctx context.Context, actor towpath.Actor, providerID string,
) ([]GrantSummary, error) {
	var list []towpath.Grant
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Grants(ctx, providerID, actor.Member.ID)
		return err
	})
	summaries := make([]GrantSummary, len(list))
	for i, g := range list {
		summaries[i] = GrantSummary{Grant: g}
		if summaries[i].Rung, _, err = s.rungOf(ctx, g.ID); err != nil {
			return nil, err
		}
		if client, err := s.Client(ctx, g.ID); err == nil {
			summaries[i].Usage = client.Usage()
		}
	}
	return summaries, err
}

// grantIdle is how long a grant may be unused before it is refreshed, so that the provider does not
// expire it.
const grantIdle = 7 * 24 * time.Hour

// RefreshGrant refreshes a grant that was not used for grantIdle. It is a job's handler.
func (s *Service) RefreshGrant(ctx context.Context, grantID string) (requeueAt *time.Time, err error) {
	unlock := s.grants.refresh.lock(grantID)
	defer unlock()
	g, err := (&grantTokens{s, grantID}).read(ctx)
	if towpath.ErrorCode(err) == towpath.CodeNotFound ||
		(err == nil && (!g.BrokenReason.IsZero() || s.Store.Now().Sub(g.RefreshedAt) < grantIdle)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	_, err = s.renew(ctx, g)
	return vcs.RetryAt(err), err
}

// keyedMutex is one lock per key. It never frees locks, so there must be few keys.
type keyedMutex struct {
	mu    sync.Mutex
	locks map[string]*sync.Mutex
}

func (k *keyedMutex) lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*sync.Mutex{}
	}
	m := k.locks[key]
	if m == nil {
		m = &sync.Mutex{}
		k.locks[key] = m
	}
	k.mu.Unlock()
	m.Lock()
	return m.Unlock
}

// WakeIdleGrants schedules a refresh of grants that were not used for grantIdle. It is a periodic
// job.
func (s *Service) WakeIdleGrants(ctx context.Context) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		idle, err := tx.IdleGrants(ctx, tx.Now.Add(-grantIdle).UnixMicro())
		if err != nil {
			return err
		}
		for _, g := range idle {
			if err := tx.Enqueue(ctx, towpath.JobRefreshGrant, g.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
