package towpath

import "time"

// InvitationMail brings a member the link of an invitation. It is removed with the invitation: when
// that is accepted, replaced or over.
type InvitationMail struct {
	ID              string // that of the invitation
	MemberID        string
	InvitedBy       string // who invites, as the mail says
	EncryptedSecret []byte // of the link; nil once nothing is sent any more
	ExpiresAt       time.Time
	State           RequestState
	Attempts        int
	Reason          Reason // why the last attempt failed
	CreatedAt       time.Time
	TriedAt         *time.Time // the last attempt
}

// Row names the row that the secret is encrypted for.
func (m InvitationMail) Row() string { return "invitation-mail/" + m.ID + "/secret" }

// Tried returns the mail after an attempt, as ApprovalRequest.Tried does. The link is forgotten once
// nothing is sent any more.
func (m InvitationMail) Tried(failed Reason, now time.Time) (tried InvitationMail, again *time.Time) {
	q, again := ApprovalRequest{Attempts: m.Attempts}.Tried(failed, now)
	if q.State == "" {
		q.State = RequestPending
	}
	m.State, m.Attempts, m.Reason, m.TriedAt = q.State, q.Attempts, q.Reason, q.TriedAt
	if m.State != RequestPending {
		m.EncryptedSecret = nil
	}
	return m, again
}
