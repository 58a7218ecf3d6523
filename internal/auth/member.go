package auth

import (
	"context"
	"reflect"
	"strings"
	"time"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// InvitationTTL is how long an invitation can be accepted.
const InvitationTTL = 7 * 24 * time.Hour

// InvitationPath leads to the page of an invitation, with its secret at the end. What comes after the #
// stays in the browser, so that no server logs it.
const InvitationPath = "/invitation#"

// Invite adds a member without a password. It returns the secret with which the member sets one.
func (s *Service) Invite(
	ctx context.Context, actor towpath.Actor, email, name string, role towpath.Role,
) (m towpath.Member, invitation string, err error) {
	return s.invite(ctx, actor, email, name, role, shownOnce)
}

// invite adds a member; bring sends the invitation on its way.
func (s *Service) invite(
	ctx context.Context, actor towpath.Actor, email, name string, role towpath.Role, bring delivery,
) (m towpath.Member, invitation string, err error) {
	m = towpath.Member{Role: role}
	if m.Email, err = normalizeEmail(email); err != nil {
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
	if err := refuseOwnersByToken(actor, m.Role); err != nil {
		return m, "", err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if err := tx.CreateMember(ctx, &m); err != nil {
			return err
		}
		c, link, err := issue(ctx, tx, towpath.Credential{
			Kind:     towpath.CredentialInvitation,
			MemberID: m.ID,
		}, InvitationTTL)
		if err != nil {
			return err
		}
		invitation = link
		tx.Emit(actor.Did(towpath.ActMemberInvite, m.ID, "", "email", m.Email, "role", string(m.Role)))
		return bring(ctx, tx, invited{actor, m, c, link})
	})
	return m, invitation, err
}

// refuseOwnersByToken keeps API tokens from making owners, who could make further tokens: revoking
// a stolen token must be enough. CodeForbidden when role is owner and the actor uses a token.
func refuseOwnersByToken(actor towpath.Actor, role towpath.Role) error {
	if role == towpath.RoleOwner && actor.SessionID == "" {
		return towpath.Errorf(towpath.CodeForbidden, "Make owners in the console: an API token cannot.")
	}
	return nil
}

// InviteAgain makes a new invitation for a member who lost the link or forgot the password, and
// revokes earlier ones. The old password works until the member accepts the invitation.
func (s *Service) InviteAgain(
	ctx context.Context, actor towpath.Actor, memberID string,
) (m towpath.Member, invitation string, err error) {
	return s.reinvite(ctx, actor, memberToInvite(ctx, actor, memberID), shownOnce)
}

// memberToInvite finds the member whom an actor invites again.
func memberToInvite(
	ctx context.Context, actor towpath.Actor, memberID string,
) func(*store.Tx) (towpath.Member, error) {
	return func(tx *store.Tx) (towpath.Member, error) {
		m, err := tx.Member(ctx, memberID)
		if err != nil {
			return m, err
		}
		return m, refuseOwnersByToken(actor, m.Role)
	}
}

// Recover is InviteAgain for an operator with access to the metadata, when no owner can sign in
// anymore. CodeNotFound when no member has the e-mail address.
func (s *Service) Recover(
	ctx context.Context, email string,
) (m towpath.Member, invitation string, err error) {
	if email, err = normalizeEmail(email); err != nil {
		return m, "", err
	}
	return s.reinvite(ctx, towpath.Actor{}, func(tx *store.Tx) (towpath.Member, error) {
		m, err := tx.MemberByEmail(ctx, email)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			err = towpath.Errorf(towpath.CodeNotFound, "There is no member with the e-mail address %s.",
				email)
		}
		return m, err
	}, shownOnce)
}

func (s *Service) reinvite(
	ctx context.Context, actor towpath.Actor, find func(*store.Tx) (towpath.Member, error), bring delivery,
) (m towpath.Member, invitation string, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if m, err = find(tx); err != nil {
			return err
		}
		if m.DeactivatedAt != nil {
			return towpath.Errorf(towpath.CodeConflict, "%s is deactivated. Activate the member first.",
				m.Email)
		}
		if err := refuseService(m); err != nil {
			return err
		}
		if err := tx.DeleteCredentials(ctx, m.ID, towpath.CredentialInvitation); err != nil {
			return err
		}
		c, link, err := issue(ctx, tx, towpath.Credential{
			Kind:     towpath.CredentialInvitation,
			MemberID: m.ID,
		}, InvitationTTL)
		if err != nil {
			return err
		}
		invitation = link
		act := actor.Did(towpath.ActMemberReinvite, m.ID, "", "email", m.Email)
		if actor.Member.ID == "" {
			act = actor.Did(towpath.ActMemberRecover, m.ID, "", "email", m.Email)
		}
		tx.Emit(act)
		return bring(ctx, tx, invited{actor, m, c, link})
	})
	return m, invitation, err
}

