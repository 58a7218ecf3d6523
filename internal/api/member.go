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
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Members(ctx, in.oldest())
		return err
	})
	return page(in.Paging, rows, func(m towpath.Member) string { return m.ID }, memberOf), err
}

type inviteInput struct {
	Body struct {
		Email string       `json:"email" maxLength:"254"`
		Name  string       `json:"name,omitempty" maxLength:"200"`
		Role  towpath.Role `json:"role" enum:"owner,dba,member"`
	}
}

// invitation is a link with which a member chooses a password. It is shown only once.
type invitation struct {
	Member    member    `json:"member"`
	URL       string    `json:"url" doc:"Send it to the member. Anybody who has it can choose the password. It is not shown again."`
	ExpiresAt time.Time `json:"expiresAt"`
}

// invitation makes the link. The secret comes after the #, so that no server logs it.
func (s *Server) invitation(m towpath.Member, secret string) invitation {
	return invitation{
		Member: memberOf(m), URL: s.ExternalURL + "/invitation#" + secret,
		ExpiresAt: s.Store.Now().Add(auth.InvitationTTL).UTC(),
	}
}

func (s *Server) inviteMember(ctx context.Context, in *inviteInput) (invitation, error) {
	m, secret, err := s.Auth.Invite(ctx, actorOf(ctx), in.Body.Email, in.Body.Name, in.Body.Role)
	return s.invitation(m, secret), err
}

// MemberPath names a member in a path.
type MemberPath struct {
	Member string `path:"member" doc:"The id of the member."`
}

func (s *Server) inviteMemberAgain(ctx context.Context, in *MemberPath) (invitation, error) {
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
