package store

import (
	"context"
	"iter"

	"towpath"
)

var members = newTable("member", 1, func(m *towpath.Member) []column {
	return []column{
		{"id", &m.ID},
		{"email", &m.Email},
		{"name", &m.Name},
		{"password_hash", &m.PasswordHash},
		{"role", (*string)(&m.Role)},
		{"deactivated_at", maybe{&m.DeactivatedAt}},
		{"created_at", instant{&m.CreatedAt}},
		{"issuer", &m.Issuer},
		{"subject", &m.Subject},
		{"service", &m.Service},
	}
})

// CreateMember adds a member and sets ID and CreatedAt. CodeConflict about email when the address
// is in use.
func (tx *Tx) CreateMember(ctx context.Context, m *towpath.Member) error {
	m.ID, m.CreatedAt = NewID(), tx.Now
	err := tx.emitAfter(members.insert(ctx, tx, *m), towpath.Event{
		Kind:     towpath.EventMemberCreated,
		MemberID: m.ID,
	})
	return taken(err, "email", "There is a member with the address %s already.", m.Email)
}

// UpdateMember writes a member that was read in the same transaction.
func (tx *Tx) UpdateMember(ctx context.Context, m *towpath.Member) error {
	err := tx.emitAfter(members.update(ctx, tx, *m), towpath.Event{
		Kind:     towpath.EventMemberChanged,
		MemberID: m.ID,
	})
	return taken(err, "email", "There is a member with the address %s already.", m.Email)
}

// Member reads a member.
func (tx *Tx) Member(ctx context.Context, id string) (towpath.Member, error) {
	return members.get(ctx, tx, "id = $1", id)
}

// MemberByEmail reads a member by the e-mail address, which is stored in lower case.
func (tx *Tx) MemberByEmail(ctx context.Context, email string) (towpath.Member, error) {
	return members.get(ctx, tx, "email = $1", email)
}

// MemberBySubject reads a member by who they are at an OpenID Connect provider.
func (tx *Tx) MemberBySubject(ctx context.Context, issuer, subject string) (towpath.Member, error) {
	return members.get(ctx, tx, "issuer = $1 AND subject = $2 AND subject <> ''", issuer, subject)
}

// Members lists members, oldest first.
func (tx *Tx) Members(ctx context.Context, p Page) ([]towpath.Member, error) {
	return members.page(ctx, tx, p, filter{})
}

// CountOwners returns the number of active workspace owners who have a way to sign in.
func (tx *Tx) CountOwners(ctx context.Context) (int, error) {
	list, err := members.list(ctx, tx,
		"WHERE role = 'owner' AND deactivated_at IS NULL AND (password_hash <> '' OR subject <> '')")
	return len(list), err
}

var credentials = newTable("credential", 1, func(c *towpath.Credential) []column {
	return []column{
		{"id", &c.ID},
		{"kind", (*string)(&c.Kind)},
		{"member_id", &c.MemberID},
		{"name", &c.Name},
		{"hash", blob{&c.Hash}},
		{"created_at", instant{&c.CreatedAt}},
		{"expires_at", maybe{&c.ExpiresAt}},
		{"last_used_at", maybe{&c.LastUsedAt}},
		{"scope", (*string)(&c.Scope)},
	}
})

// CreateCredential adds a credential and sets ID and CreatedAt.
func (tx *Tx) CreateCredential(ctx context.Context, c *towpath.Credential) error {
	c.ID, c.CreatedAt = NewID(), tx.Now
	return tx.emitAfter(credentials.insert(ctx, tx, *c), towpath.Event{
		Kind:     towpath.EventCredentialCreated,
		MemberID: c.MemberID, SubjectID: c.ID,
	})
}

// CredentialByHash reads a credential that has not expired, by the SHA-256 of its secret.
func (tx *Tx) CredentialByHash(
	ctx context.Context, kind towpath.CredentialKind, hash []byte,
) (towpath.Credential, error) {
	return credentials.get(ctx, tx, "hash = $1 AND kind = $2 AND (expires_at IS NULL OR expires_at > $3)",
		hash, string(kind), tx.Now.UnixMicro())
}

// Credentials lists one member's credentials of a kind, oldest first.
func (tx *Tx) Credentials(
	ctx context.Context, memberID string, kind towpath.CredentialKind, p Page,
) ([]towpath.Credential, error) {
	return credentials.page(ctx, tx, p, credentialsOf(memberID, kind))
}

// EveryCredential iterates over all credentials of a kind that a member has, oldest first.
func (tx *Tx) EveryCredential(
	ctx context.Context, memberID string, kind towpath.CredentialKind,
) iter.Seq2[towpath.Credential, error] {
	return credentials.walk(ctx, tx, credentialsOf(memberID, kind),
		func(c towpath.Credential) string { return c.ID })
}

func credentialsOf(memberID string, kind towpath.CredentialKind) (where filter) {
	where.is("member_id", memberID)
	where.is("kind", string(kind))
	return where
}

// UpdateCredential writes a credential that was read in the same transaction.
func (tx *Tx) UpdateCredential(ctx context.Context, c *towpath.Credential) error {
	return credentials.update(ctx, tx, *c)
}

// DeleteCredential removes one credential of a member.
func (tx *Tx) DeleteCredential(ctx context.Context, memberID, id string) error {
	err := credentials.delete(ctx, tx, "id = $1 AND member_id = $2", id, memberID)
	return tx.emitAfter(err, towpath.Event{
		Kind: towpath.EventCredentialDeleted, MemberID: memberID, SubjectID: id,
	})
}

// DeleteCredentials removes all credentials of a kind of a member.
func (tx *Tx) DeleteCredentials(ctx context.Context, memberID string, kind towpath.CredentialKind) error {
	return tx.emitAfter(credentials.delete(ctx, tx, "member_id = $1 AND kind = $2", memberID, string(kind)),
		towpath.Event{
			Kind: towpath.EventCredentialDeleted, MemberID: memberID,
		})
}

// DeleteExpired removes credentials and verifications that have expired.
func (tx *Tx) DeleteExpired(ctx context.Context) error {
	if err := credentials.delete(ctx, tx, "expires_at <= $1", tx.Now.UnixMicro()); err != nil {
		return err
	}
	return verifications.delete(ctx, tx, "expires_at <= $1", tx.Now.Add(-towpath.VerificationTTL).UnixMicro())
}
