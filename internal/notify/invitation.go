package notify

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"towpath"
	"towpath/internal/auth"
	"towpath/internal/store"
)

// Invite sends the link of an invitation. It is the handler of towpath.JobSendInvitation. When the
// server dies while it sends, the member gets the same link again, in a mail with the same id.
func (s *Service) Invite(ctx context.Context, id string) (requeueAt *time.Time, err error) {
	var sending towpath.InvitationMail
	var to towpath.Member
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if sending, err = tx.InvitationMail(ctx, id); err != nil {
			return err
		}
		to, err = tx.Member(ctx, sending.MemberID)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound { // it was accepted or replaced, or is over
		return nil, nil
	}
	if err != nil || sending.State != towpath.RequestPending {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx) // a stop waits for the answer: it would be sent twice otherwise
	failed, err := s.sendInvitation(ctx, sending, to)
	if err != nil {
		return nil, err
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		requeueAt = nil
		now, err := tx.InvitationMail(ctx, id)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil || now.State != towpath.RequestPending {
			return err
		}
		now, requeueAt = now.Tried(failed, tx.Now)
		return tx.UpdateInvitationMail(ctx, now)
	})
	return requeueAt, err
}

// sendInvitation sends the mail once.
func (s *Service) sendInvitation(
	ctx context.Context, m towpath.InvitationMail, to towpath.Member,
) (failed towpath.Reason, err error) {
	if s.Mailer == nil {
		return towpath.Why(towpath.ReasonNoMailServer), nil
	}
	secret, err := s.Keyring.Decrypt(m.EncryptedSecret, m.Row())
	if err != nil {
		return failed, errInvitationKey
	}
	mail, err := invitationOf(m, to, s.ExternalURL, string(secret)).mail(m.ID, []string{to.Email})
	if err != nil {
		return failed, err
	}
	return s.Mailer.Mail(ctx, mail)
}

// roles are the words for roles in mails.
var roles = map[towpath.Role]string{
	towpath.RoleOwner: "a workspace owner", towpath.RoleDBA: "a DBA", towpath.RoleMember: "a member",
}

// invitationOf writes the letter of an invitation.
func invitationOf(m towpath.InvitationMail, to towpath.Member, externalURL, secret string) letter {
	host := externalURL
	if u, err := url.Parse(externalURL); err == nil {
		host = u.Host
	}
	return letter{
		Title: m.InvitedBy + " invites you to Towpath",
		Lines: []string{
			fmt.Sprintf("You join the workspace at %s as %s.", host, roles[to.Role]),
			fmt.Sprintf("The link works once, until %s.", m.ExpiresAt.UTC().Format("January 2, 2006, 15:04 UTC")),
		},
		Verb: "Accept the invitation", URL: externalURL + auth.InvitationPath + secret,
		Why: "Keep the link to yourself. If you don't know " + m.InvitedBy + ", ignore this mail.",
	}
}

var errInvitationKey = towpath.Errorf(towpath.CodeInternal,
	"The link of the invitation cannot be decrypted with this server's key. Invite the member again.")