// AcceptInvitation sets the invited member's password, ends their other sessions and begins a new
// one. An invitation works once; CodeNotFound when it was used, replaced or has expired. CodeForbidden
// when passwords are off.
func (s *Service) AcceptInvitation(
	ctx context.Context, invitation, password string,
) (m towpath.Member, session string, err error) {
	if err := s.refusePasswords(); err != nil {
		return m, "", err
	}
	if err := checkPassword("password", password); err != nil {
		return m, "", err
	}
	find := func(tx *store.Tx) error {
		c, err := tx.CredentialByHash(ctx, towpath.CredentialInvitation, secret.HashToken(invitation))
		if err == nil {
			m, err = tx.Member(ctx, c.MemberID)
		}
		if towpath.ErrorCode(err) == towpath.CodeNotFound || (err == nil && m.DeactivatedAt != nil) {
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
		tx.Emit(towpath.Actor{Member: m}.Did(towpath.ActMemberJoin, m.ID, ""))
		return nil
	})
	return m, session, err
}

// MemberChange lists changes to a member; nil fields stay unchanged.
type MemberChange struct {
	Name        *string
	Role        *towpath.Role
	Deactivated *bool
}

// ChangeMember changes a member. CodeConflict when no active workspace owner would be left.
// Deactivating a member deletes their sessions, API tokens and invitations for good.
func (s *Service) ChangeMember(
	ctx context.Context, actor towpath.Actor, id string, change MemberChange,
) (m towpath.Member, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if m, err = tx.Member(ctx, id); err != nil {
			return err
		}
		was := m
		if err := change.apply(&m, tx.Now); err != nil || reflect.DeepEqual(m, was) {
			return err
		}
		if m.Role != was.Role {
			if err := refuseOwnersByToken(actor, m.Role); err != nil {
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
		emitMemberChange(tx, actor, was, m)
		return nil
	})
	return m, err
}

// apply changes m.
func (c MemberChange) apply(m *towpath.Member, now time.Time) (err error) {
	if c.Name != nil && *c.Name != m.Name {
		if m.Name, err = personName(*c.Name); err != nil {
			return err
		}
	}
	if c.Role != nil && *c.Role != m.Role {
		if !c.Role.Valid() {
			return invalidRole()
		}
		if m.Service && *c.Role == towpath.RoleOwner {
			return refuseServiceOwner()
		}
		m.Role = *c.Role
	}
	if c.Deactivated != nil && *c.Deactivated != (m.DeactivatedAt != nil) {
		m.DeactivatedAt = nil
		if *c.Deactivated {
			m.DeactivatedAt = &now
		}
	}
	return nil
}

// emitMemberChange emits an audit event for each change of a member.
func emitMemberChange(tx *store.Tx, actor towpath.Actor, was, m towpath.Member) {
	if m.Name != was.Name {
		tx.Emit(actor.Did(towpath.ActMemberRename, m.ID, "", "email", m.Email, "name", m.Name).
			With(towpath.Changed("name", was.Name, m.Name)))
	}
	if m.Role != was.Role {
		tx.Emit(actor.Did(towpath.ActMemberRole, m.ID, "",
			"email", m.Email, "from", string(was.Role), "to", string(m.Role)))
	}
	switch {
	case was.DeactivatedAt == nil && m.DeactivatedAt != nil:
		tx.Emit(actor.Did(towpath.ActMemberDeactivate, m.ID, "", "email", m.Email))
	case was.DeactivatedAt != nil && m.DeactivatedAt == nil:
		tx.Emit(actor.Did(towpath.ActMemberActivate, m.ID, "", "email", m.Email))
	}
}

// ChangePassword sets the actor's own password and ends their other sessions. CodeInvalid about
// "current" when the current password is wrong.
func (s *Service) ChangePassword(ctx context.Context, actor towpath.Actor, current, next string) error {
	if err := s.refusePasswords(); err != nil {
		return err
	}
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
		tx.Emit(actor.Did(towpath.ActMemberPassword, m.ID, ""))
		return nil
	})
}

func invalidRole() error {
	return towpath.Invalid("role", "Choose one of the roles owner, dba and member.")
}
