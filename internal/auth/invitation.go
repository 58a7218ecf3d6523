package auth

import (
	"cmp"
	"context"

	"towpath"
	"towpath/internal/store"
)

// invited is an invitation that was just made, with its secret.
type invited struct {
	by     towpath.Actor
	member towpath.Member
	made   towpath.Credential
	secret string
}

// delivery brings an invitation on its way, in the transaction that makes it.
type delivery func(ctx context.Context, tx *store.Tx, i invited) error

// shownOnce is the delivery of an invitation whose link the caller shows.
func shownOnce(context.Context, *store.Tx, invited) error { return nil }

// InviteByMail is Invite that sends the link to the member, so that nobody else sees it. CodeInvalid
// about byEmail when there is no mail server.
func (s *Service) InviteByMail(
	ctx context.Context, actor towpath.Actor, email, name string, role towpath.Role,
) (towpath.Member, error) {
	m, _, err := s.invite(ctx, actor, email, name, role, s.mailed)
	return m, err
}

// InviteAgainByMail is InviteAgain that sends the link to the member. CodeInvalid about byEmail when
// there is no mail server.
func (s *Service) InviteAgainByMail(
	ctx context.Context, actor towpath.Actor, memberID string,
) (towpath.Member, error) {
	m, _, err := s.reinvite(ctx, actor, memberToInvite(ctx, actor, memberID), s.mailed)
	return m, err
}

// mailed is the delivery by the mail server. The secret is sealed until the server has taken the mail.
func (s *Service) mailed(ctx context.Context, tx *store.Tx, i invited) error {
	if !s.Mails {
		return towpath.Invalid("byEmail", "This server sends no mail. Start it with --smtp-url and "+
			"--smtp-from, or pass the link on yourself.")
	}
	m := towpath.InvitationMail{
		ID: i.made.ID, MemberID: i.member.ID, ExpiresAt: *i.made.ExpiresAt,
		InvitedBy: cmp.Or(i.by.Member.Name, i.by.Member.Email),
	}
	m.EncryptedSecret = s.Keyring.Encrypt([]byte(i.secret), m.Row())
	tx.Emit(i.by.Did(towpath.ActMemberInviteMail, i.member.ID, "", "email", i.member.Email))
	return tx.CreateInvitationMail(ctx, &m)
}
