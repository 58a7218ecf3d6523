package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// InvitationTTL is how long an invitation can be accepted.
const InvitationTTL = 7 * 24 * time.Hour

// Invite adds a member who has no password yet, and returns the secret with which they choose one.
func (s *Service) Invite(
	ctx context.Context, actor towpath.Actor, email, name string, role towpath.Role,
) (m towpath.Member, invitation string, err error) {
	m = towpath.Member{Role: role}
	if m.Email, err = address(email); err != nil {
		return m, "", err
	}
	if strings.TrimSpace(name) == "" {
		name, _, _ = strings.Cut(m.Email, "@")
	}
	if m.Name, err = personName(name); err != nil {
		return m, "", err
	}
	if !role.Valid() {
		return m, "", invalidRole()
	}
	if err := ownersByBrowser(actor, m.Role); err != nil {
		return m, "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if err := tx.CreateMember(ctx, &m); err != nil {
			return err
		}
		_, invitation, err = issue(ctx, tx, towpath.Credential{
			Kind:     towpath.CredentialInvitation,
			MemberID: m.ID,
		}, InvitationTTL)
		if err != nil {
			return err
		}
		return audit(ctx, tx, actor, "member.invite", m.ID, "Invited %s as %s.", m.Email, m.Role)
	})
	return m, invitation, err
}

// ownersByBrowser keeps API tokens from making owners, and with them further tokens: a token that
// was stolen must end when it is revoked.
func ownersByBrowser(actor towpath.Actor, role towpath.Role) error {
	if role == towpath.RoleOwner && actor.SessionID == "" {
		return towpath.Errorf(towpath.CodeForbidden, "Make owners in the console: an API token cannot.")
	}
	return nil
}

// InviteAgain makes a new invitation for a member and ends the earlier ones: for a lost link, or
// for a forgotten password. The old password works until the invitation is accepted.
func (s *Service) InviteAgain(
	ctx context.Context, actor towpath.Actor, memberID string,
) (m towpath.Member, invitation string, err error) {
	return s.reinvite(ctx, actor, func(tx *store.Tx) (towpath.Member, error) {
		m, err := tx.Member(ctx, memberID)
		if err != nil {
			return m, err
		}
		return m, ownersByBrowser(actor, m.Role)
	})
}

// Recover is InviteAgain for whoever may open the metadata itself, when no owner can sign in any
// more. CodeNotFound when nobody has the e-mail address.
func (s *Service) Recover(
	ctx context.Context, email string,
) (m towpath.Member, invitation string, err error) {
	if email, err = address(email); err != nil {
		return m, "", err
	}
	return s.reinvite(ctx, towpath.Actor{}, func(tx *store.Tx) (towpath.Member, error) {
		m, err := tx.MemberByEmail(ctx, email)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			err = towpath.Errorf(towpath.CodeNotFound, "There is no member with the e-mail address %s.",
				email)
		}
		return m, err
	})
}

func (s *Service) reinvite(
	ctx context.Context, actor towpath.Actor, find func(*store.Tx) (towpath.Member, error),
) (m towpath.Member, invitation string, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if m, err = find(tx); err != nil {
			return err
		}
		if m.DeactivatedAt != nil {
			return towpath.Errorf(towpath.CodeConflict, "%s is deactivated. Activate the member first.",
				m.Email)
		}
		if err := tx.DeleteCredentials(ctx, m.ID, towpath.CredentialInvitation); err != nil {
			return err
		}
		_, invitation, err = issue(ctx, tx, towpath.Credential{
			Kind:     towpath.CredentialInvitation,
			MemberID: m.ID,
		}, InvitationTTL)
		if err != nil {
			return err
		}
		from := ""
		if actor.Member.ID == "" {
			from = " from a shell"
		}
		return audit(ctx, tx, actor, "member.invite", m.ID, "Made a new invitation for %s%s.", m.Email, from)
	})
	return m, invitation, err
}

// AcceptInvitation sets the invited member's password, ends their other sessions and begins a new
// one. An invitation works once; CodeNotFound when it is not known any more.
func (s *Service) AcceptInvitation(
	ctx context.Context, invitation, password string,
) (m towpath.Member, session string, err error) {
	if err := checkPassword("password", password); err != nil {
		return m, "", err
	}
	find := func(tx *store.Tx) error {
		c, err := tx.CredentialByHash(ctx, towpath.CredentialInvitation, secret.HashToken(invitation))
		if err == nil {
			m, err = tx.Member(ctx, c.MemberID)
		}
		if towpath.ErrorCode(err) == towpath.CodeNotFound || err == nil && m.DeactivatedAt != nil {
			return towpath.Errorf(towpath.CodeNotFound,
				"The invitation was used, has expired or was replaced. Ask a workspace owner for a new one.")
		}
		return err
	}
	if err := s.Store.Read(ctx, find); err != nil {
		return m, "", err
	}
	hash, err := s.hashing.hash(ctx, password)
	if err != nil {
		return m, "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if err := find(tx); err != nil {
			return err
		}
		m.PasswordHash = hash
		if err := tx.UpdateMember(ctx, &m); err != nil {
			return err
		}
		for _, kind := range []towpath.CredentialKind{
			towpath.CredentialInvitation,
			towpath.CredentialSession,
		} {
			if err := tx.DeleteCredentials(ctx, m.ID, kind); err != nil {
				return err
			}
		}
		_, session, err = issue(ctx, tx, towpath.Credential{Kind: towpath.CredentialSession, MemberID: m.ID},
			SessionTTL)
		if err != nil {
			return err
		}
		return audit(ctx, tx, towpath.Actor{Member: m}, "member.join", m.ID,
			"Accepted the invitation and chose a password.")
	})
	return m, session, err
}

