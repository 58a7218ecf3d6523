// Package auth authenticates people and programs by passwords, single sign-on, sessions, API tokens
// and invitations. Package towpath defines the permissions of roles; this package only checks them.
package auth

import (
	"context"
	"net/mail"
	"strings"
	"unicode/utf8"

	"towpath"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// Service manages the credentials of members. It is safe for concurrent use. Its clock is the
// store's.
type Service struct {
	Store   *store.Store
	Keyring *secret.Keyring // the setup token is derived from its key; seals links on their way
	Mails   bool            // the settings name a mail server, so invitations can be sent

	SingleSignOn *SingleSignOn // nil when the settings name no OpenID Connect provider
	NoPasswords  bool          // members sign in by SingleSignOn alone

	hashing  hashing
	byEmail  throttle
	bySource throttle
	setup    throttle
}

// refusePasswords returns CodeForbidden when members sign in by single sign-on alone.
func (s *Service) refusePasswords() error {
	if !s.NoPasswords || s.SingleSignOn == nil {
		return nil
	}
	return towpath.Errorf(towpath.CodeForbidden, "Passwords are off here. Sign in with %s.",
		s.SingleSignOn.Name)
}

// ProjectRole returns an actor's role in a project; CodeNotFound when they are not a member of it.
func (s *Service) ProjectRole(
	ctx context.Context, actor towpath.Actor, projectID string,
) (towpath.ProjectRole, error) {
	var m towpath.ProjectMember
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		m, err = tx.ProjectMember(ctx, projectID, actor.Member.ID)
		return err
	})
	return m.Role, err
}

// Allow returns nil when an actor has a permission in the workspace or, with a project's id, in
// that project. CodeUnauthorized means not signed in. CodeForbidden means that the role lacks the
// permission. CodeNotFound hides the project from people who must not know that it exists.
func (s *Service) Allow(
	ctx context.Context, actor towpath.Actor, p towpath.Permission, projectID string,
) error {
	if actor.Member.ID == "" {
		return towpath.Errorf(towpath.CodeUnauthorized, "Sign in first.")
	}
	workspace := actor.Member.Role
	if workspace.Can(p) {
		return nil
	}
	if projectID == "" {
		return towpath.Errorf(towpath.CodeForbidden,
			"Your role in the workspace, %s, does not allow this. Ask a workspace owner.", workspace)
	}
	role, err := s.ProjectRole(ctx, actor, projectID)
	switch {
	case err == nil && role.Can(p):
		return nil
	case err == nil:
		return towpath.Errorf(towpath.CodeForbidden,
			"Your role in this project, %s, does not allow this. Ask a project owner.", role)
	case towpath.ErrorCode(err) != towpath.CodeNotFound:
		return err
	case workspace.Can(towpath.ViewProject):
		return towpath.Errorf(towpath.CodeForbidden,
			"Your role in the workspace, %s, does not allow this. Ask a project owner.", workspace)
	}
	return towpath.Errorf(towpath.CodeNotFound, "There is no such thing, or it is not yours to see.")
}

// normalizeEmail normalizes an e-mail address.
func normalizeEmail(email string) (string, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	parsed, err := mail.ParseAddress(email)
	if err != nil || parsed.Address != email || len(email) > 254 {
		return "", towpath.Invalid("email", "Enter an e-mail address, such as ada@example.com.")
	}
	return email, nil
}

// maxNameLength limits names of people and tokens, in characters.
const maxNameLength = 200

func personName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > maxNameLength {
		return "", towpath.Invalid("name", "Enter a name of 1 to %d characters.", maxNameLength)
	}
	return name, nil
}
