package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/auth"
	"towpath/internal/store"
)

// member is a person of the workspace, or a service account.
type member struct {
	ID            string       `json:"id"`
	Email         string       `json:"email"`
	Name          string       `json:"name"`
	Role          towpath.Role `json:"role" enum:"owner,dba,member"`
	Invited       bool         `json:"invited" doc:"Whether the member has not accepted the invitation yet."`
	Service       bool         `json:"service,omitempty" doc:"Whether it is a program, which has API tokens and no sign-in."`
	DeactivatedAt *time.Time   `json:"deactivatedAt,omitempty"`
	CreatedAt     time.Time    `json:"createdAt"`

	InvitationMail *invitationMail `json:"invitationMail,omitempty" doc:"The mail with the link of the open invitation; absent when the link was not sent by email."`
}

// invitationMail is how far the mail of an invitation is.
type invitationMail struct {
	State     towpath.RequestState `json:"state" enum:"pending,delivered,failed" doc:"pending: it is sent, or sent again. delivered: the mail server has taken it. failed: it is given up; invite again."`
	Attempts  int                  `json:"attempts"`
	CreatedAt time.Time            `json:"createdAt"`
	ExpiresAt time.Time            `json:"expiresAt" doc:"When the link ends."`
	At        *time.Time           `json:"at,omitempty" doc:"Of the last attempt."`
	Reason    *Reason              `json:"reason,omitempty" doc:"Why the last attempt failed."`
}

func invitationMailOf(m towpath.InvitationMail) *invitationMail {
	return &invitationMail{
		State: m.State, Attempts: m.Attempts, CreatedAt: m.CreatedAt, ExpiresAt: m.ExpiresAt, At: m.TriedAt,
		Reason: reasonOf(m.Reason),
	}
}

func memberOf(m towpath.Member) member {
	return member{
		ID:            m.ID,
		Email:         m.Email,
		Name:          m.Name,
		Role:          m.Role,
		Invited:       !m.SignsIn() && !m.Service,
		Service:       m.Service,
		DeactivatedAt: m.DeactivatedAt,
		CreatedAt:     m.CreatedAt,
	}
}

func (s *Server) listMembers(ctx context.Context, in *pageInput) (list[member], error) {
	var rows []towpath.Member
	var mails map[string]towpath.InvitationMail
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if rows, err = tx.Members(ctx, in.oldest()); err != nil {
			return err
		}
		mails, err = tx.InvitationMails(ctx)
		return err
	})
	shown := func(m towpath.Member) member {
		out := memberOf(m)
		if mail, sent := mails[m.ID]; sent {
			out.InvitationMail = invitationMailOf(mail)
		}
		return out
	}
	return page(in.Paging, rows, func(m towpath.Member) string { return m.ID }, shown), err
}

type inviteInput struct {
	Body struct {
		Email string       `json:"email" maxLength:"254"`
		Name  string       `json:"name,omitempty" maxLength:"200"`
		Role  towpath.Role `json:"role" enum:"owner,dba,member"`

		ByEmail bool `json:"byEmail,omitempty" doc:"Send the link to the member by email, so that it is not in the response. Needs a mail server."`
	}
}

// invitation is a link with which a member chooses a password. It is shown only once.
type invitation struct {
	Member    member    `json:"member"`
	URL       string    `json:"url,omitempty" doc:"Send it to the member. Anybody who has it can choose the password. It is not shown again. Absent when it is sent by email."`
	ExpiresAt time.Time `json:"expiresAt"`
}

// invitation makes the link. The secret comes after the #, so that no server logs it.
func (s *Server) invitation(m towpath.Member, secret string) invitation {
	i := invitation{Member: memberOf(m), ExpiresAt: s.Store.Now().Add(auth.InvitationTTL).UTC()}
	if secret != "" {
		i.URL = s.ExternalURL + auth.InvitationPath + secret
	}
	return i
}

func (s *Server) inviteMember(ctx context.Context, in *inviteInput) (invitation, error) {
	if in.Body.ByEmail {
		m, err := s.Auth.InviteByMail(ctx, actorOf(ctx), in.Body.Email, in.Body.Name, in.Body.Role)
		return s.invitation(m, ""), err
	}
	m, secret, err := s.Auth.Invite(ctx, actorOf(ctx), in.Body.Email, in.Body.Name, in.Body.Role)
	return s.invitation(m, secret), err
}

// MemberPath names a member in a path.
type MemberPath struct {
	Member string `path:"member" doc:"The id of the member."`
}

type inviteAgainInput struct {
	MemberPath
	ByEmail bool `query:"byEmail" doc:"Send the link to the member by email, so that it is not in the response. Needs a mail server."`
}

func (s *Server) inviteMemberAgain(ctx context.Context, in *inviteAgainInput) (invitation, error) {
	if in.ByEmail {
		m, err := s.Auth.InviteAgainByMail(ctx, actorOf(ctx), in.Member)
		return s.invitation(m, ""), err
	}
	m, secret, err := s.Auth.InviteAgain(ctx, actorOf(ctx), in.Member)
	return s.invitation(m, secret), err
}

type changeMemberInput struct {
	Member string `path:"member" doc:"The id of the member."`
	Body   struct {
		Name        *string       `json:"name,omitempty" maxLength:"200"`
		Role        *towpath.Role `json:"role,omitempty" enum:"owner,dba,member"`
		Deactivated *bool         `json:"deactivated,omitempty"`
	}
}

func (s *Server) changeMember(ctx context.Context, in *changeMemberInput) (member, error) {
	m, err := s.Auth.ChangeMember(ctx, actorOf(ctx), in.Member, auth.MemberChange(in.Body))
	return memberOf(m), err
}