// MemberChange is what to change of a member; nil leaves it.
type MemberChange struct {
	Name        *string
	Role        *towpath.Role
	Deactivated *bool
}

// ChangeMember changes a member. CodeConflict when no active workspace owner would be left. A
// deactivated member's sessions, API tokens and invitations end at once and do not come back.
func (s *Service) ChangeMember(
	ctx context.Context, actor towpath.Actor, id string, change MemberChange,
) (m towpath.Member, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if m, err = tx.Member(ctx, id); err != nil {
			return err
		}
		was := m.Role
		said, err := change.apply(&m, tx.Now)
		if err != nil || len(said) == 0 {
			return err
		}
		if m.Role != was {
			if err := ownersByBrowser(actor, m.Role); err != nil {
				return err
			}
		}
		if err := tx.UpdateMember(ctx, &m); err != nil {
			return err
		}
		if owners, err := tx.CountOwners(ctx); err != nil || owners == 0 {
			if err == nil {
				err = towpath.Errorf(towpath.CodeConflict,
					"%s is the last active workspace owner. Make another member an owner first.", m.Email)
			}
			return err
		}
		if m.DeactivatedAt != nil {
			for _, kind := range []towpath.CredentialKind{
				towpath.CredentialSession,
				towpath.CredentialAPIToken, towpath.CredentialInvitation,
			} {
				if err := tx.DeleteCredentials(ctx, m.ID, kind); err != nil {
					return err
				}
			}
		}
		return audit(ctx, tx, actor, "member.change", m.ID, "%s: %s.", m.Email, strings.Join(said, ", "))
	})
	return m, err
}

// apply changes m and says what it did.
func (c MemberChange) apply(m *towpath.Member, now time.Time) (said []string, err error) {
	if c.Name != nil && *c.Name != m.Name {
		if m.Name, err = personName(*c.Name); err != nil {
			return nil, err
		}
		said = append(said, "name is now "+m.Name)
	}
	if c.Role != nil && *c.Role != m.Role {
		if !c.Role.Valid() {
			return nil, invalidRole()
		}
		said = append(said, fmt.Sprintf("role changed from %s to %s", m.Role, *c.Role))
		m.Role = *c.Role
	}
	if c.Deactivated != nil && *c.Deactivated != (m.DeactivatedAt != nil) {
		m.DeactivatedAt = nil
		word := "activated"
		if *c.Deactivated {
			m.DeactivatedAt, word = &now, "deactivated"
		}
		said = append(said, word)
	}
	return said, nil
}

// ChangePassword sets the actor's own password and ends their other sessions. CodeInvalid about
// current when it is wrong.
func (s *Service) ChangePassword(ctx context.Context, actor towpath.Actor, current, next string) error {
	if err := checkPassword("new", next); err != nil {
		return err
	}
	if err := s.byEmail.allow(actor.Member.Email, s.Store.Now(), 10*time.Second, 10); err != nil {
		return err
	}
	ok, err := s.hashing.verify(ctx, actor.Member.PasswordHash, current)
	if err != nil {
		return err
	}
	if !ok {
		return towpath.Invalid("current", "This is not your current password.")
	}
	hash, err := s.hashing.hash(ctx, next)
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		m, err := tx.Member(ctx, actor.Member.ID)
		if err != nil {
			return err
		}
		m.PasswordHash = hash
		if err := tx.UpdateMember(ctx, &m); err != nil {
			return err
		}
		sessions, err := store.All(tx.EveryCredential(ctx, m.ID, towpath.CredentialSession))
		if err != nil {
			return err
		}
		for _, c := range sessions {
			if c.ID == actor.SessionID {
				continue
			}
			if err := tx.DeleteCredential(ctx, m.ID, c.ID); err != nil {
				return err
			}
		}
		return audit(ctx, tx, actor, "member.password", m.ID, "Changed their password.")
	})
}

func audit(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, action, subject, format string, args ...any,
) error {
	return tx.Audit(ctx, towpath.AuditEvent{
		MemberID: actor.Member.ID,
		Action:   action,
		Subject:  subject,
		Detail:   fmt.Sprintf(format, args...),
	})
}

func invalidRole() error {
	return towpath.Invalid("role", "Choose one of the roles owner, dba and member.")
}
