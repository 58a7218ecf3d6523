package store

import (
	"context"

	"towpath"
)

var invitationMails = newTable("invitation_mail", 1, func(m *towpath.InvitationMail) []column {
	return []column{
		{"id", &m.ID},
		{"member_id", &m.MemberID},
		{"invited_by", &m.InvitedBy},
		{"encrypted_secret", maybeBlob{&m.EncryptedSecret}},
		{"expires_at", instant{&m.ExpiresAt}},
		{"state", (*string)(&m.State)},
		{"attempts", &m.Attempts},
		{"reason", reason{&m.Reason}},
		{"created_at", instant{&m.CreatedAt}},
		{"tried_at", maybe{&m.TriedAt}},
	}
})

// CreateInvitationMail adds the mail of an invitation, with its CreatedAt, and the job that sends it.
func (tx *Tx) CreateInvitationMail(ctx context.Context, m *towpath.InvitationMail) error {
	m.CreatedAt, m.State = tx.Now, towpath.RequestPending
	if err := tx.emitAfter(invitationMails.insert(ctx, tx, *m),
		towpath.Event{Kind: towpath.EventMemberChanged, MemberID: m.MemberID}); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobSendInvitation, m.ID)
}

// UpdateInvitationMail writes one that was read in the same transaction.
func (tx *Tx) UpdateInvitationMail(ctx context.Context, m towpath.InvitationMail) error {
	return tx.emitAfter(invitationMails.update(ctx, tx, m),
		towpath.Event{Kind: towpath.EventMemberChanged, MemberID: m.MemberID})
}

// InvitationMail reads one; CodeNotFound when its invitation was accepted, replaced or is over.
func (tx *Tx) InvitationMail(ctx context.Context, id string) (towpath.InvitationMail, error) {
	return invitationMails.get(ctx, tx, "id = $1 AND expires_at > $2", id, tx.Now.UnixMicro())
}

// InvitationMails returns the mails of open invitations by member.
func (tx *Tx) InvitationMails(ctx context.Context) (map[string]towpath.InvitationMail, error) {
	list, err := invitationMails.list(ctx, tx, "WHERE expires_at > $1", tx.Now.UnixMicro())
	found := make(map[string]towpath.InvitationMail, len(list))
	for _, m := range list {
		found[m.MemberID] = m
	}
	return found, err
}
