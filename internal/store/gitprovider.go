package store

import (
	"context"

	"towpath"
)

var gitProviders = newTable("git_provider", 1, func(p *towpath.GitProvider) []column {
	return []column{
		{"id", &p.ID},
		{"type", (*string)(&p.Type)},
		{"instance_url", &p.InstanceURL},
		{"display_name", &p.DisplayName},
		{"application_id", &p.ApplicationID},
		{"encrypted_secret", blob{&p.EncryptedSecret}},
		{"created_by", &p.CreatedBy},
		{"created_at", instant{&p.CreatedAt}},
	}
})

// CreateGitProvider adds a provider and sets CreatedAt. The caller makes the id with NewID, since
// the encrypted secret is bound to it.
func (tx *Tx) CreateGitProvider(ctx context.Context, p *towpath.GitProvider) error {
	p.CreatedAt = tx.Now
	return tx.emitAfter(gitProviders.insert(ctx, tx, *p), towpath.Event{
		Kind:      towpath.EventGitProviderCreated,
		SubjectID: p.ID,
	})
}

// UpdateGitProvider writes a provider that was read in the same transaction.
func (tx *Tx) UpdateGitProvider(ctx context.Context, p *towpath.GitProvider) error {
	return tx.emitAfter(gitProviders.update(ctx, tx, *p), towpath.Event{
		Kind:      towpath.EventGitProviderChanged,
		SubjectID: p.ID,
	})
}

// DeleteGitProvider removes a provider and its grants; CodeConflict while a link needs one.
func (tx *Tx) DeleteGitProvider(ctx context.Context, id string) error {
	if err := grants.delete(ctx, tx, "provider_id = $1", id); err != nil {
		return inUse(err, "Repositories are linked through this provider. Unlink them first.")
	}
	err := tx.emitAfter(gitProviders.delete(ctx, tx, "id = $1", id),
		towpath.Event{Kind: towpath.EventGitProviderDeleted, SubjectID: id})
	return inUse(err, "Repositories are linked through this provider. Unlink them first.")
}

// GitProvider reads a provider.
func (tx *Tx) GitProvider(ctx context.Context, id string) (towpath.GitProvider, error) {
	return gitProviders.get(ctx, tx, "id = $1", id)
}

// GitProviders lists providers, oldest first.
func (tx *Tx) GitProviders(ctx context.Context, p Page) ([]towpath.GitProvider, error) {
	return gitProviders.page(ctx, tx, p, filter{})
}

var verifications = newTable("verification", 1, func(v *towpath.Verification) []column {
	return []column{
		{"id", &v.ID},
		{"purpose", (*string)(&v.Purpose)},
		{"state", (*string)(&v.State)},
		{"reason", reason{&v.Reason}},
		{"member_id", &v.MemberID},
		{"session_id", &v.SessionID},
		{"state_hash", blob{&v.StateHash}},
		{"provider_id", &v.ProviderID},
		{"type", (*string)(&v.Type)},
		{"instance_url", &v.InstanceURL},
		{"display_name", &v.DisplayName},
		{"application_id", &v.ApplicationID},
		{"encrypted_secret", maybeBlob{&v.EncryptedSecret}},
		{"encrypted_token", maybeBlob{&v.EncryptedToken}},
		{"account_id", &v.AccountID},
		{"account_name", &v.AccountName},
		{"scopes", jsonText{&v.Scopes}},
		{"missing", jsonText{&v.Missing}},
		{"grant_id", &v.GrantID},
		{"created_at", instant{&v.CreatedAt}},
		{"expires_at", instant{&v.ExpiresAt}},
	}
})

// CreateVerification adds a verification and sets CreatedAt and ExpiresAt. The caller makes the id
// with NewID.
func (tx *Tx) CreateVerification(ctx context.Context, v *towpath.Verification) error {
	v.CreatedAt, v.ExpiresAt = tx.Now, tx.Now.Add(towpath.VerificationTTL)
	return tx.emitAfter(verifications.insert(ctx, tx, *v), verificationEvent(*v, ""))
}

// UpdateVerification writes a verification that was read in the same transaction.
func (tx *Tx) UpdateVerification(ctx context.Context, v *towpath.Verification) error {
	before, changed, err := verifications.change(ctx, tx, *v)
	if err != nil || !changed {
		return err
	}
	tx.Emit(verificationEvent(*v, before.State))
	return nil
}

func verificationEvent(v towpath.Verification, from towpath.VerificationState) towpath.Event {
	return towpath.Event{
		Kind:      towpath.EventVerificationChanged,
		MemberID:  v.MemberID,
		SubjectID: v.ID,
		From:      string(from),
		To:        string(v.State),
	}
}

// Verification reads a verification, even if it has expired.
func (tx *Tx) Verification(ctx context.Context, id string) (towpath.Verification, error) {
	return verifications.get(ctx, tx, "id = $1", id)
}

// VerificationByState reads a verification by the SHA-256 of its OAuth state.
func (tx *Tx) VerificationByState(ctx context.Context, hash []byte) (towpath.Verification, error) {
	return verifications.get(ctx, tx, "state_hash = $1", hash)
}

var grants = newTable(`"grant"`, 1, func(g *towpath.Grant) []column {
	return []column{
		{"id", &g.ID},
		{"provider_id", &g.ProviderID},
		{"member_id", &g.MemberID},
		{"account_id", &g.AccountID},
		{"account_name", &g.AccountName},
		{"encrypted_access_token", blob{&g.EncryptedAccessToken}},
		{"encrypted_refresh_token", blob{&g.EncryptedRefreshToken}},
		{"scopes", jsonText{&g.Scopes}},
		{"expires_at", instant{&g.ExpiresAt}},
		{"refreshed_at", instant{&g.RefreshedAt}},
		{"broken_reason", reason{&g.BrokenReason}},
		{"created_at", instant{&g.CreatedAt}},
	}
})

// CreateGrant adds a grant and sets CreatedAt. The caller makes the id with NewID.
func (tx *Tx) CreateGrant(ctx context.Context, g *towpath.Grant) error {
	g.CreatedAt = tx.Now
	return tx.emitAfter(grants.insert(ctx, tx, *g), towpath.Event{
		Kind:     towpath.EventGrantCreated,
		MemberID: g.MemberID, SubjectID: g.ID,
	})
}

// UpdateGrant writes a grant that was read in the same transaction. A token refresh alone emits no
// event.
func (tx *Tx) UpdateGrant(ctx context.Context, g *towpath.Grant) error {
	_, changed, err := grants.change(ctx, tx, *g, "encrypted_access_token", "encrypted_refresh_token",
		"expires_at", "refreshed_at")
	if err != nil || !changed {
		return err
	}
	tx.Emit(towpath.Event{Kind: towpath.EventGrantChanged, MemberID: g.MemberID, SubjectID: g.ID})
	return nil
}

// Grant reads a grant.
func (tx *Tx) Grant(ctx context.Context, id string) (towpath.Grant, error) {
	return grants.get(ctx, tx, "id = $1", id)
}

// GrantOf reads a member's grant for an account at a provider.
func (tx *Tx) GrantOf(ctx context.Context, providerID, memberID, accountID string) (towpath.Grant, error) {
	return grants.get(ctx, tx, "provider_id = $1 AND member_id = $2 AND account_id = $3", providerID,
		memberID, accountID)
}

// Grants lists a member's grants at a provider; with "" for the member, those of all members.
func (tx *Tx) Grants(ctx context.Context, providerID, memberID string) ([]towpath.Grant, error) {
	return grants.list(ctx, tx, "WHERE provider_id = $1 AND ($2 = '' OR member_id = $2) ORDER BY id",
		providerID, memberID)
}

// IdleGrants lists working grants that a link depends on and that were last refreshed before since,
// in microseconds since 1970.
func (tx *Tx) IdleGrants(ctx context.Context, since int64) ([]towpath.Grant, error) {
	return grants.list(ctx, tx, "WHERE broken_reason = '' AND refreshed_at < $1 AND id IN (SELECT grant_id "+
		"FROM repository_link) ORDER BY id", since)
}
